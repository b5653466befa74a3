// SPDX-License-Identifier: ISC

#include "dsp/modelfile/encoder.h"

#include "dsp/modelfile/spec.h"
#include "dsp/modelfile/symbols.h"

static const RemNetNames names = {"encoder.", "", "encoder.initial."};

/// Refuse a decoder that does not fit
static RemStatus
check_fits(const RemJson* const    at,
           const RemNetSpec* const spec,
           const uint32_t          n_attention,
           const RemNetSpec* const decoder)
{
  const uint32_t n_condition = rem_encoder_n_condition(spec);
  const uint32_t least       = n_attention ? rem_net_n_features(spec) + 1U : 1U;
  if (spec->head != REM_HEAD_NONE || decoder->initial != REM_INITIAL_VECTOR ||
      decoder->n_condition != n_condition || decoder->n_in < least) {
    return rem_json_fail(at,
                         REM_BAD_SHAPE,
                         "has the state %u and %u features; the net begins "
                         "from %u numbers and has %u inputs",
                         n_condition,
                         rem_net_n_features(spec),
                         decoder->n_condition,
                         decoder->n_in);
  }
  return REM_SUCCESS;
}

/// Read the numbers into an encoder of the right shape
static RemStatus
read_tensors(const RemTensors* const tensors, RemEncoder* const encoder)
{
  const size_t a = encoder->n_attention;
  RemStatus    st =
    rem_net_tensors_read(tensors, &names, &encoder->spec, encoder->params);
  if (st || !a ||
      (st = rem_tensor_add(tensors,
                           "attention.",
                           "query",
                           a,
                           encoder->n_query,
                           encoder->query)) ||
      (st = rem_tensor_add(tensors,
                           "attention.",
                           "key",
                           a,
                           rem_net_n_features(&encoder->spec),
                           encoder->key))) {
    return st;
  }
  return rem_tensor_add(tensors, "attention.", "energy", a, 0, encoder->energy);
}

RemStatus
rem_encoder_read(const RemJson* const    at,
                 const RemTensors* const tensors,
                 const RemNetSpec* const decoder,
                 RemEncoder** const      out)
{
  const RemJson attention   = rem_json_key(at, "n_attention");
  const RemJson symbols     = rem_json_key(at, "symbols");
  uint32_t      n_attention = 0U;
  RemNetSpec    spec;
  RemStatus     st = REM_SUCCESS;
  *out             = NULL;
  if ((st = rem_spec_read(at, &spec)) ||
      (attention.value &&
       (st = rem_json_uint(&attention, 0U, REM_MAX_ATTENTION, &n_attention))) ||
      (st = check_fits(at, &spec, n_attention, decoder)) ||
      (st = rem_json_check_params(at, rem_net_n_params(&spec)))) {
    return st;
  }
  RemEncoder* const encoder =
    rem_encoder_new(&spec, n_attention, decoder->n_hidden);
  if (!encoder) {
    return rem_json_fail(at, REM_NO_MEMORY, "Out of memory");
  }
  st = spec.n_symbols
         ? rem_symbols_read_json(&symbols, spec.n_symbols, &encoder->symbols)
         : REM_SUCCESS;
  if (st || (st = read_tensors(tensors, encoder))) {
    rem_encoder_free(encoder);
    return st;
  }
  *out = encoder;
  return st;
}

json_t*
rem_encoder_write(const RemEncoder* const encoder)
{
  json_t* const object = rem_spec_write(&encoder->spec);
  const bool    done =
    object &&
    !json_object_set_new(
      object, "n_attention", json_integer(encoder->n_attention)) &&
    (!encoder->symbols ||
     !json_object_set_new(
       object, "symbols", rem_symbols_write_json(encoder->symbols)));
  if (!done) {
    json_decref(object);
  }
  return done ? object : NULL;
}

void
rem_encoder_list(const RemEncoder* const encoder,
                 RemTensorOut* const     list,
                 size_t* const           n)
{
  const size_t      a    = encoder->n_attention;
  const size_t      f    = rem_net_n_features(&encoder->spec);
  const char* const name = "attention.";
  rem_net_tensors_list(&names, &encoder->spec, encoder->params, list, n);
  if (a) {
    rem_tensors_put(
      list, n, name, "query", a, encoder->n_query, encoder->query);
    rem_tensors_put(list, n, name, "key", a, f, encoder->key);
    rem_tensors_put(list, n, name, "energy", a, 0, encoder->energy);
  }
}
