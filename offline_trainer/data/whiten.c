// SPDX-License-Identifier: ISC

#include "offline_trainer/data/whiten.h"

#include "offline_trainer/data/causal_fit.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define N_WHITEN 32U ///< Order of the whitening filter

float*
rem_difference(const float* const x, const size_t n)
{
  float* const out = (float*)malloc((n ? n : 1U) * sizeof(float));
  for (size_t i = 0; out && i < n; ++i) {
    out[i] = x[i] - (i ? x[i - 1U] : 0.0f);
  }
  return out;
}

RemStatus
rem_even_out(const float* const guide,
             const size_t       n,
             const size_t       reach,
             float* const       x,
             float* const       y)
{
  double* const sums = (double*)malloc((n + 1U) * sizeof(double));
  if (!sums) {
    return REM_NO_MEMORY;
  }

  sums[0] = 0.0;
  for (size_t i = 0; i < n; ++i) {
    sums[i + 1U] = sums[i] + (double)guide[i] * (double)guide[i];
  }
  const double floor = 1e-3 * sums[n] / (double)(n + 1U) + 1e-30;
  for (size_t i = 0; i < n; ++i) {
    const size_t begin  = i > reach ? i - reach : 0U;
    const size_t end    = i + reach < n ? i + reach : n;
    const double energy = (sums[end] - sums[begin]) / (2.0 * (double)reach);
    const float  gain   = (float)(1.0 / sqrt(energy + floor));
    x[i] *= gain;
    if (y) {
      y[i] *= gain;
    }
  }
  free(sums);
  return REM_SUCCESS;
}

/// Linear prediction by Levinson's recursion: filter[0] = 1, of order N_WHITEN
static void
predict(const float* const x, const size_t n, double* const filter)
{
  double r[N_WHITEN + 1U];
  for (uint32_t i = 0; i <= N_WHITEN; ++i) {
    r[i]      = rem_dot_lagged(x, x, n, (int32_t)i);
    filter[i] = i ? 0.0 : 1.0;
  }

  double energy = r[0] * (1.0 + 1e-6) + 1e-30;
  for (uint32_t i = 1; i <= N_WHITEN; ++i) {
    double sum = 0.0;
    for (uint32_t j = 0; j < i; ++j) {
      sum += filter[j] * r[i - j];
    }
    const double reflection = -sum / energy;
    double       next[N_WHITEN + 1U];
    for (uint32_t j = 0; j <= i; ++j) {
      next[j] = filter[j] + reflection * filter[i - j];
    }
    memcpy(filter, next, (i + 1U) * sizeof(double));
    energy *= 1.0 - reflection * reflection;
  }
}

void
rem_whiten(float* const x, const size_t n)
{
  double filter[N_WHITEN + 1U];
  predict(x, n, filter);
  for (size_t i = n; i-- > 0U;) {
    double sum = 0.0;
    for (size_t k = 0; k <= N_WHITEN && k <= i; ++k) {
      sum += filter[k] * (double)x[i - k];
    }
    x[i] = (float)sum;
  }
}
