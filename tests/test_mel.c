// SPDX-License-Identifier: ISC

/// Frames of spectra against a slow transform in double; streams may be cut
/// anywhere; nothing is allocated while they are made

#include "dsp/mel.h"
#include "tests/allocations.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 3000, MAX_FRAMES = N / 16 };

static const double pi = 3.14159265358979323846;

/// Return the magnitude of one bin
static double
slow_bin(const double* const x, const uint32_t n, const uint32_t k)
{
  double re = 0.0, im = 0.0;
  for (uint32_t t = 0U; t < n; ++t) {
    const double w = 0.5 - 0.5 * cos(2.0 * pi * t / n);
    re += w * x[t] * cos(2.0 * pi * k * t / n);
    im -= w * x[t] * sin(2.0 * pi * k * t / n);
  }
  return 4.0 / n * sqrt(re * re + im * im);
}

static double
slow_mel(const RemSpectra* const s, const double at)
{
  const double low  = 2595.0 * log10(1.0 + (double)s->lowest / 700.0);
  const double high = 2595.0 * log10(1.0 + (double)s->highest / 700.0);
  const double m    = low + (high - low) * at / (s->n_bands + 1.0);
  return 700.0 * (pow(10.0, m / 2595.0) - 1.0);
}

/// Return band `b` of magnitudes
static double
slow_band(const RemSpectra* const s, const double* const bins, uint32_t b)
{
  const double low = slow_mel(s, b), mid = slow_mel(s, b + 1.0);
  const double high = slow_mel(s, b + 2.0), width = s->rate / s->n_fft;
  double       sum = 0.0, total = 0.0;
  for (uint32_t k = 0U; k <= s->n_fft / 2U; ++k) {
    const double hz = k * width;
    const double w =
      hz < mid ? (hz - low) / (mid - low) : (high - hz) / (high - mid);
    sum += w > 0.0 ? w * bins[k] : 0.0;
    total += w > 0.0 ? w : 0.0;
  }
  return total > 0.0 ? sum / total : bins[lrint(mid / width)];
}

/// Make every frame of `x`, in calls of `cut` samples
static uint32_t
make_frames(RemMel* const           mel,
            const RemSpectra* const s,
            const float* const      x,
            const uint32_t          cut,
            float* const            frames)
{
  uint32_t n_frames = 0U;
  rem_mel_reset(mel);
  for (uint32_t t = 0U; t < N;) {
    const uint32_t n    = cut < N - t ? cut : N - t;
    bool           full = false;
    float* const   to   = frames + (size_t)n_frames * s->n_bands;
    const uint32_t m    = rem_mel_take(mel, x + t, n, to, &full);
    CHECK(m <= n && (m == n || full));
    n_frames += full;
    t += m;
  }
  CHECK(n_frames == N / s->hop);
  return n_frames;
}

/// The transform in float errs by some 1e-7 of the loudest bin, 1; over the
/// floor of 1e-4 that is 1e-3 in the logarithm at most
static void
check_frame(const RemSpectra* const s,
            const float* const      x,
            const uint32_t          index,
            const float* const      frame)
{
  const uint32_t n = s->n_fft;
  double         window[REM_SPECTRA_MAX_FFT];
  double         bins[REM_SPECTRA_MAX_FFT];
  for (uint32_t t = 0U; t < n; ++t) {
    const int64_t at = (int64_t)(index + 1U) * s->hop - n + t;
    window[t]        = at >= 0 ? (double)x[at] : 0.0;
  }
  for (uint32_t k = 0U; k <= n / 2U; ++k) {
    bins[k] = slow_bin(window, n, k);
  }
  for (uint32_t b = 0U; b < s->n_bands; ++b) {
    const double y    = log((double)s->floor + slow_band(s, bins, b));
    const double want = (y - (double)s->offset[b]) / (double)s->scale[b];
    CHECK(fabs((double)frame[b] - want) < 1e-3);
  }
}

static void
test_against_slow(const RemSpectra* const s, const float* const x)
{
  static float   whole[MAX_FRAMES * REM_MAX_MEL];
  static float   cut[MAX_FRAMES * REM_MAX_MEL];
  const size_t   bytes = (size_t)s->n_bands * sizeof(float);
  RemMel* const  mel   = rem_mel_new(s);
  const long     calls = n_calls;
  const uint32_t n     = make_frames(mel, s, x, N, whole);
  for (uint32_t i = 0U; i < n; i += 1U + n / 7U) {
    check_frame(s, x, i, whole + (size_t)i * s->n_bands);
  }
  for (uint32_t size = 1U; size < N; size = size * 3U + 2U) {
    CHECK(make_frames(mel, s, x, size, cut) == n);
    CHECK(!memcmp(whole, cut, n * bytes)); // To the last bit
  }
  CHECK(n_calls == calls);
  rem_mel_free(mel);
}

/// A sine of full scale in the middle of a bin has magnitude 1
static void
test_scale(void)
{
  RemSpectra s = rem_spectra_default();
  s.n_bands    = 1U;
  s.lowest     = 990.0f; // 46.9 Hz a bin: only number 21, 984.4 Hz, is near
  s.highest    = 991.0f;
  s.floor      = 1e-6f;
  static float  x[N], frames[MAX_FRAMES];
  RemMel* const mel = rem_mel_new(&s);
  for (uint32_t t = 0U; t < N; ++t) {
    x[t] = (float)sin(2.0 * pi * 21.0 * t / s.n_fft);
  }
  const uint32_t n = make_frames(mel, &s, x, N, frames);
  CHECK(fabsf(frames[n - 1U]) < 1e-5f);
  rem_mel_free(mel);
}

static void
test_times(void)
{
  const RemSpectra s = rem_spectra_default();
  CHECK(fabs(rem_spectra_time(&s, 9.0) - (1920.0 - 256.0) / 24000.0) < 1e-12);
  CHECK(fabs(rem_spectra_delay(&s) - 256.0 / 24000.0) < 1e-12);
}

static void
test_refusals(void)
{
  const RemSpectra good = rem_spectra_default();
  RemSpectra       bad[9];
  for (int i = 0; i < 9; ++i) {
    bad[i] = good;
  }
  bad[0].n_fft     = 500U;
  bad[1].hop       = good.n_fft + 1U;
  bad[2].n_bands   = REM_MAX_MEL + 1U;
  bad[3].rate      = 44100.5;
  bad[4].highest   = 12001.0f;
  bad[5].lowest    = good.highest;
  bad[6].floor     = 0.0f;
  bad[7].scale[31] = 0.0f;
  bad[8].offset[0] = NAN;
  CHECK(!rem_spectra_check(&good, NULL));
  for (int i = 0; i < 9; ++i) {
    RemError error = {REM_SUCCESS, "", ""};
    CHECK(rem_spectra_check(&bad[i], &error) == REM_BAD_SHAPE);
    CHECK(error.text[0]);
  }
}

/// Whichever of our own allocations fails, there is no object.  (FFTW's go to
/// memalign(), which is not counted.)
static void
test_memory(void)
{
  const RemSpectra s = rem_spectra_default();
  for (long n = 0; n < 5; ++n) {
    countdown         = n;
    RemMel* const mel = rem_mel_new(&s);
    countdown         = -1;
    CHECK(SANITIZED || !mel);
    rem_mel_free(mel);
  }
}

int
main(void)
{
  static float x[N];
  uint32_t     seed = 7U;
  RemSpectra   s    = rem_spectra_default();
  for (uint32_t t = 0U; t < N; ++t) {
    x[t] = 0.5f * noise(&seed);
  }
  s.offset[3] = -4.0f;
  s.scale[5]  = 2.5f;
  test_against_slow(&s, x);
  s.n_fft   = 64U;
  s.hop     = 16U;
  s.n_bands = REM_MAX_MEL; // More bands than bins
  test_against_slow(&s, x);
  s.n_fft = s.hop = 2048U;
  s.lowest        = 0.0f;
  s.highest       = 12000.0f;
  test_against_slow(&s, x);
  test_scale();
  test_times();
  test_refusals();
  test_memory();
  return 0;
}
