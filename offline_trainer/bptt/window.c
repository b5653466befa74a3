// SPDX-License-Identifier: ISC

/// The memory of a window, and the way forward

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_internal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// Bytes of a layer's gates and h that stay in a second-level cache of 512 KiB
/// or more beside weights and their gradient
#define BLOCK_BYTES ((size_t)128 << 10U)

enum { MIN_STREAMS = 4, MAX_GROUPS = 64 };

uint32_t
rem_bptt_n_groups(const uint32_t n_streams)
{
  uint32_t n = 1U;
  while (n < MAX_GROUPS && n_streams / (2U * n) >= MIN_STREAMS) {
    n *= 2U;
  }
  return n;
}

uint32_t
rem_window_block(const RemWindow* const window)
{
  const size_t row = (size_t)5 * window->net->n_units * sizeof(float);
  const size_t n   = BLOCK_BYTES / (row * window->n_streams);
  return n ? (uint32_t)n : 1U;
}

static bool
make_tape(const RemWindow* const window, RemTape* const tape)
{
  const size_t q  = window->net->n_units;
  const size_t s  = window->max_streams;
  const size_t n  = window->max_steps;
  tape->h         = rem_bptt_floats((n + 1U) * s * window->net->n_padded);
  tape->c         = rem_bptt_floats((n + 1U) * s * q);
  tape->tanh_c    = rem_bptt_floats(n * s * q);
  tape->gates     = rem_bptt_floats(n * s * 4U * q);
  tape->dh_before = rem_bptt_floats(s * q);
  tape->dc_before = rem_bptt_floats(s * q);
  return tape->h && tape->c && tape->tanh_c && tape->gates && tape->dh_before &&
         tape->dc_before;
}

static bool
make_window(RemWindow* const window)
{
  const RemNetSpec* const spec = &window->net->spec;
  const size_t            n = (size_t)window->max_steps * window->max_streams;
  bool                    made = true;

  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    made = make_tape(window, &window->tapes[l]) && made;
  }
  window->x  = rem_bptt_floats(n * spec->n_in);
  window->y  = rem_bptt_floats(n * spec->n_out);
  window->dy = rem_bptt_floats(n * spec->n_out);
  window->dh = rem_bptt_floats(n * window->net->n_units);
  return made && window->x && window->y && window->dy && window->dh;
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
      free(window->tapes[l].tanh_c);
      free(window->tapes[l].gates);
      free(window->tapes[l].dh_before);
      free(window->tapes[l].dc_before);
    }
    free(window->x);
    free(window->y);
    free(window->dy);
    free(window->dh);
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

/// Rows of h and c after `step` steps of every layer, from or to `state`
static void
copy_state(const RemWindow* const window,
           const uint32_t         step,
           float* const           state,
           const bool             take)
{
  const RemBpttNet* const net  = window->net;
  const size_t            n    = net->spec.n_hidden;
  const size_t            size = n * sizeof(float);
  float*                  at   = state;
  for (size_t s = 0; s < window->n_streams; ++s) {
    const size_t row = (size_t)step * window->n_streams + s;
    for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
      float* const h = window->tapes[l].h + row * net->n_padded;
      float* const c = window->tapes[l].c + row * net->n_units;
      memcpy(take ? h : at, take ? at : h, size);
      memcpy(take ? c : at + n, take ? at + n : c, size);
      at += 2U * n;
    }
  }
}

/// Steps first..end-1 of layer `l`
static void
forward_layer(const RemWindow* const window,
              const uint32_t         l,
              const uint32_t         first,
              const uint32_t         end)
{
  const RemBpttNet* const   net   = window->net;
  const RemBpttLayer* const layer = &net->layers[l];
  const RemTape* const      tape  = &window->tapes[l];
  const size_t              n     = net->spec.n_hidden;
  const size_t              q     = net->n_units;
  const size_t              p     = net->n_padded;
  const size_t              s     = window->n_streams;
  const float* const        x = l ? window->tapes[l - 1U].h + s * p : window->x;
  const size_t              x_row = l ? p : layer->n_in;

  for (size_t t = first; t < end; ++t) {
    const RemCellRows rows = {.n_rows  = window->n_streams,
                              .n_units = net->n_units,
                              .gates   = tape->gates + t * s * 4U * q,
                              .c_old   = tape->c + t * s * q,
                              .c       = tape->c + (t + 1U) * s * q,
                              .tanh_c  = tape->tanh_c + t * s * q,
                              .h       = tape->h + (t + 1U) * s * p,
                              .h_row   = p};
    const RemProduct  z    = {
          .factors  = {{tape->h + t * s * p, p, 1U, layer->forward, 4U * q, n},
                       {x + t * s * x_row,
                        x_row,
                        1U,
                        layer->forward + n * 4U * q,
                        4U * q,
                        layer->n_in}},
          .from     = layer->forward + (n + layer->n_in) * 4U * q,
          .from_row = 0U,
          .c        = rows.gates,
          .c_row    = 4U * q,
          .m        = s,
          .n        = 4U * q};
    net->kernel->product(&z);
    net->kernel->cell(&rows);
  }
}

/// Steps first..end-1 of the head
static void
forward_head(const RemWindow* const window,
             const uint32_t         first,
             const uint32_t         end)
{
  const RemBpttNet* const net   = window->net;
  const RemNetSpec* const spec  = &net->spec;
  const size_t            s     = window->n_streams;
  const size_t            begin = first * s;
  const float* const      h =
    window->tapes[spec->n_layers - 1U].h + s * net->n_padded;

  net->kernel->head(net->head,
                    net->head_bias,
                    net->n_padded,
                    spec->n_out,
                    h + begin * net->n_padded,
                    window->y + begin * spec->n_out,
                    end * s - begin);
  for (size_t r = begin; spec->skip && r < end * s; ++r) {
    for (size_t o = 0; o < spec->n_out; ++o) {
      window->y[r * spec->n_out + o] += window->x[r * spec->n_in + o];
    }
  }
}

void
rem_window_forward(RemWindow* const window,
                   const uint32_t   n_streams,
                   const uint32_t   n_steps,
                   float* const     state)
{
  window->n_streams    = n_streams;
  window->n_steps      = n_steps;
  const uint32_t block = rem_window_block(window);

  copy_state(window, 0U, state, true);
  for (uint32_t first = 0U; first < n_steps; first += block) {
    const uint32_t end = n_steps - first < block ? n_steps : first + block;
    for (uint32_t l = 0; l < window->net->spec.n_layers; ++l) {
      forward_layer(window, l, first, end);
    }
    forward_head(window, first, end);
  }
  copy_state(window, n_steps, state, false);
}
