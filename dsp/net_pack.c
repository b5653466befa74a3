// SPDX-License-Identifier: ISC

/// Weights in the order that kernels read them; never called in the audio
/// thread

#include "dsp/kernel/kernel.h"
#include "dsp/net.h"
#include "dsp/net_internal.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// Column of gate `gate` of a block's unit `j` in its rows
static size_t
column_of(const RemBlock* const block,
          const size_t          width,
          const size_t          gate,
          const size_t          j)
{
  const size_t whole = block->n_vectors * width;
  return j < whole ? gate * whole + j
                   : block->n_gates * whole + gate * (width / 2U) + (j - whole);
}

/// Where all that leads to one gate of one unit stands
typedef struct {
  const RemBlock* block;
  size_t          column; ///< In a row of the block
  size_t          in_z;   ///< In a row of all blocks
} Place;

static Place
find_place(const RemNet* const   net,
           const RemLayer* const layer,
           const uint32_t        gate,
           const uint32_t        j)
{
  const uint32_t  width = net->kernel->width;
  const RemBlock* block = layer->blocks;
  while (j >=
         block->at + block->n_vectors * width + (block->half ? width : 0U)) {
    ++block;
  }
  const size_t column = column_of(block, width, gate, j - block->at);
  return (Place){block, column, block->column + column};
}

/// Pack W and b of a gate; a symbol's column is added to b once and for all
static void
pack_inputs(const RemLayer* const layer,
            const size_t          in_z,
            const float* const    weights,
            const float           bias)
{
  float* const b = (float*)layer->b + in_z;
  float* const w = (float*)layer->w + in_z;

  b[0] = bias;
  for (size_t k = 0; k < layer->n_symbols; ++k) {
    b[k * layer->row] = bias + weights[k];
  }
  for (size_t k = 0; k < layer->n_in; ++k) {
    w[k * layer->row] = weights[layer->n_symbols + k];
  }
}

/// Pack all that leads to gate `gate` of unit `j`: row r of PyTorch's matrices
static void
pack_gate(const RemNet* const   net,
          const RemLayer* const layer,
          const RemLayerAt      at,
          const float* const    params,
          const uint32_t        gate,
          const uint32_t        j)
{
  const uint32_t n     = layer->n_hidden;
  const size_t   r     = (size_t)gate * n + j;
  const Place    place = find_place(net, layer, gate, j);
  const size_t   row   = rem_block_vectors(place.block) * net->kernel->width;

  pack_inputs(layer,
              place.in_z,
              params + at.weight_ih + r * at.n_in,
              params[at.bias + r]);
  for (size_t k = 0; place.block->n_rows && k < n; ++k) {
    ((float*)place.block->u)[k * row + place.column] =
      params[at.weight_hh + r * n + k];
  }
  if (net->spec.cell == REM_CELL_GRU && gate == 2U) {
    ((float*)layer->b_hn)[place.in_z] = params[at.bias_hn + j];
  }
}

static void
pack_layer(const RemNet* const net,
           const uint32_t      index,
           const float* const  params)
{
  const RemLayerAt      at    = rem_net_layer_at(&net->spec, index);
  const RemLayer* const layer = &net->layers[index];

  for (uint32_t gate = 0; gate < at.n_gates; ++gate) {
    for (uint32_t j = 0; j < layer->n_hidden; ++j) {
      pack_gate(net, layer, at, params, gate, j);
    }
  }
}

/// Pack the head; the features of every layer and direction fill P columns
static void
pack_head(const RemNet* const net, const float* const params)
{
  const RemHeadAt at = rem_net_head_at(&net->spec);
  const uint32_t  n  = net->spec.n_hidden;

  for (uint32_t o = 0; o < net->spec.n_out; ++o) {
    float* const v = (float*)net->head.v + (size_t)o * net->head.n_padded;
    for (uint32_t i = 0; i < at.n_in / n; ++i) {
      memcpy(v + (size_t)i * net->n_padded,
             params + at.weight + (size_t)o * at.n_in + (size_t)i * n,
             n * sizeof(float));
    }
    ((float*)net->head.d)[o] = params[at.bias + o];
  }
}

void
rem_net_pack(RemNet* const net, const float* const params)
{
  for (uint32_t i = 0; i < net->n_indices; ++i) {
    pack_layer(net, i, params);
  }
  if (net->spec.head != REM_HEAD_NONE) {
    pack_head(net, params);
  }
}
