// SPDX-License-Identifier: ISC

/// Weights packed for training

#include "dsp/kernel/kernel.h"
#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_internal.h"

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
  const char* const isa = rem_kernel_select()->isa;
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

static void
shape_layer(RemBpttLayer* const layer, const RemBpttNet* const net, uint32_t l)
{
  layer->n_in    = l ? net->n_units : net->spec.n_in;
  layer->n_units = net->n_units;
  layer->n_rows  = layer->n_in + layer->n_units + 1U;
  layer->stride  = (layer->n_rows + 3U) / 4U * 4U;
}

/// Floats of RemBpttLayer.backward: the first layer needs none for its input,
/// and no layer for its bias
static size_t
backward_size(const RemBpttLayer* const layer)
{
  return (size_t)4 * layer->n_units * layer->stride;
}

RemBpttNet*
rem_bptt_net_new(const RemNetSpec* const spec)
{
  RemBpttNet* const net = (RemBpttNet*)calloc(1, sizeof(RemBpttNet));
  if (!net) {
    return NULL;
  }

  size_t n     = 0U;
  net->spec    = *spec;
  net->kernel  = select_kernel();
  net->n_units = (spec->n_hidden + 3U) / 4U * 4U;
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    shape_layer(&net->layers[l], net, l);
    n += 2U * backward_size(&net->layers[l]);
  }
  net->data = rem_bptt_floats(n + (size_t)spec->n_out * (net->n_units + 1U));
  if (!net->data) {
    free(net);
    return NULL;
  }

  float* p = net->data;
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    net->layers[l].forward  = p;
    net->layers[l].backward = p + backward_size(&net->layers[l]);
    p += 2U * backward_size(&net->layers[l]);
  }
  net->head = p;
  return net;
}

void
rem_bptt_net_free(RemBpttNet* const net)
{
  if (net) {
    free(net->data);
    free(net);
  }
}

/// Put one weight where both passes want it: gate row `r` = 4j + g, row `k` of
/// a = [x; h; 1]
static void
put_weight(const RemBpttNet* const   net,
           const RemBpttLayer* const layer,
           const uint32_t            r,
           const uint32_t            k,
           const float               w)
{
  const uint32_t per_tile = 4U * net->kernel->units_per_tile;
  const size_t   tile     = r / per_tile;

  layer->forward[(tile * layer->n_rows + k) * per_tile + r % per_tile] = w;

  // Tiles of rows are cut separately for x and h; the last may be narrower.
  // An input frame or a bias has no gradient, so nothing reads it here.
  const uint32_t first = k < layer->n_in ? 0U : layer->n_in;
  const uint32_t n     = k < layer->n_in ? layer->n_in : layer->n_units;
  if (k - first < n && (n % 4U) == 0U) {
    const uint32_t most  = net->kernel->rows_per_tile;
    const uint32_t begin = (k - first) / most * most;
    const uint32_t width = n - begin < most ? n - begin : most;
    const size_t   at    = (size_t)(first + begin) * 4U * layer->n_units;
    layer->backward[at + (size_t)r * width + (k - first - begin)] = w;
  }
}

static void
set_layer(RemBpttNet* const net, const uint32_t l, const float* const params)
{
  const RemLayerAt          at    = rem_net_layer_at(&net->spec, l);
  const RemBpttLayer* const layer = &net->layers[l];
  const uint32_t            n     = net->spec.n_hidden;

  for (uint32_t g = 0; g < REM_N_GATES; ++g) {
    for (uint32_t j = 0; j < n; ++j) {
      const size_t       row = (size_t)g * n + j;
      const float* const w   = params + at.weight_ih + row * at.n_in;
      const float* const u   = params + at.weight_hh + row * n;
      for (uint32_t k = 0; k < at.n_in; ++k) {
        put_weight(net, layer, 4U * j + g, k, w[k]);
      }
      for (uint32_t k = 0; k < n; ++k) {
        put_weight(net, layer, 4U * j + g, layer->n_in + k, u[k]);
      }
      put_weight(
        net, layer, 4U * j + g, layer->n_rows - 1U, params[at.bias + row]);
    }
  }
}

void
rem_bptt_net_set(RemBpttNet* const net, const float* const params)
{
  const RemHeadAt at = rem_net_head_at(&net->spec);
  const uint32_t  n  = net->spec.n_hidden;

  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    set_layer(net, l, params);
  }
  for (uint32_t o = 0; o < net->spec.n_out; ++o) {
    float* const row = net->head + (size_t)o * (net->n_units + 1U);
    memcpy(row, params + at.weight + (size_t)o * n, n * sizeof(float));
    row[net->n_units] = params[at.bias + o];
  }
}
