// SPDX-License-Identifier: ISC

#include "dsp/modelfile/codec.h"
#include "dsp/modelfile/encoder.h"
#include "dsp/modelfile/frames.h"
#include "dsp/modelfile/net_tensors.h"
#include "dsp/modelfile/safetensors.h"
#include "dsp/modelfile/spec.h"
#include "dsp/modelfile/spectra.h"
#include "dsp/modelfile/symbols.h"
#include "dsp/modelfile/words.h"

#include <stdio.h>
#include <stdlib.h>

/// Of the net, its encoder and the test vector
#define MAX_TENSORS (REM_NET_TENSORS + REM_ENCODER_TENSORS + 2U)

/// Put `value` under `key`; return whether there was memory
static bool
put(json_t* const object, const char* const key, json_t* const value)
{
  return !json_object_set_new(object, key, value);
}

/// Put what frames and outputs stand for; return whether there was memory
static bool
put_meanings(const RemModel* const model, json_t* const config)
{
  bool done = true;
  if (model->frames) {
    done = put(config, "frames", rem_frames_write(model->frames));
  }
  if (done && model->spectra) {
    done = put(config, "spectra", rem_spectra_write(model->spectra));
  }
  if (done && model->symbols) {
    done = put(config, "symbols", rem_symbols_write_json(model->symbols));
  }
  if (done && model->labels) {
    done = put(config, "labels", rem_symbols_write_json(model->labels));
  }
  if (done && model->encoder) {
    done = put(config, "encoder", rem_encoder_write(model->encoder));
  }
  return done;
}

/// Return the config, or NULL without memory
static json_t*
make_config(const RemModel* const model)
{
  json_t* const config = rem_spec_write(&model->spec);
  bool          done =
    config &&
    put(config, "frame", json_string(rem_frame_kind_name(model->kind))) &&
    !json_object_set_new(
      config, "in_gain_db", json_real((double)model->in_gain_db)) &&
    !json_object_set_new(
      config, "out_gain_db", json_real((double)model->out_gain_db)) &&
    rem_words_write_settings(model, config);
  done = done && put_meanings(model, config);
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

/// Fill `list` [MAX_TENSORS] with everything a model holds; return the number
static size_t
list_tensors(const RemModel* const model, RemTensorOut* const list)
{
  static const RemNetNames   names = {"rnn.", "head.", "initial."};
  const RemNetSpec* const    spec  = &model->spec;
  const RemModelCheck* const check = &model->check;
  size_t                     n     = 0;
  rem_net_tensors_list(&names, spec, model->params, list, &n);
  if (spec->initial == REM_INITIAL_REST) {
    rem_rest_tensors_list(spec, model->rest, list, &n);
  }
  if (model->encoder) {
    rem_encoder_list(model->encoder, list, &n);
  }
  if (check->n_frames) {
    const size_t t = check->n_frames;
    rem_tensors_put(list, &n, "check.", "input", t, spec->n_in, check->input);
    rem_tensors_put(
      list, &n, "check.", "output", t, spec->n_out, check->output);
  }
  return n;
}

/// Refuse a vocabulary that is not there or not of the net's size
static RemStatus
check_symbols(const RemSymbols* const symbols,
              const uint32_t          n,
              RemError* const         error)
{
  return !n || (symbols && symbols->n == n)
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_ARGUMENT,
                      NULL,
                      "the net reads %u symbols, its vocabulary has %u",
                      n,
                      symbols ? symbols->n : 0U);
}

RemStatus
rem_native_encode(const RemModel* const model,
                  void** const          out,
                  size_t* const         size,
                  RemError* const       error)
{
  RemStatus st = check_symbols(model->symbols, model->spec.n_symbols, error);
  if (st) {
    return st;
  }
  RemTensorOut  list[MAX_TENSORS];
  json_t* const metadata = make_metadata(model);
  const size_t  n        = list_tensors(model, list);
  st                     = REM_NO_MEMORY;
  if (metadata) {
    st = rem_tensors_encode(metadata, list, n, out, size);
  }
  json_decref(metadata);
  return st ? rem_fail(error, st, NULL, "Out of memory") : st;
}
