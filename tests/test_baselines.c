// SPDX-License-Identifier: ISC

/// What stands beside nets learns what it can, and no more than that

#include "tests/check.h"

#include "offline_trainer/baseline/rival.h"

#include <string.h>

#define N 6000U ///< Rows; the last fifth is tested with

/// One piece to learn from, one to test with
typedef struct {
  float       x[N];
  float       targets[N];
  size_t      begins[3];
  RemFrameSet training;
  RemFrameSet test;
} Data;

static Data data;

/// Point at what was made
static void
cut(void)
{
  data.begins[0] = 0U;
  data.begins[1] = N * 4U / 5U;
  data.begins[2] = N;
  data.training =
    (RemFrameSet){1U, 1U, 1U, 1U, data.begins, data.x, data.targets};
  data.test =
    (RemFrameSet){1U, 1U, 1U, 1U, data.begins + 1, data.x, data.targets};
}

/// Return the mean squared error on the test part after learning
static double
error_of(const RemRivalKind kind, const uint32_t n_back, const uint32_t epochs)
{
  static float       y[N];
  const RemRivalSpec spec  = {.kind      = kind,
                              .head      = REM_HEAD_LINEAR,
                              .n_back    = n_back,
                              .n_hidden  = 8U,
                              .n_threads = 1U,
                              .limits    = {.epochs = epochs}};
  RemError           error = {REM_SUCCESS, "", ""};
  RemRival           rival;
  double             sum = 0.0;
  CHECK(!rem_rival_learn(&spec, &data.training, NULL, &rival, &error));
  CHECK(rem_rival_play(&rival, &data.test, y));
  const size_t n = rem_frame_set_n(&data.test);
  for (size_t t = 0; t < n; ++t) {
    const double e = (double)(y[t] - data.targets[data.begins[1] + t]);
    sum += e * e;
  }
  rem_rival_clear(&rival);
  return sum / (double)n;
}

/// x_t = 1.5 x_(t-1) - 0.8 x_(t-2) + noise of variance 1/3
static void
test_process(void)
{
  uint32_t seed = 1U;
  float    a = 0.0f, b = 0.0f;
  for (size_t t = 0; t < N; ++t) {
    const float next = 1.5f * a - 0.8f * b + noise(&seed);
    b                = a;
    a                = next;
    data.x[t]        = b;
    data.targets[t]  = a;
  }
  cut();
  const double one = error_of(REM_RIVAL_LINEAR, 1U, 0U);
  const double two = error_of(REM_RIVAL_LINEAR, 2U, 0U);
  printf("AR(1) %.4f, AR(2) %.4f, floor 0.3333\n", one, two);
  CHECK(two < 0.3333 * 1.06 && two > 0.3333 * 0.94);
  CHECK(one > 1.5 * two);
}

/// A damped wave of two states, kicked by x, heard with a bend in nothing
static void
test_oscillator(void)
{
  uint32_t seed = 2U;
  float    p = 0.0f, q = 0.0f;
  for (size_t t = 0; t < N; ++t) {
    const float old = p;
    data.x[t]       = noise(&seed);
    p               = 0.95f * (0.9689f * p - 0.2474f * q) + data.x[t];
    q               = 0.95f * (0.2474f * old + 0.9689f * q);
    data.targets[t] = q;
  }
  cut();
  const double one    = error_of(REM_RIVAL_LINEAR, 1U, 0U);
  const double system = error_of(REM_RIVAL_SYSTEM, 1U, 300U);
  printf("Oscillator: AR(1) %.5f, linear system %.5f\n", one, system);
  CHECK(system < 0.02 * one);
}

/// Whether the last two frames differ
static void
test_xor(void)
{
  uint32_t seed = 3U;
  for (size_t t = 0; t < N; ++t) {
    data.x[t]       = noise(&seed) < 0.0f ? 0.0f : 1.0f;
    data.targets[t] = t && data.x[t] != data.x[t - 1U] ? 1.0f : 0.0f;
  }
  cut();
  const double linear  = error_of(REM_RIVAL_LINEAR, 2U, 0U);
  const double system  = error_of(REM_RIVAL_SYSTEM, 1U, 100U);
  const double forward = error_of(REM_RIVAL_FORWARD, 2U, 400U);
  printf("XOR: AR(2) %.4f, linear system %.4f, forward %.4f\n",
         linear,
         system,
         forward);
  CHECK(linear > 0.24 && system > 0.24);
  CHECK(forward < 0.01);
}

int
main(void)
{
  test_process();
  test_oscillator();
  test_xor();
  return 0;
}
