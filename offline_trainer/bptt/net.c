// SPDX-License-Identifier: ISC

/// Weights packed for training

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_internal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t
rem_bptt_gradient_at(const RemBpttNet* const net, const uint32_t layer)
{
  size_t at = 0U;
  for (uint32_t l = 0; l < layer; ++l) {
    at += net->layers[l].n_gradient;
  }
  return at;
}

size_t
rem_bptt_net_n_gradient(const RemBpttNet* const net)
{
  return rem_bptt_gradient_at(net, net->spec.n_layers) +
         (size_t)rem_bptt_n_head(&net->spec) * (net->f_units + 1U);
}

/// Return whether the head is better off as a product of matrices: a tile's
/// width of outputs
static bool
is_wide(const RemNetSpec* const spec)
{
  return spec->n_out >= 16U && spec->head != REM_HEAD_NONE;
}

static bool
make_layers(RemBpttNet* const net)
{
  const RemNetSpec* const spec = &net->spec;
  bool                    made = true;
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    const uint32_t n_frame = spec->n_symbols ? spec->n_in - 1U : spec->n_in;
    const RemBpttLayerSpec layer = {.cell      = spec->cell,
                                    .n_hidden  = spec->n_hidden,
                                    .n_symbols = l ? 0U : spec->n_symbols,
                                    .n_in      = l ? spec->n_hidden : n_frame,
                                    .back      = l > 0U,
                                    .panels    = net->panels};
    made = rem_bptt_layer_make(&net->layers[l], &layer) && made;
  }
  return made;
}

/// Give every part of the head its place in one piece of memory
static bool
make_head(RemBpttNet* const net)
{
  const RemNetSpec* const spec = &net->spec;
  const size_t            n    = rem_bptt_n_head(spec);
  const size_t            wide = is_wide(spec) ? n * net->n_features : 0U;
  net->data = rem_bptt_floats(n * (net->f_padded + 1U) + wide);
  if (!net->data) {
    return false;
  }
  net->head      = net->data;
  net->head_bias = net->head + n * net->f_padded;
  net->wide_head = wide ? net->head_bias + n : NULL;
  return true;
}

RemBpttNet*
rem_bptt_net_new(const RemNetSpec* const spec)
{
  RemBpttNet* const net = (RemBpttNet*)calloc(1, sizeof(RemBpttNet));
  if (net) {
    net->spec       = *spec;
    net->kernel     = rem_bptt_kernel();
    net->panels     = spec->n_symbols || spec->n_hidden >= REM_PANELS_FROM;
    net->n_units    = (spec->n_hidden + 3U) / 4U * 4U;
    net->n_padded   = (spec->n_hidden + 15U) / 16U * 16U;
    net->n_features = rem_net_n_features(spec);
    net->f_units    = (net->n_features + 3U) / 4U * 4U;
    net->f_padded   = (net->n_features + 15U) / 16U * 16U;
    const bool made = make_layers(net);
    if (!make_head(net) || !made) {
      rem_bptt_net_free(net);
      return NULL;
    }
  }
  return net;
}

void
rem_bptt_net_free(RemBpttNet* const net)
{
  if (net) {
    for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
      rem_bptt_layer_clear(&net->layers[l]);
    }
    free(net->data);
    free(net);
  }
}

void
rem_bptt_net_set(RemBpttNet* const net, const float* const params)
{
  const RemHeadAt at    = rem_net_head_at(&net->spec);
  const size_t    n     = net->n_features;
  const size_t    n_out = rem_bptt_n_head(&net->spec);

  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    const RemLayerAt tensors = rem_net_layer_at(&net->spec, l);
    rem_bptt_layer_set(&net->layers[l], params, &tensors);
  }
  for (size_t o = 0; o < n_out; ++o) {
    memcpy(net->head + o * net->f_padded,
           params + at.weight + o * n,
           n * sizeof(float));
    net->head_bias[o] = params[at.bias + o];
    for (size_t j = 0; net->wide_head && j < n; ++j) {
      net->wide_head[j * n_out + o] = params[at.weight + o * n + j];
    }
  }
}

void
rem_bptt_net_unpack(const RemBpttNet* const net,
                    const float* const      packed,
                    float* const            grad)
{
  const RemHeadAt    at    = rem_net_head_at(&net->spec);
  const size_t       n     = net->n_features;
  const size_t       n_out = rem_bptt_n_head(&net->spec);
  const float* const head =
    packed + rem_bptt_gradient_at(net, net->spec.n_layers);

  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    const RemLayerAt tensors = rem_net_layer_at(&net->spec, l);
    rem_bptt_layer_unpack(
      &net->layers[l], packed + rem_bptt_gradient_at(net, l), grad, &tensors);
  }
  for (size_t o = 0; o < n_out; ++o) {
    memcpy(
      grad + at.weight + o * n, head + o * net->f_units, n * sizeof(float));
    grad[at.bias + o] = head[n_out * net->f_units + o];
  }
  memset(
    grad + at.end, 0, (rem_net_n_params(&net->spec) - at.end) * sizeof(float));
}

enum { MAX_GROUPS = 64, LEAST_ROWS = 128 };

uint32_t
rem_bptt_n_groups(const RemNetSpec* const spec,
                  const uint32_t          n_streams,
                  const uint32_t          n_steps)
{
  const uint32_t least = spec->n_hidden < REM_PANELS_FROM ? 4U : 16U;
  uint32_t       n     = 1U;
  while (n < MAX_GROUPS && n_streams / (2U * n) >= least &&
         n_streams / (2U * n) * (uint64_t)n_steps >= LEAST_ROWS) {
    n *= 2U;
  }
  return n;
}

uint32_t
rem_bptt_group_begin(const uint32_t n_streams,
                     const uint32_t n_groups,
                     const uint32_t group)
{
  const uint32_t n_big = n_streams % n_groups;
  return group * (n_streams / n_groups) + (group < n_big ? group : n_big);
}
