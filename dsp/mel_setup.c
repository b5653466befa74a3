// SPDX-License-Identifier: ISC

#include "dsp/fft.h"
#include "dsp/mel_internal.h"

#include <math.h>
#include <stdlib.h>

/// Fill the window, scaled so that a sine of full scale has magnitude 1
static void
fill_window(float* const window, const uint32_t n)
{
  const double step = 2.0 * acos(-1.0) / (double)n;
  for (uint32_t t = 0U; t < n; ++t) { // Its sum is n / 2
    window[t] = (float)((0.5 - 0.5 * cos(step * t)) * 4.0 / (double)n);
  }
}

static double
mel_of(const double hz)
{
  return 2595.0 * log10(1.0 + hz / 700.0);
}

static double
hz_of(const double m)
{
  return 700.0 * (pow(10.0, m / 2595.0) - 1.0);
}

/// Return the triangle's height over a bin
static double
height(const double edges[3], const double hz)
{
  const double rise = (hz - edges[0]) / (edges[1] - edges[0]);
  const double fall = (edges[2] - hz) / (edges[2] - edges[1]);
  return fmax(0.0, fmin(rise, fall));
}

/// Fill the band between three edges in Hz; returns how many weights it has
static uint32_t
fill_band(RemMel* const mel, RemMelBand* const band, const double edges[3])
{
  const double   width = mel->spectra.rate / mel->spectra.n_fft; // Of a bin
  const uint32_t last  = mel->spectra.n_fft / 2U;
  float* const   w     = mel->weights + band->weight;
  double         sum   = 0.0;
  band->n              = 0U;
  for (uint32_t k = 0U; k <= last; ++k) {
    const double h = height(edges, k * width);
    if (h > 0.0) {
      band->first  = band->n ? band->first : k;
      w[band->n++] = (float)h;
      sum += h;
    }
  }
  if (!band->n) {
    band->first = (uint32_t)fmin(round(edges[1] / width), last);
    band->n     = 1U;
    w[0]        = 1.0f;
    sum         = 1.0;
  }
  for (uint32_t k = 0U; k < band->n; ++k) {
    w[k] = (float)((double)w[k] / sum);
  }
  return band->n;
}

static void
fill_bands(RemMel* const mel)
{
  const RemSpectra* const s   = &mel->spectra;
  const double            low = mel_of((double)s->lowest);
  const double            step =
    (mel_of((double)s->highest) - low) / (double)(s->n_bands + 1U);
  uint32_t n = 0U;
  for (uint32_t b = 0U; b < s->n_bands; ++b) {
    const double edges[3] = {hz_of(low + b * step),
                             hz_of(low + (b + 1U) * step),
                             hz_of(low + (b + 2U) * step)};
    mel->bands[b].weight  = n;
    n += fill_band(mel, &mel->bands[b], edges);
  }
}

RemMel*
rem_mel_new(const RemSpectra* const spectra)
{
  RemMel* const  mel    = (RemMel*)calloc(1U, sizeof(RemMel));
  const uint32_t n      = spectra->n_fft;
  const uint32_t n_bins = n / 2U + 1U;
  if (!mel) {
    return NULL;
  }
  mel->spectra   = *spectra;
  mel->window    = (float*)malloc(n * sizeof(float));
  mel->samples   = (float*)malloc(n * sizeof(float));
  mel->magnitude = (float*)malloc(n_bins * sizeof(float));
  // A bin lies in two triangles at most
  mel->weights = (float*)malloc((2U * n_bins + REM_MAX_MEL) * sizeof(float));
  mel->frame   = fftwf_alloc_real(n);
  mel->bins    = fftwf_alloc_complex(n_bins);
  if (!mel->window || !mel->samples || !mel->magnitude || !mel->weights ||
      !mel->frame || !mel->bins ||
      !(mel->plan = rem_fft_forward(n, mel->frame, mel->bins))) {
    rem_mel_free(mel);
    return NULL;
  }
  fill_window(mel->window, n);
  fill_bands(mel);
  rem_mel_reset(mel);
  return mel;
}

void
rem_mel_free(RemMel* const mel)
{
  if (mel) {
    rem_fft_destroy(mel->plan);
    fftwf_free(mel->frame);
    fftwf_free(mel->bins);
    free(mel->window);
    free(mel->samples);
    free(mel->magnitude);
    free(mel->weights);
    free(mel);
  }
}
