// SPDX-License-Identifier: ISC

/// Half-band filters pass, stop and delay what they were designed to

#include "dsp/denormal.h"
#include "plugin/halfband.h"
#include "tests/check.h"

#include <string.h>

#define PI 3.14159265358979323846

enum { N = 2048, N_FREQUENCIES = 500 };

/// Return how much of a frequency, a part of the rate, an answer holds
static double
gain_at(const float* const answer, const double frequency)
{
  double re = 0.0, im = 0.0;
  for (int i = 0; i < 2 * N; ++i) {
    const double turns = frequency * i - floor(frequency * i);
    re += (double)answer[i] * cos(2.0 * PI * turns);
    im += (double)answer[i] * sin(2.0 * PI * turns);
  }
  return hypot(re, im);
}

/// What the way up makes of an impulse is the filter's own answer, times 2
static void
test_gains(const RemHalfband filter,
           const double      transition,
           const double      stop_db)
{
  static float     answer[2 * N];
  float            impulse[N] = {1.0f};
  RemHalfbandState state      = {{0.0f}};
  double           least = 1.0, most = 1.0, stop = 0.0;
  rem_halfband_up(&filter, &state, impulse, answer, N);
  for (int i = 0; i <= N_FREQUENCIES; ++i) {
    const double f    = 0.5 * i / N_FREQUENCIES;
    const double gain = gain_at(answer, f) / 2.0;
    if (f < 0.25 - transition) {
      least = fmin(least, gain);
      most  = fmax(most, gain);
    } else if (f > 0.25 + transition) {
      stop = fmax(stop, gain);
    }
  }
  printf("%2u sections: pass %.6f to %.6f, stop %.1f dB, %.2f samples late\n",
         filter.n,
         least,
         most,
         20.0 * log10(stop),
         rem_halfband_delay(&filter));
  CHECK(filter.n < REM_HALFBAND_MAX);
  CHECK(least > 0.9999 && most < 1.0001);
  CHECK(20.0 * log10(stop) < -stop_db);
}

/// The way down stops a high sine
static void
test_down(const RemHalfband filter, const double stop_db)
{
  const double     turn  = 2.0 * PI * 0.4;
  RemHalfbandState state = {{0.0f}};
  float            x[2 * N];
  for (int i = 0; i < 2 * N; ++i) {
    x[i] = (float)sin(turn * i);
  }
  rem_halfband_down(&filter, &state, x, x, N);
  for (int i = N / 2; i < N; ++i) {
    CHECK(20.0 * log10(fabs((double)x[i]) + 1e-30) < -stop_db);
  }
}

/// Up and down again a low sine is late by what the filter says, to a
/// hundredth of a sample, and else the same; in place, and cut anywhere
static void
test_way_back(const RemHalfband filter)
{
  const double     turn = 2.0 * PI / 200.0;
  const double     late = rem_halfband_delay(&filter);
  RemHalfbandState up = {{0.0f}}, down = {{0.0f}};
  float            x[N], fast[2 * N];
  for (int i = 0; i < N; ++i) {
    x[i] = (float)sin(turn * i);
  }
  for (uint32_t at = 0, n = 0; at < N; at += n, n = n * 2 % 61 + 1) {
    n                 = n < N - at ? n : N - at;
    float* const here = fast + (size_t)2 * at;
    rem_halfband_up(&filter, &up, x + at, here, n);
    rem_halfband_down(&filter, &down, here, here, n);
    memcpy(x + at, here, n * sizeof(float));
  }
  for (int i = N / 2; i < N; ++i) {
    CHECK(fabs((double)x[i] - sin(turn * (i - late))) < 0.01 * turn);
  }
  CHECK(rem_halfband_is_finite(&up) && rem_halfband_is_finite(&down));
  up.last[3] = INFINITY;
  CHECK(!rem_halfband_is_finite(&up));
}

int
main(void)
{
  static const double designs[][2] = {
    {0.0232, 100.0}, {0.125, 100.0}, {0.05, 80.0}, {0.01, 90.0}};
  rem_denormals_off();
  for (int i = 0; i < 4; ++i) {
    const RemHalfband filter =
      rem_halfband_design(designs[i][0], designs[i][1]);
    test_gains(filter, designs[i][0], designs[i][1]);
    test_down(filter, designs[i][1]);
    test_way_back(filter);
  }
  return 0;
}
