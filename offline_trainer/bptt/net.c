// SPDX-License-Identifier: ISC

/// Weights packed for training

#include "dsp/kernel/kernel.h"
#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_internal.h"
#include "offline_trainer/bptt/panels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

float*
rem_bptt_floats(const size_t n)
{
  const size_t per_line = REM_ALIGN / sizeof(float);
  const size_t size     = (n + per_line - 1U) / per_line * REM_ALIGN;
  float* const p        = (float*)aligned_alloc(REM_ALIGN, size);
  if (p) {
    memset(p, 0, size);
  }
  return p;
}

/// The trainer's code for the instruction set that the engine plays with
static const RemBpttKernel*
select_kernel(void)
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

/// Rows of RemBpttLayer.forward
static size_t
n_rows(const RemBpttNet* const net, const uint32_t layer)
{
  const RemNetSpec* const spec = &net->spec;
  return spec->n_hidden + (layer ? spec->n_hidden : spec->n_in) + (size_t)1;
}

size_t
rem_bptt_gradient_at(const RemBpttNet* const net, const uint32_t layer)
{
  size_t at = 0U;
  for (uint32_t l = 0; l < layer; ++l) {
    at += n_rows(net, l) * 4U * net->n_units;
  }
  return at;
}

size_t
rem_bptt_net_n_gradient(const RemBpttNet* const net)
{
  return rem_bptt_gradient_at(net, net->spec.n_layers) +
         (size_t)net->spec.n_out * (net->n_units + 1U);
}

/// Return whether the head is better off as a product of matrices: a tile's
/// width of outputs
static bool
is_wide(const RemNetSpec* const spec)
{
  return spec->n_out >= 16U;
}

/// Find where gates stand: in blocks as wide as vectors, then half as wide
static void
place_gates(const RemBpttNet* const net)
{
  const uint32_t h     = net->spec.n_hidden;
  uint32_t       width = net->kernel->width;
  uint32_t       block = 0U;
  while (block < net->n_units) {
    while (width > net->n_units - block) {
      width /= 2U;
    }
    for (uint32_t j = block; j < block + width && j < h; ++j) {
      for (uint32_t g = 0; g < REM_N_GATES; ++g) {
        net->columns[g * h + j] = 4U * block + g * width + (j - block);
      }
    }
    block += width;
  }
}

/// Give every part of the net its place in one piece of memory
static bool
make_net(RemBpttNet* const net)
{
  const RemNetSpec* const spec = &net->spec;
  const size_t            q    = net->n_units;
  const size_t            back = 4U * q * q;
  const size_t            n    = rem_bptt_gradient_at(net, spec->n_layers) +
                   (2U * spec->n_layers - 1U) * back +
                   (size_t)spec->n_out * (net->n_padded + 1U) +
                   (is_wide(spec) ? (size_t)spec->n_out * spec->n_hidden : 0U);

  net->data    = rem_bptt_floats(n);
  net->columns = (uint32_t*)calloc((size_t)REM_N_GATES * spec->n_hidden,
                                   sizeof(*net->columns));
  if (!net->data || !net->columns) {
    return false;
  }
  float* p = net->data;
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    RemBpttLayer* const layer = &net->layers[l];
    layer->n_in               = l ? spec->n_hidden : spec->n_in;
    layer->forward            = p;
    layer->by_h               = p + n_rows(net, l) * 4U * q;
    layer->by_x               = l ? layer->by_h + back : NULL;
    p                         = layer->by_h + (l ? 2U : 1U) * back;
  }
  net->head      = p;
  net->head_bias = p + (size_t)spec->n_out * net->n_padded;
  net->wide_head = is_wide(spec) ? net->head_bias + spec->n_out : NULL;
  place_gates(net);
  return true;
}

static RemBpttNet*
new_net(const RemNetSpec* const spec, const bool symbols)
{
  RemBpttNet* const net = (RemBpttNet*)calloc(1, sizeof(RemBpttNet));
  if (net) {
    net->spec     = *spec;
    net->kernel   = select_kernel();
    net->symbols  = symbols;
    net->panels   = symbols || spec->n_hidden >= REM_PANELS_FROM;
    net->n_units  = (spec->n_hidden + 3U) / 4U * 4U;
    net->n_padded = (spec->n_hidden + 15U) / 16U * 16U;
    if (!make_net(net)) {
      rem_bptt_net_free(net);
      return NULL;
    }
  }
  return net;
}

RemBpttNet*
rem_bptt_net_new(const RemNetSpec* const spec)
{
  return new_net(spec, false);
}

RemBpttNet*
rem_bptt_net_new_symbols(const RemNetSpec* const spec)
{
  return new_net(spec, true);
}

void
rem_bptt_net_free(RemBpttNet* const net)
{
  if (net) {
    free(net->columns);
    free(net->data);
    free(net);
  }
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

/// Rows of a tensor at once: they become neighbours
enum { CHUNK = 16 };

/// Pack a tensor [4H, n] as `forward` [n, 4Q]
static void
pack(const RemBpttNet* const net,
     const float* const      tensor,
     const size_t            n,
     const bool              panels,
     float* const            forward)
{
  const size_t n_rows = (size_t)REM_N_GATES * net->spec.n_hidden;
  for (size_t r = 0; r < n_rows; r += CHUNK) {
    const size_t size = n_rows - r < CHUNK ? n_rows - r : CHUNK;
    Column       columns[CHUNK];
    for (size_t i = 0; i < size; ++i) {
      columns[i] =
        find_column(net->columns[r + i], n, (size_t)4 * net->n_units, panels);
    }
    for (size_t k = 0; k < n; ++k) {
      for (size_t i = 0; i < size; ++i) {
        forward[columns[i].first + k * columns[i].step] =
          tensor[(r + i) * n + k];
      }
    }
  }
}

/// Pack a tensor [4H, H] as `backward` [4Q, Q]
static void
pack_back(const RemBpttNet* const net,
          const float* const      tensor,
          float* const            backward)
{
  const size_t q     = net->n_units;
  const size_t n     = net->spec.n_hidden;
  const size_t width = net->panels ? REM_PANEL : q;
  for (size_t r = 0; r < REM_N_GATES * n; ++r) {
    for (size_t j = 0; j < n; j += width) {
      const size_t row  = net->columns[r];
      const size_t size = n - j < width ? n - j : width;
      memcpy(backward +
               (net->panels ? rem_panel_at(row, j, 4U * q, q) : row * q),
             tensor + r * n + j,
             size * sizeof(float));
    }
  }
}

void
rem_bptt_net_set(RemBpttNet* const net, const float* const params)
{
  const RemHeadAt at = rem_net_head_at(&net->spec);
  const size_t    n  = net->spec.n_hidden;

  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    const RemLayerAt          tensors   = rem_net_layer_at(&net->spec, l);
    const RemBpttLayer* const layer     = &net->layers[l];
    float* const              w         = layer->forward;
    const size_t              row       = (size_t)4 * net->n_units;
    const bool                in_panels = net->panels && (l || !net->symbols);
    pack(net, params + tensors.weight_hh, n, net->panels, w);
    pack(net, params + tensors.weight_ih, layer->n_in, in_panels, w + n * row);
    pack(net, params + tensors.bias, 1U, false, w + (n + layer->n_in) * row);
    pack_back(net, params + tensors.weight_hh, layer->by_h);
    if (l) {
      pack_back(net, params + tensors.weight_ih, layer->by_x);
    }
  }
  for (size_t o = 0; o < net->spec.n_out; ++o) {
    memcpy(net->head + o * net->n_padded,
           params + at.weight + o * n,
           n * sizeof(float));
    net->head_bias[o] = params[at.bias + o];
    for (size_t j = 0; net->wide_head && j < n; ++j) {
      net->wide_head[j * net->spec.n_out + o] = params[at.weight + o * n + j];
    }
  }
}

/// Unpack the gradient of a tensor [4H, n] from rows [n, 4Q]
static void
unpack(const RemBpttNet* const net,
       const float* const      rows,
       const size_t            n,
       float* const            tensor)
{
  const size_t n_rows = (size_t)REM_N_GATES * net->spec.n_hidden;
  for (size_t r = 0; r < n_rows; r += CHUNK) {
    const size_t size = n_rows - r < CHUNK ? n_rows - r : CHUNK;
    for (size_t k = 0; k < n; ++k) {
      const float* const row = rows + k * 4U * net->n_units;
      for (size_t i = 0; i < size; ++i) {
        tensor[(r + i) * n + k] = row[net->columns[r + i]];
      }
    }
  }
}

void
rem_bptt_net_unpack(const RemBpttNet* const net,
                    const float* const      packed,
                    float* const            grad)
{
  const RemHeadAt    at  = rem_net_head_at(&net->spec);
  const size_t       n   = net->spec.n_hidden;
  const size_t       row = (size_t)4 * net->n_units;
  const float* const head =
    packed + rem_bptt_gradient_at(net, net->spec.n_layers);

  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    const RemLayerAt   tensors = rem_net_layer_at(&net->spec, l);
    const float* const from    = packed + rem_bptt_gradient_at(net, l);
    unpack(net, from, n, grad + tensors.weight_hh);
    unpack(net, from + n * row, tensors.n_in, grad + tensors.weight_ih);
    unpack(net, from + (n + tensors.n_in) * row, 1U, grad + tensors.bias);
  }
  for (size_t o = 0; o < net->spec.n_out; ++o) {
    memcpy(
      grad + at.weight + o * n, head + o * net->n_units, n * sizeof(float));
    grad[at.bias + o] = head[(size_t)net->spec.n_out * net->n_units + o];
  }
}
