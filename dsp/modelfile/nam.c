// SPDX-License-Identifier: ISC

#include "dsp/modelfile/codec.h"
#include "dsp/modelfile/text.h"
#include "dsp/modelfile/words.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAM_VERSION "0.5.4" ///< Written; the layout of an LSTM is the same in
#define NAM_FIRST_MINOR 5   ///< all versions from 0.5
#define NAM_LAST_MINOR 7    ///< to 0.7
#define SETTLED_TOLERANCE 1e-6f ///< Change of a state that counts as none

/// Check "version": three numbers
static RemStatus
check_version(const RemJson* const root)
{
  const RemJson     at    = rem_json_key(root, "version");
  const char* const text  = json_string_value(at.value);
  char*             end   = NULL;
  const long        major = text ? strtol(text, &end, 10) : -1;
  const long minor = text && *end == '.' ? strtol(end + 1, &end, 10) : -1;
  if (!text) {
    return rem_json_unexpected(&at, "a version as a string");
  }
  if (major != 0 || minor < NAM_FIRST_MINOR || minor > NAM_LAST_MINOR ||
      *end != '.') {
    return rem_json_fail(&at,
                         REM_UNSUPPORTED,
                         "is `%.40s`, this program reads NAM 0.%d to 0.%d",
                         text,
                         NAM_FIRST_MINOR,
                         NAM_LAST_MINOR);
  }
  return REM_SUCCESS;
}

/// Check "architecture"
static RemStatus
check_architecture(const RemJson* const root)
{
  const RemJson     at   = rem_json_key(root, "architecture");
  const char* const text = json_string_value(at.value);
  if (!text) {
    return rem_json_unexpected(&at, "the string LSTM");
  }
  return !strcmp(text, "LSTM")
           ? REM_SUCCESS
           : rem_json_fail(&at,
                           REM_UNSUPPORTED,
                           "the model is a NAM %.40s, which is no recurrent "
                           "net; this program plays NAM models of "
                           "architecture LSTM",
                           text);
}

/// Check that an optional size is 1
static RemStatus
check_one(const RemJson* const config, const char* const key)
{
  const RemJson at = rem_json_key(config, key);
  if (at.value &&
      (!json_is_integer(at.value) || json_integer_value(at.value) != 1)) {
    return rem_json_fail(&at,
                         REM_UNSUPPORTED,
                         "is %g, this program plays NAM models of 1",
                         json_number_value(at.value));
  }
  return REM_SUCCESS;
}

/// Read "config"
static RemStatus
read_spec(const RemJson* const root, RemNetSpec* const spec)
{
  const RemJson config = rem_json_key(root, "config");
  const RemJson hidden = rem_json_key(&config, "hidden_size");
  const RemJson layers = rem_json_key(&config, "num_layers");
  RemStatus     st     = REM_SUCCESS;
  spec->n_in           = 1U;
  spec->n_out          = 1U;
  if ((st = check_one(&config, "input_size")) ||
      (st = check_one(&config, "in_channels")) ||
      (st = check_one(&config, "out_channels")) ||
      (st = rem_json_uint(&hidden, 1U, REM_MAX_HIDDEN, &spec->n_hidden))) {
    return st;
  }
  return rem_json_uint(&layers, 1U, REM_MAX_LAYERS, &spec->n_layers);
}

/// Copy `n` numbers from a file's array to ours, or the other way; return what
/// is behind them in the file's
static float*
move(float* const file, float* const ours, const size_t n, const bool reading)
{
  memcpy(reading ? ours : file, reading ? file : ours, n * sizeof(float));
  return file + n;
}

/// Copy between a model and NAM's one array of weights: layer by layer
/// [W_ih W_hh] row by row, bias, h, c; then the head
static void
move_weights(const RemModel* const model, float* w, const bool reading)
{
  const RemNetSpec* const spec = &model->spec;
  const RemHeadAt         head = rem_net_head_at(spec);
  const size_t            n    = spec->n_hidden;
  float* const            p    = model->params;
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    const RemLayerAt at   = rem_net_layer_at(spec, l);
    const size_t     n_in = at.n_in;
    for (size_t r = 0; r < 4U * n; ++r) {
      w = move(w, p + at.weight_ih + r * n_in, n_in, reading);
      w = move(w, p + at.weight_hh + r * n, n, reading);
    }
    w = move(w, p + at.bias, 4U * n, reading);
    w = move(w, model->rest + (size_t)2U * l * n, 2U * n, reading);
  }
  w = move(w, p + head.weight, n, reading);
  (void)move(w, p + head.bias, 1U, reading);
}

/// Return how many numbers move_weights() moves
static size_t
n_weights(const RemNetSpec* const spec)
{
  return rem_net_n_params(spec) + rem_net_n_state(spec);
}

/// Read "weights"
static RemStatus
read_weights(const RemJson* const root, RemModel* const model)
{
  const RemJson at      = rem_json_key(root, "weights");
  const size_t  n       = n_weights(&model->spec);
  float* const  weights = (float*)calloc(n, sizeof(float));
  if (!weights) {
    return rem_json_fail(&at, REM_NO_MEMORY, "Out of memory");
  }
  const RemStatus st = rem_json_floats(&at, n, weights, 1U);
  if (!st) {
    move_weights(model, weights, true);
  }
  free(weights);
  return st;
}

/// Read "metadata" and "sample_rate"
static RemStatus
read_words(const RemJson* const root, RemModel* const model)
{
  static const char* const ours[] = {
    "name", "loudness", "input_level_dbu", "output_level_dbu", "remanence"};
  const RemJson metadata = rem_json_key(root, "metadata");
  const RemJson name     = rem_json_key(&metadata, "name");
  const RemJson rate     = rem_json_key(root, "sample_rate");
  RemStatus     st       = REM_SUCCESS;
  if ((st = rem_json_text(&name, &model->name)) ||
      (st = rem_words_read_extras(&metadata, model)) ||
      (st = rem_words_read_levels(&metadata, model)) || // They have the word
      (json_number_value(rate.value) > 0.0 && // Some write -1 for unknown
       (st = rem_words_read_rate(&rate, model)))) {
    return st;
  }
  for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); ++i) {
    (void)json_object_del(metadata.value, ours[i]);
  }
  return rem_json_object_text(&metadata, &model->metadata);
}

/// Run the idle input from the file's initial state on.  Where that is a rest
/// state already it stays as it is, bit by bit.
static RemStatus
settle(const RemSource* const source, RemModel* const model)
{
  const size_t n    = rem_net_n_state(&model->spec);
  float* const file = (float*)malloc(n * sizeof(float));
  bool         same = true;
  if (!file) {
    return rem_source_fail(source, REM_NO_MEMORY, NULL, "Out of memory");
  }
  memcpy(file, model->rest, n * sizeof(float));
  const RemStatus st = rem_model_settle(model, source->error);
  for (size_t i = 0; i < n; ++i) {
    const float scale = fmaxf(1.0f, fabsf(file[i]));
    same &= fabsf(file[i] - model->rest[i]) <= SETTLED_TOLERANCE * scale;
  }
  if (same) {
    memcpy(model->rest, file, n * sizeof(float));
  }
  free(file);
  return rem_source_place(source, st, "rest state");
}

RemStatus
rem_nam_decode(const RemJson* const root, RemModel** const out)
{
  RemNetSpec spec  = {0};
  RemModel*  model = NULL;
  RemStatus  st    = REM_SUCCESS;
  if ((st = check_architecture(root)) || (st = check_version(root)) ||
      (st = read_spec(root, &spec)) ||
      (st = rem_json_model_new(root, &spec, &model))) {
    return st;
  }
  if (!(st = read_weights(root, model)) && !(st = read_words(root, model)) &&
      !(st = settle(root->source, model))) {
    st = rem_codec_finish(root->source, model, true);
  }
  if (st) {
    rem_model_free(model);
    model = NULL;
  }
  *out = model;
  return st;
}

/// Return whether a net is what all of these files hold
static bool
is_plain_lstm(const RemNetSpec* const spec)
{
  return spec->cell == REM_CELL_LSTM && spec->take == REM_TAKE_LAST;
}

static bool
has_gains(const RemModel* const model)
{
  return model->in_gain_db != 0.0f || model->out_gain_db != 0.0f;
}

/// Return what `.nam` has no word for, or NULL
static const char*
find_unfit(const RemModel* const model)
{
  const RemNetSpec* const spec = &model->spec;
  return !is_plain_lstm(spec) ? "nets but LSTMs whose output is of the last "
                                "layer"
         : spec->n_in != 1U   ? "knobs"
         : spec->n_out != 1U  ? "more than one output"
         : spec->skip         ? "a skip connection, which this model has"
         : has_gains(model)
           ? "the gains before and after the net that this model has"
           : NULL;
}

static RemStatus
check_fits(const RemModel* const model, RemError* const error)
{
  const char* const what = find_unfit(model);
  return what ? rem_fail(error,
                         REM_UNSUPPORTED,
                         NULL,
                         "a NAM file cannot hold %s; AIDA-X JSON and "
                         "safetensors can",
                         what)
              : REM_SUCCESS;
}

/// Return "metadata"
static json_t*
make_metadata(const RemModel* const model)
{
  json_t* const metadata = rem_words_object(model->metadata);
  const bool    done =
    metadata && rem_words_write_levels(model, metadata) &&
    rem_words_write_extras(model, metadata) &&
    (!model->name ||
     !json_object_set_new(metadata, "name", json_string(model->name)));
  if (!done) {
    json_decref(metadata);
  }
  return done ? metadata : NULL;
}

/// Add everything but the weights, and leave the object open
static void
add_head(RemText* const text, const RemModel* const model)
{
  char          config[160];
  json_t* const metadata = make_metadata(model);
  (void)snprintf(config,
                 sizeof(config),
                 ",\n\"architecture\":\"LSTM\",\n\"config\":{"
                 "\"input_size\":1,\"hidden_size\":%u,\"num_layers\":%u}",
                 model->spec.n_hidden,
                 model->spec.n_layers);
  rem_text_add(text, "{\"version\":\"" NAM_VERSION "\",\n\"metadata\":");
  rem_text_add_json(text, metadata);
  rem_text_add(text, config);
  if (model->rate_known) {
    json_t* const rate = json_real(model->sample_rate);
    rem_text_add(text, ",\n\"sample_rate\":");
    rem_text_add_json(text, rate);
    json_decref(rate);
  }
  json_decref(metadata);
}

RemStatus
rem_nam_encode(const RemModel* const model,
               void** const          out,
               size_t* const         size,
               RemError* const       error)
{
  RemText         text    = {NULL, 0, 0, false};
  const RemStatus st      = check_fits(model, error);
  const size_t    n       = n_weights(&model->spec);
  float* const    weights = st ? NULL : (float*)malloc(n * sizeof(float));
  if (st) {
    return st;
  }
  if (weights) {
    move_weights(model, weights, false);
    add_head(&text, model);
    rem_text_add(&text, ",\n\"weights\":");
    rem_text_add_floats(&text, weights, n, 1U);
    rem_text_add(&text, "}\n");
  }
  free(weights);
  return rem_text_finish(&text, out, size, error);
}
