// SPDX-License-Identifier: ISC

#include "offline_trainer/evaluate.h"

#include "dsp/denormal.h"
#include "dsp/voice.h"
#include "offline_trainer/spectrum.h"

#include <math.h>
#include <stdlib.h>

#define EMPHASIS 0.85     ///< Of the second ESR: 1 - 0.85 z^-1
#define LOWEST_BAND 31.25 ///< Hz
#define BIN_WIDTH 6.0     ///< Hz at most: five bins in the lowest octave
#define NOTHING 1e-12     ///< Share of all energy that rounding alone makes
#define BLOCK 4096U       ///< Frames that are rendered at a time

/// Sum the squares and distances of a pair of signals into `out`
static RemStatus
compare_samples(const float* const target,
                const float* const y,
                const size_t       n,
                RemFigures* const  out,
                RemError* const    error)
{
  double energy = 0.0, error_energy = 0.0, energy_p = 0.0, error_energy_p = 0.0;
  double sum = 0.0, distance = 0.0, last_t = 0.0, last_e = 0.0;
  for (size_t t = 0; t < n; ++t) {
    const double d = (double)target[t], e = d - (double)y[t];
    const double d_p = d - EMPHASIS * last_t, e_p = e - EMPHASIS * last_e;
    energy += d * d;
    error_energy += e * e;
    energy_p += d_p * d_p;
    error_energy_p += e_p * e_p;
    sum += e;
    distance += fabs(e);
    last_t = d;
    last_e = e;
  }
  if (!isfinite(energy + error_energy)) {
    return rem_fail(error, REM_NOT_FINITE, NULL, "A sample is not a number");
  }
  if (energy <= 0.0) {
    return rem_fail(error,
                    REM_BAD_AUDIO,
                    NULL,
                    "The target is silent, so that no error can be related to"
                    " it");
  }
  out->esr          = error_energy / energy;
  out->esr_emphasis = error_energy_p / energy_p;
  out->mae          = distance / (double)n;
  out->dc           = sum / (double)n;
  return REM_SUCCESS;
}

/// Power spectra of what is compared
typedef struct {
  uint32_t n_fft;
  double*  target;     ///< [n_fft / 2 + 1]
  double*  prediction; ///< [n_fft / 2 + 1]
  double*  difference; ///< [n_fft / 2 + 1]
  float*   scratch;    ///< [n_fft]
} Spectra;

/// Return a power of two that makes bins narrow enough at `rate`
static uint32_t
fft_size(const double rate)
{
  uint32_t n = 256U;
  while (rate / (double)n > BIN_WIDTH && n < (1U << 20U)) {
    n *= 2U;
  }
  return n;
}

/**
   Add up periodograms of half-overlapping frames, whole ones only: a cut one
   would spread its DC over the lowest octaves.

   Source: Welch 1967, doi:10.1109/TAU.1967.1161901; the common factor of the
   average is left out.
*/
static void
add_periodograms(RemSpectrum* const   plan,
                 const float* const   target,
                 const float* const   y,
                 const size_t         n,
                 const Spectra* const s)
{
  for (size_t start = 0; start == 0 || start + s->n_fft <= n;
       start += s->n_fft / 2U) {
    const size_t left   = n - start;
    const size_t length = left < s->n_fft ? left : s->n_fft;
    for (size_t t = 0; t < length; ++t) {
      s->scratch[t] = target[start + t] - y[start + t];
    }
    rem_spectrum_add(plan, target, n, start, s->target);
    rem_spectrum_add(plan, y, n, start, s->prediction);
    rem_spectrum_add(plan, s->scratch, length, 0U, s->difference);
  }
}

/// Return the sum of the bins from `low` to below `high` Hz
static double
band_energy(const double* const power,
            const uint32_t      n_fft,
            const double        rate,
            const double        low,
            const double        high)
{
  double sum = 0.0;
  for (uint32_t k = 0; k <= n_fft / 2U; ++k) {
    const double hz = (double)k * rate / (double)n_fft;
    sum += hz >= low && hz < high ? power[k] : 0.0;
  }
  return sum;
}

/// Set the bands of `out` from spectra
static void
sum_bands(const Spectra* const s, const double rate, RemFigures* const out)
{
  const double all = band_energy(s->target, s->n_fft, rate, 0.0, rate);
  out->n_bands     = 0;
  while (out->n_bands < REM_MAX_BANDS &&
         ldexp(LOWEST_BAND, (int)out->n_bands) < rate / 2.0) {
    RemBand* const b = &out->bands[out->n_bands];
    b->low           = ldexp(LOWEST_BAND, (int)out->n_bands++);
    b->high          = fmin(2.0 * b->low, rate / 2.0);
    const double t   = band_energy(s->target, s->n_fft, rate, b->low, b->high);
    const double y =
      band_energy(s->prediction, s->n_fft, rate, b->low, b->high);
    const double e =
      band_energy(s->difference, s->n_fft, rate, b->low, b->high);
    const bool heard = t > NOTHING * all;
    b->error_db      = heard ? 10.0 * log10(e / t) : (double)NAN;
    b->level_db      = heard ? 10.0 * log10(y / t) : (double)NAN;
  }
}

/// Compare signals octave by octave
static RemStatus
compare_spectra(const float* const target,
                const float* const y,
                const size_t       n,
                const double       rate,
                RemFigures* const  out,
                RemError* const    error)
{
  const uint32_t     n_fft  = fft_size(rate);
  const size_t       n_bins = n_fft / 2U + 1U;
  RemSpectrum* const plan   = rem_spectrum_new(n_fft);
  double* const      power  = (double*)calloc(3U * n_bins, sizeof(double));
  float* const       frame  = (float*)malloc(n_fft * sizeof(float));
  const bool         ok     = plan && power && frame;
  if (ok) {
    const Spectra s = {
      n_fft, power, power + n_bins, power + 2U * n_bins, frame};
    add_periodograms(plan, target, y, n, &s);
    sum_bands(&s, rate, out);
  }
  rem_spectrum_free(plan);
  free(power);
  free(frame);
  return ok ? REM_SUCCESS
            : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for spectra");
}

RemStatus
rem_evaluate(const float* const target,
             const float* const y,
             const size_t       n,
             const double       rate,
             RemFigures* const  out,
             RemError* const    error)
{
  if (!n || !(rate > 0.0)) {
    return rem_fail(
      error, REM_BAD_AUDIO, NULL, "There is nothing to compare: no samples");
  }
  const RemStatus st = compare_samples(target, y, n, out, error);
  return st ? st : compare_spectra(target, y, n, rate, out, error);
}

/// Knob values held still for one block, as a voice wants them
typedef struct {
  uint32_t     n;
  float*       values; ///< [n, BLOCK]
  const float* rows[REM_MAX_KNOBS];
} HeldKnobs;

/// Fill `held` for `knobs` [n]; return whether there was memory
static bool
hold_knobs(HeldKnobs* const held, const float* const knobs, const uint32_t n)
{
  held->n      = knobs ? n : 0U;
  held->values = (float*)malloc((size_t)(held->n + 1U) * BLOCK * sizeof(float));
  for (uint32_t k = 0; held->values && k < held->n; ++k) {
    float* const row = held->values + (size_t)k * BLOCK;
    held->rows[k]    = row;
    for (uint32_t t = 0; t < BLOCK; ++t) {
      row[t] = knobs[k];
    }
  }
  return held->values;
}

/// Play `input` block by block
static RemStatus
play(RemVoice* const        voice,
     const HeldKnobs* const knobs,
     const float* const     input,
     float* const           out,
     const size_t           n,
     const RemWatch* const  watch,
     RemError* const        error)
{
  for (size_t t = 0; t < n; t += BLOCK) {
    const uint32_t length = n - t < BLOCK ? (uint32_t)(n - t) : BLOCK;
    rem_voice_block(
      voice, 0U, input + t, knobs->rows, knobs->n, out + t, length);
    if (!rem_voice_is_finite(voice, 0U)) {
      return rem_fail(error,
                      REM_NOT_FINITE,
                      NULL,
                      "The model runs away or its input is not finite, between"
                      " samples %zu and %zu",
                      t,
                      t + length);
    }
    if (watch && !watch->go_on(watch->handle, t + length)) {
      return rem_fail(error, REM_INTERRUPTED, NULL, "Stopped on request");
    }
  }
  return REM_SUCCESS;
}

RemStatus
rem_render_watched(const RemModel* const model,
                   const float* const    knobs,
                   const float* const    input,
                   float* const          out,
                   const size_t          n,
                   const RemWatch* const watch,
                   RemError* const       error)
{
  RemStatus st = rem_voice_check(model, NULL, error);
  if (st) {
    return st;
  }
  HeldKnobs       held  = {0U, NULL, {NULL}};
  RemVoice* const voice = rem_voice_new(model, 1U);
  st                    = REM_NO_MEMORY;
  if (voice && hold_knobs(&held, knobs, model->n_knobs)) {
    const RemFloatMode mode = rem_denormals_off();
    st                      = play(voice, &held, input, out, n, watch, error);
    rem_denormals_restore(mode);
  } else {
    (void)rem_fail(error, st, NULL, "No memory to play the model");
  }
  free(held.values);
  rem_voice_free(voice);
  return st;
}

RemStatus
rem_render(const RemModel* const model,
           const float* const    knobs,
           const float* const    input,
           float* const          out,
           const size_t          n,
           RemError* const       error)
{
  return rem_render_watched(model, knobs, input, out, n, NULL, error);
}
