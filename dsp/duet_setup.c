// SPDX-License-Identifier: ISC

/// Building and freeing duets; never called in the audio thread

#include "dsp/duet.h"

#include "dsp/duet_internal.h"

#include <math.h>
#include <stdlib.h>

#define MOST_RATE 1e7 // So that no time overflows

RemDuet*
rem_duet_new(const double rate)
{
  RemDuet* const duet = (RemDuet*)calloc(1, sizeof(RemDuet));
  if (duet) {
    duet->rate     = rate > 0.0 && rate <= MOST_RATE ? rate : 48000.0;
    duet->spacing  = (uint64_t)fmax(1.0, floor(duet->rate * REM_DUET_SPACING));
    duet->settings = rem_duet_settings();
    rem_duet_let_go(duet);
    for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
      duet->last[1U + d] = 0.5f;
    }
  }
  return duet;
}

void
rem_duet_free(RemDuet* const duet)
{
  free(duet);
}
