// SPDX-License-Identifier: ISC

/// Cross-correlation of long signals

#ifndef REM_OFFLINE_TRAINER_DATA_CORRELATE_H
#define REM_OFFLINE_TRAINER_DATA_CORRELATE_H

#include "dsp/status.h"

#include <stddef.h>
#include <stdint.h>

/**
   Correlate two signals: out[k + max_lag] = sum_t a_t b_(t+k), |k| <= max_lag.

   By FFTs of blocks: memory does not grow with `n`.

   @param a, b [n] with silence around them.
   @param out  [2 max_lag + 1] overwritten.
   @return #REM_NO_MEMORY or #REM_SUCCESS.

   Thread: any but audio.  Cost: O(n log max_lag).
*/
RemStatus
rem_correlate(const float* a,
              const float* b,
              size_t       n,
              uint32_t     max_lag,
              float*       out);

#endif // REM_OFFLINE_TRAINER_DATA_CORRELATE_H
