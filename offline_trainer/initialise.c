// SPDX-License-Identifier: ISC

#include "offline_trainer/initialise.h"

#include <math.h>
#include <stdint.h>

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
spread_memories(float* const     bias,
                const uint32_t   n_hidden,
                const double     longest,
                RemRandom* const random)
{
  float* const input  = bias; // Order of gates: i, f, g, o
  float* const forget = bias + n_hidden;
  for (uint32_t j = 0; j < n_hidden; ++j) {
    forget[j] = (float)(rem_random_uniform(random) * log(longest));
    input[j]  = -forget[j];
  }
}

void
rem_initialise(const RemNetSpec* const spec,
               const double            memory,
               RemRandom* const        random,
               float* const            params)
{
  const double   bound = 1.0 / sqrt((double)spec->n_hidden);
  const uint32_t n     = spec->n_layers * rem_net_n_directions(spec);
  rem_initialise_uniform(params, rem_net_n_params(spec), bound, random);
  for (uint32_t l = 0; spec->cell == REM_CELL_LSTM && l < n; ++l) {
    spread_memories(
      params + rem_net_layer_at(spec, l).bias, spec->n_hidden, memory, random);
  }
}
