// SPDX-License-Identifier: ISC

/// Baselines of control: fits find what made the data, NLL is its entropy

#include "dsp/frames.h"
#include "dsp/random.h"
#include "offline_trainer/control/autoregress.h"
#include "offline_trainer/control/baseline.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N 20000U
#define HALF_LOG_2PI_E 1.4189385332046727 ///< Entropy of a standard normal

static RemFrames
plain_frames(const uint32_t n_dims)
{
  RemFrames frames;
  rem_frames_init(&frames, n_dims, 5U);
  frames.dt_offset = 0.0f;
  frames.dt_scale  = 1.0f;
  for (uint32_t d = 0U; d < n_dims; ++d) {
    frames.dims[d].offset = 0.0f;
    frames.dims[d].scale  = 1.0f;
  }
  return frames;
}

/// Fill z [N, 2] with a known process of order 2, noise of 0.5 and 0.2
static void
make_process(const uint64_t seed, float* const z)
{
  RemRandom random = {seed};
  for (size_t t = 0U; t < N; ++t) {
    const float* const a = z + (t > 0U ? t - 1U : 0U) * 2U;
    const float* const b = z + (t > 1U ? t - 2U : 0U) * 2U;
    z[t * 2U]      = (float)(0.3 + 0.5 * (double)a[0] + 0.2 * (double)a[1] -
                        0.3 * (double)b[0] + 0.5 * rem_random_normal(&random));
    z[t * 2U + 1U] = (float)(-0.1 + 0.6 * (double)a[1] + 0.2 * (double)b[0] +
                             0.2 * rem_random_normal(&random));
  }
}

/// The estimate's error is normal: its deviation is noise / sqrt(N variance of
/// what it multiplies), here below 0.5 / sqrt(N 0.06); 5 of them
#define MISS (5.0 * 0.5 / (0.245 * 141.4))

static void
check_coefficients(void)
{
  static const double truth[2][5] = {{0.3, 0.5, 0.2, -0.3, 0.0},
                                     {-0.1, 0.0, 0.6, 0.2, 0.0}};
  static const size_t begins[]    = {0U, N};
  float* const        z           = (float*)calloc((size_t)N * 2U, 4U);
  RemAr               ar;
  CHECK(z);
  make_process(1U, z);
  const RemVectors train = {2U, 1U, begins, z};
  CHECK(rem_ar_fit(&train, 8U, 0.01, &ar));
  CHECK(ar.order == 2U && ar.n_columns == 2U);
  for (uint32_t i = 0U; i < 10U; ++i) {
    CHECK(fabs(ar.weights[i] - truth[i / 5U][i % 5U]) < MISS);
  }
  // A variance's estimate is off by a part of sqrt(2 / N), a deviation's half
  CHECK(fabs(ar.deviation[0] / 0.5 - 1.0) < 5.0 * 0.5 * 0.01);
  CHECK(fabs(ar.deviation[1] / 0.2 - 1.0) < 5.0 * 0.5 * 0.01);
  rem_ar_clear(&ar);
  rem_ar_clear(&ar);
  free(z);
}

/// What came before a sequence is its first vector, and no other sequence
static void
check_borders(void)
{
  static const float  z[]      = {1, 2, 9, 8, 7};
  static const size_t begins[] = {0U, 2U, 5U};
  double              w[]      = {0.5, 10.0, 100.0};
  double              s[]      = {1.0};
  double              row[3];
  double              mean[1];
  const RemVectors    vectors = {1U, 2U, begins, z};
  const RemAr         ar      = {2U, 1U, w, s};
  rem_ar_predict(&ar, &vectors, 0U, 1U, row, mean);
  CHECK(mean[0] == 0.5 + 10.0 * 1.0 + 100.0 * 1.0);
  rem_ar_predict(&ar, &vectors, 2U, 3U, row, mean);
  CHECK(mean[0] == 0.5 + 10.0 * 9.0 + 100.0 * 9.0);
  rem_ar_predict(&ar, &vectors, 2U, 4U, row, mean);
  CHECK(mean[0] == 0.5 + 10.0 * 8.0 + 100.0 * 9.0);
}

/// Fill frames [N, 1 + 1]: log dt and x each of order 1, around log 0.1 and
/// 0.5, with noise of 0.3 and 0.05; return them
static float*
make_frames(const uint64_t seed)
{
  RemRandom    random = {seed};
  float* const frames = (float*)calloc((size_t)N * 2U, 4U);
  double       a      = 0.0;
  double       b      = 0.0;
  CHECK(frames);
  for (size_t t = 0U; t < N; ++t) {
    a                   = 0.8 * a + 0.3 * rem_random_normal(&random);
    b                   = 0.6 * b + 0.05 * rem_random_normal(&random);
    frames[t * 2U]      = (float)(0.1 * exp(a));
    frames[t * 2U + 1U] = (float)(0.5 + b);
  }
  return frames;
}

/**
   AR(1) reaches the entropy of the noise.  Repeating is off by the variance of
   the differences, 2 s^2 / (1 + w), so its NLL is more by half of its
   logarithm. Means over N events of squares of normal numbers / 2 are off by 1
   / sqrt(2 N) each, 0.005: 5 of them with two columns, and as much for the fit.
*/
static void
check_entropy(void)
{
  static const size_t begins[] = {0U, N};
  const RemFrames     frames   = plain_frames(1U);
  float* const        a        = make_frames(3U);
  float* const        b        = make_frames(4U);
  const RemTakes      train    = {a, begins, 1U};
  const RemTakes      val      = {b, begins, 1U};
  const double        entropy  = 2.0 * HALF_LOG_2PI_E + log(0.3) + log(0.05);
  const double        more     = 0.5 * log(2.0 / 1.8) + 0.5 * log(2.0 / 1.6);
  RemBaselines        out;
  CHECK(!rem_baselines(&frames, &train, &val, &out, NULL));
  CHECK(out.n_events == N - 1U && out.ar_order == 1U && out.repeats_dt);
  CHECK(fabs(out.ar_nll - entropy) < 0.05);
  CHECK(fabs(out.repeat_nll - entropy - more) < 0.05);
  free(a);
  free(b);
}

/// Times without memory are told around their mean, and wide columns scaled
static void
check_mean_dt(void)
{
  static const size_t begins[] = {0U, N};
  RemFrames           frames   = plain_frames(1U);
  RemRandom           random   = {5U};
  float* const        x        = (float*)calloc((size_t)N * 2U, 4U);
  const RemTakes      takes    = {x, begins, 1U};
  RemBaselines        out;
  CHECK(x);
  frames.dt_offset = -2.0f;
  frames.dt_scale  = 0.5f;
  for (size_t t = 0U; t < N; ++t) {
    x[t * 2U]      = (float)exp(-2.0 + 0.5 * rem_random_normal(&random));
    x[t * 2U + 1U] = 0.25f;
  }
  CHECK(!rem_baselines(&frames, &takes, &takes, &out, NULL));
  CHECK(!out.repeats_dt);
  // Column 0 is standard normal; the other never moves, so it is the floor's
  const double nll =
    HALF_LOG_2PI_E + HALF_LOG_2PI_E - 0.5 + log((double)frames.floor);
  CHECK(fabs(out.repeat_nll - nll) < 0.025 && fabs(out.ar_nll - nll) < 0.025);
  free(x);
}

/// A switch that stays and a choice that moves: counts by hand
static void
check_discrete(void)
{
  static const float  x[]      = {0.1f,
                                  0.0f,
                                  0.0f,
                                  0.1f,
                                  0.0f,
                                  0.5f,
                                  0.1f,
                                  0.0f,
                                  1.0f,
                                  0.1f,
                                  1.0f,
                                  1.0f,
                                  0.1f,
                                  1.0f,
                                  0.5f};
  static const size_t begins[] = {0U, 5U};
  static const float  y[]      = {0.1f, 0.0f, 0.0f, 0.1f, 1.0f, 1.0f};
  static const size_t ends[]   = {0U, 2U};
  RemFrames           frames   = plain_frames(2U);
  const RemTakes      train    = {x, begins, 1U};
  const RemTakes      val      = {y, ends, 1U};
  RemBaselines        out;
  frames.dims[0].kind      = REM_DIM_SWITCH;
  frames.dims[1].kind      = REM_DIM_CHOICE;
  frames.dims[1].n_choices = 3U;
  memcpy(frames.dims[1].choices, (const float[]){0.0f, 0.5f, 1.0f}, 12U);
  CHECK(!rem_baselines(&frames, &train, &val, &out, NULL));
  // Switch: 3 of 4 stayed.  Choice: 1 of 4 stayed; others went to the middle
  // twice, to the top once: from the bottom, the top has 2 of 3 + 2.
  const double dt  = log(0.01) + HALF_LOG_2PI_E - 0.5;
  const double nll = dt - log(2.0 / 6.0) - log(4.0 / 6.0 * 2.0 / 5.0);
  CHECK(out.n_events == 1U);
  CHECK(fabs(out.repeat_nll - nll) < 1e-6 && fabs(out.ar_nll - nll) < 1e-3);
}

/// With a linear head it is half the squared error
static void
check_linear(void)
{
  static const float  x[]      = {1.0f, 0.25f, 1.0f, 0.75f};
  static const size_t begins[] = {0U, 2U};
  RemFrames           frames   = plain_frames(1U);
  const RemTakes      takes    = {x, begins, 1U};
  RemBaselines        out;
  frames.n_mixtures = 0U;
  CHECK(!rem_baselines(&frames, &takes, &takes, &out, NULL));
  CHECK(fabs(out.repeat_nll - 0.5 * 0.25) < 1e-12);
  CHECK(out.ar_nll < 1e-9); // One event is learned by heart
}

/// Performances of one event or none tell nothing, and harm nothing
static void
check_short(void)
{
  static const float  x[]      = {1.0f, 0.25f, 1.0f, 0.75f, 1.0f, 0.5f};
  static const size_t single[] = {0U, 1U, 1U, 2U, 3U};
  static const size_t mixed[]  = {0U, 1U, 1U, 3U};
  static const size_t none[]   = {0U};
  const RemFrames     frames   = plain_frames(1U);
  const RemTakes      singles  = {x, single, 4U};
  const RemTakes      some     = {x, mixed, 3U};
  const RemTakes      empty    = {NULL, none, 0U};
  RemBaselines        out;
  CHECK(!rem_baselines(&frames, &some, &singles, &out, NULL));
  CHECK(!out.n_events && isnan(out.repeat_nll) && isnan(out.ar_nll));
  CHECK(!rem_baselines(&frames, &singles, &some, &out, NULL));
  CHECK(out.n_events == 1U && isfinite(out.repeat_nll) && isfinite(out.ar_nll));
  CHECK(!rem_baselines(&frames, &empty, &some, &out, NULL));
  CHECK(out.n_events == 1U && isfinite(out.repeat_nll) && isfinite(out.ar_nll));
  CHECK(!rem_baselines(&frames, &some, &some, &out, NULL));
  CHECK(fabs(out.repeat_nll - (log(0.01) + HALF_LOG_2PI_E - 0.5 + log(0.25) +
                               HALF_LOG_2PI_E)) < 1e-6);
}

/// The same number again and again, far from 0, and two columns alike
static void
check_ties(void)
{
  static const size_t begins[] = {0U, 500U};
  RemRandom           random   = {6U};
  float               z[1500];
  RemAr               ar;
  for (uint32_t t = 0U; t < 500U; ++t) {
    z[t * 3U]      = 1e5f;
    z[t * 3U + 1U] = (float)rem_random_normal(&random);
    z[t * 3U + 2U] = z[t * 3U + 1U];
  }
  const RemVectors train = {3U, 1U, begins, z};
  double           row[1U + 3U * REM_AR_MAX_ORDER];
  double           mean[3];
  CHECK(rem_ar_fit(&train, 8U, 0.01, &ar));
  CHECK(ar.order == 1U);
  rem_ar_predict(&ar, &train, 0U, 499U, row, mean);
  CHECK(fabs(mean[0] - 1e5) < 0.01);
  CHECK(fabs(mean[1]) < 1.0 && fabs(mean[1] - mean[2]) < 1e-9);
  CHECK(ar.deviation[0] >= 0.01 && ar.deviation[0] < 0.02);
  rem_ar_clear(&ar);
}

int
main(void)
{
  check_coefficients();
  check_borders();
  check_entropy();
  check_mean_dt();
  check_discrete();
  check_linear();
  check_short();
  check_ties();
  return 0;
}
