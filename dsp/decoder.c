// SPDX-License-Identifier: ISC

/// The audio thread's half of dsp/decoder.h

#include "dsp/decoder.h"

#include "dsp/decoder_internal.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

REM_RT uint32_t
rem_decoder_n_in(const RemDecoder* const decoder)
{
  return decoder->n_own;
}

REM_RT uint32_t
rem_decoder_n_failures(const RemDecoder* const decoder)
{
  return decoder->n_failures;
}

REM_RT void
rem_decoder_reset(RemDecoder* const decoder)
{
  decoder->n_heard = 0U;
  decoder->next    = 0U;
  rem_net_state_set(
    decoder->encoder, decoder->encoder_state, decoder->encoder_initial);
  rem_decoder_begin(decoder);
}

/// y [n] += by * x [n], n a multiple of a cache line's floats
REM_RT static void
add_times(float* const y, const float by, const float* const x, const size_t n)
{
  for (size_t i = 0; i < n; ++i) {
    y[i] += by * x[i];
  }
}

/// y [n] = x [m] times the matrix `across` [m, n]
REM_RT static void
multiply(const float* const across,
         const float* const x,
         const size_t       m,
         const size_t       n,
         float* const       y)
{
  memset(y, 0, n * sizeof(float));
  for (size_t i = 0; i < m; ++i) {
    add_times(y, x[i], across + i * n, n);
  }
}

REM_RT void
rem_decoder_take(RemDecoder* const decoder, const uint32_t place)
{
  const size_t a = decoder->n_attention;
  const size_t f = decoder->feature_row;
  multiply(decoder->key,
           decoder->features + place * f,
           decoder->n_features,
           a,
           decoder->keys + place * a);
}

/// Return whether the numbers y [n] are finite
REM_RT static bool
are_finite(const float* const y, const uint32_t n)
{
  float sum = 0.0f;
  for (uint32_t i = 0; i < n; ++i) { // x - x is 0, or NaN if x is not finite
    sum += y[i] - y[i];
  }
  return sum == 0.0f;
}

/// Forget everything if one of the nets, or what it gave, y [O], ran away
REM_RT static bool
recover(RemDecoder* const   decoder,
        const RemNet* const net,
        RemNetState* const  state,
        const float* const  y)
{
  if (rem_net_state_is_finite(net, state) &&
      are_finite(y, rem_net_spec(net)->n_out)) {
    return false;
  }
  ++decoder->n_failures;
  rem_decoder_reset(decoder);
  return true;
}

REM_RT void
rem_decoder_hear(RemDecoder* const decoder, const float* const frame)
{
  const uint32_t place = decoder->next;
  float* const   to = decoder->features + (size_t)place * decoder->feature_row;
  rem_net_block(decoder->encoder, decoder->encoder_state, frame, to, 1U);
  if (recover(decoder, decoder->encoder, decoder->encoder_state, to)) {
    return;
  }
  rem_decoder_take(decoder, place);
  decoder->next = (place + 1U) % decoder->max_frames;
  if (decoder->n_heard < decoder->max_frames) {
    ++decoder->n_heard;
  }
}

REM_RT void
rem_decoder_begin(RemDecoder* const decoder)
{
  const size_t       n    = decoder->n_state;
  const float* const last = decoder->heard + decoder->last_at;
  rem_net_state_get(decoder->encoder, decoder->encoder_state, decoder->heard);
  memcpy(decoder->state, decoder->bias, n * sizeof(float));
  for (uint32_t i = 0; i < decoder->n_condition; ++i) {
    add_times(decoder->state, last[i], decoder->weight + i * n, n);
  }
  rem_net_state_set(decoder->net, decoder->net_state, decoder->state);
}

/// e = v . tanh(q + k)
REM_RT static float
find_energy(const RemDecoder* const decoder, const float* const key)
{
  enum { PARTS = 16 };
  const size_t a          = decoder->n_attention;
  float        sum[PARTS] = {0.0f};
  float        total      = 0.0f;
  float* const z          = decoder->sums;
  for (size_t i = 0; i < a; ++i) {
    z[i] = decoder->asked[i] + key[i];
  }
  decoder->kernel->tanh(z, a);
  for (size_t i = 0; i < a; i += PARTS) {
    for (size_t k = 0; k < PARTS; ++k) {
      sum[k] += z[i + k] * decoder->energy[i + k];
    }
  }
  for (size_t k = 0; k < PARTS; ++k) {
    total += sum[k];
  }
  return total;
}

/// a = softmax(e) of what was heard
REM_RT static void
find_weights(RemDecoder* const decoder)
{
  const uint32_t n       = decoder->n_heard;
  const size_t   a       = decoder->n_attention;
  float          highest = -INFINITY;
  float          sum     = 0.0f;
  for (uint32_t j = 0; j < n; ++j) {
    decoder->weights[j] = find_energy(decoder, decoder->keys + j * a);
    highest             = fmaxf(highest, decoder->weights[j]);
  }
  for (uint32_t j = 0; j < n; ++j) {
    decoder->weights[j] = expf(decoder->weights[j] - highest);
    sum += decoder->weights[j];
  }
  for (uint32_t j = 0; j < n; ++j) {
    decoder->weights[j] /= sum;
  }
}

/// Put what attention sees behind the frame's own columns
REM_RT static void
look(RemDecoder* const decoder)
{
  const RemNetSpec* const spec = rem_net_spec(decoder->net);
  const size_t            n    = spec->n_hidden;
  const size_t            f    = decoder->n_features;
  float* const            to   = decoder->frame + decoder->n_own;
  rem_net_state_get(decoder->net, decoder->net_state, decoder->state);
  multiply(decoder->query,
           decoder->state + 2U * n * (spec->n_layers - (size_t)1),
           n,
           decoder->n_attention,
           decoder->asked);
  find_weights(decoder);
  memset(to, 0, f * sizeof(float));
  for (uint32_t j = 0; j < decoder->n_heard; ++j) {
    add_times(to,
              decoder->weights[j],
              decoder->features + (size_t)j * decoder->feature_row,
              f);
  }
}

REM_RT const float*
rem_decoder_step(RemDecoder* const decoder, const float* const frame)
{
  const RemNetSpec* const spec = rem_net_spec(decoder->net);
  memcpy(decoder->frame, frame, decoder->n_own * sizeof(float));
  if (decoder->n_attention) {
    look(decoder);
  }
  rem_net_block(
    decoder->net, decoder->net_state, decoder->frame, decoder->y, 1U);
  if (recover(decoder, decoder->net, decoder->net_state, decoder->y)) {
    memset(decoder->y, 0, spec->n_out * sizeof(float));
  }
  return decoder->y;
}

REM_RT const float*
rem_decoder_attention(const RemDecoder* const decoder, uint32_t* const n)
{
  *n = decoder->n_heard;
  return decoder->n_attention ? decoder->weights : NULL;
}
