// SPDX-License-Identifier: ISC

/// Weights of one layer between the parameters' order and the products'

#include "dsp/kernel/kernel.h"
#include "offline_trainer/bptt/layer.h"
#include "offline_trainer/bptt/panels.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

float*
rem_bptt_floats(const size_t n)
{
  const size_t per_line = REM_ALIGN / sizeof(float);
  const size_t lines    = n ? (n + per_line - 1U) / per_line : 1U;
  const size_t size     = lines * REM_ALIGN;
  float* const p        = (float*)aligned_alloc(REM_ALIGN, size);
  if (p) {
    memset(p, 0, size);
  }
  return p;
}

const RemBpttKernel*
rem_bptt_kernel(void)
{
  const char* const isa = rem_net_isa();
#if defined(__x86_64__)
  if (!strcmp(isa, "avx512")) {
    return &rem_bptt_kernel_avx512;
  }
  if (!strcmp(isa, "avx2")) {
    return &rem_bptt_kernel_avx2;
  }
#elif defined(__aarch64__)
  if (!strcmp(isa, "neon")) {
    return &rem_bptt_kernel_neon;
  }
#endif
  (void)isa;
  return &rem_bptt_kernel_generic;
}

/// Gates of PyTorch's tensors
static uint32_t
n_gates(const RemBpttLayer* const layer)
{
  return layer->n_products / layer->n_units;
}

/// Where the gates of an LSTM stand: in blocks as wide as vectors, then half as
/// wide
static void
place_lstm(const RemBpttLayer* const layer)
{
  const uint32_t h     = layer->spec.n_hidden;
  uint32_t       width = layer->kernel->width;
  uint32_t       block = 0U;
  while (block < layer->n_units) {
    while (width > layer->n_units - block) {
      width /= 2U;
    }
    for (uint32_t j = block; j < block + width && j < h; ++j) {
      for (uint32_t g = 0; g < REM_N_GATES; ++g) {
        layer->columns[g * h + j] = 4U * block + g * width + (j - block);
      }
    }
    block += width;
  }
}

/// Where the gates of other cells stand, as W leads to them: n, r, z of a GRU
static void
place_rows(const RemBpttLayer* const layer)
{
  const uint32_t h = layer->spec.n_hidden;
  const uint32_t n = n_gates(layer);
  for (uint32_t g = 0; g < n; ++g) {
    for (uint32_t j = 0; j < h; ++j) {
      layer->columns[g * h + j] = (g + 1U) % n * layer->n_units + j;
    }
  }
}

/// Set all sizes
static void
measure(RemBpttLayer* const layer, const RemBpttLayerSpec* const spec)
{
  const bool lstm   = spec->cell == REM_CELL_LSTM;
  const bool gru    = spec->cell == REM_CELL_GRU;
  layer->spec       = *spec;
  layer->kernel     = rem_bptt_kernel();
  layer->n_units    = (spec->n_hidden + 3U) / 4U * 4U;
  layer->n_padded   = (spec->n_hidden + 15U) / 16U * 16U;
  layer->n_dx       = (spec->n_in + 3U) / 4U * 4U;
  layer->n_gates    = (lstm || gru ? 4U : 1U) * layer->n_units;
  layer->n_products = (lstm ? 4U : gru ? 3U : 1U) * layer->n_units;
  layer->n_back     = spec->cell == REM_CELL_FORWARD ? 0U : spec->n_hidden;
  layer->bias_at =
    ((size_t)layer->n_back + spec->n_symbols + spec->n_in) * layer->n_products;
  layer->n_gradient = layer->bias_at + layer->n_gates;
}

/// Return the next multiple of a cache line
static size_t
whole_lines(const size_t n)
{
  return (n + 15U) / 16U * 16U;
}

bool
rem_bptt_layer_make(RemBpttLayer* const           layer,
                    const RemBpttLayerSpec* const spec)
{
  assert(spec->cell != REM_CELL_RNN_THRESHOLD);
  *layer = (RemBpttLayer){.data = NULL};
  measure(layer, spec);
  const size_t  n        = layer->n_products;
  const size_t  n_by_h   = layer->n_back ? n * layer->n_units : 0U;
  const size_t  sizes[6] = {whole_lines(layer->n_back * n),
                            whole_lines(spec->n_symbols * n),
                            whole_lines(spec->n_in * n),
                            whole_lines(layer->n_gates),
                            whole_lines(n_by_h),
                            whole_lines(spec->back ? n * layer->n_dx : 0U)};
  float** const parts[6] = {
    &layer->u, &layer->w, &layer->w_in, &layer->b, &layer->by_h, &layer->by_x};
  size_t size = 0U;
  for (size_t i = 0; i < 6U; ++i) {
    size += sizes[i];
  }
  layer->data    = rem_bptt_floats(size);
  layer->columns = (uint32_t*)calloc((size_t)n_gates(layer) * spec->n_hidden,
                                     sizeof(*layer->columns));
  if (!layer->data || !layer->columns) {
    return false;
  }
  float* p = layer->data;
  for (size_t i = 0; i < 6U; p += sizes[i++]) {
    *parts[i] = p;
  }
  (spec->cell == REM_CELL_LSTM ? place_lstm : place_rows)(layer);
  return true;
}

void
rem_bptt_layer_clear(RemBpttLayer* const layer)
{
  free(layer->data);
  free(layer->columns);
  *layer = (RemBpttLayer){.data = NULL};
}

/// Where the elements of a column of a matrix stand
typedef struct {
  size_t first;
  size_t step;
} Column;

/// Column of a matrix [n_rows, n], in panels or in rows
static Column
find_column(const size_t column,
            const size_t n_rows,
            const size_t n,
            const bool   panels)
{
  const size_t first = panels ? rem_panel_at(0U, column, n_rows, n) : column;
  const size_t next = panels ? rem_panel_at(1U, column, n_rows, n) : column + n;
  return (Column){first, next - first};
}

/// Some columns of a tensor
typedef struct {
  size_t row;  ///< From one row of it to the next
  size_t n;    ///< Columns
  bool   by_h; ///< Whether it is U: its gates are the last of a row
} Tensor;

/// Return which of a product's columns a tensor's row `r` is
static size_t
column_of(const RemBpttLayer* const layer, const bool by_h, const size_t r)
{
  const size_t n = layer->n_products;
  return by_h ? (layer->columns[r] + 2U * n - layer->n_gates) % n
              : layer->columns[r];
}

/// Rows of a tensor at once: they become neighbours
enum { CHUNK = 16 };

/// Pack a tensor [G H, n] as `to` [n, n_products]
static void
pack(const RemBpttLayer* const layer,
     const float* const        tensor,
     const Tensor* const       shape,
     const bool                panels,
     float* const              to)
{
  const size_t n      = shape->n;
  const size_t n_rows = (size_t)n_gates(layer) * layer->spec.n_hidden;
  for (size_t r = 0; r < n_rows; r += CHUNK) {
    const size_t size = n_rows - r < CHUNK ? n_rows - r : CHUNK;
    Column       columns[CHUNK];
    for (size_t i = 0; i < size; ++i) {
      columns[i] = find_column(
        column_of(layer, shape->by_h, r + i), n, layer->n_products, panels);
    }
    for (size_t k = 0; k < n; ++k) {
      for (size_t i = 0; i < size; ++i) {
        to[columns[i].first + k * columns[i].step] =
          tensor[(r + i) * shape->row + k];
      }
    }
  }
}

/// Pack a tensor [G H, n] as `to` [n_products, n_to]
static void
pack_back(const RemBpttLayer* const layer,
          const float* const        tensor,
          const Tensor* const       shape,
          const size_t              n_to,
          float* const              to)
{
  const bool   panels = layer->spec.panels;
  const size_t n      = shape->n;
  const size_t n_rows = (size_t)n_gates(layer) * layer->spec.n_hidden;
  const size_t width  = panels ? REM_PANEL : n_to;
  for (size_t r = 0; r < n_rows; ++r) {
    const size_t row = column_of(layer, shape->by_h, r);
    for (size_t j = 0; j < n; j += width) {
      const size_t size = n - j < width ? n - j : width;
      memcpy(to + (panels ? rem_panel_at(row, j, layer->n_products, n_to)
                          : row * n_to),
             tensor + r * shape->row + j,
             size * sizeof(float));
    }
  }
}

/// Pack W: columns of symbols, then the others
static void
pack_input(const RemBpttLayer* const layer, const float* const tensor)
{
  const RemBpttLayerSpec* const spec  = &layer->spec;
  const size_t                  row   = (size_t)spec->n_symbols + spec->n_in;
  const Tensor                  first = {row, spec->n_symbols, false};
  const Tensor                  rest  = {row, spec->n_in, false};
  pack(layer, tensor, &first, false, layer->w);
  pack(layer, tensor + spec->n_symbols, &rest, spec->panels, layer->w_in);
  if (spec->back) {
    pack_back(layer, tensor + spec->n_symbols, &rest, layer->n_dx, layer->by_x);
  }
}

void
rem_bptt_layer_set(RemBpttLayer* const     layer,
                   const float* const      params,
                   const RemLayerAt* const at)
{
  const size_t h    = layer->spec.n_hidden;
  const Tensor u    = {h, h, true};
  const Tensor bias = {1U, 1U, false};
  if (layer->n_back) {
    pack(layer, params + at->weight_hh, &u, layer->spec.panels, layer->u);
    pack_back(layer, params + at->weight_hh, &u, layer->n_units, layer->by_h);
  }
  pack_input(layer, params + at->weight_ih);
  pack(layer, params + at->bias, &bias, false, layer->b);
  if (layer->spec.cell == REM_CELL_GRU) {
    memcpy(
      layer->b + layer->n_products, params + at->bias_hn, h * sizeof(float));
  }
}

/// Unpack the gradient of a tensor [G H, n] from rows [n, n_products]
static void
unpack(const RemBpttLayer* const layer,
       const float* const        rows,
       const Tensor* const       shape,
       float* const              tensor)
{
  const size_t n_rows = (size_t)n_gates(layer) * layer->spec.n_hidden;
  for (size_t r = 0; r < n_rows; r += CHUNK) {
    const size_t size = n_rows - r < CHUNK ? n_rows - r : CHUNK;
    size_t       columns[CHUNK];
    for (size_t i = 0; i < size; ++i) {
      columns[i] = column_of(layer, shape->by_h, r + i);
    }
    for (size_t k = 0; k < shape->n; ++k) {
      const float* const row = rows + k * layer->n_products;
      for (size_t i = 0; i < size; ++i) {
        tensor[(r + i) * shape->row + k] = row[columns[i]];
      }
    }
  }
}

void
rem_bptt_layer_unpack(const RemBpttLayer* const layer,
                      const float* const        packed,
                      float* const              grad,
                      const RemLayerAt* const   at)
{
  const RemBpttLayerSpec* const spec = &layer->spec;
  const size_t                  h    = spec->n_hidden;
  const size_t                  n_in = (size_t)spec->n_symbols + spec->n_in;
  const Tensor                  u    = {h, layer->n_back, true};
  const Tensor                  w    = {n_in, n_in, false};
  const Tensor                  bias = {1U, 1U, false};
  const float* const            b    = packed + layer->bias_at;
  unpack(layer, packed, &u, grad + at->weight_hh);
  unpack(layer,
         packed + (size_t)layer->n_back * layer->n_products,
         &w,
         grad + at->weight_ih);
  unpack(layer, b, &bias, grad + at->bias);
  if (spec->cell == REM_CELL_GRU) {
    memcpy(grad + at->bias_hn, b + layer->n_products, h * sizeof(float));
  }
}
