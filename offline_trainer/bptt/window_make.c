// SPDX-License-Identifier: ISC

/// The memory of a window

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_internal.h"
#include "offline_trainer/bptt/panels.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

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

static bool
make_tape(const RemWindow* const window, RemTape* const tape)
{
  const size_t q  = window->net->n_units;
  const size_t s  = window->max_streams;
  const size_t n  = window->tape_steps;
  const size_t m  = rem_bptt_has_c(window->net) ? n + 1U : 1U;
  tape->h         = rem_bptt_floats((n + 1U) * s * window->net->n_padded);
  tape->c         = rem_bptt_floats(m * s * q);
  tape->gates     = rem_bptt_floats(n * s * window->net->layers[0].n_gates);
  tape->dh_before = rem_bptt_floats(s * q);
  tape->dc_before = rem_bptt_floats(s * q);
  return tape->h && tape->c && tape->gates && tape->dh_before &&
         tape->dc_before;
}

/// Allocate what the head sees where that is not h of the last layer
static bool
make_features(RemWindow* const window)
{
  const RemBpttNet* const net   = window->net;
  const size_t            s     = window->max_streams;
  const size_t            block = block_rows(net) > s ? block_rows(net) : s;
  if (!window->features) {
    window->features = rem_bptt_floats(block * net->f_padded);
    window->df       = rem_bptt_floats(block * net->f_units);
  }
  return window->features && window->df;
}

/// Allocate what not every net needs
static bool
make_rest(RemWindow* const window)
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
    made = make_features(window) && made;
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
  return make_rest(window) && made && window->x && window->y && window->dy &&
         window->dh && window->db && window->before;
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

bool
rem_window_set_dropout(RemWindow* const window, const double share)
{
  window->dropped = (uint32_t)(share * 4294967296.0);
  return !window->dropped || make_features(window);
}

void
rem_window_set_seed(RemWindow* const window, const uint64_t seed)
{
  window->seed = (uint32_t)(seed ^ (seed >> 32U));
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
