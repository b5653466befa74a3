// SPDX-License-Identifier: ISC

/// Allocation and packing for dsp/decoder.h; never called in the audio thread

#include "dsp/decoder_internal.h"
#include "dsp/sequence.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/// Refuse what has no encoder, or one that cannot be heard
static RemStatus
check_model(const RemModel* const model, const bool live, RemError* const error)
{
  const RemEncoder* const encoder = model->encoder;
  if (!encoder) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "the model has no encoder, so that there is no call to"
                    " answer");
  }
  if (live && encoder->spec.both) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "the encoder reads in both directions, and cannot hear"
                    " before the end is known; expected one that reads"
                    " forward");
  }
  const uint32_t n_seen =
    encoder->n_attention ? rem_net_n_features(&encoder->spec) : 0U;
  if (encoder->spec.head != REM_HEAD_NONE || encoder->spec.whole ||
      model->spec.both || model->spec.whole || model->spec.n_in < n_seen ||
      encoder->n_query != model->spec.n_hidden ||
      model->spec.initial != REM_INITIAL_VECTOR ||
      model->spec.n_condition != rem_encoder_n_condition(&encoder->spec)) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the encoder and the net of the model do not fit each"
                    " other");
  }
  return REM_SUCCESS;
}

/// Take `n` floats, rounded up to whole cache lines, off the front of a block;
/// with a NULL block only count them
static float*
carve(float* const block, size_t* const used, const size_t n)
{
  const size_t unit = REM_ALIGN / sizeof(float);
  float* const p    = block ? block + *used : NULL;
  *used += (n + unit - 1U) / unit * unit;
  return p;
}

/// Lay out everything in `decoder->data`, or count the floats if that is NULL
static size_t
lay_out(RemDecoder* const decoder, const RemModel* const model)
{
  const size_t n_state     = rem_net_n_state(&model->spec);
  const size_t n_heard     = rem_net_n_state(&model->encoder->spec);
  const size_t a           = decoder->n_attention;
  const size_t n_frames    = decoder->max_frames;
  size_t       used        = 0U;
  float* const p           = decoder->data;
  decoder->encoder_initial = carve(p, &used, n_heard);
  decoder->bias            = carve(p, &used, n_state);
  decoder->weight          = carve(p, &used, n_state * decoder->n_condition);
  decoder->query           = carve(p, &used, model->spec.n_hidden * a);
  decoder->key             = carve(p, &used, decoder->n_features * a);
  decoder->energy          = carve(p, &used, a);
  decoder->features        = carve(p, &used, n_frames * decoder->feature_row);
  decoder->keys            = carve(p, &used, n_frames * a);
  decoder->weights         = carve(p, &used, n_frames);
  decoder->asked           = carve(p, &used, a);
  decoder->sums            = carve(p, &used, a);
  decoder->heard           = carve(p, &used, n_heard);
  decoder->state           = carve(p, &used, n_state);
  decoder->frame           = carve(p, &used, model->spec.n_in);
  decoder->y               = carve(p, &used, model->spec.n_out);
  return used;
}

/// Copy a tensor [n_rows, n] to [n, row]
static void
transpose(const float* const tensor,
          const size_t       n_rows,
          const size_t       n,
          const size_t       row,
          float* const       to)
{
  for (size_t i = 0; i < n_rows; ++i) {
    for (size_t j = 0; j < n; ++j) {
      to[j * row + i] = tensor[i * n + j];
    }
  }
}

/// Copy what the nets begin from, and attention
static void
pack(RemDecoder* const decoder, const RemModel* const model)
{
  const RemEncoder* const encoder = model->encoder;
  const RemInitialAt      at      = rem_net_initial_at(&model->spec);
  const size_t            n_state = rem_net_n_state(&model->spec);
  const size_t            n       = encoder->n_attention;
  rem_net_initial(
    &encoder->spec, encoder->params, NULL, decoder->encoder_initial);
  memcpy(decoder->bias, model->params + at.bias, n_state * sizeof(float));
  transpose(model->params + at.weight,
            n_state,
            decoder->n_condition,
            n_state,
            decoder->weight);
  if (n) {
    const size_t a = decoder->n_attention;
    transpose(encoder->query, n, encoder->n_query, a, decoder->query);
    transpose(encoder->key, n, decoder->n_features, a, decoder->key);
    memcpy(decoder->energy, encoder->energy, n * sizeof(float));
  }
}

/// Set all sizes
static void
measure(RemDecoder* const     decoder,
        const RemModel* const model,
        const uint32_t        max_frames)
{
  const RemEncoder* const encoder = model->encoder;
  const uint32_t          unit    = REM_ALIGN / sizeof(float);
  const uint32_t          f       = rem_net_n_features(&encoder->spec);
  decoder->kernel                 = rem_kernel_select();
  decoder->n_condition            = model->spec.n_condition;
  decoder->n_state                = rem_net_n_state(&model->spec);
  decoder->last_at = rem_net_n_state(&encoder->spec) - model->spec.n_condition;
  decoder->n_features  = f;
  decoder->feature_row = (f + unit - 1U) / unit * unit;
  decoder->n_attention = (encoder->n_attention + unit - 1U) / unit * unit;
  decoder->n_own       = model->spec.n_in - (encoder->n_attention ? f : 0U);
  decoder->max_frames  = max_frames;
}

/// Make everything; false without memory
static bool
build(RemDecoder* const     decoder,
      const RemModel* const model,
      const uint32_t        max_frames)
{
  const RemEncoder* const encoder = model->encoder;
  measure(decoder, model, encoder->n_attention ? max_frames : 1U);
  const size_t size = lay_out(decoder, model) * sizeof(float);
  decoder->data     = (float*)aligned_alloc(REM_ALIGN, size);
  decoder->encoder  = rem_net_new(&encoder->spec, encoder->params);
  decoder->net      = rem_net_new(&model->spec, model->params);
  if (!decoder->data || !decoder->encoder || !decoder->net) {
    return false;
  }
  decoder->encoder_state = rem_net_state_new(decoder->encoder);
  decoder->net_state     = rem_net_state_new(decoder->net);
  if (!decoder->encoder_state || !decoder->net_state) {
    return false;
  }
  memset(decoder->data, 0, size);
  (void)lay_out(decoder, model);
  pack(decoder, model);
  rem_decoder_reset(decoder);
  return true;
}

RemStatus
rem_decoder_new(const RemModel* const model,
                const uint32_t        max_frames,
                const bool            live,
                RemDecoder** const    out,
                RemError* const       error)
{
  *out               = NULL;
  const RemStatus st = check_model(model, live, error);
  if (st) {
    return st;
  }
  RemDecoder* const decoder = (RemDecoder*)calloc(1, sizeof(RemDecoder));
  if (!decoder || !build(decoder, model, max_frames ? max_frames : 1U)) {
    rem_decoder_free(decoder);
    return rem_fail(
      error, REM_NO_MEMORY, NULL, "no memory for an encoder and a decoder");
  }
  *out = decoder;
  return REM_SUCCESS;
}

void
rem_decoder_free(RemDecoder* const decoder)
{
  if (decoder) {
    rem_net_state_free(decoder->encoder_state);
    rem_net_state_free(decoder->net_state);
    rem_net_free(decoder->encoder);
    rem_net_free(decoder->net);
    free(decoder->data);
    free(decoder);
  }
}

/// Keep what attention looks at
static void
keep(RemDecoder* const decoder, const float* const features, const uint32_t n)
{
  const size_t f = decoder->n_features;
  for (uint32_t j = 0; decoder->n_attention && j < n; ++j) {
    memcpy(decoder->features + (size_t)j * decoder->feature_row,
           features + j * f,
           f * sizeof(float));
    rem_decoder_take(decoder, j);
  }
  decoder->n_heard = n < decoder->max_frames ? n : decoder->max_frames;
  decoder->next    = n % decoder->max_frames;
}

RemStatus
rem_decoder_read(RemDecoder* const  decoder,
                 const float* const x,
                 const uint32_t     n,
                 RemError* const    error)
{
  if (decoder->n_attention && n > decoder->max_frames) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "a sequence of %u frames, expected %u at most",
                    n,
                    decoder->max_frames);
  }
  float* const features =
    (float*)calloc(n, decoder->n_features * sizeof(float));
  if (!features) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "no memory to read");
  }
  rem_decoder_reset(decoder);
  const RemStatus st = rem_net_sequence(decoder->encoder,
                                        decoder->encoder_initial,
                                        x,
                                        n,
                                        features,
                                        decoder->heard,
                                        error);
  if (!st) {
    rem_net_state_set(decoder->encoder, decoder->encoder_state, decoder->heard);
    keep(decoder, features, n);
  }
  free(features);
  return st;
}
