// SPDX-License-Identifier: ISC

/// Between parameters that were learned and models

#include "offline_trainer/sequence/sequence.h"

#include <string.h>

/// A tensor of a model, in the order of parameters
typedef struct {
  float* data;
  size_t n;
} Part;

enum { N_PARTS = 5 };

/// List all tensors of a model
static void
list_parts(const RemModel* const model, Part* const parts)
{
  const RemEncoder* const encoder = model->encoder;
  memset(parts, 0, N_PARTS * sizeof(Part));
  parts[0] = (Part){model->params, rem_net_n_params(&model->spec)};
  if (encoder) {
    const size_t n = encoder->n_attention;
    const size_t f = rem_net_n_features(&encoder->spec);
    parts[1]       = (Part){encoder->params, rem_net_n_params(&encoder->spec)};
    parts[2]       = (Part){encoder->query, n * encoder->n_query};
    parts[3]       = (Part){encoder->key, n * f};
    parts[4]       = (Part){encoder->energy, n};
  }
}

RemModel*
rem_sequence_model(const RemSequenceSpec* const spec, const float* params)
{
  Part            parts[N_PARTS];
  RemModel* const model = rem_model_new(&spec->net);
  if (!model) {
    return NULL;
  }
  if (spec->encoder.n_hidden) {
    model->encoder =
      rem_encoder_new(&spec->encoder, spec->n_attention, spec->net.n_hidden);
    if (!model->encoder) {
      rem_model_free(model);
      return NULL;
    }
  }
  list_parts(model, parts);
  for (size_t i = 0; i < N_PARTS; ++i) {
    if (parts[i].n) {
      memcpy(parts[i].data, params, parts[i].n * sizeof(float));
      params += parts[i].n;
    }
  }
  return model;
}

void
rem_sequence_params(const RemModel* const model, float* params)
{
  Part parts[N_PARTS];
  list_parts(model, parts);
  for (size_t i = 0; i < N_PARTS; ++i) {
    if (parts[i].n) {
      memcpy(params, parts[i].data, parts[i].n * sizeof(float));
      params += parts[i].n;
    }
  }
}
