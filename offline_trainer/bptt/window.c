// SPDX-License-Identifier: ISC

/// The memory of a window, and the way forward

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_internal.h"
#include "offline_trainer/bptt/panels.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// Bytes of a layer's gates and h that stay in a second-level cache of 512 KiB
/// or more beside weights and their gradient
#define BLOCK_BYTES ((size_t)192 << 10U)

/// Most bytes of tapes.  A longer window keeps the end of it and runs the rest
/// forward a second time, which costs a third of what that part costs anyway.
#define TAPE_BYTES ((size_t)22 << 20U)

/// Most rows that a gradient is summed over in one go; then sums are summed,
/// so that errors do not grow with the window
#define MAX_TERMS ((size_t)256)

/// Rows of a block of a net with panels, and that tapes hold at least: its
/// weights and their gradient are as far away as rows are, and worth reading
/// and writing for that many, while a row costs its weights' multiply-adds and
/// not the time that it takes from memory
#define PANEL_ROWS ((size_t)2048)

/// Rows of a block, unless a step has more
static size_t
block_rows(const RemBpttNet* const net)
{
  const size_t row = (size_t)net->layers[0].n_gates + net->n_units;
  const size_t n   = BLOCK_BYTES / (row * sizeof(float));
  return net->panels ? PANEL_ROWS : n < MAX_TERMS ? n : MAX_TERMS;
}

uint32_t
rem_window_block(const RemWindow* const window)
{
  assert(window->n_streams);
  const size_t n = block_rows(window->net) / window->n_streams;
  return n ? (uint32_t)n : 1U;
}

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

/// Return how many of `max_steps` tapes hold
static uint32_t
choose_tape_steps(const RemBpttNet* const net,
                  const uint32_t          max_streams,
                  const uint32_t          max_steps)
{
  const size_t row = (size_t)net->spec.n_layers *
                     (net->layers[0].n_gates + net->n_units + net->n_padded) *
                     sizeof(float);
  const size_t   least = net->panels ? PANEL_ROWS : 1U;
  const size_t   rows  = TAPE_BYTES / row;
  const size_t   most  = (rows > least ? rows : least) / max_streams;
  const uint32_t n     = most < max_steps ? (uint32_t)most : max_steps;
  return n ? n : 1U;
}

/// Return whether cells have a second memory that lasts
static bool
has_tape_of_c(const RemBpttNet* const net)
{
  return net->spec.cell == REM_CELL_LSTM;
}

static bool
make_tape(const RemWindow* const window, RemTape* const tape)
{
  const size_t q  = window->net->n_units;
  const size_t s  = window->max_streams;
  const size_t n  = window->tape_steps;
  const size_t m  = has_tape_of_c(window->net) ? n + 1U : 1U;
  tape->h         = rem_bptt_floats((n + 1U) * s * window->net->n_padded);
  tape->c         = rem_bptt_floats(m * s * q);
  tape->gates     = rem_bptt_floats(n * s * window->net->layers[0].n_gates);
  tape->dh_before = rem_bptt_floats(s * q);
  tape->dc_before = rem_bptt_floats(s * q);
  return tape->h && tape->c && tape->gates && tape->dh_before &&
         tape->dc_before;
}

/// Allocate what not every net needs
static bool
make_rest(RemWindow* const window, const size_t block)
{
  const RemBpttNet* const net     = window->net;
  const size_t            n       = net->layers[0].n_products;
  const size_t            columns = n > net->f_units ? n : net->f_units;
  bool                    made    = true;
  if (net->panels) {
    window->scratch = rem_bptt_floats(rem_panels_n_scratch(columns));
    made            = window->scratch;
  }
  if (net->spec.take != REM_TAKE_LAST || net->spec.head == REM_HEAD_NONE) {
    window->features = rem_bptt_floats(block * net->f_padded);
    window->df       = rem_bptt_floats(block * net->f_units);
    made             = window->features && window->df && made;
  }
  return made;
}

static bool
make_window(RemWindow* const window)
{
  const RemBpttNet* const net    = window->net;
  const RemNetSpec* const spec   = &net->spec;
  const size_t            s      = window->max_streams;
  const size_t            n      = s * window->max_steps;
  const size_t            block  = block_rows(net) > s ? block_rows(net) : s;
  const size_t            n_runs = window->max_steps / window->tape_steps + 1U;
  bool                    made   = true;

  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    made = make_tape(window, &window->tapes[l]) && made;
  }
  window->x      = rem_bptt_floats(n * spec->n_in);
  window->y      = rem_bptt_floats(n * spec->n_out);
  window->dy     = rem_bptt_floats(n * spec->n_out);
  window->dh     = rem_bptt_floats(block * net->n_units);
  window->db     = rem_bptt_floats(net->layers[0].n_gates);
  window->before = rem_bptt_floats(n_runs * s * rem_net_n_state(spec));
  return make_rest(window, block) && made && window->x && window->y &&
         window->dy && window->dh && window->db && window->before;
}

RemWindow*
rem_window_new(const RemBpttNet* const net,
               const uint32_t          max_streams,
               const uint32_t          max_steps)
{
  RemWindow* const window = (RemWindow*)calloc(1, sizeof(RemWindow));
  if (window) {
    window->net         = net;
    window->max_streams = max_streams;
    window->max_steps   = max_steps;
    window->tape_steps  = choose_tape_steps(net, max_streams, max_steps);
    if (!make_window(window)) {
      rem_window_free(window);
      return NULL;
    }
  }
  return window;
}

void
rem_window_free(RemWindow* const window)
{
  if (window) {
    for (uint32_t l = 0; l < REM_MAX_LAYERS; ++l) {
      free(window->tapes[l].h);
      free(window->tapes[l].c);
      free(window->tapes[l].gates);
      free(window->tapes[l].dh_before);
      free(window->tapes[l].dc_before);
    }
    free(window->x);
    free(window->scratch);
    free(window->y);
    free(window->dy);
    free(window->dh);
    free(window->db);
    free(window->before);
    free(window->features);
    free(window->df);
    free(window);
  }
}

float*
rem_window_input(RemWindow* const window)
{
  return window->x;
}

const float*
rem_window_output(const RemWindow* const window)
{
  return window->y;
}

float*
rem_window_output_gradient(RemWindow* const window)
{
  return window->dy;
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
      if (has_tape_of_c(net)) {
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
  RemCellRows             rows = {.n_rows  = window->n_streams,
                                  .n_units = net->n_units,
                                  .gates = tape->gates + t * s * net->layers[0].n_gates,
                                  .h_old = tape->h + t * s * p,
                                  .h     = tape->h + (t + 1U) * s * p,
                                  .h_row = p};
  if (has_tape_of_c(net)) {
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
