// SPDX-License-Identifier: ISC

#include "plugin/halfband.h"

#include <math.h>
#include <stddef.h>

/// Send one sample through each chain
REM_RT static void
step(const RemHalfband* const filter,
     RemHalfbandState* const  state,
     float* const             x)
{
  float* const last = state->last;

  for (uint32_t i = 0U; i < filter->n; i += 2U) {
    for (uint32_t j = 0U; j < 2U;
         ++j) { // What left one section enters the next
      const float y =
        filter->a[i + j] * (x[j] - last[i + j + 2U]) + last[i + j];
      last[i + j] = x[j];
      x[j]        = y;
    }
  }
  last[filter->n]      = x[0];
  last[filter->n + 1U] = x[1];
}

REM_RT void
rem_halfband_up(const RemHalfband* const filter,
                RemHalfbandState* const  state,
                const float* const       in,
                float* const             out,
                const uint32_t           n)
{
  for (size_t i = 0U; i < n; ++i) {
    float x[2] = {in[i], in[i]};
    step(filter, state, x);
    out[2U * i]      = x[0];
    out[2U * i + 1U] = x[1];
  }
}

REM_RT void
rem_halfband_down(const RemHalfband* const filter,
                  RemHalfbandState* const  state,
                  const float* const       in,
                  float* const             out,
                  const uint32_t           n)
{
  for (size_t i = 0U; i < n; ++i) {
    float x[2] = {in[2U * i + 1U], in[2U * i]};
    step(filter, state, x);
    out[i] = 0.5f * (x[0] + x[1]);
  }
}

REM_RT bool
rem_halfband_is_finite(const RemHalfbandState* const state)
{
  float sum = 0.0f;
  for (uint32_t i = 0U; i < REM_HALFBAND_MAX + 2U; ++i) {
    sum += 0.0f * state->last[i]; // NaN from whatever is not finite
  }
  return isfinite(sum);
}
