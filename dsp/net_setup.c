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

/// Lay out the packed weights of one layer
static size_t
lay_out_layer(const RemNet* const net, RemLayer* const layer, size_t used)
{
  const size_t n_rows = layer->n_symbols ? layer->n_symbols : 1U;

  layer->w    = carve(net->data, &used, (size_t)layer->n_in * layer->row);
  layer->b    = carve(net->data, &used, n_rows * layer->row);
  layer->b_hn = carve(net->data, &used, layer->row);
  for (uint32_t i = 0; i < layer->n_blocks; ++i) {
    RemBlock* const block = &layer->blocks[i];
    const size_t    row   = rem_block_vectors(block) * net->kernel->width;
    block->u              = carve(net->data, &used, block->n_rows * row);
    if (net->data) {
      block->w    = layer->w + block->column;
      block->b_hn = layer->b_hn + block->column;
    }
  }
  return used;
}

/// Lay out all packed weights in `net->data`, or count their floats if NULL
static size_t
lay_out_net(RemNet* const net)
{
  const RemNetSpec* const spec = &net->spec;
  const size_t n_out = spec->head == REM_HEAD_NONE ? 0U : (size_t)spec->n_out;
  size_t       used  = 0U;

  for (uint32_t i = 0; i < net->n_indices; ++i) {
    used = lay_out_layer(net, &net->layers[i], used);
  }
  net->head.v = carve(net->data, &used, n_out * net->head.n_padded);
  net->head.d = carve(net->data, &used, n_out);
  return used;
}

/// Most whole vectors of units in a block
static uint32_t
most_vectors(const RemCell cell)
{
  return cell == REM_CELL_LSTM  ? REM_MAX_LSTM
         : cell == REM_CELL_GRU ? REM_MAX_GRU
                                : REM_MAX_RNN;
}

/// Whether two gates may share a vector, which half a vector of units is for
static bool
has_halves(const RemCell cell)
{
  return cell == REM_CELL_LSTM || cell == REM_CELL_GRU;
}

/// Units that vectors of some width make of a layer's, half vectors included
static uint32_t
padded_units(const RemCell cell, const uint32_t n_hidden, const uint32_t width)
{
  return (uint32_t)round_up(n_hidden, has_halves(cell) ? width / 2U : width);
}

/// How the units of every layer are shared among blocks
typedef struct {
  uint32_t n_vectors; ///< Whole ones
  uint32_t n_blocks;
  bool     half; ///< And half a vector, in the last block
} Plan;

/// Share the unit vectors among as few blocks as fit, as evenly as possible.
/// Units that fill no more than half of the last vector take two gates each.
static Plan
plan_blocks(const RemCell cell, const uint32_t n_hidden, const uint32_t width)
{
  const uint32_t most     = most_vectors(cell);
  const uint32_t rest     = n_hidden % width;
  const bool     half     = has_halves(cell) && rest && rest <= width / 2U;
  const uint32_t n        = n_hidden / width + (rest && !half ? 1U : 0U);
  const uint32_t n_blocks = (n + most - 1U) / most;
  return (Plan){n, n_blocks ? n_blocks : 1U, half};
}

/// Return what suits a layer's size best.  Half the vectors' width, where that
/// holds all units of an LSTM, so that the chain needs no shuffles, or pads an
/// eighth less; what has fewer gates than an LSTM fills wide vectors worse, up
/// to the sizes that were measured.
static const RemKernel*
choose_kernel(const RemKernel* const kernel, const RemNetSpec* const spec)
{
  if (!kernel->half) {
    return kernel;
  }
  const RemCell  cell  = spec->cell;
  const uint32_t n     = spec->n_hidden;
  const uint32_t width = kernel->half->width;
  const uint32_t whole = padded_units(cell, n, kernel->width);
  const uint32_t saved = whole - padded_units(cell, n, width);
  const uint32_t few   = cell == REM_CELL_LSTM  ? width
                         : cell == REM_CELL_GRU ? 3U * width
                                                : 8U * width;
  const bool     pads  = cell != REM_CELL_GRU && 8U * saved >= whole;
  return n <= few || pads ? kernel->half : kernel;
}

/// Return a block's step for `n_streams`
static RemStep
find_step(const RemKernel* const kernel,
          const RemBlock* const  block,
          const uint32_t         n_streams)
{
  const uint32_t s = n_streams - 1U;
  const bool     is_tanh =
    block->cell == REM_CELL_RNN_TANH || block->cell == REM_CELL_FORWARD;
  return block->cell == REM_CELL_LSTM
           ? kernel->lstm[s][block->n_vectors][block->half]
         : block->cell == REM_CELL_GRU
           ? kernel->gru[s][block->n_vectors][block->half]
           : kernel->rnn[s][block->n_vectors][is_tanh];
}

/// Cut a layer into blocks, and say how long a row of its gates is
static void
cut_layer(RemLayer* const         layer,
          const RemKernel* const  kernel,
          const RemNetSpec* const spec,
          const Plan              plan)
{
  const uint32_t n_rows = spec->cell == REM_CELL_FORWARD
                            ? 0U
                            : (uint32_t)round_up(spec->n_hidden, REM_ROW_UNIT);
  uint32_t       at     = 0U;

  layer->n_blocks = plan.n_blocks;
  for (uint32_t i = 0; i < plan.n_blocks; ++i) {
    RemBlock* const block = &layer->blocks[i];
    block->cell           = spec->cell;
    block->n_gates        = rem_net_layer_at(spec, 0).n_gates;
    block->n_vectors =
      plan.n_vectors / plan.n_blocks + (i < plan.n_vectors % plan.n_blocks);
    block->half    = plan.half && i + 1U == plan.n_blocks;
    block->step[0] = find_step(kernel, block, 1U);
    block->step[1] = find_step(kernel, block, 2U);
    block->at      = at;
    block->column  = layer->row;
    block->n_rows  = n_rows;
    block->n_x     = layer->direct ? layer->n_in : 0U;
    at += block->n_vectors * kernel->width;
    layer->row += (uint32_t)rem_block_vectors(block) * kernel->width;
  }
  for (uint32_t i = 0; i < plan.n_blocks; ++i) {
    layer->blocks[i].w_row = layer->row;
  }
}

static bool
cut_layers(RemNet* const net)
{
  const RemNetSpec* const spec = &net->spec;
  const uint32_t          dirs = rem_net_n_directions(spec);
  const Plan plan = plan_blocks(spec->cell, spec->n_hidden, net->kernel->width);

  net->blocks =
    (RemBlock*)calloc((size_t)net->n_indices * plan.n_blocks, sizeof(RemBlock));
  for (uint32_t i = 0; net->blocks && i < net->n_indices; ++i) {
    RemLayer* const layer = &net->layers[i];
    const bool      first = i < dirs;
    layer->n_symbols      = first ? spec->n_symbols : 0U;
    layer->n_in =
      first ? spec->n_in - (spec->n_symbols ? 1U : 0U) : dirs * spec->n_hidden;
    layer->n_hidden = spec->n_hidden;
    layer->direct   = first && layer->n_in <= REM_MAX_DIRECT;
    layer->blocks   = net->blocks + (size_t)i * plan.n_blocks;
    cut_layer(layer, net->kernel, spec, plan);
  }
  return net->blocks != NULL;
}

/// Whether the weights that a frame walks exceed the first-level cache.  What
/// was used last is then used first, so that the part that fits is found there:
/// a walk in one direction would find nothing.
static bool
exceeds_cache(const RemLayer* const layer)
{
  return sizeof(float) * layer->row * layer->n_hidden > 28672U; // Of 32 KiB
}

/// Set what follows from a net's shape
static void
shape_net(RemNet* const           net,
          const RemNetSpec* const spec,
          const RemKernel* const  kernel)
{
  net->spec       = *spec;
  net->kernel     = choose_kernel(kernel, spec);
  net->n_padded   = (uint32_t)round_up(spec->n_hidden, net->kernel->width);
  net->n_indices  = spec->n_layers * rem_net_n_directions(spec);
  net->head.n_in  = spec->n_in;
  net->head.n_out = spec->n_out;
  net->head.skip  = spec->skip;
  net->head.n_padded =
    rem_net_n_features(spec) / spec->n_hidden * net->n_padded;
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

  shape_net(net, spec, kernel);
  if (cut_layers(net)) {
    net->alternate = exceeds_cache(&net->layers[0]);
    net->data      = new_block(lay_out_net(net));
  }
  if (!net->data) {
    rem_net_free(net);
    return NULL;
  }

  lay_out_net(net);
  rem_net_pack(net, params);
  return net;
}

void
rem_net_free(RemNet* const net)
{
  if (net) {
    free(net->data);
    free(net->blocks);
    free(net);
  }
}

static size_t
lay_out_state(RemNetState* const state, const RemNet* const net)
{
  const size_t p    = net->n_padded;
  const size_t n    = net->n_indices * p;
  const size_t row  = net->layers[0].row;
  const size_t f    = net->spec.take == REM_TAKE_LAST ? 0U : net->head.n_padded;
  size_t       used = 0U;

  state->h        = carve(state->data, &used, n);
  state->c        = carve(state->data, &used, n);
  state->z        = carve(state->data, &used, REM_CHUNK * row);
  state->run[0]   = carve(state->data, &used, p * (REM_CHUNK + 1U));
  state->run[1]   = carve(state->data, &used, p * (REM_CHUNK + 1U));
  state->features = carve(state->data, &used, f * REM_CHUNK);
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
