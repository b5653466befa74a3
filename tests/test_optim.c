// SPDX-License-Identifier: ISC

// Adam, clipping and averaging against the cited equations in double.

#include "offline_trainer/optim.h"
#include "tests/check.h"

#include <string.h>

#define N 37U
#define STEPS 500U

/// One step of the equations in optim.h, a parameter at a time
static void
reference_step(const double  t,
               const double  rate,
               const double  decay,
               const double  g,
               double* const m,
               double* const v,
               double* const p)
{
  *m                  = 0.9 * *m + 0.1 * g;
  *v                  = 0.999 * *v + 0.001 * g * g;
  const double mean   = *m / (1.0 - pow(0.9, t));
  const double square = *v / (1.0 - pow(0.999, t));
  *p = *p * (1.0 - rate * decay) - rate * mean / (sqrt(square) + 1e-8);
}

/// 500 steps of noise.  A step moves by the rate, 1e-2, known to some
/// roundings of 6e-8; 500 of them and as many roundings of a parameter of
/// size 1 add up to no more than 500 * (1e-2 * 4 + 1) * 6e-8 = 3e-5.
static void
test_adam(const double decay)
{
  float    p[N], g[N];
  double   q[N], m[N] = {0.0}, v[N] = {0.0};
  uint32_t seed = 5U;
  RemAdam  adam = rem_adam_new(N);
  CHECK(adam.mean && adam.square);
  for (uint32_t i = 0; i < N; ++i) {
    q[i] = (double)(p[i] = noise(&seed));
  }
  for (uint32_t t = 1U; t <= STEPS; ++t) {
    const double rate = 1e-2 / (double)(1U + t % 3U);
    for (uint32_t i = 0; i < N; ++i) {
      g[i] = powf(10.0f, (float)(i % 9U) - 6.0f) * (noise(&seed) + 0.2f);
      reference_step(t, rate, decay, (double)g[i], &m[i], &v[i], &q[i]);
    }
    rem_adam_step(&adam, rate, decay, g, p);
  }
  for (uint32_t i = 0; i < N; ++i) {
    CHECK(fabs((double)p[i] - q[i]) < 3e-5);
  }
  CHECK(adam.n_steps == STEPS);
  rem_adam_reset(&adam);
  CHECK(adam.n_steps == 0U && adam.mean[3] == 0.0f && adam.square[3] == 0.0f);
  rem_adam_clear(&adam);
  CHECK(!adam.mean && !adam.square);
}

static void
test_clip(void)
{
  float g[3] = {3.0f, 0.0f, -4.0f};
  CHECK(rem_clip_norm(g, 3U, 6.0) == 5.0 && g[0] == 3.0f);
  CHECK(rem_clip_norm(g, 3U, 1.0) == 5.0);
  CHECK(fabsf(g[0] - 0.6f) < 1e-7f && fabsf(g[2] + 0.8f) < 1e-7f);
  g[1] = NAN;
  CHECK(isnan(rem_clip_norm(g, 3U, 1.0)) && fabsf(g[0] - 0.6f) < 1e-7f);
}

/// A plain mean at first, then a window that slides
static void
test_average(void)
{
  float average = 100.0f;
  float p       = 0.0f;
  for (uint64_t n = 1U; n <= 10U; ++n) {
    p = (float)n;
    rem_average_step(&average, &p, 1U, n, 0.9);
    CHECK(fabsf(average - 0.5f * (float)(n + 1U)) < 1e-5f);
  }
  p = 15.5f;
  rem_average_step(&average, &p, 1U, 11U, 0.9); // 5.5 + 0.1 * 10
  CHECK(fabsf(average - 6.5f) < 1e-5f);
  rem_average_step(&average, &p, 1U, 12U, 0.0);
  CHECK(average == 15.5f);
}

int
main(void)
{
  test_adam(0.0);
  test_adam(0.1);
  test_clip();
  test_average();
  return 0;
}
