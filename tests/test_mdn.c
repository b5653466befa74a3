// SPDX-License-Identifier: ISC

/// NLL of mixtures, switches and choices, against PyTorch's distributions and
/// against a plain version in long double where that does not overflow

#include "dsp/frames.h"
#include "dsp/head/mdn.h"
#include "dsp/head/softmax.h"
#include "tests/check.h"
#include "tests/frames.h"
#include "tests/golden_mdn.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#define HALF_LOG_2PI 0.9189385332046727
#define MAX_Y 4096U
#define BOUND 1e-5 ///< Nats, against PyTorch

static void
check_golden(void)
{
  float y[MAX_Y];
  float before[REM_MAX_IN];
  float next[REM_MAX_IN];
  for (uint32_t i = 0U; i < sizeof(golden) / sizeof(*golden); ++i) {
    const Golden* const g      = &golden[i];
    uint32_t            seed   = 1U + i;
    RemFrames           frames = frames_of(g->kinds, g->n_mixtures);
    frames.residual            = g->residual;
    frames.floor               = g->floor;
    random_numbers(rem_frames_n_out(&frames), g->y_scale, &seed, y);
    random_columns(&frames, g->scale, &seed, before);
    random_columns(&frames, g->scale, &seed, next);
    CHECK(fabs(rem_frames_nll(&frames, y, before, next) - g->nll) < BOUND);
  }
}

/// The density as one writes it down, without any logarithm before the last
static double
naive_nll(const RemMdn* const mdn,
          const float* const  y,
          const float* const  base,
          const float* const  z)
{
  const size_t       n_means = (size_t)mdn->n_mixtures * mdn->n_columns;
  const float* const mean    = y + mdn->n_mixtures;
  long double        whole   = 0.0L;
  long double        sum     = 0.0L;
  for (uint32_t m = 0U; m < mdn->n_mixtures; ++m) {
    long double p = expl((long double)y[m]);
    whole += p;
    for (uint32_t c = 0U; c < mdn->n_columns; ++c) {
      const size_t      i = (size_t)m * mdn->n_columns + c;
      const long double s =
        (long double)mdn->floor + expl((long double)mean[n_means + i]);
      const long double d =
        ((long double)z[c] - (long double)base[c] - (long double)mean[i]) / s;
      p *= expl(-0.5L * d * d) / (s * sqrtl(2.0L * acosl(-1.0L)));
    }
    sum += p;
  }
  return (double)-logl(sum / whole);
}

/// Each term is good to a few parts in 1e16, terms reach 1e4
static void
check_naive(void)
{
  uint32_t seed = 7U;
  uint32_t n    = 0U;
  float    y[MAX_Y];
  float    base[REM_MAX_FRAME];
  float    z[REM_MAX_FRAME];
  for (uint32_t i = 0U; i < 2000U; ++i) {
    const RemMdn mdn = {1U + i % REM_MAX_MIXTURES,
                        1U + i * 7U % REM_MAX_FRAME,
                        i % 2U ? 0.01f : 1.0f};
    random_numbers(rem_mdn_size(&mdn), 2.0f, &seed, y);
    random_numbers(mdn.n_mixtures, i % 3U ? 3.0f : 1e4f, &seed, y);
    random_numbers(mdn.n_columns, 1.0f, &seed, base);
    random_numbers(mdn.n_columns, 3.0f, &seed, z);
    const double expected = naive_nll(&mdn, y, base, z);
    const double ours     = rem_mdn_nll(&mdn, y, base, z);
    if (!(expected < 1e4)) {
      continue; // Nothing is left of it, even in long double
    }
    ++n;
    CHECK(fabs(ours - expected) <= 1e-10 * fmax(1.0, fabs(expected)));
  }
  CHECK(n > 1500U);
}

/// What is far away costs the square of its distance, and no more; the nearest
/// mixture counts alone
static void
check_far(void)
{
  const RemMdn mdn  = {2U, 1U, 0.01f};
  const float  base = 0.5f;
  float        far  = 1.0f;
  for (uint32_t i = 0U; i < 37U; ++i) {
    // Both of deviation 0.01 + 0.99 = 1, logits 1e4 apart
    const float  raw   = logf(0.99f);
    const float  y[]   = {1e4f, 0.0f, 0.0f, -2.0f * far, raw, raw};
    const float  z     = far + base;
    const double d     = (double)z - (double)base;
    const double exact = 0.5 * d * d + HALF_LOG_2PI;
    const double ours  = rem_mdn_nll(&mdn, y, &base, &z);
    CHECK(fabs(ours - exact) < 1e-6 * exact);
    far *= 10.0f;
  }
}

/// Whatever is finite gives something finite, and never the density of a point
static void
check_finite(void)
{
  static const float extremes[] = {
    0.0f, 1e4f, -1e4f, 1e30f, -1e30f, FLT_MAX, -FLT_MAX};
  const RemMdn mdn  = {3U, 2U, 1e-6f};
  uint32_t     seed = 3U;
  float        y[15];
  float        base[2];
  float        z[2];
  for (uint32_t i = 0U; i < 20000U; ++i) {
    for (uint32_t k = 0U; k < 19U; ++k) {
      const float x = extremes[(uint32_t)(3.5f + 3.5f * noise(&seed))];
      *(k < 15U ? &y[k] : k < 17U ? &base[k - 15U] : &z[k - 17U]) = x;
    }
    const double nll = rem_mdn_nll(&mdn, y, base, z);
    CHECK(isfinite(nll));
    // At best both columns are hit by deviations of the floor
    CHECK(nll >= 2.0 * (log((double)mdn.floor) + HALF_LOG_2PI) - 1e-9);
  }
}

/// The floor is in force, and so is the ceiling
static void
check_deviations(void)
{
  const RemMdn mdn      = {1U, 1U, 0.02f};
  const float  zero     = 0.0f;
  const float  low[]    = {0.0f, 0.0f, -1e4f};
  const float  high[]   = {0.0f, 0.0f, 21.0f};
  const float  higher[] = {0.0f, 0.0f, 1e30f};
  CHECK(fabs(rem_mdn_nll(&mdn, low, &zero, &zero) -
             (log((double)0.02f) + HALF_LOG_2PI)) < 1e-12);
  CHECK(fabs(rem_mdn_nll(&mdn, high, &zero, &zero) - (20.0 + HALF_LOG_2PI)) <
        1e-9);
  CHECK(rem_mdn_nll(&mdn, high, &zero, &zero) ==
        rem_mdn_nll(&mdn, higher, &zero, &zero));
}

static void
check_softmax(void)
{
  const float y[]    = {1e4f, 0.0f, -1e4f, 1e4f};
  const float wild[] = {FLT_MAX, -FLT_MAX};
  const float flat[] = {-7.0f, -7.0f, -7.0f};
  CHECK(fabs(rem_softmax_nll(y, 4U, 0U) - log(2.0)) < 1e-12);
  CHECK(fabs(rem_softmax_nll(y, 4U, 2U) - 2e4 - log(2.0)) < 1e-9);
  CHECK(fabs(rem_softmax_nll(flat, 3U, 1U) - log(3.0)) < 1e-12);
  CHECK(rem_softmax_nll(flat, 1U, 0U) == 0.0);
  CHECK(isfinite(rem_softmax_nll(wild, 2U, 1U)));
  CHECK(fabs(rem_sigmoid_nll(0.0f, true) - log(2.0)) < 1e-15);
  CHECK(rem_sigmoid_nll(1e4f, true) == 0.0);
  CHECK(rem_sigmoid_nll(1e4f, false) == 1e4);
  CHECK(rem_sigmoid_nll(-1e4f, true) == 1e4);
  CHECK(isfinite(rem_sigmoid_nll(-FLT_MAX, true)));
  for (int32_t i = -54; i <= 54; ++i) {
    const float  x = 0.37f * (float)i;
    const double p = 1.0 / (1.0 + exp(-(double)x));
    CHECK(fabs(rem_sigmoid_nll(x, true) + log(p)) < 1e-7);
    CHECK(fabs(exp(-rem_sigmoid_nll(x, false)) - (1.0 - p)) < 1e-15);
  }
}

/// A linear head costs half the squared error; its discrete part is the same
static void
check_linear(void)
{
  RemFrames    frames   = frames_of("cs", 0U);
  const float  y[]      = {0.5f, 0.25f, 2.0f};
  const float  before[] = {9.0f, 1.0f, 0.0f};
  const float  next[]   = {1.5f, 1.5f, 1.0f};
  const double on       = rem_sigmoid_nll(2.0f, true);
  CHECK(rem_frames_n_out(&frames) == 3U && rem_frames_n_in(&frames) == 3U);
  CHECK(fabs(rem_frames_nll(&frames, y, before, next) -
             (0.5 * 1.0 + 0.5 * 0.0625 + on)) < 1e-12);
  frames.residual = false;
  CHECK(fabs(rem_frames_nll(&frames, y, before, next) -
             (0.5 * 1.0 + 0.5 * 1.5625 + on)) < 1e-12);
}

int
main(void)
{
  check_golden();
  check_naive();
  check_far();
  check_finite();
  check_deviations();
  check_softmax();
  check_linear();
  return 0;
}
