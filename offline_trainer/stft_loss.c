// SPDX-License-Identifier: ISC

#include "offline_trainer/stft_loss.h"

#include "dsp/fft.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

// 80 dB below a full-scale sine, squared: see loss.h
#define SILENCE 1e-8f

struct RemStftLoss {
  uint32_t       n_fft;    ///< L, samples of a frame
  uint32_t       n_bins;   ///< L / 2 + 1
  uint32_t       hop;      ///< Samples between frames, L / 4
  uint32_t       n_frames; ///< F, as many as fit
  uint32_t       start;    ///< First sample of the first frame
  float*         window;   ///< [L]
  float*         frame;    ///< [L] scratch
  fftwf_complex* bins;     ///< [L / 2 + 1] scratch
  fftwf_complex* spectrum; ///< [F, L / 2 + 1] of the output
  float*         output;   ///< [F, L / 2 + 1] magnitudes of the output
  float*         target;   ///< [F, L / 2 + 1] magnitudes of the target
  fftwf_plan     forward;
  fftwf_plan     backward;
};

/// A periodic Hann window that gives a full-scale sine the magnitude 1
static void
fill_window(float* const window, const uint32_t n)
{
  const double two_pi = 2.0 * acos(-1.0);
  for (uint32_t i = 0; i < n; ++i) {
    window[i] = (float)((1.0 - cos(two_pi * i / n)) * 2.0 / n);
  }
}

static void
allocate(RemStftLoss* const stft)
{
  const size_t size = (size_t)stft->n_frames * stft->n_bins;

  stft->window   = fftwf_alloc_real(stft->n_fft);
  stft->frame    = fftwf_alloc_real(stft->n_fft);
  stft->bins     = fftwf_alloc_complex(stft->n_bins);
  stft->spectrum = fftwf_alloc_complex(size);
  stft->output   = fftwf_alloc_real(size);
  stft->target   = fftwf_alloc_real(size);
  if (stft->frame && stft->bins) {
    stft->forward  = rem_fft_forward(stft->n_fft, stft->frame, stft->bins);
    stft->backward = rem_fft_backward(stft->n_fft, stft->bins, stft->frame);
  }
}

RemStftLoss*
rem_stft_loss_new(const uint32_t n, const uint32_t n_fft)
{
  RemStftLoss* const stft = (RemStftLoss*)calloc(1, sizeof(RemStftLoss));
  if (!stft) {
    return NULL;
  }

  stft->n_fft    = n_fft;
  stft->n_bins   = n_fft / 2U + 1U;
  stft->hop      = n_fft / 4U;
  stft->n_frames = (n - n_fft) / stft->hop + 1U;
  stft->start    = (n - n_fft) % stft->hop / 2U;
  allocate(stft);
  if (!stft->window || !stft->spectrum || !stft->output || !stft->target ||
      !stft->forward || !stft->backward) {
    rem_stft_loss_free(stft);
    return NULL;
  }

  fill_window(stft->window, n_fft);
  return stft;
}

void
rem_stft_loss_free(RemStftLoss* const stft)
{
  if (stft) {
    rem_fft_destroy(stft->backward);
    rem_fft_destroy(stft->forward);
    fftwf_free(stft->target);
    fftwf_free(stft->output);
    fftwf_free(stft->spectrum);
    fftwf_free(stft->bins);
    fftwf_free(stft->frame);
    fftwf_free(stft->window);
    free(stft);
  }
}

/// Transform frame `f` of `x` into `bins`
static void
transform(RemStftLoss* const stft, const float* const x, const uint32_t f)
{
  const float* const from = x + stft->start + (size_t)f * stft->hop;
  for (uint32_t i = 0; i < stft->n_fft; ++i) {
    stft->frame[i] = stft->window[i] * from[i];
  }
  fftwf_execute(stft->forward);
}

/// Fill `magnitudes`, and `spectrum` if it is not NULL, from every frame of `x`
static void
analyse(RemStftLoss* const stft,
        const float* const x,
        float*             magnitudes,
        fftwf_complex*     spectrum)
{
  for (uint32_t f = 0; f < stft->n_frames; ++f) {
    transform(stft, x, f);
    for (uint32_t k = 0; k < stft->n_bins; ++k) {
      const float re = stft->bins[k][0];
      const float im = stft->bins[k][1];
      magnitudes[k]  = sqrtf(re * re + im * im + SILENCE);
      if (spectrum) {
        spectrum[k][0] = re;
        spectrum[k][1] = im;
      }
    }
    magnitudes += stft->n_bins;
    spectrum += spectrum ? stft->n_bins : 0U;
  }
}

/// Sums over all frames and bins
typedef struct {
  double difference; ///< sum (M_t - M_y)^2
  double energy;     ///< sum M_t^2
  double logarithm;  ///< sum |log M_t - log M_y|
} Sums;

static Sums
compare(const RemStftLoss* const stft)
{
  Sums         sums = {0.0, 0.0, 0.0};
  const size_t size = (size_t)stft->n_frames * stft->n_bins;
  for (size_t i = 0; i < size; ++i) {
    const float t = stft->target[i];
    const float y = stft->output[i];
    sums.difference += (double)((t - y) * (t - y));
    sums.energy += (double)(t * t);
    sums.logarithm += (double)fabsf(logf(t / y));
  }
  return sums;
}

/// Gradient of frame `f` by its spectrum into `bins`, then by its samples
static void
add_frame_gradient(RemStftLoss* const stft,
                   const uint32_t     f,
                   const float        convergence,
                   const float        logarithm,
                   float* const       dy)
{
  const size_t         at = (size_t)f * stft->n_bins;
  const float* const   t  = stft->target + at;
  const float* const   y  = stft->output + at;
  fftwf_complex* const s  = stft->spectrum + at;
  for (uint32_t k = 0; k < stft->n_bins; ++k) {
    const float sign = (float)(y[k] > t[k]) - (float)(y[k] < t[k]);
    const float g    = convergence * (y[k] - t[k]) + logarithm * sign / y[k];
    // The backward transform counts all bins but the first and last twice
    const float half = k == 0U || k + 1U == stft->n_bins ? 1.0f : 0.5f;
    stft->bins[k][0] = half * g * s[k][0] / y[k];
    stft->bins[k][1] = half * g * s[k][1] / y[k];
  }
  fftwf_execute(stft->backward);

  float* const to = dy + stft->start + (size_t)f * stft->hop;
  for (uint32_t i = 0; i < stft->n_fft; ++i) {
    to[i] += stft->window[i] * stft->frame[i];
  }
}

double
rem_stft_loss_add(RemStftLoss* const stft,
                  const float* const y,
                  const float* const target,
                  const float        scale,
                  float* const       dy)
{
  analyse(stft, target, stft->target, NULL);
  analyse(stft, y, stft->output, stft->spectrum);

  // 1e-12 keeps the root's slope finite where output and target agree
  const Sums   sums        = compare(stft);
  const double size        = (double)stft->n_frames * stft->n_bins;
  const double convergence = sqrt(sums.difference / sums.energy + 1e-12);
  const double slope       = 1.0 / (sums.energy * convergence);
  for (uint32_t f = 0; f < stft->n_frames; ++f) {
    add_frame_gradient(
      stft, f, scale * (float)slope, scale * (float)(1.0 / size), dy);
  }
  return convergence + sums.logarithm / size;
}
