// SPDX-License-Identifier: ISC

#include "offline_trainer/initialise.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

void
rem_initialise_uniform(float* const     params,
                       const size_t     n,
                       const double     bound,
                       RemRandom* const random)
{
  for (size_t i = 0; i < n; ++i) {
    params[i] = (float)(bound * (2.0 * rem_random_uniform(random) - 1.0));
  }
}

/// Give units memories of 1 to `longest` samples, evenly spread by octaves
static void
spread_memories(const RemCell    cell,
                float* const     bias,
                const uint32_t   n_hidden,
                const double     longest,
                RemRandom* const random)
{
  float* const input  = bias;            // Order of an LSTM's gates: i, f, g, o
  float* const forget = bias + n_hidden; // A GRU's z: r, z, n
  for (uint32_t j = 0; j < n_hidden; ++j) {
    forget[j] = (float)(rem_random_uniform(random) * log(longest));
    if (cell == REM_CELL_LSTM) {
      input[j] = -forget[j];
    }
  }
}

/// Take from row `to` [n] what goes along row `from`, of length 1
static void
remove_part(float* const to, const float* const from, const size_t n)
{
  double along = 0.0;
  for (size_t k = 0; k < n; ++k) {
    along += (double)to[k] * (double)from[k];
  }
  for (size_t k = 0; k < n; ++k) {
    to[k] -= (float)(along * (double)from[k]);
  }
}

/// Give row [n] the length 1
static void
normalise(float* const row, const size_t n)
{
  double sum = 0.0;
  for (size_t k = 0; k < n; ++k) {
    sum += (double)row[k] * (double)row[k];
  }
  for (size_t k = 0; k < n; ++k) {
    row[k] = (float)((double)row[k] / sqrt(sum));
  }
}

/// Set `u` [n, n] to a random orthogonal matrix
static void
make_orthogonal(float* const u, const size_t n, RemRandom* const random)
{
  for (size_t j = 0; j < n; ++j) {
    float* const row = u + j * n;
    for (size_t k = 0; k < n; ++k) {
      row[k] = (float)rem_random_normal(random);
    }
    for (size_t i = 0; i < 2U * j; ++i) { // Once more for what rounding left
      remove_part(row, u + i % j * n, n);
    }
    normalise(row, n);
  }
}

/// One layer's W by what it connects, U orthogonal, biases zero
static void
balance(const RemNetSpec* const spec,
        const RemLayerAt* const at,
        RemRandom* const        random,
        float* const            params)
{
  const size_t n     = spec->n_hidden;
  const size_t n_w   = at->n_gates * n * at->n_in;
  const double bound = sqrt(6.0 / (double)(at->n_in + n));
  rem_initialise_uniform(params + at->weight_ih, n_w, bound, random);
  for (size_t g = 0; spec->cell != REM_CELL_FORWARD && g < at->n_gates; ++g) {
    make_orthogonal(params + at->weight_hh + g * n * n, n, random);
  }
  memset(params + at->bias, 0, (at->end - at->bias) * sizeof(float));
}

void
rem_initialise_as(const RemNetSpec* const   spec,
                  const RemBeginning* const beginning,
                  RemRandom* const          random,
                  float* const              params)
{
  const uint32_t h      = spec->n_hidden;
  const uint32_t n      = spec->n_layers * rem_net_n_directions(spec);
  const bool     lstm   = spec->cell == REM_CELL_LSTM;
  const bool     forget = lstm && beginning->forget != 0.0;
  const bool     spread = (lstm || spec->cell == REM_CELL_GRU) && !forget;
  rem_initialise_uniform(
    params, rem_net_n_params(spec), 1.0 / sqrt((double)h), random);
  for (uint32_t l = 0; l < n; ++l) {
    const RemLayerAt at   = rem_net_layer_at(spec, l);
    float* const     bias = params + at.bias;
    if (beginning->init == REM_INIT_ORTHOGONAL) {
      balance(spec, &at, random, params);
    }
    if (spread) {
      spread_memories(spec->cell, bias, h, beginning->memory, random);
    }
    for (uint32_t j = 0; forget && j < h; ++j) {
      bias[h + j] = (float)beginning->forget;
    }
  }
}

void
rem_initialise(const RemNetSpec* const spec,
               const double            memory,
               RemRandom* const        random,
               float* const            params)
{
  const RemBeginning beginning = {REM_INIT_DEFAULT, memory, 0.0};
  rem_initialise_as(spec, &beginning, random, params);
}
