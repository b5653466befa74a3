// SPDX-License-Identifier: ISC

#include "dsp/peaks.h"

REM_RT float
rem_peaks_next(RemPeaks* const          peaks,
               const RemPeakRule* const rule,
               const float              x)
{
  const float last = peaks->last;
  const bool  peak = peaks->risen && last >= rule->threshold && last > 0.0f &&
                    last >= x &&
                    (!peaks->any || peaks->n_since >= rule->n_apart);
  if (peak) {
    peaks->any     = true;
    peaks->n_since = 0U;
  }
  peaks->risen = x > last;
  peaks->last  = x;
  peaks->n_since += peaks->n_since < UINT32_MAX;
  return peak ? last : 0.0f;
}
