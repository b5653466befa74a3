// SPDX-License-Identifier: ISC

#include "offline_trainer/spectrum.h"

#include "dsp/fft.h"

#include <fftw3.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct RemSpectrum {
  uint32_t       n;
  float*         window; ///< [n]
  float*         frame;  ///< [n]
  fftwf_complex* bins;   ///< [n / 2 + 1]
  fftwf_plan     plan;
  double         scale; ///< 2 / (n sum w^2)
};

/// Fill the periodic Hann window and return the sum of its squares
static double
fill_window(float* const window, const uint32_t n)
{
  const double step = 2.0 * acos(-1.0) / (double)n;
  double       sum  = 0.0;
  for (uint32_t t = 0; t < n; ++t) {
    const double w = 0.5 - 0.5 * cos(step * t);
    window[t]      = (float)w;
    sum += w * w;
  }
  return sum;
}

RemSpectrum*
rem_spectrum_new(const uint32_t n)
{
  RemSpectrum* const s = (RemSpectrum*)calloc(1, sizeof(RemSpectrum));
  if (!s) {
    return NULL;
  }
  s->n      = n;
  s->window = fftwf_alloc_real(n);
  s->frame  = fftwf_alloc_real(n);
  s->bins   = fftwf_alloc_complex(n / 2U + 1U);
  if (s->window && s->frame && s->bins) {
    s->plan  = rem_fft_forward(n, s->frame, s->bins);
    s->scale = 2.0 / ((double)n * fill_window(s->window, n));
  }
  if (!s->plan) {
    rem_spectrum_free(s);
    return NULL;
  }
  return s;
}

void
rem_spectrum_free(RemSpectrum* const s)
{
  if (s) {
    rem_fft_destroy(s->plan);
    fftwf_free(s->window);
    fftwf_free(s->frame);
    fftwf_free(s->bins);
    free(s);
  }
}

void
rem_spectrum_add(RemSpectrum* const s,
                 const float* const x,
                 const size_t       length,
                 const size_t       start,
                 double* const      power)
{
  const size_t left = start < length ? length - start : 0U;
  const size_t n    = left < s->n ? left : s->n;
  for (size_t t = 0; t < n; ++t) {
    s->frame[t] = s->window[t] * x[start + t];
  }
  memset(s->frame + n, 0, (s->n - n) * sizeof(float));
  fftwf_execute(s->plan);
  for (uint32_t k = 0; k <= s->n / 2U; ++k) {
    const double re = (double)s->bins[k][0], im = (double)s->bins[k][1];
    const double sides = k && k < s->n / 2U ? 1.0 : 0.5;
    power[k] += sides * s->scale * (re * re + im * im);
  }
}
