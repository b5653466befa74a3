// SPDX-License-Identifier: ISC

/// How much every sample of an input tells about a target, newest sample last

#ifndef REM_OFFLINE_TRAINER_DATA_CAUSAL_FIT_H
#define REM_OFFLINE_TRAINER_DATA_CAUSAL_FIT_H

#include "dsp/status.h"

#include <stddef.h>
#include <stdint.h>

/// Past target samples that every fit starts from
#define REM_N_PAST 32U

/**
   Fit linear models that hear the input ever earlier, and say what each sample
   more is worth.

       y_t = sum_(p=1..P) a_p y_(t-p) + sum_(k=d..last) b_k x_(t-k) + e_t

   For every d from `first` to `last`, gain_d = (J_(d+1) - J_d) / J_first,
   J_d the least sum e^2.  All fits share one matrix with x_(t-last) first and
   x_(t-first) last, so the last row of its Cholesky factor holds every gain.
   Past targets (an ARX model) take over what the device's poles and the
   target's colour say already, and leave what is new.

   Source: Ljung 1999, "System identification", 4.2 (ARX) and 10.1 (the factor);
   correlations are those of the signals with silence around them.

   @param x, y  [n]
   @param gain  [n_lags] gain_d at index d - first; overwritten.
   @return #REM_NO_MEMORY, or #REM_NOT_FINITE if there is nothing to fit
   (silence, or samples that are not numbers).

   Thread: any but audio.  Cost: O(n (2 n_lags + 3 P) + (n_lags + P)^3).
*/
RemStatus
rem_causal_fit(const float* x,
               const float* y,
               size_t       n,
               int32_t      first,
               uint32_t     n_lags,
               double*      gain);

/// Return sum_t a_t b_(t+lag), with silence around [n] samples
double
rem_dot_lagged(const float* a, const float* b, size_t n, int32_t lag);

#endif // REM_OFFLINE_TRAINER_DATA_CAUSAL_FIT_H
