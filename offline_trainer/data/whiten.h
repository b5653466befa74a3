// SPDX-License-Identifier: ISC

/// Signals made comparable: equally loud everywhere, in time and in frequency

#ifndef REM_OFFLINE_TRAINER_DATA_WHITEN_H
#define REM_OFFLINE_TRAINER_DATA_WHITEN_H

#include "dsp/status.h"

#include <stddef.h>

/// Return x_t - x_(t-1), [n] samples to be freed, or NULL without memory
float*
rem_difference(const float* x, size_t n);

/**
   Divide signals by the loudness of one of them, root mean square around t.

   What is 30 dB below the whole signal's mean stays that quiet.

   @param guide [n] whose loudness it is; may be `x` or `y`.
   @param reach Samples before and after t that count, 1 or more.
   @param x, y  [n] changed in place; `y` may be NULL.
   @return #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_even_out(const float* guide, size_t n, size_t reach, float* x, float* y);

/**
   Take out of [n] samples, in place, what their own past predicts.

   Linear prediction of order 32 from the whole signal's autocorrelation.

   Source: Makhoul 1975, doi:10.1109/PROC.1975.9792 (Levinson's recursion).
*/
void
rem_whiten(float* x, size_t n);

#endif // REM_OFFLINE_TRAINER_DATA_WHITEN_H
