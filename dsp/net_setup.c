// SPDX-License-Identifier: ISC

/// Shapes, packing and allocation; never called in the audio thread

#include "dsp/net.h"

#include "dsp/kernel/kernel.h"
#include "dsp/net_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static RemStatus
check_range(const char* const what,
            const uint32_t    x,
            const uint32_t    max,
            RemError* const   error)
{
  if (x < 1U || x > max) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the net has %u %s, expected 1 to %u",
                    x,
                    what,
                    max);
  }
  return REM_SUCCESS;
}

RemStatus
rem_net_spec_check(const RemNetSpec* const spec, RemError* const error)
{
  RemStatus st = REM_SUCCESS;
  if (spec->cell != REM_CELL_LSTM || spec->head != REM_HEAD_LINEAR) {
    return rem_fail(
      error, REM_UNSUPPORTED, NULL, "the net has an unknown cell or head");
  }
  if ((st = check_range("inputs", spec->n_in, REM_MAX_IN, error)) ||
      (st =
         check_range("hidden units", spec->n_hidden, REM_MAX_HIDDEN, error)) ||
      (st = check_range("layers", spec->n_layers, REM_MAX_LAYERS, error)) ||
      (st = check_range("outputs", spec->n_out, REM_MAX_OUT, error))) {
    return st;
  }
  if (spec->skip && spec->n_out > spec->n_in) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the net skips %u inputs to %u outputs, expected no more "
                    "outputs than inputs",
                    spec->n_in,
                    spec->n_out);
  }
  return REM_SUCCESS;
}

RemLayerAt
rem_net_layer_at(const RemNetSpec* const spec, const uint32_t layer)
{
  const size_t n_gates = (size_t)REM_N_GATES * spec->n_hidden;
  RemLayerAt   at      = {spec->n_in, 0U, 0U, 0U};

  for (uint32_t l = 0;; ++l) {
    at.weight_hh = at.weight_ih + n_gates * at.n_in;
    at.bias      = at.weight_hh + n_gates * spec->n_hidden;
    if (l == layer) {
      return at;
    }
    at.weight_ih = at.bias + n_gates;
    at.n_in      = spec->n_hidden;
  }
}

RemHeadAt
rem_net_head_at(const RemNetSpec* const spec)
{
  const RemLayerAt last = rem_net_layer_at(spec, spec->n_layers - 1U);
  const size_t     at   = last.bias + (size_t)REM_N_GATES * spec->n_hidden;
  return (RemHeadAt){at, at + (size_t)spec->n_out * spec->n_hidden};
}

size_t
rem_net_n_params(const RemNetSpec* const spec)
{
  return rem_net_head_at(spec).bias + spec->n_out;
}

size_t
rem_net_n_state(const RemNetSpec* const spec)
{
  return (size_t)spec->n_layers * 2U * spec->n_hidden;
}

static size_t
round_up(const size_t n, const size_t multiple)
{
  return (n + multiple - 1U) / multiple * multiple;
}

/// Take `n` floats, rounded up to whole cache lines, off the front of a block;
/// with a NULL block only count them
static float*
carve(float* const block, size_t* const used, const size_t n)
{
  float* const p = block ? block + *used : NULL;
  *used += round_up(n, REM_ALIGN / sizeof(float));
  return p;
}

static float*
new_block(const size_t n_floats)
{
  float* const p = (float*)aligned_alloc(REM_ALIGN, n_floats * sizeof(float));
  if (p) {
    memset(p, 0, n_floats * sizeof(float));
  }
  return p;
}

/// Lay out all packed weights in `net->data`, or count their floats if NULL
static size_t
lay_out_net(RemNet* const net)
{
  const RemNetSpec* const spec = &net->spec;
  const size_t            row  = (size_t)REM_N_GATES * net->n_padded;
  size_t                  used = 0U;

  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    RemLstmLayer* const layer = &net->layers[l];
    layer->w                  = carve(net->data, &used, layer->n_in * row);
    layer->b                  = carve(net->data, &used, row);
    layer->u                  = carve(net->data, &used, layer->n_hidden * row);
  }
  net->v = carve(net->data, &used, (size_t)spec->n_out * net->n_padded);
  net->d = carve(net->data, &used, spec->n_out);
  return used;
}

/// Where hidden unit `j` of a gate stands in a packed row, and the group's own
/// place and width in it
typedef struct {
  size_t first; ///< First column of the group
  size_t width; ///< Columns of the group: 4 * size * V
  size_t at;    ///< Column of the unit within the group
} Column;

static Column
column_of(const RemNet* const net,
          const uint32_t      group_size,
          const uint32_t      gate,
          const uint32_t      j)
{
  const uint32_t v       = net->kernel->width;
  const uint32_t n_units = net->n_padded / v;
  const uint32_t first   = j / v / group_size * group_size;
  const uint32_t left    = n_units - first;
  const uint32_t size    = left < group_size ? left : group_size;
  return (Column){(size_t)REM_N_GATES * first * v,
                  (size_t)REM_N_GATES * size * v,
                  (size_t)gate * size * v + (j - first * v)};
}

static void
pack_layer(const RemNet* const net, const uint32_t l, const float* const params)
{
  const RemLayerAt          at    = rem_net_layer_at(&net->spec, l);
  const RemLstmLayer* const layer = &net->layers[l];
  const uint32_t            n     = layer->n_hidden;
  const size_t              row   = (size_t)REM_N_GATES * net->n_padded;
  float* const              w     = (float*)layer->w;
  float* const              b     = (float*)layer->b;
  float* const              u     = (float*)layer->u;

  for (uint32_t r = 0; r < REM_N_GATES * n; ++r) {
    const Column column = column_of(net, layer->group_size, r / n, r % n);
    const float* w_from = params + at.weight_ih + (size_t)r * layer->n_in;
    const float* u_from = params + at.weight_hh + (size_t)r * n;

    b[column.first + column.at] = params[at.bias + r];
    for (uint32_t k = 0; k < layer->n_in; ++k) {
      w[k * row + column.first + column.at] = w_from[k];
    }
    for (uint32_t k = 0; k < n; ++k) {
      u[column.first * n + k * column.width + column.at] = u_from[k];
    }
  }
}

static void
pack_head(const RemNet* const net, const float* const params)
{
  const RemHeadAt at = rem_net_head_at(&net->spec);
  const uint32_t  n  = net->spec.n_hidden;

  for (uint32_t o = 0; o < net->spec.n_out; ++o) {
    memcpy(net->v + (size_t)o * net->n_padded,
           params + at.weight + (size_t)o * n,
           n * sizeof(float));
    net->d[o] = params[at.bias + o];
  }
}

/// Share the unit vectors among as few groups as fit, as evenly as possible
static uint32_t
even_group_size(const uint32_t n_units, const uint32_t max_group)
{
  const uint32_t n_groups = (n_units + max_group - 1U) / max_group;
  return (n_units + n_groups - 1U) / n_groups;
}

RemNet*
rem_net_new(const RemNetSpec* const spec, const float* const params)
{
  return rem_net_new_for(spec, params, rem_net_isa());
}

RemNet*
rem_net_new_for(const RemNetSpec* const spec,
                const float* const      params,
                const char* const       isa)
{
  const RemKernel* const kernel = rem_kernel_find(isa);
  RemNet* const net = kernel ? (RemNet*)calloc(1, sizeof(RemNet)) : NULL;
  if (!net) {
    return NULL;
  }

  net->spec     = *spec;
  net->kernel   = kernel;
  net->n_padded = (uint32_t)round_up(spec->n_hidden, net->kernel->width);
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    net->layers[l].n_in       = l ? spec->n_hidden : spec->n_in;
    net->layers[l].n_hidden   = spec->n_hidden;
    net->layers[l].n_padded   = net->n_padded;
    net->layers[l].group_size = even_group_size(
      net->n_padded / net->kernel->width, net->kernel->max_group);
  }
  net->data = new_block(lay_out_net(net));
  if (!net->data) {
    free(net);
    return NULL;
  }

  lay_out_net(net);
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    pack_layer(net, l, params);
  }
  pack_head(net, params);
  return net;
}

void
rem_net_free(RemNet* const net)
{
  if (net) {
    free(net->data);
    free(net);
  }
}

static size_t
lay_out_state(RemNetState* const state, const RemNet* const net)
{
  const size_t p    = net->n_padded;
  const size_t n    = net->spec.n_layers * p;
  size_t       used = 0U;

  state->h      = carve(state->data, &used, n);
  state->c      = carve(state->data, &used, n);
  state->z      = carve(state->data, &used, p * REM_CHUNK * REM_N_GATES);
  state->run[0] = carve(state->data, &used, p * (REM_CHUNK + 1U));
  state->run[1] = carve(state->data, &used, p * (REM_CHUNK + 1U));
  state->y = carve(state->data, &used, (size_t)REM_CHUNK * net->spec.n_out);
  return used;
}

RemNetState*
rem_net_state_new(const RemNet* const net)
{
  RemNetState* const state = (RemNetState*)calloc(1, sizeof(RemNetState));
  if (!state) {
    return NULL;
  }
  state->data = new_block(lay_out_state(state, net));
  if (!state->data) {
    free(state);
    return NULL;
  }
  lay_out_state(state, net);
  return state;
}

void
rem_net_state_free(RemNetState* const state)
{
  if (state) {
    free(state->data);
    free(state);
  }
}

const char*
rem_net_isa(void)
{
  return rem_kernel_select()->isa;
}
