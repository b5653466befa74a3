// SPDX-License-Identifier: ISC

/// The audio thread's half of dsp/net.h

#include "dsp/net.h"

#include "dsp/kernel/kernel.h"
#include "dsp/net_internal.h"

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

/// Run all layers over at most REM_CHUNK frames; return h of the last, [n, P]
REM_RT static const float*
run_layers(const RemNet* const net,
           RemNetState* const  state,
           const float*        x,
           const uint32_t      n)
{
  const RemKernel* const k      = net->kernel;
  const size_t           p      = net->n_padded;
  size_t                 stride = net->spec.n_in;

  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    const RemLstmLayer* const layer = &net->layers[l];
    float* const              run   = state->run[l % 2U];
    float* const              h     = state->h + l * p;

    k->project(layer, x, stride, state->z, n);
    memcpy(run, h, p * sizeof(float));
    k->lstm(layer, state->z, state->c + l * p, run, n);
    memcpy(h, run + n * p, p * sizeof(float));
    x      = run + p;
    stride = p;
  }
  return x;
}

/// Write outputs, with the input added where the net skips; `x` may be `y`
REM_RT static void
write_output(const RemNetSpec* const spec,
             const float* const      x,
             const float* const      out,
             float* const            y,
             const uint32_t          n)
{
  const size_t n_in  = spec->n_in;
  const size_t n_out = spec->n_out;

  for (size_t t = 0; t < n; ++t) {
    for (size_t o = 0; o < n_out; ++o) {
      const float skipped = spec->skip ? x[t * n_in + o] : 0.0f;
      y[t * n_out + o]    = out[t * n_out + o] + skipped;
    }
  }
}

REM_RT void
rem_net_block(const RemNet* const net,
              RemNetState* const  state,
              const float*        x,
              float*              y,
              uint32_t            n)
{
  const RemNetSpec* const spec = &net->spec;

  while (n) {
    const uint32_t     m = n < REM_CHUNK ? n : REM_CHUNK;
    const float* const h = run_layers(net, state, x, m);
    net->kernel->head(
      net->v, net->d, net->n_padded, spec->n_out, h, state->y, m);
    write_output(spec, x, state->y, y, m);
    x += (size_t)m * spec->n_in;
    y += (size_t)m * spec->n_out;
    n -= m;
  }
}
