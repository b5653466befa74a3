// SPDX-License-Identifier: ISC

#include "dsp/modelfile/codec.h"
#include "dsp/modelfile/text.h"
#include "dsp/modelfile/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INPUTS 3U      ///< Audio, PARAM1, PARAM2
#define BATCH_FRAMES 2048U ///< Length of the test vector that others write

/// Refuse what AIDA-X JSON has no word for
static RemStatus
check_fits(const RemModel* const model, RemError* const error)
{
  const RemCell cell = model->spec.cell;
  if ((cell != REM_CELL_LSTM && cell != REM_CELL_GRU) ||
      model->spec.take != REM_TAKE_LAST) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "AIDA-X JSON cannot hold a net of the cell %s%s, only lstm "
                    "and gru; safetensors can",
                    rem_cell_name(cell),
                    model->spec.take == REM_TAKE_LAST
                      ? ""
                      : " whose output is of all layers");
  }
  if (model->spec.n_in > MAX_INPUTS) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "AIDA-X JSON cannot hold %u knobs, at most %u; safetensors "
                    "can",
                    model->spec.n_in - 1U,
                    MAX_INPUTS - 1U);
  }
  return model->spec.n_out == 1U
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_UNSUPPORTED,
                      NULL,
                      "AIDA-X JSON cannot hold %u outputs, only 1",
                      model->spec.n_out);
}

/// Return a copy of a GRU's matrix or bias, [3, n], with z before r; NULL
/// without memory
static float*
swap_gates(const float* const x, const size_t n)
{
  float* const y = (float*)malloc(3U * n * sizeof(float));
  if (y) {
    memcpy(y, x + n, n * sizeof(float));
    memcpy(y + n, x, n * sizeof(float));
    memcpy(y + 2U * n, x + 2U * n, n * sizeof(float));
  }
  return y;
}

/// Add the weights of a GRU's layer; of U only n has a bias of its own
static void
add_gru(RemText* const          text,
        const RemNetSpec* const spec,
        const RemLayerAt        at,
        const float* const      p)
{
  const size_t n    = spec->n_hidden;
  float* const w    = swap_gates(p + at.weight_ih, n * at.n_in);
  float* const u    = swap_gates(p + at.weight_hh, n * n);
  float* const b    = swap_gates(p + at.bias, n);
  float* const b_u  = (float*)calloc(3U * n, sizeof(float));
  const bool   done = w && u && b && b_u;
  text->failed |= !done;
  if (done) {
    memcpy(b_u + 2U * n, p + at.bias_hn, n * sizeof(float));
    rem_text_add_matrix(text, w, at.n_in, 3U * n, 1U, at.n_in);
    rem_text_add(text, ",\n");
    rem_text_add_matrix(text, u, n, 3U * n, 1U, n);
    rem_text_add(text, ",\n[");
    rem_text_add_floats(text, b, 3U * n, 1U);
    rem_text_add(text, ",");
    rem_text_add_floats(text, b_u, 3U * n, 1U);
    rem_text_add(text, "]");
  }
  free(w);
  free(u);
  free(b);
  free(b_u);
}

/// Add the weights of an LSTM's layer
static void
add_lstm(RemText* const          text,
         const RemNetSpec* const spec,
         const RemLayerAt        at,
         const float* const      p)
{
  const size_t n = spec->n_hidden;
  rem_text_add_matrix(text, p + at.weight_ih, at.n_in, 4U * n, 1U, at.n_in);
  rem_text_add(text, ",\n");
  rem_text_add_matrix(text, p + at.weight_hh, n, 4U * n, 1U, n);
  rem_text_add(text, ",\n");
  rem_text_add_floats(text, p + at.bias, 4U * n, 1U);
}

/// Add one recurrent layer; its matrices are transposed relative to ours
static void
add_recurrent(RemText* const        text,
              const RemModel* const model,
              const uint32_t        l)
{
  const RemNetSpec* const spec = &model->spec;
  const RemLayerAt        at   = rem_net_layer_at(spec, l);
  char                    head[100];
  (void)snprintf(head,
                 sizeof(head),
                 "{\"type\":\"%s\",\"activation\":\"tanh\",\"shape\":"
                 "[null,null,%u],\n\"weights\":[",
                 rem_cell_name(spec->cell),
                 spec->n_hidden);
  rem_text_add(text, head);
  if (spec->cell == REM_CELL_GRU) {
    add_gru(text, spec, at, model->params);
  } else {
    add_lstm(text, spec, at, model->params);
  }
  rem_text_add(text, "]},\n");
}

/// Add "in_shape" and "layers"
static void
add_layers(RemText* const text, const RemModel* const model)
{
  const RemHeadAt head = rem_net_head_at(&model->spec);
  char            shape[64];
  (void)snprintf(shape,
                 sizeof(shape),
                 "{\"in_shape\":[null,null,%u],\n\"layers\":[",
                 model->spec.n_in);
  rem_text_add(text, shape);
  for (uint32_t l = 0; l < model->spec.n_layers; ++l) {
    add_recurrent(text, model, l);
  }
  rem_text_add(text,
               "{\"type\":\"dense\",\"activation\":\"\",\"shape\":"
               "[null,null,1],\n\"weights\":[");
  rem_text_add_matrix(
    text, model->params + head.weight, model->spec.n_hidden, 1U, 1U, 1U);
  rem_text_add(text, ",");
  rem_text_add_floats(text, model->params + head.bias, 1U, 1U);
  rem_text_add(text, "]}]");
}

/// Return "metadata"
static json_t*
make_metadata(const RemModel* const model)
{
  json_t* const metadata = rem_words_object(model->metadata);
  bool          done     = metadata && rem_words_write_extras(model, metadata);
  done                   = done &&
         (!model->name ||
          !json_object_set_new(metadata, "name", json_string(model->name))) &&
         (!model->rate_known ||
          !json_object_set_new(
            metadata, "samplerate", json_real(model->sample_rate)));
  if (!done) {
    json_decref(metadata);
  }
  return done ? metadata : NULL;
}

/// Add everything beside the net
static void
add_words(RemText* const text, const RemModel* const model)
{
  json_t* const metadata = make_metadata(model);
  json_t* const words    = json_pack("{s:i, s:f, s:f, s:O*}",
                                  "in_skip",
                                  (int)model->spec.skip,
                                  "in_gain",
                                  (double)model->in_gain_db,
                                  "out_gain",
                                  (double)model->out_gain_db,
                                  "metadata",
                                  metadata);
  bool          done     = metadata && words;
  done                   = done &&
         (!model->rate_known || !json_object_set_new( // Where some plugins look
                                  words,
                                  "samplerate",
                                  json_real(model->sample_rate)));
  text->failed |= !done;
  json_decref(metadata);
  const char* key   = NULL;
  json_t*     value = NULL;
  json_object_foreach(words, key, value)
  {
    rem_text_add(text, ",\n\"");
    rem_text_add(text, key);
    rem_text_add(text, "\":");
    rem_text_add_json(text, value);
  }
  json_decref(words);
}

/// Fill x and y [BATCH_FRAMES] with the test vector: the near silence that
/// others use, which shows the settling from the zero state.  No skip
/// connection, no gains.
static RemStatus
make_batch(const RemModel* const model, float* const x, float* const y)
{
  RemNetSpec spec          = model->spec;
  spec.skip                = false;
  RemNet* const      net   = rem_net_new(&spec, model->params);
  RemNetState* const state = net ? rem_net_state_new(net) : NULL;
  const bool         done  = state != NULL;
  uint32_t           seed  = 1U;
  for (size_t t = 0; t < BATCH_FRAMES; ++t) {
    seed = seed * 1664525U + 1013904223U;
    x[t] = 3e-4f * ((float)(seed >> 8U) / 8388608.0f - 1.0f);
  }
  if (done) {
    rem_net_state_set(net, state, NULL);
    rem_net_block(net, state, x, y, BATCH_FRAMES);
  }
  rem_net_state_free(state);
  rem_net_free(net);
  return done ? REM_SUCCESS : REM_NO_MEMORY;
}

/// Add the test vector; with knobs it has no meaning that others agree on
static void
add_batch(RemText* const text, const RemModel* const model)
{
  float x[BATCH_FRAMES], y[BATCH_FRAMES];
  if (model->n_knobs) {
    return;
  }
  text->failed |= make_batch(model, x, y) != REM_SUCCESS;
  if (!text->failed) {
    rem_text_add(text, ",\n\"input_batch\":");
    rem_text_add_floats(text, x, BATCH_FRAMES, 1U);
    rem_text_add(text, ",\n\"output_batch\":");
    rem_text_add_floats(text, y, BATCH_FRAMES, 1U);
  }
}

RemStatus
rem_aidax_encode(const RemModel* const model,
                 void** const          out,
                 size_t* const         size,
                 RemError* const       error)
{
  RemText         text = {NULL, 0, 0, false};
  const RemStatus st   = check_fits(model, error);
  if (st) {
    return st;
  }
  add_layers(&text, model);
  add_words(&text, model);
  add_batch(&text, model);
  rem_text_add(&text, "}\n");
  return rem_text_finish(&text, out, size, error);
}
