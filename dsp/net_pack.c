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
column_of(const RemLstmBlock* const block,
          const size_t              width,
          const size_t              gate,
          const size_t              j)
{
  const size_t whole = block->n_vectors * width;
  return j < whole ? gate * whole + j
                   : REM_N_GATES * whole + gate * (width / 2U) + (j - whole);
}

/// Pack all that leads to gate `gate` of unit `j`: row r of PyTorch's matrices
static void
pack_gate(const RemNet* const       net,
          const RemLstmLayer* const layer,
          const RemLayerAt          at,
          const float* const        params,
          const uint32_t            gate,
          const uint32_t            j)
{
  const uint32_t      n     = layer->n_hidden;
  const uint32_t      width = net->kernel->width;
  const size_t        r     = (size_t)gate * n + j;
  const RemLstmBlock* block = layer->blocks;
  while (j >=
         block->at + block->n_vectors * width + (block->half ? width : 0U)) {
    ++block;
  }
  const size_t column = column_of(block, width, gate, j - block->at);
  const size_t row    = rem_block_vectors(block) * width;
  const size_t in_z   = block->column + column;

  ((float*)layer->b)[in_z] = params[at.bias + r];
  for (size_t k = 0; k < layer->n_in; ++k) {
    ((float*)layer->w)[k * layer->row + in_z] =
      params[at.weight_ih + r * layer->n_in + k];
  }
  for (size_t k = 0; k < n; ++k) {
    ((float*)block->u)[k * row + column] = params[at.weight_hh + r * n + k];
  }
}

static void
pack_layer(const RemNet* const net, const uint32_t l, const float* const params)
{
  const RemLayerAt          at    = rem_net_layer_at(&net->spec, l);
  const RemLstmLayer* const layer = &net->layers[l];

  for (uint32_t gate = 0; gate < REM_N_GATES; ++gate) {
    for (uint32_t j = 0; j < layer->n_hidden; ++j) {
      pack_gate(net, layer, at, params, gate, j);
    }
  }
}

static void
pack_head(const RemNet* const net, const float* const params)
{
  const RemHeadAt at = rem_net_head_at(&net->spec);
  const uint32_t  n  = net->spec.n_hidden;

  for (uint32_t o = 0; o < net->spec.n_out; ++o) {
    memcpy((float*)net->head.v + (size_t)o * net->n_padded,
           params + at.weight + (size_t)o * n,
           n * sizeof(float));
    ((float*)net->head.d)[o] = params[at.bias + o];
  }
}

void
rem_net_pack(RemNet* const net, const float* const params)
{
  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    pack_layer(net, l, params);
  }
  pack_head(net, params);
}
