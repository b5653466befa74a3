// SPDX-License-Identifier: ISC

/// The audio thread's half of dsp/net.h

#include "dsp/net.h"

#include "dsp/kernel/kernel.h"
#include "dsp/net_internal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

REM_RT const RemNetSpec*
rem_net_spec(const RemNet* const net)
{
  return &net->spec;
}

/// Set one layer's h or c [P] from [H], or to zero.  The padding is cleared
/// too: an input that is not finite makes it NaN.
REM_RT static void
set_units(float* const       to,
          const size_t       n_padded,
          const float* const from,
          const uint32_t     n)
{
  memset(to, 0, n_padded * sizeof(float));
  if (from) {
    memcpy(to, from, n * sizeof(float));
  }
}

REM_RT void
rem_net_state_set(const RemNet* const net,
                  RemNetState* const  state,
                  const float* const  values)
{
  const uint32_t n = net->spec.n_hidden;
  const size_t   p = net->n_padded;

  state->backwards = false;
  for (uint32_t l = 0; l < net->n_indices; ++l) {
    const float* const h = values ? values + (size_t)2 * l * n : NULL;
    set_units(state->h + l * p, p, h, n);
    set_units(state->c + l * p, p, h ? h + n : NULL, n);
  }
}

REM_RT void
rem_net_state_get(const RemNet* const      net,
                  const RemNetState* const state,
                  float* const             values)
{
  const uint32_t n = net->spec.n_hidden;
  const size_t   p = net->n_padded;

  for (uint32_t l = 0; l < net->n_indices; ++l) {
    float* const h = values + (size_t)2 * l * n;
    memcpy(h, state->h + l * p, n * sizeof(float));
    memcpy(h + n, state->c + l * p, n * sizeof(float));
  }
}

REM_RT bool
rem_net_state_is_finite(const RemNet* const net, const RemNetState* const state)
{
  const size_t n   = (size_t)net->n_indices * net->n_padded;
  float        sum = 0.0f;
  for (size_t i = 0; i < n; ++i) { // x - x is 0, or NaN if x is not finite
    sum += (state->h[i] - state->h[i]) + (state->c[i] - state->c[i]);
  }
  return sum == 0.0f;
}

/// Streams that go through a layer side by side
typedef struct {
  uint32_t            n; ///< 1 or 2
  RemNetState* const* states;
  bool                backwards; ///< Direction of the first frame's walk
  RemRows             rows[2];   ///< What goes in
  float*              run[2];    ///< [n + 1, P] h of the layer, from before on
} Streams;

/// Return the row of gates that a frame starts from: the bias, or that and a
/// symbol's column
REM_RT static const float*
base_of(const RemLayer* const layer, const float* const x)
{
  if (!layer->n_symbols) {
    return layer->b;
  }
  const float n = (float)layer->n_symbols;
  return layer->b + (x[0] >= 0.0f && x[0] < n ? (size_t)x[0] : 0U) * layer->row;
}

/// Return where the inputs that are multiplied begin in a frame
REM_RT static const float*
numbers_of(const RemLayer* const layer, const float* const x)
{
  return layer->n_symbols ? x + 1U : x;
}

/// Take `n` frames through one layer; its h before them is in row 0 of `run`,
/// and z is there
REM_RT static void
step_layer(const RemNet* const  net,
           const Streams* const streams,
           const uint32_t       index,
           const uint32_t       n)
{
  const RemLayer* const layer     = &net->layers[index];
  const size_t          p         = net->n_padded;
  bool                  backwards = streams->backwards;

  for (uint32_t t = 0; t < n; ++t, backwards ^= net->alternate) {
    RemStepFrame frames[2];
    for (uint32_t s = 0; s < streams->n; ++s) {
      const RemRows* const     rows  = &streams->rows[s];
      const RemNetState* const state = streams->states[s];
      const float* const       x     = rows->x + (ptrdiff_t)t * rows->stride;
      float* const             h     = streams->run[s] + t * p;
      const float* const       z =
        layer->direct ? base_of(layer, x) : state->z + (size_t)t * layer->row;
      frames[s] =
        (RemStepFrame){z, numbers_of(layer, x), h, state->c + index * p, h + p};
    }
    for (uint32_t i = 0; i < layer->n_blocks; ++i) {
      const uint32_t b = backwards ? layer->n_blocks - 1U - i : i;
      layer->blocks[b].step[streams->n - 1U](
        &layer->blocks[b], frames, backwards);
    }
  }
}

/// Multiply the inputs of `n` frames of one stream
REM_RT static void
project(const RemNet* const   net,
        const RemLayer* const layer,
        const RemRows* const  rows,
        float* const          z,
        const uint32_t        n)
{
  const float* base[REM_CHUNK];
  for (uint32_t t = 0; t < n; ++t) {
    base[t] = base_of(layer, rows->x + (ptrdiff_t)t * rows->stride);
  }
  net->kernel->project(
    layer, base, numbers_of(layer, rows->x), rows->stride, z, n);
}

/// Take `n` frames, at most a chunk, through one layer; its h is then in rows 1
/// to n of `run`
REM_RT static void
run_layer(const RemNet* const  net,
          const Streams* const streams,
          const uint32_t       index,
          const uint32_t       n)
{
  const RemLayer* const layer = &net->layers[index];
  const size_t          p     = net->n_padded;
  const size_t          size  = p * sizeof(float);

  for (uint32_t s = 0; s < streams->n; ++s) {
    RemNetState* const state = streams->states[s];
    if (!layer->direct) {
      project(net, layer, &streams->rows[s], state->z, n);
    }
    memcpy(streams->run[s], state->h + index * p, size);
  }
  step_layer(net, streams, index, n);
  for (uint32_t s = 0; s < streams->n; ++s) {
    memcpy(streams->states[s]->h + index * p, streams->run[s] + n * p, size);
  }
}

/// Add one layer's h [n, P] to what the head sees
REM_RT static void
take_features(const RemNet* const net,
              RemNetState* const  state,
              const uint32_t      l,
              const float* const  h,
              const uint32_t      n)
{
  const size_t p      = net->n_padded;
  const size_t f      = net->head.n_padded;
  const bool   concat = net->spec.take == REM_TAKE_CONCAT;
  const float  part   = 1.0f / (float)net->spec.n_layers;

  for (uint32_t t = 0; t < n; ++t) {
    float* const to = state->features + t * f + (concat ? l * p : 0U);
    if (concat) {
      memcpy(to, h + t * p, p * sizeof(float));
      continue;
    }
    for (size_t j = 0; j < p; ++j) {
      to[j] = (l ? to[j] : 0.0f) + part * h[t * p + j];
    }
  }
}

/// Take `n` frames, at most a chunk, through all layers
REM_RT static void
run_layers(const RemNet* const net, Streams* const streams, const uint32_t n)
{
  const size_t p = net->n_padded;

  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    for (uint32_t s = 0; s < streams->n; ++s) {
      streams->run[s] = streams->states[s]->run[l % 2U];
    }
    run_layer(net, streams, l, n);
    for (uint32_t s = 0; s < streams->n; ++s) {
      const float* const h = streams->run[s] + p;
      if (net->spec.take != REM_TAKE_LAST) {
        take_features(net, streams->states[s], l, h, n);
      }
      streams->rows[s] = (RemRows){h, (ptrdiff_t)p};
    }
  }
}

/// Give h itself, where there is no head
REM_RT static void
give_features(const RemNet* const net,
              const float* const  features,
              const float* const  x,
              float* const        y,
              const uint32_t      n)
{
  const size_t n_out = net->spec.n_out;
  const size_t h     = net->spec.n_hidden;

  for (size_t t = 0; t < n; ++t) {
    const float* const from = features + t * net->head.n_padded;
    for (size_t o = 0; o < n_out; ++o) {
      const float skipped = net->spec.skip ? x[t * net->spec.n_in + o] : 0.0f;
      y[t * n_out + o]    = from[o / h * net->n_padded + o % h] + skipped;
    }
  }
}

/// Make the output of `n` frames of one stream
REM_RT static void
run_head(const RemNet* const      net,
         const RemNetState* const state,
         const float* const       x,
         float* const             y,
         const uint32_t           n)
{
  const uint32_t     last = (net->spec.n_layers - 1U) % 2U;
  const float* const h    = net->spec.take == REM_TAKE_LAST
                              ? state->run[last] + net->n_padded
                              : state->features;
  if (net->spec.head == REM_HEAD_NONE) {
    give_features(net, h, x, y, n);
  } else {
    net->kernel->head(&net->head, h, x, y, n);
  }
}

/// All frames of one or two streams, chunk by chunk
REM_RT static void
run_streams(const RemNet* const net,
            Streams* const      streams,
            const float**       x,
            float**             y,
            uint32_t            n)
{
  const size_t   n_in      = net->spec.n_in;
  const size_t   n_out     = net->spec.n_out;
  const uint32_t n_streams = streams->n;

  while (n) {
    const uint32_t m    = n < REM_CHUNK ? n : REM_CHUNK;
    const bool     odd  = net->alternate && m % 2U;
    const bool     next = streams->states[0]->backwards ^ odd;
    streams->backwards  = streams->states[0]->backwards;
    for (uint32_t s = 0; s < n_streams; ++s) {
      streams->rows[s] = (RemRows){x[s], (ptrdiff_t)n_in};
    }
    run_layers(net, streams, m);
    for (uint32_t s = 0; s < n_streams; ++s) {
      run_head(net, streams->states[s], x[s], y[s], m);
      streams->states[s]->backwards = next;
      x[s] += m * n_in;
      y[s] += m * n_out;
    }
    n -= m;
  }
}

REM_RT void
rem_net_block(const RemNet* const net,
              RemNetState* const  state,
              const float*        x,
              float*              y,
              const uint32_t      n)
{
  Streams streams = {.n = 1U, .states = &state};
  if (net->spec.both) {
    memset(y, 0, (size_t)n * net->spec.n_out * sizeof(float));
    return;
  }
  run_streams(net, &streams, &x, &y, n);
}

REM_RT void
rem_net_block_pair(const RemNet* const       net,
                   RemNetState* const* const states,
                   const float* const* const x,
                   float* const* const       y,
                   const uint32_t            n)
{
  Streams      streams = {.n = 2U, .states = states};
  const float* from[2] = {x[0], x[1]};
  float*       to[2]   = {y[0], y[1]};
  if (net->spec.both) {
    memset(y[0], 0, (size_t)n * net->spec.n_out * sizeof(float));
    memset(y[1], 0, (size_t)n * net->spec.n_out * sizeof(float));
    return;
  }
  run_streams(net, &streams, from, to, n);
}

REM_RT void
rem_net_layer_block(const RemNet* const net,
                    const uint32_t      index,
                    RemNetState* const  state,
                    RemRows             from,
                    float*              h,
                    const ptrdiff_t     step,
                    uint32_t            n)
{
  Streams      streams = {.n = 1U, .states = &state, .run = {state->run[0]}};
  const size_t n_h     = net->spec.n_hidden;
  const size_t p       = net->n_padded;

  while (n) {
    const uint32_t m = n < REM_CHUNK ? n : REM_CHUNK;
    streams.rows[0]  = from;
    run_layer(net, &streams, index, m);
    for (uint32_t t = 1; t <= m; ++t, h += step) {
      memcpy(h, streams.run[0] + t * p, n_h * sizeof(float));
    }
    from.x += (ptrdiff_t)m * from.stride;
    n -= m;
  }
}
