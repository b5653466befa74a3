// SPDX-License-Identifier: ISC

#include "dsp/modelfile/codec.h"
#include "dsp/modelfile/words.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define GUITARML_RATE 44100.0 ///< All of them are trained and played at it

/// Read "model_data"
static RemStatus
read_spec(const RemJson* const data, RemNetSpec* const spec)
{
  const RemJson     unit    = rem_json_key(data, "unit_type");
  const RemJson     n_in    = rem_json_key(data, "input_size");
  const RemJson     hidden  = rem_json_key(data, "hidden_size");
  const RemJson     layers  = rem_json_key(data, "num_layers");
  const RemJson     n_out   = rem_json_key(data, "output_size");
  const RemJson     skip    = rem_json_key(data, "skip");
  const char* const name    = json_string_value(unit.value);
  uint32_t          skipped = json_is_true(skip.value);
  RemStatus         st      = REM_SUCCESS;
  if (!name) {
    return rem_json_unexpected(&unit, "the string LSTM or GRU");
  }
  spec->cell = strcmp(name, "GRU") ? REM_CELL_LSTM : REM_CELL_GRU;
  if (spec->cell == REM_CELL_LSTM && strcmp(name, "LSTM")) {
    return rem_json_fail(&unit,
                         REM_UNSUPPORTED,
                         "the net is a %.40s, this program plays LSTM and GRU",
                         name);
  }
  spec->n_layers = 1U;
  spec->n_out    = 1U;
  if ((st = rem_json_uint(&n_in, 1U, 1U + REM_MAX_KNOBS, &spec->n_in)) ||
      (st = rem_json_uint(&hidden, 1U, REM_MAX_HIDDEN, &spec->n_hidden)) ||
      (layers.value &&
       (st = rem_json_uint(&layers, 1U, REM_MAX_LAYERS, &spec->n_layers))) ||
      (n_out.value && (st = rem_json_uint(&n_out, 1U, 1U, &spec->n_out))) ||
      (skip.value && !json_is_boolean(skip.value) &&
       (st = rem_json_uint(&skip, 0U, 1U, &skipped)))) {
    return st;
  }
  spec->skip = skipped != 0U;
  return st;
}

/// Add the two biases of a layer, if it has any; of a GRU's n they stand apart
static RemStatus
read_biases(const RemJson* const    dict,
            const uint32_t          layer,
            const RemNetSpec* const spec,
            float* const            params)
{
  const RemLayerAt at    = rem_net_layer_at(spec, layer);
  const size_t     n     = (size_t)at.n_gates * spec->n_hidden;
  const bool       gru   = spec->cell == REM_CELL_GRU;
  const size_t     n_sum = n - (gru ? spec->n_hidden : 0U);
  float            other[4U * REM_MAX_HIDDEN];
  char             name[32];
  RemStatus        st = REM_SUCCESS;
  (void)snprintf(name, sizeof(name), "rec.bias_ih_l%u", layer);
  const RemJson ih = rem_json_key(dict, name);
  (void)snprintf(name, sizeof(name), "rec.bias_hh_l%u", layer);
  const RemJson hh = rem_json_key(dict, name);
  if (!ih.value && !hh.value) {
    return st;
  }
  if ((st = rem_json_floats(&ih, n, params + at.bias, 1U)) ||
      (st = rem_json_floats(&hh, n, other, 1U))) {
    return st;
  }
  for (size_t i = 0; i < n; ++i) {
    float* const to =
      params + (i < n_sum ? at.bias + i : at.bias_hn + i - n_sum);
    *to += other[i];
    if (!isfinite(*to)) {
      return rem_json_fail(
        &hh, REM_NOT_FINITE, "bias %zu is not finite in 32 bits", i);
    }
  }
  return st;
}

/// Read a matrix of PyTorch's
static RemStatus
read_weight(const RemJson* const dict,
            const char* const    name,
            const size_t         rows,
            const size_t         columns,
            float* const         out)
{
  const RemJson at = rem_json_key(dict, name);
  return rem_json_matrix(&at, rows, columns, out, columns, 1U);
}

/// Read "state_dict"
static RemStatus
read_params(const RemJson* const dict, RemModel* const model)
{
  const RemNetSpec* const spec = &model->spec;
  const RemHeadAt         head = rem_net_head_at(spec);
  const size_t            n    = spec->n_hidden;
  float* const            p    = model->params;
  const RemJson           bias = rem_json_key(dict, "lin.bias");
  RemStatus               st   = REM_SUCCESS;
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    const RemLayerAt at   = rem_net_layer_at(spec, l);
    const size_t     rows = at.n_gates * n;
    char             ih[32], hh[32];
    (void)snprintf(ih, sizeof(ih), "rec.weight_ih_l%u", l);
    (void)snprintf(hh, sizeof(hh), "rec.weight_hh_l%u", l);
    if ((st = read_weight(dict, ih, rows, at.n_in, p + at.weight_ih)) ||
        (st = read_weight(dict, hh, rows, n, p + at.weight_hh)) ||
        (st = read_biases(dict, l, spec, p))) {
      return st;
    }
  }
  if ((st = read_weight(dict, "lin.weight", spec->n_out, n, p + head.weight)) ||
      !bias.value) {
    return st;
  }
  return rem_json_floats(&bias, spec->n_out, p + head.bias, 1U);
}

RemStatus
rem_guitarml_decode(const RemJson* const root, RemModel** const out)
{
  const RemJson data  = rem_json_key(root, "model_data");
  const RemJson dict  = rem_json_key(root, "state_dict");
  RemNetSpec    spec  = {0};
  RemModel*     model = NULL;
  RemStatus     st    = REM_SUCCESS;
  if ((st = read_spec(&data, &spec)) ||
      (st = rem_json_model_new(root, &spec, &model))) {
    return st;
  }
  model->sample_rate = GUITARML_RATE;
  model->rate_known  = true;
  if ((st = rem_words_number_knobs(model, "Knob ", root->source->error))) {
    (void)rem_source_place(root->source, st, NULL);
  } else if (!(st = read_params(&dict, model))) {
    st = rem_codec_finish(root->source, model, false);
  }
  if (st) {
    rem_model_free(model);
    model = NULL;
  }
  *out = model;
  return st;
}
