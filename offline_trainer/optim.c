// SPDX-License-Identifier: ISC

#include "offline_trainer/optim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BETA_1 0.9
#define BETA_2 0.999
#define EPSILON 1e-8

RemAdam
rem_adam_new(const size_t n)
{
  RemAdam adam = {n, 0U, NULL, NULL};
  adam.mean    = (float*)calloc(n, sizeof(float));
  adam.square  = (float*)calloc(n, sizeof(float));
  if (!adam.mean || !adam.square) {
    rem_adam_clear(&adam);
  }
  return adam;
}

void
rem_adam_clear(RemAdam* const adam)
{
  free(adam->mean);
  free(adam->square);
  *adam = (RemAdam){0U, 0U, NULL, NULL};
}

void
rem_adam_reset(RemAdam* const adam)
{
  adam->n_steps = 0U;
  memset(adam->mean, 0, adam->n * sizeof(float));
  memset(adam->square, 0, adam->n * sizeof(float));
}

void
rem_adam_step(RemAdam* const     adam,
              const double       rate,
              const double       decay,
              const float* const gradient,
              float* const       params)
{
  const double t      = (double)++adam->n_steps;
  const float  step   = (float)(rate / (1.0 - pow(BETA_1, t)));
  const float  unbias = (float)(1.0 / (1.0 - pow(BETA_2, t)));
  const float  keep   = (float)(1.0 - rate * decay);
  float* const mean   = adam->mean;
  float* const square = adam->square;
  for (size_t i = 0; i < adam->n; ++i) {
    const float g = gradient[i];
    mean[i]       = (float)BETA_1 * mean[i] + (float)(1.0 - BETA_1) * g;
    square[i]     = (float)BETA_2 * square[i] + (float)(1.0 - BETA_2) * g * g;
    params[i]     = keep * params[i] -
                step * mean[i] / (sqrtf(unbias * square[i]) + (float)EPSILON);
  }
}

double
rem_clip_norm(float* const gradient, const size_t n, const double limit)
{
  double squares = 0.0;
  for (size_t i = 0; i < n; ++i) {
    squares += (double)gradient[i] * (double)gradient[i];
  }
  const double norm = sqrt(squares);
  if (isfinite(norm) && norm > limit) {
    const float factor = (float)(limit / norm);
    for (size_t i = 0; i < n; ++i) {
      gradient[i] *= factor;
    }
  }
  return norm;
}

void
rem_average_step(float* const       average,
                 const float* const params,
                 const size_t       n,
                 const uint64_t     n_seen,
                 const double       keep)
{
  const float weight = (float)fmax(1.0 / (double)n_seen, 1.0 - keep);
  for (size_t i = 0; i < n; ++i) {
    average[i] += weight * (params[i] - average[i]);
  }
}
