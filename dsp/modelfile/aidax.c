// SPDX-License-Identifier: ISC
// Reading; aidax_write.c writes.

#include "dsp/modelfile/codec.h"
#include "dsp/modelfile/words.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// Return a layer's type, "" if it does not say
static const char*
layer_type(const RemJson* const layer)
{
  const RemJson     type = rem_json_key(layer, "type");
  const char* const text = json_string_value(type.value);
  return text ? text : "";
}

static bool
is_dense(const char* const type)
{
  return !strcmp(type, "dense") || !strcmp(type, "time-distributed-dense");
}

/// Read the last number of a "shape" or "in_shape"
static RemStatus
read_width(const RemJson* const at, const uint32_t high, uint32_t* const out)
{
  const size_t  n    = json_array_size(at->value);
  const RemJson last = rem_json_item(at, n ? n - 1U : 0U);
  return n ? rem_json_uint(&last, 1U, high, out)
           : rem_json_unexpected(at, "an array that ends in a size");
}

/// Set `cell` to what a layer's type is; false if it is not recurrent
static bool
find_cell(const char* const type, RemCell* const cell)
{
  *cell = !strcmp(type, "gru") ? REM_CELL_GRU : REM_CELL_LSTM;
  return *cell == REM_CELL_GRU || !strcmp(type, "lstm");
}

/// Add a recurrent layer to the shape
static RemStatus
add_recurrent(const RemJson* const layer,
              const RemCell        cell,
              RemNetSpec* const    spec)
{
  const RemJson   shape = rem_json_key(layer, "shape");
  uint32_t        n     = 0;
  const RemStatus st    = read_width(&shape, REM_MAX_HIDDEN, &n);
  if (st) {
    return st;
  }
  if (spec->n_layers && cell != spec->cell) {
    return rem_json_fail(layer,
                         REM_UNSUPPORTED,
                         "is of type `%s` where the layer before is `%s`; this "
                         "program plays layers of one type",
                         rem_cell_name(cell),
                         rem_cell_name(spec->cell));
  }
  if (spec->n_layers && n != spec->n_hidden) {
    return rem_json_fail(&shape,
                         REM_UNSUPPORTED,
                         "ends in %u where the layer before has %u; this "
                         "program plays layers of one size",
                         n,
                         spec->n_hidden);
  }
  spec->cell     = cell;
  spec->n_hidden = n;
  ++spec->n_layers;
  return REM_SUCCESS;
}

/// Read the head's shape
static RemStatus
add_dense(const RemJson* const layer, RemNetSpec* const spec)
{
  const RemJson     shape      = rem_json_key(layer, "shape");
  const RemJson     activation = rem_json_key(layer, "activation");
  const char* const text       = json_string_value(activation.value);
  if (text && *text && strcmp(text, "linear") != 0) {
    return rem_json_fail(&activation,
                         REM_UNSUPPORTED,
                         "is %.40s, this program plays a linear last layer",
                         text);
  }
  return read_width(&shape, REM_MAX_OUT, &spec->n_out);
}

/// Read the shape of the net off "in_shape" and "layers"
static RemStatus
read_spec(const RemJson* const root, RemNetSpec* const spec)
{
  const RemJson in_shape = rem_json_key(root, "in_shape");
  const RemJson layers   = rem_json_key(root, "layers");
  const size_t  n        = json_array_size(layers.value);
  RemStatus     st = read_width(&in_shape, 1U + REM_MAX_KNOBS, &spec->n_in);
  for (size_t i = 0; !st && i < n; ++i) {
    const RemJson     layer = rem_json_item(&layers, i);
    const char* const type  = layer_type(&layer);
    const bool        last  = i + 1U == n;
    RemCell           cell  = REM_CELL_LSTM;
    if (last ? !is_dense(type) : !find_cell(type, &cell)) {
      return rem_json_fail(&layer,
                           REM_UNSUPPORTED,
                           "is of type `%.40s`, expected %s: this program "
                           "plays lstm or gru layers with one dense layer "
                           "behind",
                           type,
                           last ? "dense" : "lstm or gru");
    }
    st = last ? add_dense(&layer, spec) : add_recurrent(&layer, cell, spec);
  }
  return st || n ? st
                 : rem_json_fail(
                     &layers, REM_BAD_FORMAT, "expected an array of layers");
}

/// Return a cursor at one of a layer's arrays of weights
static RemJson
weights_at(const RemJson* const layer, const size_t i)
{
  const RemJson weights = rem_json_key(layer, "weights");
  return rem_json_item(&weights, i);
}

/// Change the places of two stretches of `n` numbers, one behind the other
static void
swap(float* const x, const size_t n)
{
  for (size_t i = 0; i < n; ++i) {
    const float first = x[i];
    x[i]              = x[n + i];
    x[n + i]          = first;
  }
}

/// Read the biases of a GRU, [2, 3H]: of W and of U
static RemStatus
read_gru_bias(const RemJson* const at,
              const RemLayerAt     layer,
              const size_t         n,
              float* const         params)
{
  float         of_u[3U * REM_MAX_HIDDEN];
  float* const  bias = params + layer.bias;
  const RemJson w    = rem_json_item(at, 0);
  const RemJson u    = rem_json_item(at, 1);
  RemStatus     st   = REM_SUCCESS;
  if ((st = rem_json_floats(&w, 3U * n, bias, 1U)) ||
      (st = rem_json_floats(&u, 3U * n, of_u, 1U))) {
    return st;
  }
  for (size_t i = 0; i < 3U * n; ++i) {
    float* const to =
      params + (i < 2U * n ? layer.bias + i : layer.bias_hn + i - 2U * n);
    if (of_u[i] != 0.0f) { // -0 stays as it is
      *to += of_u[i];
    }
    if (!isfinite(*to)) {
      return rem_json_fail(
        &u, REM_NOT_FINITE, "bias %zu is not finite in 32 bits", i);
    }
  }
  swap(bias, n);
  return st;
}

/// Read a layer; its matrices are transposed relative to ours, and a GRU's
/// gates are z, r, n
static RemStatus
read_recurrent(const RemJson* const layer,
               const uint32_t       l,
               RemModel* const      model)
{
  const RemLayerAt at   = rem_net_layer_at(&model->spec, l);
  const size_t     n    = model->spec.n_hidden;
  const size_t     rows = at.n_gates * n;
  const RemJson    w    = weights_at(layer, 0);
  const RemJson    u    = weights_at(layer, 1);
  const RemJson    bias = weights_at(layer, 2);
  float* const     p    = model->params;
  RemStatus        st   = REM_SUCCESS;
  if ((st =
         rem_json_matrix(&w, at.n_in, rows, p + at.weight_ih, 1U, at.n_in)) ||
      (st = rem_json_matrix(&u, n, rows, p + at.weight_hh, 1U, n))) {
    return st;
  }
  if (model->spec.cell == REM_CELL_GRU) {
    swap(p + at.weight_ih, n * at.n_in);
    swap(p + at.weight_hh, n * n);
    return read_gru_bias(&bias, at, n, p);
  }
  return rem_json_floats(&bias, rows, p + at.bias, 1U);
}

/// Read the head, likewise transposed
static RemStatus
read_dense(const RemJson* const layer, RemModel* const model)
{
  const RemNetSpec* const spec = &model->spec;
  const RemHeadAt         at   = rem_net_head_at(spec);
  const RemJson           w    = weights_at(layer, 0);
  const RemJson           bias = weights_at(layer, 1);
  const size_t            n    = spec->n_hidden;
  const RemStatus         st =
    rem_json_matrix(&w, n, spec->n_out, model->params + at.weight, 1U, n);
  return st ? st
            : rem_json_floats(&bias, spec->n_out, model->params + at.bias, 1U);
}

/// Read all weights
static RemStatus
read_params(const RemJson* const root, RemModel* const model)
{
  const RemJson layers = rem_json_key(root, "layers");
  RemStatus     st     = REM_SUCCESS;
  for (uint32_t l = 0; !st && l < model->spec.n_layers; ++l) {
    const RemJson layer = rem_json_item(&layers, l);
    st                  = read_recurrent(&layer, l, model);
  }
  const RemJson head = rem_json_item(&layers, model->spec.n_layers);
  return st ? st : read_dense(&head, model);
}

/// Read a gain; what is no number does not count
static RemStatus
read_gain(const RemJson* const root, const char* const key, float* const out)
{
  const RemJson at = rem_json_key(root, key);
  return json_is_number(at.value)
           ? rem_json_float(&at, -REM_MAX_GAIN_DB, REM_MAX_GAIN_DB, out)
           : REM_SUCCESS;
}

/// Read "in_skip"
static RemStatus
read_skip(const RemJson* const root, bool* const out)
{
  const RemJson at   = rem_json_key(root, "in_skip");
  uint32_t      skip = json_is_true(at.value);
  RemStatus     st   = REM_SUCCESS;
  if (json_is_number(at.value)) {
    st = rem_json_uint(&at, 0U, 1U, &skip);
  }
  *out = skip != 0U;
  return st;
}

/// Read everything beside the net
static RemStatus
read_words(const RemJson* const root, RemModel* const model)
{
  static const char* const ours[]   = {"name", "samplerate", "remanence"};
  const RemJson            metadata = rem_json_key(root, "metadata");
  const RemJson            name     = rem_json_key(&metadata, "name");
  const RemJson            old_rate = rem_json_key(root, "samplerate");
  const RemJson            rate     = rem_json_key(&metadata, "samplerate");
  RemStatus                st       = REM_SUCCESS;
  if ((st = read_gain(root, "in_gain", &model->in_gain_db)) ||
      (st = read_gain(root, "out_gain", &model->out_gain_db)) ||
      (st = rem_words_read_rate(&old_rate, model)) ||
      (st = rem_words_read_rate(&rate, model)) ||
      (st = rem_json_text(&name, &model->name)) ||
      (st = rem_words_read_extras(&metadata, model))) {
    return st;
  }
  for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); ++i) {
    (void)json_object_del(metadata.value, ours[i]);
  }
  return rem_json_object_text(&metadata, &model->metadata);
}

/// Free the model's test vector
static void
drop_check(RemModel* const model)
{
  const RemModelCheck none = {0, NULL, NULL};
  free(model->check.input);
  free(model->check.output);
  model->check = none;
}

/// Replay "input_batch": from the zero state, without skip connection and gains
static RemStatus
verify(const RemJson* const root, RemModel* const model)
{
  const RemJson        input  = rem_json_key(root, "input_batch");
  const RemJson        output = rem_json_key(root, "output_batch");
  RemModelCheck* const check  = &model->check;
  const size_t         n      = json_array_size(input.value);
  RemStatus            st     = REM_SUCCESS;
  if (!input.value || !output.value || model->n_knobs ||
      model->spec.n_out != 1U) {
    return st; // With knobs, the file does not say where they stood
  }
  check->input  = (float*)calloc(n + 1U, sizeof(float));
  check->output = (float*)calloc(n + 1U, sizeof(float));
  if (!check->input || !check->output) {
    st = rem_json_fail(&input, REM_NO_MEMORY, "Out of memory");
  } else if (!(st = rem_json_floats(&input, n, check->input, 1U)) &&
             !(st = rem_json_floats(&output, n, check->output, 1U))) {
    check->n_frames = (uint32_t)n;
    st              = rem_source_place(
      root->source, rem_model_verify(model, root->source->error), output.path);
  }
  drop_check(model);
  return st;
}

/// Read everything into a model of the right shape
static RemStatus
fill_model(const RemJson* const root, RemModel* const model)
{
  bool      skip = false;
  RemStatus st   = rem_words_number_knobs(model, "PARAM", root->source->error);
  if (st) {
    return rem_source_place(root->source, st, NULL);
  }
  if ((st = read_params(root, model)) || (st = read_skip(root, &skip)) ||
      (st = read_words(root, model)) || (st = verify(root, model))) {
    return st;
  }
  model->spec.skip = skip;
  if ((st = rem_net_spec_check(&model->spec, root->source->error))) {
    return rem_source_place(root->source, st, "in_skip");
  }
  return rem_codec_finish(root->source, model, false);
}

RemStatus
rem_aidax_decode(const RemJson* const root, RemModel** const out)
{
  RemNetSpec spec  = {0};
  RemModel*  model = NULL;
  RemStatus  st    = REM_SUCCESS;
  if (!(st = read_spec(root, &spec)) &&
      !(st = rem_json_model_new(root, &spec, &model))) {
    st = fill_model(root, model);
  }
  if (st) {
    rem_model_free(model);
    model = NULL;
  }
  *out = model;
  return st;
}
