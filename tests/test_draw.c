// SPDX-License-Identifier: ISC

/**
   What is drawn has the distribution that it is drawn from.

   Seeds are fixed, so a bound cannot fail by chance; it is set where chance
   alone would pass all but about one seed in a million:

       mean of n        5 s / sqrt(n)
       variance of n    5 s^2 sqrt(2 / n)          (of a normal)
       chi-square       -2 log 1e-6 = 27.6 with two degrees of freedom, which
                        is exact; 40.5 with seven (of 8 values) by tables
       largest miss of a distribution function (Kolmogorov)
                        sqrt(-log(1e-6 / 2) / (2 n))
*/

#include "dsp/frames.h"
#include "dsp/head/mdn.h"
#include "dsp/head/softmax.h"
#include "dsp/random.h"
#include "tests/check.h"
#include "tests/frames.h"
#include "tests/reference.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define N 100000U
#define MANY 1000000.0
#define CHI2_2 27.6
#define CHI2_7 40.5

/// Return how unlikely counts [n] are
static double
chi_square(const uint32_t* const counts,
           const double* const   p,
           const uint32_t        n)
{
  double total = 0.0;
  double sum   = 0.0;
  for (uint32_t k = 0U; k < n; ++k) {
    total += (double)counts[k];
  }
  for (uint32_t k = 0U; k < n; ++k) {
    const double d = (double)counts[k] - p[k] * total;
    sum += d * d / (p[k] * total);
  }
  return sum;
}

/// Fill p [n] with softmax(y / temperature)
static void
softmax(const float* const y,
        const uint32_t     n,
        const double       temperature,
        double* const      p)
{
  double sum = 0.0;
  for (uint32_t k = 0U; k < n; ++k) {
    p[k] = exp((double)y[k] / temperature);
    sum += p[k];
  }
  for (uint32_t k = 0U; k < n; ++k) {
    p[k] /= sum;
  }
}

static int
compare(const void* const a, const void* const b)
{
  const double x = *(const double*)a;
  const double y = *(const double*)b;
  return (x > y) - (x < y);
}

/// Return the largest miss of what x [N] says of a distribution function
static double
kolmogorov(double* const x, double (*const function)(double))
{
  double worst = 0.0;
  qsort(x, N, sizeof(double), compare);
  for (uint32_t i = 0U; i < N; ++i) {
    const double p = function(x[i]);
    worst          = fmax(worst, fabs(p - (double)i / N));
    worst          = fmax(worst, fabs(p - (double)(i + 1U) / N));
  }
  return worst;
}

static double
uniform_function(const double x)
{
  return x;
}

static double
normal_function(const double x)
{
  return 0.5 * erfc(-x * sqrt(0.5));
}

/// The generator's first numbers as others print them (rosettacode.org)
static void
check_splitmix(void)
{
  static const uint64_t known[] = {6457827717110365317U,
                                   3203168211198807973U,
                                   9817491932198370423U,
                                   4593380528125082431U,
                                   16408922859458223821U};
  RemRandom             random  = {1234567U};
  for (uint32_t i = 0U; i < 5U; ++i) {
    CHECK(rem_random_uniform(&random) == (double)(known[i] >> 11U) * 0x1p-53);
  }
}

/// Mean and variance of normal numbers, and that neighbours are strangers
static void
check_normal(void)
{
  RemRandom random  = {9U};
  double    sum     = 0.0;
  double    squares = 0.0;
  double    product = 0.0;
  double    last    = 0.0;
  for (uint32_t i = 0U; i < (uint32_t)MANY; ++i) {
    const double x = rem_random_normal(&random);
    sum += x;
    squares += x * x;
    product += x * last;
    last = x;
  }
  CHECK(fabs(sum / MANY) < 5.0 / sqrt(MANY));
  CHECK(fabs(squares / MANY - 1.0) < 5.0 * sqrt(2.0 / MANY));
  CHECK(fabs(product / MANY) < 5.0 / sqrt(MANY));
}

static void
check_random(void)
{
  const double  bound  = sqrt(-log(0.5e-6) / (2.0 * N));
  double* const x      = (double*)calloc(N, sizeof(double));
  RemRandom     random = {1U};
  CHECK(x);
  for (uint32_t i = 0U; i < N; ++i) {
    x[i] = rem_random_uniform(&random);
    CHECK(x[i] >= 0.0 && x[i] < 1.0);
  }
  CHECK(kolmogorov(x, uniform_function) < bound);
  for (uint32_t i = 0U; i < N; ++i) {
    x[i] = rem_random_normal(&random);
  }
  CHECK(kolmogorov(x, normal_function) < bound);
  free(x);
}

/// Three mixtures over two columns, so far apart that a value tells its own
typedef struct {
  float y[3 + 6 + 6];
  float base[2];
} Three;

static const RemMdn three = {3U, 2U, 0.05f};

static Three
make_three(void)
{
  const Three t = {{0.4f,
                    -0.6f,
                    0.9f,
                    -900.0f,
                    5.0f,
                    0.0f,
                    -6.0f,
                    900.0f,
                    7.0f,
                    -1.0f,
                    0.0f,
                    0.5f,
                    1.0f,
                    -2.0f,
                    -9.0f},
                   {10.0f, -20.0f}};
  return t;
}

/// Sums over what one mixture drew
typedef struct {
  uint32_t n;
  double   sum[2];
  double   squares[2];
  double   product;
} Moments;

/// Check that moments are those of the mixture m
static void
check_moments(const Moments* const moments,
              const uint32_t       m,
              const double         sigmatemp)
{
  const Three  t = make_three();
  const double n = (double)moments->n;
  double       s[2];
  for (uint32_t c = 0U; c < 2U; ++c) {
    s[c]                  = sqrt(sigmatemp) * exp((double)t.y[9U + m * 2U + c]);
    const double mean     = moments->sum[c] / n;
    const double variance = moments->squares[c] / n - mean * mean;
    CHECK(fabs(mean) < 5.0 * s[c] / sqrt(n));
    CHECK(fabs(variance / (s[c] * s[c]) - 1.0) < 5.0 * sqrt(2.0 / n));
  }
  CHECK(fabs(moments->product / n) < 5.0 * s[0] * s[1] / sqrt(n));
}

static void
check_mixture(const double pitemp, const double sigmatemp)
{
  const Three t          = make_three();
  RemRandom   random     = {2U};
  Moments     moments[3] = {{0U, {0.0}, {0.0}, 0.0}};
  double      p[3];
  float       z[2];
  for (uint32_t i = 0U; i < N; ++i) {
    rem_mdn_draw(
      &three, t.y, t.base, (float)pitemp, (float)sigmatemp, &random, z);
    const uint32_t m = z[0] < -400.0f ? 0U : z[0] < 400.0f ? 1U : 2U;
    const double   a = (double)z[0] - (double)(t.base[0] + t.y[3U + 2U * m]);
    const double   b = (double)z[1] - (double)(t.base[1] + t.y[4U + 2U * m]);
    Moments* const o = &moments[m];
    ++o->n;
    o->sum[0] += a;
    o->sum[1] += b;
    o->squares[0] += a * a;
    o->squares[1] += b * b;
    o->product += a * b;
  }
  softmax(t.y, 3U, pitemp, p);
  CHECK(chi_square((uint32_t[]){moments[0].n, moments[1].n, moments[2].n},
                   p,
                   3U) < CHI2_2);
  for (uint32_t m = 0U; m < 3U; ++m) {
    check_moments(&moments[m], m, sigmatemp);
  }
}

/// Towards 0 nothing is left to chance
static void
check_cold(void)
{
  static const float colds[] = {0.0f, -1.0f, 1e-3f, 1e-30f, NAN};
  const Three        t       = make_three();
  RemRandom          random  = {3U};
  float              z[2];
  for (uint32_t i = 0U; i < 5000U; ++i) {
    rem_mdn_draw(&three, t.y, t.base, colds[i % 5U], 0.0f, &random, z);
    CHECK(z[0] == 910.0f && z[1] == -13.0f);
    rem_mdn_draw(&three, t.y, t.base, 1.0f, 0.0f, &random, z);
    CHECK(z[0] == -890.0f || z[0] == 10.0f || z[0] == 910.0f);
    CHECK(rem_sigmoid_draw(0.001f, colds[i % 5U], &random));
    CHECK(!rem_sigmoid_draw(-0.001f, colds[i % 5U], &random));
  }
  // 0.02 of logits apart at 0.0011: the likeliest, all but 1 in 8e7
  CHECK(rem_softmax_draw((float[]){0.0f, 0.02f}, 2U, 0.0011f, &random) == 1U);
}

static void
check_choices(const double temperature)
{
  static const float y[] = {0.0f, 1.0f, -1.0f, 0.3f, -0.7f, 1.4f, 0.2f, -2.0f};
  RemRandom          random    = {4U};
  uint32_t           counts[8] = {0U};
  double             p[8];
  softmax(y, 8U, temperature, p);
  for (uint32_t i = 0U; i < N; ++i) {
    ++counts[rem_softmax_draw(y, 8U, (float)temperature, &random)];
  }
  CHECK(chi_square(counts, p, 8U) < CHI2_7);
}

static void
check_switches(const double temperature)
{
  for (int32_t k = -2; k <= 2; ++k) {
    const float  y      = 1.5f * (float)k;
    const double p      = 1.0 / (1.0 + exp(-(double)y / temperature));
    RemRandom    random = {5U};
    uint32_t     n_on   = 0U;
    for (uint32_t i = 0U; i < N; ++i) {
      n_on += rem_sigmoid_draw(y, (float)temperature, &random);
    }
    CHECK(fabs((double)n_on / N - p) < 5.0 * sqrt(p * (1.0 - p) / N));
  }
}

/// The same seed gives the same; another one something else
static void
check_seeds(void)
{
  const Three t = make_three();
  RemRandom   a = {6U};
  RemRandom   b = {6U};
  RemRandom   c = {7U};
  uint32_t    n = 0U;
  for (uint32_t i = 0U; i < 1000U; ++i) {
    float x[2];
    float y[2];
    float z[2];
    rem_mdn_draw(&three, t.y, t.base, 1.0f, 1.0f, &a, x);
    rem_mdn_draw(&three, t.y, t.base, 1.0f, 1.0f, &b, y);
    rem_mdn_draw(&three, t.y, t.base, 1.0f, 1.0f, &c, z);
    CHECK(!memcmp(x, y, sizeof(x)));
    n += !memcmp(x, z, sizeof(x));
  }
  CHECK(n < 5U);
}

/// Choices that are infinitely unlikely are never drawn, wild ones do no harm
static void
check_wild(void)
{
  static const float y[]    = {-3e38f, 0.0f, -3e38f, 0.0f, -1e4f};
  RemRandom          random = {8U};
  for (uint32_t i = 0U; i < 10000U; ++i) {
    const uint32_t k = rem_softmax_draw(y, 5U, 1.0f, &random);
    CHECK(k == 1U || k == 3U);
    CHECK(rem_softmax_draw(y, 5U, 1e30f, &random) < 5U);
    CHECK(rem_sigmoid_draw(3e38f, 1.0f, &random));
    CHECK(!rem_sigmoid_draw(-3e38f, 1.0f, &random));
  }
}

/// A dimension that was learned in steps is drawn in steps, and rests if the
/// net says that it does but for a trifle
static void
check_steps(void)
{
  RemFrames frames     = frames_of("cc", 1U);
  float     y[7]       = {0.0f, 0.0f, 0.01f, 0.0f, -9.0f, -9.0f, 0.0f};
  float     columns[3] = {0.0f, 0.0f, 0.0f};
  float     rest[3]    = {0.05f, 64.0f / 127.0f, 0.3f};
  RemRandom random     = {9U};
  float     frame[3]   = {0.0f, 0.0f, 0.0f};
  RemTemper temper     = rem_temper();
  frames.dims[0].step  = 1.0f / 127.0f;
  rem_frames_encode(&frames, rest, columns);
  for (uint32_t i = 0U; i < 1000U; ++i) {
    rem_frames_draw(&frames, y, columns, &temper, &random, frame);
    CHECK(frame[1] == rest[1]);
  }
  y[4] = 0.0f; // Deviation 1, so that every step is drawn
  for (uint32_t i = 0U; i < 1000U; ++i) {
    rem_frames_draw(&frames, y, columns, &temper, &random, frame);
    const float steps = frame[1] * 127.0f;
    CHECK(fabsf(steps - roundf(steps)) < 1e-4f && frame[1] <= 1.0f);
  }
}

int
main(void)
{
  static const double temperatures[] = {0.25, 1.0, 4.0};
  check_splitmix();
  check_normal();
  check_random();
  for (uint32_t i = 0U; i < 9U; ++i) {
    check_mixture(temperatures[i % 3U], temperatures[i / 3U]);
  }
  check_cold();
  for (uint32_t i = 0U; i < 3U; ++i) {
    check_choices(temperatures[i]);
    check_switches(temperatures[i]);
  }
  check_seeds();
  check_steps();
  check_wild();
  return 0;
}
