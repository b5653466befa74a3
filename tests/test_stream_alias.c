// SPDX-License-Identifier: ISC

/// What a quality above 1 is for: a sine's harmonics that fold back grow
/// weaker, and all that is quiet and low stays as it is

#include "dsp/denormal.h"
#include "plugin/stream.h"
#include "tests/check.h"
#include "tests/stream.h"

#include <fftw3.h>

#define PI 3.14159265358979323846

enum { N = 1 << 14, N_WAIT = 1 << 13 };

typedef struct {
  fftwf_plan     plan;
  float*         x; ///< [N]
  fftwf_complex* y; ///< [N / 2 + 1]
} Spectrum;

static Spectrum
spectrum_new(void)
{
  Spectrum s = {NULL, fftwf_alloc_real(N), fftwf_alloc_complex(N / 2 + 1)};
  CHECK(s.x && s.y);
  s.plan = fftwf_plan_dft_r2c_1d(N, s.x, s.y, FFTW_ESTIMATE);
  CHECK(s.plan);
  return s;
}

static double
power_at(const Spectrum s, const int bin)
{
  return (double)s.y[bin][0] * (double)s.y[bin][0] +
         (double)s.y[bin][1] * (double)s.y[bin][1];
}

static double
decibels(const double power)
{
  return 10.0 * log10(power + 1e-30);
}

/// Play a sine of a whole number of periods and transform what has settled
static void
play_sine(RemStream* const stream,
          const Spectrum   s,
          const int        bin,
          const float      amplitude)
{
  rem_stream_reset(stream, 0);
  for (int i = -N_WAIT; i < N; i += N_WAIT) {
    for (int j = 0; j < N_WAIT; ++j) {
      const double turns = (double)bin * (i + j) / N;
      s.x[j + (i < 0 ? 0 : i)] =
        amplitude * (float)sin(2.0 * PI * (turns - floor(turns)));
    }
    float* const x = s.x + (i < 0 ? 0 : i);
    rem_stream_block(stream, 0, x, NULL, 0, x, N_WAIT);
  }
  fftwf_execute(s.plan);
}

/// Return the share of the power that lies on no harmonic.  An odd bin meets
/// its own harmonics never again where they fold: N is a power of two.
static double
alias_of(RemStream* const stream, const Spectrum s, const int bin)
{
  play_sine(stream, s, bin, 4.0f); // +12 dB
  double all = 0.0, harmonic = 0.0;
  for (int i = 1; i <= N / 2; ++i) {
    all += power_at(s, i);
    harmonic += i % bin ? 0.0 : power_at(s, i);
  }
  return (all - harmonic) / all;
}

/// Aliasing falls from one quality to the next
static void
test_alias(const Spectrum s, const double host)
{
  static const uint32_t qualities[] = {1, 2, 4};
  RemModel* const model  = preset_at("distortion-pedal.safetensors", 48000);
  double          before = 1.0;
  printf("aliases of sines at +12 dB, host at %.0f Hz\nquality", host);
  for (int f = 1; f <= 10; ++f) {
    printf(" %4d k", f);
  }
  puts("    all");
  for (int q = 0; q < 3; ++q) {
    RemStream* const stream = make_stream(model, 1, host, qualities[q]);
    double           sum    = 0.0;
    printf("%7u", qualities[q]);
    for (int f = 1; f <= 10; ++f) {
      const int    bin   = (int)(1000.0 * f * N / host) | 1;
      const double alias = alias_of(stream, s, bin);
      sum += alias / 10.0;
      printf(" %6.1f", decibels(alias));
    }
    printf(" %6.1f dB\n", decibels(sum));
    CHECK(sum < before * 0.5); // 3 dB better at least
    before = sum;
    rem_stream_free(stream);
  }
  rem_model_free(model);
}

/// A soft low note keeps its level to a tenth of a decibel, and is late by what
/// the stream says but for a part of a sample
static void
test_small(const Spectrum s)
{
  RemModel* const  model = preset_at("tube-preamp.safetensors", 48000);
  RemStream* const plain = make_stream(model, 1, 48000, 1);
  for (uint32_t quality = 2; quality <= 4; quality *= 2) {
    RemStream* const stream = make_stream(model, 1, 48000, quality);
    for (int bin = 35; bin < 1100; bin = bin * 2 + 1) {
      play_sine(plain, s, bin, 0.001f);
      const double wanted = power_at(s, bin);
      const double angle  = atan2((double)s.y[bin][1], (double)s.y[bin][0]);
      play_sine(stream, s, bin, 0.001f);
      const double got  = power_at(s, bin);
      const double turn = remainder(
        angle - atan2((double)s.y[bin][1], (double)s.y[bin][0]), 2.0 * PI);
      const double late = turn / (2.0 * PI) * N / bin;
      printf("quality %u, %5.0f Hz: %+.3f dB, %.2f samples late\n",
             quality,
             48000.0 * bin / N,
             decibels(got / wanted),
             late);
      CHECK(fabs(decibels(got / wanted)) < 0.1);
      CHECK(fabs(late - rem_stream_latency(stream)) < 0.4);
    }
    rem_stream_free(stream);
  }
  rem_stream_free(plain);
  rem_model_free(model);
}

int
main(void)
{
  const Spectrum s = spectrum_new();
  rem_denormals_off();
  test_alias(s, 48000);
  test_alias(s, 44100);
  test_small(s);
  fftwf_destroy_plan(s.plan);
  fftwf_free(s.x);
  fftwf_free(s.y);
  return 0;
}
