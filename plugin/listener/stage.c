// SPDX-License-Identifier: ISC

/// The audio thread's half of the stage; stage_setup.c has the other

#include "plugin/listener/stage.h"

#include <stddef.h>
#include <string.h>

REM_RT void
rem_hearer_reset(RemHearer* const hearer)
{
  rem_ear_reset(hearer->ear);
  memset(hearer->peaks, 0, hearer->n_out * sizeof(RemPeaks));
  if (hearer->sound) {
    rem_resampler_reset(&hearer->resampler);
  }
}

REM_RT bool
rem_listener_stage_pick_up(RemListenerStage* const stage)
{
  RemHearer* const next = (RemHearer*)rem_mailbox_take(&stage->mailbox);
  if (!next) {
    return false;
  }
  if (stage->playing) {
    stage->n_failed += rem_ear_n_failures(stage->playing->ear);
    rem_mailbox_retire(&stage->mailbox, &stage->playing->entry);
  }
  stage->playing = next;
  rem_mailbox_announce(&stage->mailbox, &next->entry);
  return true;
}

REM_RT uint32_t
rem_listener_stage_n_failures(const RemListenerStage* const stage)
{
  return stage->n_failed +
         (stage->playing ? rem_ear_n_failures(stage->playing->ear) : 0U);
}
