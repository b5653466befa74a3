// SPDX-License-Identifier: ISC

/// The way forward through a window

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_internal.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

uint32_t
rem_window_n_segments(const RemWindow* const window)
{
  return (window->n_steps + window->tape_steps - 1U) / window->tape_steps;
}

RemSegment
rem_window_segment(const RemWindow* const window, const uint32_t index)
{
  // The last one is the longest: it need not run forward again
  const uint32_t n     = rem_window_n_segments(window);
  const uint32_t first = window->n_steps - (n - 1U) * window->tape_steps;
  return index ? (RemSegment){first + (index - 1U) * window->tape_steps,
                              window->tape_steps}
               : (RemSegment){0U, first};
}

/// Set what streams remember before the first step of the tapes
static void
take_state(const RemWindow* const window, const float* const state)
{
  const RemBpttNet* const net = window->net;
  const size_t            n   = net->spec.n_hidden;
  const float*            at  = state;
  for (size_t s = 0; s < window->n_streams; ++s) {
    for (uint32_t l = 0; l < net->spec.n_layers; ++l, at += 2U * n) {
      const RemTape* const tape = &window->tapes[l];
      memcpy(tape->h + s * net->n_padded, at, n * sizeof(float));
      memcpy(tape->c + s * net->n_units, at + n, n * sizeof(float));
    }
  }
}

/// Return what streams remember after `step` steps of the tapes
static void
give_state(const RemWindow* const window,
           const uint32_t         step,
           float* const           state)
{
  const RemBpttNet* const net   = window->net;
  const size_t            n     = net->spec.n_hidden;
  const size_t            begin = (size_t)step * window->n_streams;
  float*                  at    = state;
  for (size_t s = begin; s < begin + window->n_streams; ++s) {
    for (uint32_t l = 0; l < net->spec.n_layers; ++l, at += 2U * n) {
      const RemTape* const tape = &window->tapes[l];
      memcpy(at, tape->h + s * net->n_padded, n * sizeof(float));
      memset(at + n, 0, n * sizeof(float));
      if (rem_bptt_has_c(net)) {
        memcpy(at + n, tape->c + s * net->n_units, n * sizeof(float));
      }
    }
  }
}

const float*
rem_window_below(const RemWindow* const window, const uint32_t layer)
{
  const size_t s = window->n_streams;
  return layer ? window->tapes[layer - 1U].h + s * window->net->n_padded
               : window->x + window->begin * s * window->net->spec.n_in;
}

size_t
rem_window_below_row(const RemWindow* const window, const uint32_t layer)
{
  return layer ? window->net->n_padded : window->net->spec.n_in;
}

RemCellRows
rem_window_cells(const RemWindow* const window,
                 const uint32_t         layer,
                 const size_t           t)
{
  const RemBpttNet* const net  = window->net;
  const RemTape* const    tape = &window->tapes[layer];
  const size_t            q    = net->n_units;
  const size_t            p    = net->n_padded;
  const size_t            s    = window->n_streams;
  const size_t            row  = s * net->layers[0].n_gates;
  RemCellRows             rows = {.n_rows  = window->n_streams,
                                  .n_units = net->n_units,
                                  .gates   = tape->gates + t * row,
                                  .h_old   = tape->h + t * s * p,
                                  .h       = tape->h + (t + 1U) * s * p,
                                  .h_row   = p};
  if (rem_bptt_has_c(net)) {
    rows.c_old = tape->c + t * s * q;
    rows.c     = tape->c + (t + 1U) * s * q;
  } else if (!t) {
    rows.c_old = tape->c;
  }
  return rows;
}

/// Steps first..end-1 of the tape of layer `l`
static void
forward_layer(const RemWindow* const window,
              const uint32_t         l,
              const uint32_t         first,
              const uint32_t         end)
{
  const RemBpttNet* const   net   = window->net;
  const RemBpttLayer* const layer = &net->layers[l];
  const size_t              s     = window->n_streams;
  const float* const        x     = rem_window_below(window, l);
  const size_t              x_row = rem_window_below_row(window, l);

  if (net->panels) {
    rem_bptt_layer_input(layer,
                         x + first * s * x_row,
                         x_row,
                         (end - first) * s,
                         window->tapes[l].gates + first * s * layer->n_gates);
  }
  for (size_t t = first; t < end; ++t) {
    const RemCellRows rows = rem_window_cells(window, l, t);
    rem_bptt_layer_step(
      layer, &rows, net->panels ? NULL : x + t * s * x_row, x_row);
  }
}

/// The head of steps first..end-1 of the tapes
static void
forward_head(const RemWindow* const window,
             const uint32_t         first,
             const uint32_t         end)
{
  const RemBpttNet* const net   = window->net;
  const RemNetSpec* const spec  = &net->spec;
  const size_t            s     = window->n_streams;
  const size_t            begin = first * s;
  const size_t            n     = end * s - begin;
  const size_t            row   = window->begin * s + begin;
  float* const            y     = window->y + row * spec->n_out;
  const float* const      h     = rem_window_features(window, first, end);

  if (spec->head == REM_HEAD_NONE) {
    for (size_t r = 0; r < n; ++r) {
      memcpy(y + r * spec->n_out,
             h + r * net->f_padded,
             spec->n_out * sizeof(float));
    }
  } else if (net->wide_head) {
    rem_bptt_wide_head(net, h, y, n);
  } else {
    net->kernel->head(
      net->head, net->head_bias, net->f_padded, spec->n_out, h, y, n);
  }
  for (size_t r = 0; spec->skip && r < n; ++r) {
    const float* const x = window->x + (row + r) * spec->n_in;
    for (size_t o = 0; o < spec->n_out; ++o) {
      y[r * spec->n_out + o] += x[o];
    }
  }
}

void
rem_window_run(RemWindow* const   window,
               const RemSegment   segment,
               const float* const state)
{
  const uint32_t block = rem_window_block(window);

  window->begin = segment.begin;
  take_state(window, state);
  for (uint32_t first = 0U; first < segment.n; first += block) {
    const uint32_t end = segment.n - first < block ? segment.n : first + block;
    for (uint32_t l = 0; l < window->net->spec.n_layers; ++l) {
      forward_layer(window, l, first, end);
    }
    forward_head(window, first, end);
  }
}

void
rem_window_forward(RemWindow* const window,
                   const uint32_t   n_streams,
                   const uint32_t   n_steps,
                   float* const     state)
{
  const size_t n_state = n_streams * rem_net_n_state(&window->net->spec);

  assert(n_streams <= window->max_streams && n_steps <= window->max_steps);
  window->n_streams = n_streams;
  window->n_steps   = n_steps;
  for (uint32_t i = 0; i < rem_window_n_segments(window); ++i) {
    const RemSegment segment = rem_window_segment(window, i);
    memcpy(window->before + i * n_state, state, n_state * sizeof(float));
    rem_window_run(window, segment, state);
    give_state(window, segment.n, state);
  }
}
