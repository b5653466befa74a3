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
  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
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

  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    float* const h = values + (size_t)2 * l * n;
    memcpy(h, state->h + l * p, n * sizeof(float));
    memcpy(h + n, state->c + l * p, n * sizeof(float));
  }
}

REM_RT bool
rem_net_state_is_finite(const RemNet* const net, const RemNetState* const state)
{
  const size_t n   = (size_t)net->spec.n_layers * net->n_padded;
  float        sum = 0.0f;
  for (size_t i = 0; i < n; ++i) { // x - x is 0, or NaN if x is not finite
    sum += (state->h[i] - state->h[i]) + (state->c[i] - state->c[i]);
  }
  return sum == 0.0f;
}

/// Streams that go through the net side by side
typedef struct {
  uint32_t            n; ///< 1 or 2
  RemNetState* const* states;
} Streams;

/// Take `n` frames through one layer; its h before them is in row 0 of `run`
REM_RT static void
step_layer(const RemNet* const       net,
           const Streams* const      streams,
           const float* const* const x,
           const uint32_t            l,
           const uint32_t            n)
{
  const RemLstmLayer* const layer     = &net->layers[l];
  const size_t              p         = net->n_padded;
  bool                      backwards = streams->states[0]->backwards;

  for (uint32_t t = 0; t < n; ++t, backwards ^= net->alternate) {
    RemLstmFrame frames[2];
    for (uint32_t s = 0; s < streams->n; ++s) {
      RemNetState* const state = streams->states[s];
      float* const       h     = state->run[l % 2U] + t * p;
      const float* const z =
        layer->direct ? layer->b : state->z + (size_t)t * layer->row;
      frames[s] = (RemLstmFrame){
        z, x[s] + (size_t)t * layer->n_in, h, state->c + l * p, h + p};
    }
    for (uint32_t i = 0; i < layer->n_blocks; ++i) {
      const uint32_t b = backwards ? layer->n_blocks - 1U - i : i;
      layer->blocks[b].step[streams->n - 1U](
        &layer->blocks[b], frames, backwards);
    }
  }
}

/// Take `n` frames, at most a chunk, through all layers; h of the last is then
/// in rows 1 to n of its `run`
REM_RT static void
run_layers(const RemNet* const       net,
           const Streams* const      streams,
           const float* const* const x,
           const uint32_t            n)
{
  const size_t p = net->n_padded;

  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    const RemLstmLayer* const layer = &net->layers[l];
    for (uint32_t s = 0; s < streams->n; ++s) {
      RemNetState* const state = streams->states[s];
      const float* const in    = l ? state->run[(l - 1U) % 2U] + p : x[s];
      const size_t       row   = l ? p : net->spec.n_in;
      if (!layer->direct) {
        net->kernel->project(layer, in, row, state->z, n);
      }
      memcpy(state->run[l % 2U], state->h + l * p, p * sizeof(float));
    }
    step_layer(net, streams, x, l, n);
    for (uint32_t s = 0; s < streams->n; ++s) {
      RemNetState* const state = streams->states[s];
      memcpy(state->h + l * p, state->run[l % 2U] + n * p, p * sizeof(float));
    }
  }
}

/// All frames of one or two streams, chunk by chunk
REM_RT static void
run_streams(const RemNet* const  net,
            const Streams* const streams,
            const float**        x,
            float**              y,
            uint32_t             n)
{
  const uint32_t last = (net->spec.n_layers - 1U) % 2U;

  while (n) {
    const uint32_t m    = n < REM_CHUNK ? n : REM_CHUNK;
    const bool     odd  = net->alternate && m % 2U;
    const bool     next = streams->states[0]->backwards ^ odd;
    run_layers(net, streams, x, m);
    for (uint32_t s = 0; s < streams->n; ++s) {
      RemNetState* const state = streams->states[s];
      net->kernel->head(
        &net->head, state->run[last] + net->n_padded, x[s], y[s], m);
      state->backwards = next;
      x[s] += (size_t)m * net->spec.n_in;
      y[s] += (size_t)m * net->spec.n_out;
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
  const Streams streams = {1U, &state};
  run_streams(net, &streams, &x, &y, n);
}

REM_RT void
rem_net_block_pair(const RemNet* const       net,
                   RemNetState* const* const states,
                   const float* const* const x,
                   float* const* const       y,
                   const uint32_t            n)
{
  const Streams streams = {2U, states};
  const float*  from[2] = {x[0], x[1]};
  float*        to[2]   = {y[0], y[1]};
  run_streams(net, &streams, from, to, n);
}
