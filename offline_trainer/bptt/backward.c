// SPDX-License-Identifier: ISC

/// The way back through a window

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_internal.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// Sum of x[0], x[step]... in as many parts as hide an addition's latency
static float
sum_column(const float* const x, const size_t step, const size_t n)
{
  enum { PARTS = 8 };
  float  sum[PARTS] = {0.0f};
  size_t i          = 0U;
  for (; i + PARTS <= n; i += PARTS) {
    for (size_t k = 0; k < PARTS; ++k) {
      sum[k] += x[(i + k) * step];
    }
  }
  for (; i < n; ++i) {
    sum[0] += x[i * step];
  }
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) +
         ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

/// Steps first..end-1: window->dh = V' dy, and the head's gradient
static void
backward_head(const RemWindow* const window,
              const uint32_t         first,
              const uint32_t         end,
              float* const           grad)
{
  const RemBpttNet* const net   = window->net;
  const size_t            n_out = net->spec.n_out;
  const size_t            q     = net->n_units;
  const size_t            p     = net->n_padded;
  const size_t            s     = window->n_streams;
  const size_t            n     = (end - first) * s;
  const float* const      dy = window->dy + (window->begin + first) * s * n_out;
  const float* const      h =
    window->tapes[net->spec.n_layers - 1U].h + (first + (size_t)1) * s * p;
  float* const     bias = grad + n_out * q;
  const RemProduct dh   = {.factors = {{dy, n_out, 1U, net->head, p, n_out}},
                           .c       = window->dh,
                           .c_row   = q,
                           .m       = n,
                           .n       = q};
  const RemProduct dv   = {.factors  = {{dy, 1U, n_out, h, p, n}},
                           .from     = grad,
                           .from_row = q,
                           .c        = grad,
                           .c_row    = q,
                           .m        = n_out,
                           .n        = q};
  net->kernel->product(&dh);
  rem_window_gradient(window, &dv);
  for (size_t o = 0; o < n_out; ++o) {
    bias[o] += sum_column(dy + o, n_out, n);
  }
}

/// to [n] += from [n]
static void
add(float* const to, const float* const from, const size_t n)
{
  for (size_t i = 0; i < n; ++i) {
    to[i] += from[i];
  }
}

/// Steps end-1 down to `first` of layer `l`: its gates become dz
static void
backward_cells(const RemWindow* const window,
               const uint32_t         l,
               const uint32_t         first,
               const uint32_t         end,
               float* const           bias)
{
  const RemBpttNet* const net  = window->net;
  const RemTape* const    tape = &window->tapes[l];
  const size_t            q    = net->n_units;
  const size_t            s    = window->n_streams;

  memset(window->db, 0, 4U * q * sizeof(float));
  add(window->dh + (end - first - (size_t)1) * s * q, tape->dh_before, s * q);
  memset(tape->dh_before, 0, s * q * sizeof(float));
  for (size_t t = end; t-- > first;) {
    float* const      dh   = window->dh + (t - first) * s * q;
    float* const      to   = t > first ? dh - s * q : tape->dh_before;
    const RemCellRows rows = rem_window_cells(window, l, t);
    const RemProduct  back = {
       .factors  = {{rows.gates, 4U * q, 1U, net->layers[l].by_h, q, 4U * q}},
       .from     = to,
       .from_row = q,
       .c        = to,
       .c_row    = q,
       .m        = s,
       .n        = q};
    net->kernel->cell_gradient(&rows, dh, tape->dc_before, window->db);
    rem_window_product(window, &back);
  }
  add(bias, window->db, 4U * q);
}

/// grad [m, 4Q] += sum over rows of a' dz
static void
add_weights(const RemWindow* const window,
            const float* const     a,
            const size_t           a_row,
            const size_t           m,
            const float* const     dz,
            const size_t           n,
            // NOLINTNEXTLINE(readability-non-const-parameter): product's c
            float* const grad)
{
  const size_t     row = (size_t)4 * window->net->n_units;
  const RemProduct dw  = {.factors  = {{a, 1U, a_row, dz, row, n}},
                          .from     = grad,
                          .from_row = row,
                          .c        = grad,
                          .c_row    = row,
                          .m        = m,
                          .n        = row};
  rem_window_gradient(window, &dw);
}

/// Steps end-1 down to `first` of layer `l`; window->dh becomes dx
static void
backward_layer(const RemWindow* const window,
               const uint32_t         l,
               const uint32_t         first,
               const uint32_t         end,
               float* const           grad)
{
  const RemBpttNet* const   net   = window->net;
  const RemBpttLayer* const layer = &net->layers[l];
  const RemTape* const      tape  = &window->tapes[l];
  const size_t              m     = net->spec.n_hidden;
  const size_t              q     = net->n_units;
  const size_t              p     = net->n_padded;
  const size_t              begin = (size_t)first * window->n_streams;
  const size_t              n     = (end - first) * (size_t)window->n_streams;
  const float* const        dz    = tape->gates + begin * 4U * q;
  const float* const        below = rem_window_below(window, l);
  const size_t              x_row = l ? p : layer->n_in;

  backward_cells(window, l, first, end, grad + (m + layer->n_in) * 4U * q);
  add_weights(window, tape->h + begin * p, p, m, dz, n, grad);
  if (!l && net->symbols) {
    rem_window_scatter(window, first, end, grad + m * 4U * q);
  } else {
    add_weights(window,
                below + begin * x_row,
                x_row,
                layer->n_in,
                dz,
                n,
                grad + m * 4U * q);
  }
  if (l) {
    const RemProduct dx = {
      .factors = {{dz, 4U * q, 1U, layer->by_x, q, 4U * q}},
      .c       = window->dh,
      .c_row   = q,
      .m       = n,
      .n       = q};
    rem_window_product(window, &dx);
  }
}

/// The way back through the first `n_steps` steps of the tapes
static void
backward_tapes(const RemWindow* const window,
               const uint32_t         n_steps,
               float* const           packed)
{
  const RemBpttNet* const net   = window->net;
  const uint32_t          n     = net->spec.n_layers;
  const uint32_t          block = rem_window_block(window);

  for (uint32_t end = n_steps; end;) {
    const uint32_t first = end > block ? end - block : 0U;
    backward_head(window, first, end, packed + rem_bptt_gradient_at(net, n));
    for (uint32_t l = n; l-- > 0U;) {
      backward_layer(
        window, l, first, end, packed + rem_bptt_gradient_at(net, l));
    }
    end = first;
  }
}

void
rem_window_backward(RemWindow* const window, float* const packed)
{
  const RemNetSpec* const spec    = &window->net->spec;
  const size_t            n_state = window->n_streams * rem_net_n_state(spec);
  const size_t            n = (size_t)window->n_streams * window->net->n_units;
  const uint32_t          n_segments = rem_window_n_segments(window);

  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    memset(window->tapes[l].dh_before, 0, n * sizeof(float));
    memset(window->tapes[l].dc_before, 0, n * sizeof(float));
  }
  for (uint32_t i = n_segments; i-- > 0U;) {
    const RemSegment segment = rem_window_segment(window, i);
    if (i + 1U < n_segments) { // The last one is still on the tapes
      rem_window_run(window, segment, window->before + i * n_state);
    }
    backward_tapes(window, segment.n, packed);
  }
}
