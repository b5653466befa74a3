// SPDX-License-Identifier: ISC

#include "dsp/modelfile/codec.h"
#include "dsp/modelfile/frames.h"
#include "dsp/modelfile/safetensors.h"
#include "dsp/modelfile/state_dict.h"
#include "dsp/modelfile/words.h"

#include <stdio.h>
#include <stdlib.h>

/// Per layer: four of the net, two of its rest state.  Head 2, test vector 2.
#define MAX_TENSORS (6U * REM_MAX_LAYERS + 4U)

/// Return the config, or NULL without memory
static json_t*
make_config(const RemModel* const model)
{
  json_t* const config = rem_words_shape(&model->spec);
  bool          done =
    config &&
    !json_object_set_new(
      config, "frame", json_string(model->frames ? "control" : "audio")) &&
    !json_object_set_new(
      config, "in_gain_db", json_real((double)model->in_gain_db)) &&
    !json_object_set_new(
      config, "out_gain_db", json_real((double)model->out_gain_db)) &&
    rem_words_write_settings(model, config);
  done &=
    !model->frames ||
    !json_object_set_new(config, "frames", rem_frames_write(model->frames));
  done &= !model->name ||
          !json_object_set_new(config, "name", json_string(model->name));
  done &=
    !model->rate_known ||
    !json_object_set_new(config, "sample_rate", json_real(model->sample_rate));
  if (!done) {
    json_decref(config);
  }
  return done ? config : NULL;
}

/// Put `text` under `key` unless it is NULL; return whether there was memory
static bool
put_text(json_t* const object, const char* const key, const char* const text)
{
  return !text || !json_object_set_new(object, key, json_string(text));
}

/// Return the metadata, strings under strings, or NULL without memory
static json_t*
make_metadata(const RemModel* const model)
{
  json_t* const metadata = json_object();
  json_t* const config   = make_config(model);
  const size_t  size = config ? json_dumpb(config, NULL, 0, JSON_COMPACT) : 0;
  char* const   text = size ? (char*)calloc(size + 1U, 1U) : NULL;
  bool          done = text != NULL;
  done = done && json_dumpb(config, text, size, JSON_COMPACT) == size;
  done = done && put_text(metadata, "remanence", REM_FORMAT_VERSION) &&
         put_text(metadata, "config", text) &&
         put_text(metadata, "metadata", model->metadata) &&
         put_text(metadata, "metrics", model->metrics) &&
         put_text(metadata, "provenance", model->provenance);
  free(text);
  json_decref(config);
  if (!done) {
    json_decref(metadata);
  }
  return done ? metadata : NULL;
}

/// Add a tensor to a list
static void
add(RemTensorOut* const list,
    size_t* const       n,
    const char* const   name,
    const int           layer,
    const size_t        rows,
    const size_t        columns,
    const float* const  values)
{
  RemTensorOut* const tensor = &list[*n];
  if (layer >= 0) {
    (void)snprintf(tensor->name, sizeof(tensor->name), "%s_l%d", name, layer);
  } else {
    (void)snprintf(tensor->name, sizeof(tensor->name), "%s", name);
  }
  tensor->rows    = rows;
  tensor->columns = columns;
  tensor->values  = values;
  ++*n;
}

/// Fill `list` [MAX_TENSORS] with everything a model holds; return the number
static size_t
list_tensors(const RemModel* const model, RemTensorOut* const list)
{
  const RemNetSpec* const spec = &model->spec;
  const RemHeadAt         head = rem_net_head_at(spec);
  const float* const      p    = model->params;
  const size_t            h    = spec->n_hidden;
  size_t                  n    = 0;
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    const RemLayerAt at = rem_net_layer_at(spec, l);
    const int        i  = (int)l;
    add(list, &n, "rnn.weight_ih", i, 4U * h, at.n_in, p + at.weight_ih);
    add(list, &n, "rnn.weight_hh", i, 4U * h, h, p + at.weight_hh);
    add(list, &n, "rnn.bias_ih", i, 4U * h, 0, p + at.bias);
    add(list, &n, "rnn.bias_hh", i, 4U * h, 0, NULL);
  }
  add(list, &n, "head.weight", -1, spec->n_out, h, p + head.weight);
  add(list, &n, "head.bias", -1, spec->n_out, 0, p + head.bias);
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    const float* const rest = model->rest + (size_t)2U * l * h;
    add(list, &n, "rest.h", (int)l, h, 0, rest);
    add(list, &n, "rest.c", (int)l, h, 0, rest + h);
  }
  if (model->check.n_frames) {
    const RemModelCheck* const check = &model->check;
    const size_t               t     = check->n_frames;
    add(list, &n, "check.input", -1, t, spec->n_in, check->input);
    add(list, &n, "check.output", -1, t, spec->n_out, check->output);
  }
  return n;
}

RemStatus
rem_native_encode(const RemModel* const model,
                  void** const          out,
                  size_t* const         size,
                  RemError* const       error)
{
  RemTensorOut  list[MAX_TENSORS];
  json_t* const metadata = make_metadata(model);
  const size_t  n        = list_tensors(model, list);
  RemStatus     st       = REM_NO_MEMORY;
  if (metadata) {
    st = rem_tensors_encode(metadata, list, n, out, size);
  }
  json_decref(metadata);
  return st ? rem_fail(error, st, NULL, "Out of memory") : st;
}
