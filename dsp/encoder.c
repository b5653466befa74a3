// SPDX-License-Identifier: ISC

#include "dsp/encoder.h"

#include <stdlib.h>

RemEncoder*
rem_encoder_new(const RemNetSpec* const spec,
                const uint32_t          n_attention,
                const uint32_t          n_query)
{
  RemEncoder* const encoder = (RemEncoder*)calloc(1, sizeof(RemEncoder));
  if (!encoder) {
    return NULL;
  }
  const size_t n = n_attention ? n_attention : 1U; // calloc(0) may be NULL
  encoder->spec  = *spec;
  encoder->n_attention = n_attention;
  encoder->n_query     = n_query;
  encoder->params      = (float*)calloc(rem_net_n_params(spec), sizeof(float));
  encoder->query       = (float*)calloc(n * n_query, sizeof(float));
  encoder->key    = (float*)calloc(n * rem_net_n_features(spec), sizeof(float));
  encoder->energy = (float*)calloc(n, sizeof(float));
  if (!encoder->params || !encoder->query || !encoder->key ||
      !encoder->energy) {
    rem_encoder_free(encoder);
    return NULL;
  }
  return encoder;
}

void
rem_encoder_free(RemEncoder* const encoder)
{
  if (encoder) {
    free(encoder->params);
    rem_symbols_free(encoder->symbols);
    free(encoder->query);
    free(encoder->key);
    free(encoder->energy);
    free(encoder);
  }
}

uint32_t
rem_encoder_n_condition(const RemNetSpec* const spec)
{
  return rem_net_n_directions(spec) * 2U * spec->n_hidden;
}
