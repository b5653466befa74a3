// SPDX-License-Identifier: ISC
// Reading; native_write.c writes.

#include "dsp/modelfile/codec.h"
#include "dsp/modelfile/frames.h"
#include "dsp/modelfile/safetensors.h"
#include "dsp/modelfile/state_dict.h"
#include "dsp/modelfile/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CHECK_FRAMES ((size_t)1 << 20U) ///< Longest test vector

static const char state_dict_words[] =
  "{\"read_from\":\"PyTorch state_dict\","
  "\"assumed\":[\"no skip connection\",\"no gains\",\"48000 Hz\"]}";

/// Read every layer and the head
static RemStatus
read_params(const RemTensors* const tensors,
            const RemLayout* const  layout,
            RemModel* const         model)
{
  const RemNetSpec* const spec = &model->spec;
  const size_t            n    = spec->n_hidden;
  const RemHeadAt         head = rem_net_head_at(spec);
  float* const            p    = model->params;
  RemStatus               st   = REM_SUCCESS;
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    const RemLayerAt at        = rem_net_layer_at(spec, l);
    const size_t     starts[]  = {at.weight_ih, at.weight_hh, at.bias, at.bias};
    const size_t     columns[] = {at.n_in, n, 0U, 0U};
    static const char* const names[] = {
      "weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    for (size_t i = 0; i < 4U; ++i) {
      char name[32];
      (void)snprintf(name, sizeof(name), "%s_l%u", names[i], l);
      if (i >= 2U && !rem_tensors_find(tensors, layout->rnn, name)) {
        continue; // nn.LSTM(bias=False)
      }
      if ((st = rem_tensor_add(
             tensors, layout->rnn, name, 4U * n, columns[i], p + starts[i]))) {
        return st;
      }
    }
  }
  if ((st = rem_tensor_add(
         tensors, layout->head, "weight", spec->n_out, n, p + head.weight)) ||
      !rem_tensors_find(tensors, layout->head, "bias")) {
    return st;
  }
  return rem_tensor_add(
    tensors, layout->head, "bias", spec->n_out, 0, p + head.bias);
}

/// Read the rest state if there is one
static RemStatus
read_rest(const RemTensors* const tensors,
          RemModel* const         model,
          bool* const             has_rest)
{
  const size_t n  = model->spec.n_hidden;
  RemStatus    st = REM_SUCCESS;
  *has_rest       = rem_tensors_find(tensors, "rest.", "h_l0") != NULL;
  for (uint32_t i = 0; !st && *has_rest && i < 2U * model->spec.n_layers; ++i) {
    char name[32];
    (void)snprintf(name, sizeof(name), "%c_l%u", i % 2U ? 'c' : 'h', i / 2U);
    st = rem_tensor_add(tensors, "rest.", name, n, 0, model->rest + i * n);
  }
  return st;
}

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

/// Read which of two words the config says under `key`: the first if it says
/// nothing
static RemStatus
read_word(const RemJson* const config,
          const char* const    key,
          const char* const    first,
          const char* const    second,
          bool* const          is_second)
{
  const RemJson     at   = rem_json_key(config, key);
  const char* const word = json_string_value(at.value);
  *is_second             = word && second && !strcmp(word, second);
  return word && !*is_second && strcmp(word, first)
           ? rem_json_fail(&at,
                           REM_UNSUPPORTED,
                           "is %.40s, this program plays %s%s%s",
                           word,
                           first,
                           second ? " or " : "",
                           second ? second : "")
           : REM_SUCCESS;
}

/// Read what the frames of a net are: sound and knobs, or control
static RemStatus
read_frames(const RemJson* const config, RemModel* const model)
{
  const RemJson frames  = rem_json_key(config, "frames");
  bool          control = false;
  RemStatus     st = read_word(config, "frame", "audio", "control", &control);
  if (st) {
    return st;
  }
  if (control) {
    return rem_frames_read(&frames, model);
  }
  if (model->spec.head != REM_HEAD_LINEAR ||
      model->spec.n_in > 1U + REM_MAX_KNOBS) {
    return rem_json_fail(config,
                         REM_UNSUPPORTED,
                         "has %u inputs and the head %s; expected at most %u "
                         "and linear for sound",
                         model->spec.n_in,
                         model->spec.head == REM_HEAD_LINEAR ? "linear" : "mdn",
                         1U + REM_MAX_KNOBS);
  }
  return rem_words_number_knobs(model, "Knob ", config->source->error);
}

/// Check that the config's sizes are those of the tensors
static RemStatus
check_sizes(const RemJson* const config, const RemNetSpec* const spec)
{
  const struct {
    const char* key;
    uint32_t    size;
  } sizes[]    = {{"n_in", spec->n_in},
                  {"n_hidden", spec->n_hidden},
                  {"n_layers", spec->n_layers},
                  {"n_out", spec->n_out}};
  RemStatus st = REM_SUCCESS;
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    const RemJson at   = rem_json_key(config, sizes[i].key);
    uint32_t      size = 0;
    if ((st = rem_json_uint(&at, 0, UINT32_MAX, &size))) {
      return st;
    }
    if (size != sizes[i].size) {
      return rem_json_fail(
        &at, REM_BAD_SHAPE, "is %u, the tensors say %u", size, sizes[i].size);
    }
  }
  return st;
}

/// Read a gain if there is one
static RemStatus
read_gain(const RemJson* const config, const char* const key, float* const out)
{
  const RemJson at = rem_json_key(config, key);
  return at.value ? rem_json_float(&at, -REM_MAX_GAIN_DB, REM_MAX_GAIN_DB, out)
                  : REM_SUCCESS;
}

/// Read all that the config says beside the sizes
static RemStatus
read_config(const RemJson* const config, RemModel* const model)
{
  const RemJson skip = rem_json_key(config, "skip");
  const RemJson name = rem_json_key(config, "name");
  const RemJson rate = rem_json_key(config, "sample_rate");
  RemStatus     st   = REM_SUCCESS;
  bool          mdn  = false;
  if ((st = read_word(config, "cell", "lstm", NULL, &mdn)) ||
      (st = read_word(config, "head", "linear", "mdn", &mdn)) ||
      (st = check_sizes(config, &model->spec))) {
    return st;
  }
  model->spec.head = mdn ? REM_HEAD_MDN : REM_HEAD_LINEAR;
  if (!json_is_boolean(skip.value)) {
    return rem_json_unexpected(&skip, "true or false");
  }
  model->spec.skip = json_is_true(skip.value);
  if ((st = rem_net_spec_check(&model->spec, config->source->error))) {
    return rem_source_place(config->source, st, config->path);
  }
  if ((st = read_frames(config, model)) ||
      (st = rem_json_text(&name, &model->name)) ||
      (st = rem_words_read_rate(&rate, model)) ||
      (st = read_gain(config, "in_gain_db", &model->in_gain_db)) ||
      (st = read_gain(config, "out_gain_db", &model->out_gain_db))) {
    return st;
  }
  return rem_words_read_settings(config, model);
}

/// Read all that `__metadata__` says
static RemStatus
read_metadata(const RemJson* const at, RemModel* const model)
{
  json_t*   config = NULL;
  RemStatus st     = read_object(at, "config", &config);
  if (!st && !config) {
    const RemJson missing = rem_json_key(at, "config");
    st                    = rem_json_unexpected(&missing, "a JSON object");
  }
  if (!st) {
    RemJson root = rem_json_root(config, at->source);
    (void)snprintf(root.path, sizeof(root.path), "config");
    st = read_config(&root, model);
  }
  json_decref(config);
  if (st || (st = read_object_text(at, "metadata", &model->metadata)) ||
      (st = read_object_text(at, "metrics", &model->metrics))) {
    return st;
  }
  return read_object_text(at, "provenance", &model->provenance);
}

/// Say where a state_dict came from, and what it leaves open
static RemStatus
note_state_dict(const RemSource* const source, RemModel* const model)
{
  model->provenance = strdup(state_dict_words);
  const RemStatus st =
    model->provenance
      ? rem_words_number_knobs(model, "Knob ", source->error)
      : rem_source_fail(source, REM_NO_MEMORY, NULL, "Out of memory");
  return rem_source_place(source, st, NULL);
}

/// Read everything into a model of the right shape
static RemStatus
fill_model(const RemTensors* const tensors,
           const RemLayout* const  layout,
           RemModel* const         model)
{
  const RemJson root     = rem_json_root(tensors->header, tensors->source);
  const RemJson metadata = rem_json_key(&root, "__metadata__");
  bool          has_rest = false;
  RemStatus     st       = REM_SUCCESS;
  if ((st = layout->ours ? read_metadata(&metadata, model)
                         : note_state_dict(tensors->source, model)) ||
      (st = read_params(tensors, layout, model)) ||
      (st = read_rest(tensors, model, &has_rest)) ||
      (st = read_check(tensors, model))) {
    return st;
  }
  return rem_codec_finish(tensors->source, model, has_rest);
}

RemStatus
rem_native_decode(const void* const      bytes,
                  const size_t           size,
                  const RemSource* const source,
                  RemModel** const       out)
{
  RemTensors    tensors;
  RemLayout     layout;
  RemModel*     model = NULL;
  RemStatus     st    = rem_tensors_decode(bytes, size, source, &tensors);
  const RemJson root  = rem_json_root(tensors.header, source);
  if (!st && !(st = rem_state_dict_layout(&tensors, &layout)) &&
      !(st = rem_json_model_new(&root, &layout.spec, &model))) {
    st = fill_model(&tensors, &layout, model);
  }
  rem_tensors_clear(&tensors);
  if (st) {
    rem_model_free(model);
    model = NULL;
  }
  *out = model;
  return st;
}
