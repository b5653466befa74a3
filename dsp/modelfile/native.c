// SPDX-License-Identifier: ISC
// Reading; native_write.c writes.

#include "dsp/modelfile/codec.h"
#include "dsp/modelfile/encoder.h"
#include "dsp/modelfile/frames.h"
#include "dsp/modelfile/net_tensors.h"
#include "dsp/modelfile/safetensors.h"
#include "dsp/modelfile/spec.h"
#include "dsp/modelfile/spectra.h"
#include "dsp/modelfile/state_dict.h"
#include "dsp/modelfile/symbols.h"
#include "dsp/modelfile/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_KINDS = REM_FRAME_VECTOR + 1 };

#define MAX_CHECK_FRAMES ((size_t)1 << 20U) ///< Longest test vector

static const char state_dict_words[] =
  "{\"read_from\":\"PyTorch state_dict\","
  "\"assumed\":[\"no skip connection\",\"no gains\",\"48000 Hz\"]}";
static const char state_dict_rnn_words[] =
  "{\"read_from\":\"PyTorch state_dict\",\"assumed\":"
  "[\"tanh units\",\"no skip connection\",\"no gains\",\"48000 Hz\"]}";

/// Read the test vector if there is one
static RemStatus
read_check(const RemTensors* const tensors, RemModel* const model)
{
  const RemTensor* const input = rem_tensors_find(tensors, "check.", "input");
  RemModelCheck* const   check = &model->check;
  const RemNetSpec*      spec  = &model->spec;
  RemStatus              st    = REM_SUCCESS;
  const size_t           n     = input ? input->dims[0] : 0U;
  if (!n) {
    return st;
  }
  if (n > MAX_CHECK_FRAMES || input->n != n * spec->n_in) {
    char shape[96];
    return rem_tensor_fail(tensors,
                           input,
                           REM_BAD_SHAPE,
                           "has the shape %s, expected frames of %u",
                           rem_tensor_shape(input, shape, sizeof(shape)),
                           spec->n_in);
  }
  if (input->n > input->end - input->begin) { // Before memory for so many
    return rem_tensor_fail(tensors,
                           input,
                           REM_BAD_SHAPE,
                           "has %zu numbers in %zu bytes",
                           input->n,
                           input->end - input->begin);
  }
  check->input  = (float*)calloc(n * spec->n_in, sizeof(float));
  check->output = (float*)calloc(n * spec->n_out, sizeof(float));
  if (!check->input || !check->output) {
    return rem_source_fail(
      tensors->source, REM_NO_MEMORY, NULL, "Out of memory");
  }
  check->n_frames = (uint32_t)n;
  st = rem_tensor_add(tensors, "check.", "input", n, spec->n_in, check->input);
  return st ? st
            : rem_tensor_add(
                tensors, "check.", "output", n, spec->n_out, check->output);
}

/// Read the string `key` of the metadata, which is a JSON object; `out` is to
/// release and may be NULL if there is no such string
static RemStatus
read_object(const RemJson* const metadata,
            const char* const    key,
            json_t** const       out)
{
  const RemJson at = rem_json_key(metadata, key);
  *out             = NULL;
  if (!at.value) {
    return REM_SUCCESS;
  }
  if (!json_is_string(at.value)) {
    return rem_json_unexpected(&at, "a string");
  }
  // An error there names a byte within the string: put the string's place first
  const RemStatus st = rem_json_parse(json_string_value(at.value),
                                      json_string_length(at.value),
                                      0,
                                      at.source,
                                      out);
  return st && at.source->error
           ? rem_json_fail(&at, st, "%.400s", at.source->error->text)
           : st;
}

/// Copy the string `key` of the metadata, once it is known to be an object
static RemStatus
read_object_text(const RemJson* const metadata,
                 const char* const    key,
                 char** const         out)
{
  const RemJson   at     = rem_json_key(metadata, key);
  json_t*         object = NULL;
  const RemStatus st     = read_object(metadata, key, &object);
  json_decref(object);
  return st ? st : rem_json_text(&at, out);
}

/// Refuse what is no net for sound, and number its knobs
static RemStatus
read_sound(const RemJson* const config, RemModel* const model)
{
  const RemNetSpec* const spec = &model->spec;
  if (spec->head != REM_HEAD_LINEAR || spec->n_in > 1U + REM_MAX_KNOBS ||
      spec->n_symbols) {
    return rem_json_fail(config,
                         REM_UNSUPPORTED,
                         "has %u inputs, %u symbols and the head %s; expected "
                         "at most %u, none and linear for sound",
                         spec->n_in,
                         spec->n_symbols,
                         rem_head_name(spec->head),
                         1U + REM_MAX_KNOBS);
  }
  return rem_words_number_knobs(model, "Knob ", config->source->error);
}

/// Check what frames are against the net's shape
static RemStatus
check_kind(const RemJson* const config, const RemModel* const model)
{
  const bool symbols = model->kind == REM_FRAME_SYMBOL;
  return symbols == (model->spec.n_symbols > 0U)
           ? REM_SUCCESS
           : rem_json_fail(config,
                           REM_BAD_SHAPE,
                           "has frames of %s, but reads %u symbols",
                           rem_frame_kind_name(model->kind),
                           model->spec.n_symbols);
}

/// Read what the frames of a net are
static RemStatus
read_frames(const RemJson* const config, RemModel* const model)
{
  const char* names[N_KINDS];
  for (unsigned i = 0; i < N_KINDS; ++i) {
    names[i] = rem_frame_kind_name((RemFrameKind)i);
  }
  const RemJson   frames  = rem_json_key(config, "frames");
  const RemJson   spectra = rem_json_key(config, "spectra");
  const RemWords  words   = {"frame", names, N_KINDS, false};
  unsigned        kind    = 0U;
  const RemStatus st      = rem_words_choose(config, &words, &kind);
  if (st) {
    return st;
  }
  model->kind = (RemFrameKind)kind;
  switch (model->kind) {
  case REM_FRAME_AUDIO:
    return read_sound(config, model);
  case REM_FRAME_CONTROL:
    return rem_frames_read(&frames, model);
  case REM_FRAME_SPECTRUM:
    return rem_spectra_read(&spectra, model);
  case REM_FRAME_SYMBOL:
  case REM_FRAME_VECTOR:
    break;
  }
  return check_kind(config, model);
}

/// Read what symbols and outputs stand for
static RemStatus
read_vocabularies(const RemJson* const config, RemModel* const model)
{
  const RemJson           symbols = rem_json_key(config, "symbols");
  const RemJson           labels  = rem_json_key(config, "labels");
  const RemNetSpec* const spec    = &model->spec;
  RemStatus               st      = REM_SUCCESS;
  if (spec->n_symbols && (st = rem_symbols_read_json(
                            &symbols, spec->n_symbols, &model->symbols))) {
    return st;
  }
  return labels.value
           ? rem_symbols_read_json(&labels, spec->n_out, &model->labels)
           : st;
}

/// Read a gain if there is one
static RemStatus
read_gain(const RemJson* const config, const char* const key, float* const out)
{
  const RemJson at = rem_json_key(config, key);
  return at.value ? rem_json_float(&at, -REM_MAX_GAIN_DB, REM_MAX_GAIN_DB, out)
                  : REM_SUCCESS;
}

/// Read all that the config says beside the shape and the encoder
static RemStatus
read_config(const RemJson* const config, RemModel* const model)
{
  const RemJson name = rem_json_key(config, "name");
  const RemJson rate = rem_json_key(config, "sample_rate");
  RemStatus     st   = REM_SUCCESS;
  if ((st = read_frames(config, model)) ||
      (st = read_vocabularies(config, model)) ||
      (st = rem_json_text(&name, &model->name)) ||
      (st = rem_words_read_rate(&rate, model)) ||
      (st = read_gain(config, "in_gain_db", &model->in_gain_db)) ||
      (st = read_gain(config, "out_gain_db", &model->out_gain_db))) {
    return st;
  }
  return rem_words_read_settings(config, model);
}

/// Read the encoder, if there is one
static RemStatus
read_encoder(const RemTensors* const tensors,
             const RemJson* const    config,
             RemModel* const         model)
{
  const RemJson at = rem_json_key(config, "encoder");
  return at.value
           ? rem_encoder_read(&at, tensors, &model->spec, &model->encoder)
           : REM_SUCCESS;
}

/// Read all that `__metadata__` says beside the config
static RemStatus
read_metadata(const RemJson* const at, RemModel* const model)
{
  RemStatus st = REM_SUCCESS;
  if ((st = read_object_text(at, "metadata", &model->metadata)) ||
      (st = read_object_text(at, "metrics", &model->metrics))) {
    return st;
  }
  return read_object_text(at, "provenance", &model->provenance);
}

/// Read a model of ours, to the last number
static RemStatus
fill_ours(const RemTensors* const tensors,
          const RemJson* const    metadata,
          const RemJson* const    config,
          RemModel* const         model)
{
  static const RemNetNames names = {"rnn.", "head.", "initial."};
  const RemNetSpec* const  spec  = &model->spec;
  RemStatus                st    = REM_SUCCESS;
  if ((st = read_config(config, model)) ||
      (st = read_metadata(metadata, model)) ||
      (st = rem_net_tensors_read(tensors, &names, spec, model->params)) ||
      (st = rem_rest_tensors_read(tensors, spec, model->rest)) ||
      (st = read_encoder(tensors, config, model)) ||
      (st = read_check(tensors, model))) {
    return st;
  }
  return rem_codec_finish(
    tensors->source, model, rem_tensors_find(tensors, "rest.", "h_l0"));
}

/// Read a model of ours: its config says everything that tensors do not
static RemStatus
decode_ours(const RemTensors* const tensors,
            const RemJson* const    metadata,
            RemModel** const        out)
{
  json_t*    config = NULL;
  RemNetSpec spec;
  RemStatus  st = read_object(metadata, "config", &config);
  if (!st && !config) {
    const RemJson missing = rem_json_key(metadata, "config");
    return rem_json_unexpected(&missing, "a JSON object");
  }
  if (!st) {
    RemJson root = rem_json_root(config, tensors->source);
    (void)snprintf(root.path, sizeof(root.path), "config");
    if (!(st = rem_spec_read(&root, &spec)) &&
        !(st = rem_json_model_new(&root, &spec, out))) {
      st = fill_ours(tensors, metadata, &root, *out);
    }
  }
  json_decref(config);
  return st;
}

/// Say where a state_dict came from, and what it leaves open
static RemStatus
note_state_dict(const RemSource* const source, RemModel* const model)
{
  model->provenance =
    strdup(model->spec.cell == REM_CELL_RNN_TANH ? state_dict_rnn_words
                                                 : state_dict_words);
  const RemStatus st =
    model->provenance
      ? rem_words_number_knobs(model, "Knob ", source->error)
      : rem_source_fail(source, REM_NO_MEMORY, NULL, "Out of memory");
  return rem_source_place(source, st, NULL);
}

/// Read a net that PyTorch wrote
static RemStatus
decode_state_dict(const RemTensors* const tensors, RemModel** const out)
{
  const RemJson     root = rem_json_root(tensors->header, tensors->source);
  RemLayout         layout;
  RemStatus         st    = rem_state_dict_layout(tensors, &layout);
  const RemNetNames names = {layout.rnn, layout.head, ""};
  if (st || (st = rem_json_model_new(&root, &layout.spec, out)) ||
      (st = note_state_dict(tensors->source, *out)) ||
      (st =
         rem_net_tensors_read(tensors, &names, &layout.spec, (*out)->params)) ||
      (st = rem_rest_tensors_read(tensors, &layout.spec, (*out)->rest)) ||
      (st = read_check(tensors, *out))) {
    return st;
  }
  return rem_codec_finish(
    tensors->source, *out, rem_tensors_find(tensors, "rest.", "h_l0"));
}

/// Read either
static RemStatus
decode_tensors(const RemTensors* const tensors, RemModel** const out)
{
  const RemJson root     = rem_json_root(tensors->header, tensors->source);
  const RemJson metadata = rem_json_key(&root, "__metadata__");
  const RemJson version  = rem_json_key(&metadata, "remanence");
  if (!version.value) {
    return decode_state_dict(tensors, out);
  }
  if (!json_is_string(version.value)) {
    return rem_json_unexpected(&version, "a version as a string");
  }
  return strcmp(json_string_value(version.value), REM_FORMAT_VERSION)
           ? rem_json_fail(&version,
                           REM_UNSUPPORTED,
                           "is format version %.20s, this program reads %s",
                           json_string_value(version.value),
                           REM_FORMAT_VERSION)
           : decode_ours(tensors, &metadata, out);
}

RemStatus
rem_native_decode(const void* const      bytes,
                  const size_t           size,
                  const RemSource* const source,
                  RemModel** const       out)
{
  RemTensors tensors;
  RemStatus  st = rem_tensors_decode(bytes, size, source, &tensors);
  *out          = NULL;
  if (!st && (st = decode_tensors(&tensors, out))) {
    rem_model_free(*out);
    *out = NULL;
  }
  rem_tensors_clear(&tensors);
  return st;
}
