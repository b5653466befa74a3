// SPDX-License-Identifier: ISC

#include "dsp/mel_internal.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

REM_RT void
rem_mel_reset(RemMel* const mel)
{
  mel->n_held = mel->spectra.n_fft - mel->spectra.hop;
  memset(mel->samples, 0, mel->n_held * sizeof(float));
}

/// Set the magnitude of every bin
REM_RT static void
transform(RemMel* const mel)
{
  const uint32_t n = mel->spectra.n_fft;
  for (uint32_t t = 0U; t < n; ++t) {
    mel->frame[t] = mel->window[t] * mel->samples[t];
  }
  fftwf_execute(mel->plan);
  for (uint32_t k = 0U; k <= n / 2U; ++k) {
    const float re    = mel->bins[k][0];
    const float im    = mel->bins[k][1];
    mel->magnitude[k] = sqrtf(re * re + im * im);
  }
}

/// Make a frame of the magnitudes
REM_RT static void
gather(const RemMel* const mel, float* const frame)
{
  const RemSpectra* const s = &mel->spectra;
  for (uint32_t b = 0U; b < s->n_bands; ++b) {
    const RemMelBand* const band      = &mel->bands[b];
    const float* const      weight    = mel->weights + band->weight;
    const float* const      magnitude = mel->magnitude + band->first;
    float                   sum       = s->floor;
    for (uint32_t k = 0U; k < band->n; ++k) {
      sum += weight[k] * magnitude[k];
    }
    frame[b] = (logf(sum) - s->offset[b]) / s->scale[b];
  }
}

REM_RT uint32_t
rem_mel_take(RemMel* const      mel,
             const float* const x,
             const uint32_t     n,
             float* const       frame,
             bool* const        full)
{
  const uint32_t n_fft   = mel->spectra.n_fft;
  const uint32_t n_left  = n_fft - mel->n_held;
  const uint32_t n_taken = n < n_left ? n : n_left;
  memcpy(mel->samples + mel->n_held, x, n_taken * sizeof(float));
  mel->n_held += n_taken;
  *full = mel->n_held == n_fft;
  if (*full) {
    transform(mel);
    gather(mel, frame);
    mel->n_held = n_fft - mel->spectra.hop;
    memmove(mel->samples,
            mel->samples + mel->spectra.hop,
            mel->n_held * sizeof(float));
  }
  return n_taken;
}
