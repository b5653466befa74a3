// SPDX-License-Identifier: ISC

/// Every term of the loss against a double reference of the equations in
/// loss.h, its gradient against central differences of that reference

#include "offline_trainer/loss.h"
#include "tests/check.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#define N 300U
#define N_STREAMS 3U

/// A batch: streams one after the other
typedef struct {
  RemLossSpec spec;
  uint32_t    n;
  double      y[N_STREAMS * N];
  double      target[N_STREAMS * N];
} Batch;

/// Sum of squares of `x` after pre-emphasis
static double
emphasised(const RemLossSpec* const spec, const double* const x, uint32_t n)
{
  double sum = 0.0;
  for (uint32_t t = spec->n_taps - 1U; t < n; ++t) {
    double v = 0.0;
    for (uint32_t k = 0; k < spec->n_taps; ++k) {
      v += (double)spec->taps[k] * x[t - k];
    }
    sum += v * v;
  }
  return sum;
}

/// Magnitude of bin `k` of the frame at `x`, by the definition of the DFT
static double
magnitude(const double* const x, const uint32_t n, const uint32_t k)
{
  const double two_pi = 2.0 * acos(-1.0);
  double       re     = 0.0;
  double       im     = 0.0;
  for (uint32_t i = 0; i < n; ++i) {
    const double w     = (1.0 - cos(two_pi * i / n)) * 2.0 / n;
    const double phase = two_pi * (double)((i * k) % n) / n;
    re += w * x[i] * cos(phase);
    im += w * x[i] * sin(phase);
  }
  return sqrt(re * re + im * im + 1e-8);
}

static double
stft_resolution(const double* const y,
                const double* const target,
                const uint32_t      n,
                const uint32_t      n_fft)
{
  const uint32_t hop        = n_fft / 4U;
  const uint32_t n_bins     = n_fft / 2U + 1U;
  const uint32_t n_frames   = (n - n_fft) / hop + 1U;
  const uint32_t start      = (n - n_fft) % hop / 2U;
  double         difference = 0.0;
  double         energy     = 0.0;
  double         logarithm  = 0.0;
  for (uint32_t f = 0; f < n_frames; ++f) {
    for (uint32_t k = 0; k < n_bins; ++k) {
      const double a = magnitude(target + start + (size_t)f * hop, n_fft, k);
      const double b = magnitude(y + start + (size_t)f * hop, n_fft, k);
      difference += (a - b) * (a - b);
      energy += a * a;
      logarithm += fabs(log(a / b));
    }
  }
  return sqrt(difference / energy + 1e-12) +
         logarithm / ((double)n_frames * n_bins);
}

static double
stft(const double* const y, const double* const target, const uint32_t n)
{
  uint32_t n_fft = 2048U;
  while (n_fft > n) {
    n_fft /= 2U;
  }
  double sum = 0.0;
  for (uint32_t i = 0; i < 3U; ++i) {
    sum += stft_resolution(y, target, n, n_fft >> i) / 3.0;
  }
  return sum;
}

/// The batch's loss, as the header defines it
static double
reference_loss(const Batch* const b)
{
  const uint32_t n       = b->n;
  const double   epsilon = 1e-5 * N_STREAMS * n;
  double         error[N];
  double         squares  = 0.0;
  double         signal   = epsilon;
  double         energy   = epsilon;
  double         means    = 0.0;
  double         spectral = 0.0;
  for (uint32_t s = 0; s < N_STREAMS; ++s) {
    const double* const y      = b->y + (size_t)s * n;
    const double* const target = b->target + (size_t)s * n;
    double              mean   = 0.0;
    for (uint32_t t = 0; t < n; ++t) {
      error[t] = target[t] - y[t];
      mean += error[t] / n;
      energy += target[t] * target[t];
    }
    squares += emphasised(&b->spec, error, n);
    signal += emphasised(&b->spec, target, n);
    means += n * mean * mean;
    spectral += b->spec.stft_weight > 0.0f ? stft(y, target, n) : 0.0;
  }
  const double count = (double)N_STREAMS * (n - b->spec.n_taps + 1U);
  return (double)b->spec.esr_weight * squares / signal +
         (double)b->spec.mse_weight * squares / count +
         (double)b->spec.dc_weight * means / energy +
         (double)b->spec.stft_weight * spectral / N_STREAMS;
}

/// The batch's loss and gradient by the trainer's code
static double
batch_loss(const Batch* const b, float* const dy)
{
  float       y[N];
  float       target[N];
  double      sum  = 0.0;
  RemLossNorm norm = {0.0, 0.0, 0U};
  RemLoss*    loss = rem_loss_new(&b->spec, b->n);
  CHECK(loss);
  for (uint32_t pass = 0; pass < 2U; ++pass) {
    for (uint32_t s = 0; s < N_STREAMS; ++s) {
      for (uint32_t t = 0; t < b->n; ++t) {
        y[t]      = (float)b->y[s * b->n + t];
        target[t] = (float)b->target[s * b->n + t];
      }
      if (pass == 0U) {
        rem_loss_measure(loss, target, &norm);
      } else {
        sum += rem_loss_gradient(loss, y, target, &norm, dy + (size_t)s * b->n);
      }
    }
  }
  rem_loss_free(loss);
  return sum;
}

/// Streams of noise: the output is off by an offset and by noise of its own
static void
fill(Batch* const b, const RemLossSpec spec, const uint32_t n)
{
  uint32_t seed = 2026U;
  b->spec       = spec;
  b->n          = n;
  for (uint32_t i = 0; i < N_STREAMS * n; ++i) {
    b->target[i] = (double)(0.5f * noise(&seed));
    b->y[i]      = (double)(float)(0.8 * b->target[i] + 0.05 +
                              (double)(0.1f * noise(&seed)));
  }
}

/**
   Compare loss and gradient with the reference.

   The loss: float samples carry 6e-8 of relative error, sums of 1000 of them
   less than 1e-6.  The gradient: central differences err by eps^2 = 1e-10
   times a third derivative; float rounding of the transform is 1e-6 of the
   largest slope, which the log-magnitude's 1 / M amplifies for weak bins.
*/
static void
check_batch(Batch* const b, const double tolerance)
{
  float        dy[N_STREAMS * N];
  const double eps   = 1e-5;
  const double value = batch_loss(b, dy);
  const double want  = reference_loss(b);
  CHECK(fabs(value - want) <= 2e-6 * fabs(want));

  double slopes[N_STREAMS * N];
  double largest = 0.0;
  for (uint32_t i = 0; i < N_STREAMS * b->n; i += 7U) {
    const double saved = b->y[i];
    b->y[i]            = saved + eps;
    const double up    = reference_loss(b);
    b->y[i]            = saved - eps;
    const double down  = reference_loss(b);
    b->y[i]            = saved;
    slopes[i]          = (up - down) / (2.0 * eps);
    largest            = fmax(largest, fabs(slopes[i]));
  }
  for (uint32_t i = 0; i < N_STREAMS * b->n; i += 7U) {
    CHECK(fabs(slopes[i] - (double)dy[i]) <= tolerance * largest);
  }
}

static void
test_terms(void)
{
  static Batch      b;
  const RemLossSpec specs[] = {
    {.esr_weight = 1.0f, .n_taps = 1U, .taps = {1.0f}},
    {.esr_weight = 1.0f, .n_taps = 2U, .taps = {1.0f, -0.85f}},
    {.esr_weight = 0.3f, .n_taps = 4U, .taps = {0.5f, -0.2f, 0.7f, 0.1f}},
    {.mse_weight = 1.0f, .n_taps = 3U, .taps = {1.0f, -0.5f, 0.25f}},
    {.dc_weight = 1.0f, .n_taps = 1U, .taps = {1.0f}},
    rem_loss_default(),
  };
  const uint32_t lengths[] = {1U, 2U, 5U, 16U, 255U, 257U, N};
  for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); ++i) {
    for (size_t j = 0; j < sizeof(lengths) / sizeof(*lengths); ++j) {
      if (lengths[j] >= specs[i].n_taps) {
        fill(&b, specs[i], lengths[j]);
        check_batch(&b, 1e-5);
      }
    }
  }
}

static void
test_stft(void)
{
  static Batch      b;
  const RemLossSpec spec = {
    .esr_weight = 0.1f, .stft_weight = 1.0f, .n_taps = 1U, .taps = {1.0f}};
  fill(&b, spec, 80U);
  check_batch(&b, 2e-4);
  fill(&b, spec, REM_STFT_MIN);
  check_batch(&b, 2e-4);
}

/// Silence, equality and a window shorter than the filter give finite figures
static void
test_edges(void)
{
  const float        zero[128] = {0.0f};
  float              loud[128];
  float              dy[128];
  uint32_t           seed = 7U;
  const RemLossSpec  all  = {.esr_weight  = 1.0f,
                             .mse_weight  = 1.0f,
                             .dc_weight   = 1.0f,
                             .stft_weight = 1.0f,
                             .n_taps      = 2U,
                             .taps        = {1.0f, -0.85f}};
  RemLossSpec        wide = rem_loss_default();
  const float* const ys[] = {zero, loud, zero, loud};
  const float* const ts[] = {zero, zero, loud, loud};
  RemLoss* const     loss = rem_loss_new(&all, 128U);
  CHECK(loss);
  for (uint32_t i = 0; i < 128U; ++i) {
    loud[i] = noise(&seed);
  }
  for (size_t i = 0; i < 4U; ++i) {
    RemLossNorm norm = {0.0, 0.0, 0U};
    rem_loss_measure(loss, ts[i], &norm);
    const double value = rem_loss_gradient(loss, ys[i], ts[i], &norm, dy);
    CHECK(isfinite(value) && (ys[i] != ts[i] || value < 1e-5));
    for (uint32_t t = 0; t < 128U; ++t) {
      CHECK(isfinite(dy[t]) && (ys[i] != ts[i] || fabsf(dy[t]) < 1e-6f));
    }
  }
  rem_loss_free(loss);

  wide.n_taps           = REM_MAX_TAPS;
  RemLossNorm    norm   = {0.0, 0.0, 0U};
  RemLoss* const narrow = rem_loss_new(&wide, 3U);
  CHECK(narrow);
  rem_loss_measure(narrow, loud, &norm);
  CHECK(norm.energy_emphasised == 0.0 && norm.n_streams == 1U);
  CHECK(isfinite(rem_loss_gradient(narrow, zero, loud, &norm, dy)));
  rem_loss_free(narrow);
}

static void
test_refusals(void)
{
  RemLossSpec spec = rem_loss_default();
  CHECK(!rem_loss_new(&spec, 0U));
  spec.stft_weight = 1.0f;
  CHECK(!rem_loss_new(&spec, REM_STFT_MIN - 1U));
  spec.n_taps = 0U;
  CHECK(!rem_loss_new(&spec, 1000U));
  spec.n_taps = REM_MAX_TAPS + 1U;
  CHECK(!rem_loss_new(&spec, 1000U));
  rem_loss_free(NULL);
}

/// Print what a stream-window costs; a figure to read, not a test
static void
print_cost(const RemLossSpec spec, const char* const name)
{
  enum { LENGTH = 1000, ROUNDS = 2000 };
  static float   y[LENGTH];
  static float   target[LENGTH];
  static float   dy[LENGTH];
  uint32_t       seed = 1U;
  RemLossNorm    norm = {0.0, 0.0, 0U};
  RemLoss* const loss = rem_loss_new(&spec, LENGTH);
  CHECK(loss);
  for (uint32_t i = 0; i < LENGTH; ++i) {
    y[i]      = noise(&seed);
    target[i] = noise(&seed);
  }
  const clock_t start = clock();
  for (uint32_t i = 0; i < ROUNDS; ++i) {
    rem_loss_measure(loss, target, &norm);
    (void)rem_loss_gradient(loss, y, target, &norm, dy);
  }
  const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
  printf("%s: %.2f ns per sample\n", name, 1e9 * seconds / (LENGTH * ROUNDS));
  rem_loss_free(loss);
}

int
main(void)
{
  test_terms();
  test_stft();
  test_edges();
  test_refusals();

  RemLossSpec spec = rem_loss_default();
  print_cost(spec, "ESR + DC");
  spec.stft_weight = 1.0f;
  print_cost(spec, "ESR + DC + STFT");
  return 0;
}
