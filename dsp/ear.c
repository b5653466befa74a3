// SPDX-License-Identifier: ISC

#include "dsp/ear_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

REM_RT const RemSpectra*
rem_ear_spectra(const RemEar* const ear)
{
  return &ear->spectra;
}

REM_RT const RemNetSpec*
rem_ear_spec(const RemEar* const ear)
{
  return rem_net_spec(ear->net);
}

REM_RT uint32_t
rem_ear_n_failures(const RemEar* const ear)
{
  return ear->n_failures;
}

REM_RT void
rem_ear_reset(RemEar* const ear)
{
  rem_mel_reset(ear->mel);
  rem_net_state_set(ear->net, ear->state, ear->rest);
}

/// Probabilities of one among `n`
REM_RT static void
choose(float* const y, const uint32_t n)
{
  float most = y[0], sum = 0.0f;
  for (uint32_t k = 1U; k < n; ++k) {
    most = fmaxf(most, y[k]);
  }
  for (uint32_t k = 0U; k < n; ++k) {
    y[k] = expf(y[k] - most);
    sum += y[k];
  }
  for (uint32_t k = 0U; k < n; ++k) {
    y[k] /= sum;
  }
}

REM_RT void
rem_ear_strengths(const RemHead head, float* const y, const uint32_t n_out)
{
  if (head == REM_HEAD_SOFTMAX) {
    choose(y, n_out);
  }
  for (uint32_t k = 0U; head == REM_HEAD_SIGMOID && k < n_out; ++k) {
    y[k] = 1.0f / (1.0f + expf(-y[k]));
  }
}

/// Return whether all numbers are finite
REM_RT static bool
are_finite(const float* const y, const uint32_t n)
{
  bool finite = true;
  for (uint32_t k = 0U; k < n; ++k) {
    finite = finite && isfinite(y[k]);
  }
  return finite;
}

/// Let the net hear a frame
REM_RT static void
hear(RemEar* const ear, const float* const frame)
{
  const RemNetSpec* const spec = rem_net_spec(ear->net);
  rem_net_block(ear->net, ear->state, frame, ear->y, 1U);
  if (are_finite(ear->y, spec->n_out)) {
    rem_ear_strengths(spec->head, ear->y, spec->n_out);
  } else {
    ++ear->n_failures;
    rem_net_state_set(ear->net, ear->state, ear->rest);
    memset(ear->y, 0, spec->n_out * sizeof(float));
  }
}

REM_RT uint32_t
rem_ear_take(RemEar* const       ear,
             const float* const  x,
             const uint32_t      n,
             const float** const strengths)
{
  uint32_t n_taken = 0U;
  bool     full    = false;
  float    frame[REM_MAX_MEL];
  while (n_taken < n && !full) {
    const uint32_t left = n - n_taken;
    const uint32_t some = left < REM_EAR_CHUNK ? left : REM_EAR_CHUNK;
    float          sound[REM_EAR_CHUNK];
    for (uint32_t t = 0U; t < some; ++t) {
      sound[t] = isfinite(x[n_taken + t]) ? x[n_taken + t] : 0.0f;
    }
    n_taken += rem_mel_take(ear->mel, sound, some, frame, &full);
  }
  if (full) {
    hear(ear, frame);
  }
  *strengths = full ? ear->y : NULL;
  return n_taken;
}
