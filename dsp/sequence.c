// SPDX-License-Identifier: ISC

#include "dsp/sequence.h"

#include "dsp/net_internal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/// What one call needs
typedef struct {
  const RemNet* net;
  RemNetState*  state;
  uint32_t      n;        ///< Frames
  uint32_t      n_rows;   ///< Of features: n, or 1
  uint32_t      n_dirs;   ///< Directions
  float*        h[2];     ///< [n, directions, H] of two layers in turn
  float*        features; ///< [n_rows, head.n_padded]
} Pass;

/// Run one layer in one direction
static void
run_layer(const Pass* const  pass,
          const uint32_t     index,
          const float* const x,
          const size_t       x_row,
          float* const       h)
{
  const uint32_t d    = index % pass->n_dirs;
  const size_t   row  = (size_t)pass->n_dirs * pass->net->spec.n_hidden;
  const size_t   last = pass->n - 1U;
  float* const   to   = h + d * (size_t)pass->net->spec.n_hidden;
  const RemRows  from = d ? (RemRows){x + last * x_row, -(ptrdiff_t)x_row}
                          : (RemRows){x, (ptrdiff_t)x_row};
  rem_net_layer_block(pass->net,
                      index,
                      pass->state,
                      from,
                      d ? to + last * row : to,
                      d ? -(ptrdiff_t)row : (ptrdiff_t)row,
                      pass->n);
}

/// Add one direction of a layer to the features of row `r`
static void
add_features(const Pass* const  pass,
             const uint32_t     index,
             const uint32_t     r,
             const float* const h)
{
  const RemNetSpec* const spec   = &pass->net->spec;
  const size_t            p      = pass->net->n_padded;
  const uint32_t          d      = index % pass->n_dirs;
  const bool              concat = spec->take == REM_TAKE_CONCAT;
  const bool              mean   = spec->take == REM_TAKE_AVERAGE;
  const float             part   = mean ? 1.0f / (float)spec->n_layers : 1.0f;
  float* const to = pass->features + r * (size_t)pass->net->head.n_padded +
                    (concat ? index : d) * p;
  for (uint32_t j = 0; j < spec->n_hidden; ++j) {
    to[j] += part * h[j];
  }
}

/// Take what the head sees of both directions of layer `l`
static void
take_features(const Pass* const pass, const uint32_t l, const float* const h)
{
  const RemNetSpec* const spec = &pass->net->spec;
  const size_t            n    = spec->n_hidden;
  if (spec->take == REM_TAKE_LAST && l + 1U < spec->n_layers) {
    return;
  }
  for (uint32_t d = 0; d < pass->n_dirs; ++d) {
    for (uint32_t r = 0; r < pass->n_rows; ++r) {
      const size_t t = !spec->whole ? r : d ? 0U : pass->n - 1U;
      add_features(
        pass, l * pass->n_dirs + d, r, h + (t * pass->n_dirs + d) * n);
    }
  }
}

/// Make the output
static void
run_head(const Pass* const pass, const float* const x, float* const y)
{
  const RemNet* const     net  = pass->net;
  const RemNetSpec* const spec = &net->spec;
  const size_t            h    = spec->n_hidden;
  const float* const seen = x + (pass->n - pass->n_rows) * (size_t)spec->n_in;
  if (spec->head != REM_HEAD_NONE) {
    net->kernel->head(&net->head, pass->features, seen, y, pass->n_rows);
    return;
  }
  for (size_t r = 0; r < pass->n_rows; ++r) {
    const float* const from = pass->features + r * net->head.n_padded;
    for (size_t o = 0; o < spec->n_out; ++o) {
      y[r * spec->n_out + o] = from[o / h * net->n_padded + o % h] +
                               (spec->skip ? seen[r * spec->n_in + o] : 0.0f);
    }
  }
}

/// Make memory; false without
static bool
open_pass(Pass* const pass, const RemNet* const net, const uint32_t n)
{
  const size_t n_h   = (size_t)n * rem_net_n_directions(&net->spec);
  const size_t rows  = net->spec.whole ? 1U : n;
  const size_t least = rows * net->head.n_padded * sizeof(float);
  const size_t size  = (least + REM_ALIGN - 1U) / REM_ALIGN * REM_ALIGN;
  *pass              = (Pass){.net    = net,
                              .state  = rem_net_state_new(net),
                              .n      = n,
                              .n_rows = (uint32_t)rows,
                              .n_dirs = rem_net_n_directions(&net->spec)};
  for (uint32_t i = 0; i < 2U; ++i) {
    pass->h[i] = (float*)calloc(n_h, net->spec.n_hidden * sizeof(float));
  }
  pass->features = (float*)aligned_alloc(REM_ALIGN, size);
  if (pass->features) {
    memset(pass->features, 0, size);
  }
  return pass->state && pass->h[0] && pass->h[1] && pass->features;
}

static void
close_pass(Pass* const pass)
{
  rem_net_state_free(pass->state);
  free(pass->h[0]);
  free(pass->h[1]);
  free(pass->features);
}

RemStatus
rem_net_sequence(const RemNet* const net,
                 const float* const  initial,
                 const float* const  x,
                 const uint32_t      n,
                 float* const        y,
                 float* const        final,
                 RemError* const     error)
{
  Pass         pass;
  const float* in     = x;
  size_t       in_row = net->spec.n_in;
  if (!open_pass(&pass, net, n)) {
    close_pass(&pass);
    return rem_fail(
      error, REM_NO_MEMORY, NULL, "no memory for a sequence of %u frames", n);
  }
  rem_net_state_set(net, pass.state, initial);
  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    float* const h = pass.h[l % 2U];
    for (uint32_t d = 0; d < pass.n_dirs; ++d) {
      run_layer(&pass, l * pass.n_dirs + d, in, in_row, h);
    }
    take_features(&pass, l, h);
    in     = h;
    in_row = (size_t)pass.n_dirs * net->spec.n_hidden;
  }
  run_head(&pass, x, y);
  if (final) {
    rem_net_state_get(net, pass.state, final);
  }
  close_pass(&pass);
  return REM_SUCCESS;
}
