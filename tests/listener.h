// SPDX-License-Identifier: ISC

/// Models that listen, for tests: noise, or set by hand

#ifndef REM_TESTS_LISTENER_H
#define REM_TESTS_LISTENER_H

#include "dsp/model.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

/// Return a net for spectra whose weights are noise, with labels a, b, c...
static inline RemModel*
listener_model(const uint32_t n_labels, const uint32_t seed, const double rate)
{
  const RemNetSpec spec  = {.head     = REM_HEAD_SIGMOID,
                            .n_in     = 20U,
                            .n_hidden = 8U,
                            .n_layers = 1U,
                            .n_out    = n_labels};
  RemModel* const  model = rem_model_new(&spec);
  uint32_t         state = seed;
  CHECK(model);
  model->kind    = REM_FRAME_SPECTRUM;
  model->spectra = (RemSpectra*)malloc(sizeof(RemSpectra));
  model->labels  = rem_symbols_new(REM_SYMBOLS_NAMES, n_labels);
  CHECK(model->spectra && model->labels);
  *model->spectra         = rem_spectra_default();
  model->spectra->rate    = rate;
  model->spectra->n_bands = spec.n_in;
  model->spectra->highest = (float)(0.45 * rate);
  for (uint32_t b = 0U; b < spec.n_in; ++b) {
    model->spectra->offset[b] = -6.0f;
    model->spectra->scale[b]  = 2.0f;
  }
  for (size_t i = 0U; i < rem_net_n_params(&spec); ++i) {
    model->params[i] = noise(&state);
  }
  for (uint32_t k = 0U; k < n_labels; ++k) {
    char name[24] = {(char)('a' + (char)k), '\0'};
    if (n_labels > 26U) {
      snprintf(name, sizeof(name), "label %u", k);
    }
    CHECK(rem_symbols_name(model->labels, k, name));
  }
  model->sample_rate = rate;
  model->rate_known  = true;
  return model;
}

/// Fill `x` with clicks and tails at random times over soft noise
static inline void
listener_sound(float* const x, const uint32_t n, uint32_t seed)
{
  float level = 0.0f;
  for (uint32_t t = 0U; t < n; ++t) {
    const float die = noise(&seed);
    level           = die > 0.9998f ? 1.0f : level * 0.9995f;
    x[t]            = (0.5f * level + 0.001f) * noise(&seed);
  }
}

#endif // REM_TESTS_LISTENER_H
