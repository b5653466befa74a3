// SPDX-License-Identifier: ISC

/// The way back through a window

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_internal.h"
#include "offline_trainer/bptt/panels.h"

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

/// grad [O, FQ] += sum over rows of dy' h
static void
add_head(const RemWindow* const window,
         const float* const     dy,
         const float* const     h,
         const size_t           n,
         // NOLINTNEXTLINE(readability-non-const-parameter): product's c
         float* const grad)
{
  const RemBpttNet* const net   = window->net;
  const size_t            n_out = net->spec.n_out;
  const size_t            q     = net->f_units;
  const RemProduct dv = {.factors  = {{dy, 1U, n_out, h, net->f_padded, n}},
                         .from     = grad,
                         .from_row = q,
                         .c        = grad,
                         .c_row    = q,
                         .m        = n_out,
                         .n        = q};
  if (net->panels) {
    rem_panels_gradient(net->kernel, &dv, window->scratch);
  } else {
    net->kernel->product(&dv);
  }
}

/// Steps first..end-1: what the head sees has V' dy, and the head's gradient
static void
backward_head(const RemWindow* const window,
              const uint32_t         first,
              const uint32_t         end,
              float* const           grad)
{
  const RemBpttNet* const net   = window->net;
  const size_t            n_out = net->spec.n_out;
  const size_t            q     = net->f_units;
  const size_t            p     = net->f_padded;
  const size_t            s     = window->n_streams;
  const size_t            n     = (end - first) * s;
  const float* const      dy = window->dy + (window->begin + first) * s * n_out;
  float* const            to = window->df ? window->df : window->dh;
  float* const            bias = grad + n_out * q;
  if (net->spec.head == REM_HEAD_NONE) {
    for (size_t r = 0; r < n; ++r) {
      memcpy(to + r * q, dy + r * n_out, n_out * sizeof(float));
    }
    rem_window_drop_gradient(window, first, n);
    return;
  }
  const RemProduct dh = {.factors = {{dy, n_out, 1U, net->head, p, n_out}},
                         .c       = to,
                         .c_row   = q,
                         .m       = n,
                         .n       = q};
  net->kernel->product(&dh);
  add_head(window, dy, rem_window_features(window, first, end), n, grad);
  for (size_t o = 0; o < n_out; ++o) {
    bias[o] += sum_column(dy + o, n_out, n);
  }
  rem_window_drop_gradient(window, first, n);
}

/// to [n] += from [n]
static void
add(float* const to, const float* const from, const size_t n)
{
  for (size_t i = 0; i < n; ++i) {
    to[i] += from[i];
  }
}

/// Add the mean over streams of |dh|^2 of step `t` of the tapes
static void
probe(const RemWindow* const window, const size_t t, const float* const dh)
{
  const size_t s        = window->n_streams;
  const size_t q        = window->net->n_units;
  const size_t distance = window->n_steps - 1U - (window->begin + t);
  double       sum      = 0.0;
  for (size_t i = 0; i < s * q; ++i) {
    sum += (double)dh[i] * (double)dh[i];
  }
  window->squares[distance] += sum / (double)s;
}

/// Steps end-1 down to `first` of layer `l`: its gates become dz
static void
backward_cells(const RemWindow* const window,
               const uint32_t         l,
               const uint32_t         first,
               const uint32_t         end,
               float* const           bias)
{
  const RemBpttNet* const   net   = window->net;
  const RemBpttLayer* const layer = &net->layers[l];
  const RemTape* const      tape  = &window->tapes[l];
  const size_t              q     = net->n_units;
  const size_t              s     = window->n_streams;
  const bool probed = window->squares && l + 1U == net->spec.n_layers;

  memset(window->db, 0, layer->n_gates * sizeof(float));
  add(window->dh + (end - first - (size_t)1) * s * q, tape->dh_before, s * q);
  memset(tape->dh_before, 0, s * q * sizeof(float));
  for (size_t t = end; t-- > first;) {
    float* const      dh   = window->dh + (t - first) * s * q;
    float* const      to   = t > first ? dh - s * q : tape->dh_before;
    const RemCellRows rows = rem_window_cells(window, l, t);
    if (probed) {
      probe(window, t, dh);
    }
    rem_bptt_layer_step_back(layer, &rows, dh, tape->dc_before, to, window->db);
  }
  add(bias, window->db, layer->n_gates);
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
  const size_t              begin = (size_t)first * window->n_streams;
  const size_t              n     = (end - first) * (size_t)window->n_streams;
  const size_t              x_row = rem_window_below_row(window, l);
  const size_t              z_at  = begin * layer->n_gates;
  const float* const        x     = rem_window_below(window, l);
  const RemBpttTerms        terms = {.n     = n,
                                     .x     = x + begin * x_row,
                                     .x_row = x_row,
                                     .h_old = tape->h + begin * net->n_padded,
                                     .h_row = net->n_padded,
                                     .dz    = tape->gates + z_at};

  if (window->df) {
    rem_window_feature_gradient(window, l, n);
  }
  backward_cells(window, l, first, end, grad + layer->bias_at);
  rem_bptt_layer_gradient(layer, &terms, window->scratch, grad);
  if (l) {
    rem_bptt_layer_dx(layer, terms.dz, n, window->dh);
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

void
rem_window_initial_gradient(const RemWindow* const window, float* const grad)
{
  const RemNetSpec* const spec = &window->net->spec;
  const size_t            q    = window->net->n_units;
  const size_t            n    = spec->n_hidden;
  float*                  at   = grad;
  for (size_t s = 0; s < window->n_streams; ++s) {
    for (uint32_t l = 0; l < spec->n_layers; ++l, at += 2U * n) {
      const RemTape* const tape = &window->tapes[l];
      memcpy(at, tape->dh_before + s * q, n * sizeof(float));
      memcpy(at + n, tape->dc_before + s * q, n * sizeof(float));
    }
  }
}

void
rem_window_probe(RemWindow* const window,
                 float* const     packed,
                 double* const    squares)
{
  const RemNetSpec* const spec = &window->net->spec;
  const size_t            n    = window->n_streams * rem_net_n_state(spec);
  const size_t            row  = (size_t)window->n_streams * spec->n_out;
  const size_t            size = rem_bptt_net_n_gradient(window->net);
  const uint32_t          last = rem_window_n_segments(window) - 1U;

  // The way back has left dz where the last segment had its gates
  rem_window_run(
    window, rem_window_segment(window, last), window->before + last * n);
  memset(window->dy, 0, (window->n_steps - 1U) * row * sizeof(float));
  memset(packed, 0, size * sizeof(float));
  window->squares = squares;
  rem_window_backward(window, packed);
  window->squares = NULL;
}
