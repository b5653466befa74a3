// SPDX-License-Identifier: ISC

/// Weights packed for whole sequences

#include "offline_trainer/sequence/stack.h"

#include <stdlib.h>
#include <string.h>

/// Set all sizes
static void
measure(RemStack* const stack)
{
  const RemNetSpec* const spec = &stack->spec;
  stack->n_directions          = rem_net_n_directions(spec);
  stack->n_layers              = spec->n_layers * stack->n_directions;
  stack->n_units               = rem_round_up(spec->n_hidden, 4U);
  stack->n_padded              = rem_round_up(spec->n_hidden, 16U);
  stack->n_features            = rem_net_n_features(spec);
  stack->feature_row           = rem_round_up(stack->n_features, 16U);
  stack->n_joined    = rem_round_up(stack->n_directions * spec->n_hidden, 16U);
  stack->n_wide      = rem_round_up(spec->n_out, 4U);
  stack->n_state     = rem_round_up((uint32_t)rem_net_n_state(spec), 4U);
  stack->n_condition = rem_round_up(spec->n_condition, 4U);
  stack->has_head    = spec->head != REM_HEAD_NONE;
}

/// Give the head and the initial state their places
static bool
place(RemStack* const stack)
{
  const RemNetSpec* const spec   = &stack->spec;
  const bool              learns = spec->initial != REM_INITIAL_REST;
  const size_t            n_head = stack->has_head ? stack->n_wide : 0U;
  const size_t            n_out  = stack->has_head ? spec->n_out : 0U;
  const size_t  n_initial        = (size_t)stack->n_condition * stack->n_state;
  const size_t  sizes[]          = {stack->n_features * n_head,
                                    n_head,
                                    n_out * stack->feature_row,
                                    n_initial,
                          learns ? stack->n_state : 0U,
                                    n_initial};
  float** const parts[]          = {&stack->head,
                                    &stack->head_bias,
                                    &stack->head_back,
                                    &stack->initial,
                                    &stack->initial_bias,
                                    &stack->initial_back};
  size_t        n                = 4U; // Not nothing
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    n += (sizes[i] + 15U) / 16U * 16U;
  }
  stack->data = rem_bptt_floats(n);
  float* p    = stack->data;
  for (size_t i = 0; p && i < sizeof(sizes) / sizeof(*sizes); ++i) {
    *parts[i] = sizes[i] ? p : NULL;
    p += (sizes[i] + 15U) / 16U * 16U;
  }
  return p;
}

bool
rem_stack_make(RemStack* const         stack,
               const RemNetSpec* const spec,
               const bool              back)
{
  const uint32_t n_directions = rem_net_n_directions(spec);
  *stack                      = (RemStack){.spec = *spec};
  stack->kernel               = rem_bptt_kernel();
  measure(stack);
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    const bool             first = i < n_directions;
    const RemBpttLayerSpec layer = {
      .cell      = spec->cell,
      .n_hidden  = spec->n_hidden,
      .n_symbols = first ? spec->n_symbols : 0U,
      .n_in      = first ? spec->n_in - (spec->n_symbols ? 1U : 0U)
                         : n_directions * spec->n_hidden,
      .back      = back || !first,
      .panels    = spec->n_hidden >= REM_PANELS_FROM};
    if (!rem_bptt_layer_make(&stack->layers[i], &layer)) {
      return false;
    }
  }
  return place(stack);
}

void
rem_stack_clear(RemStack* const stack)
{
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    rem_bptt_layer_clear(&stack->layers[i]);
  }
  free(stack->data);
  *stack = (RemStack){.data = NULL};
}

/// Copy a tensor [n_rows, n] to `to`, rows `row` apart, and its transpose to
/// `across`, rows `across_row` apart
static void
pack(const float* const tensor,
     const size_t       n_rows,
     const size_t       n,
     float* const       to,
     const size_t       row,
     float* const       across,
     const size_t       across_row)
{
  for (size_t i = 0; i < n_rows; ++i) {
    memcpy(to + i * row, tensor + i * n, n * sizeof(float));
    for (size_t j = 0; j < n; ++j) {
      across[j * across_row + i] = tensor[i * n + j];
    }
  }
}

void
rem_stack_set(RemStack* const stack, const float* const params)
{
  const RemNetSpec* const spec    = &stack->spec;
  const RemHeadAt         head    = rem_net_head_at(spec);
  const RemInitialAt      initial = rem_net_initial_at(spec);
  const size_t            n_state = rem_net_n_state(spec);
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    const RemLayerAt at = rem_net_layer_at(spec, i);
    rem_bptt_layer_set(&stack->layers[i], params, &at);
  }
  if (stack->has_head) {
    pack(params + head.weight,
         spec->n_out,
         stack->n_features,
         stack->head_back,
         stack->feature_row,
         stack->head,
         stack->n_wide);
    memcpy(stack->head_bias, params + head.bias, spec->n_out * sizeof(float));
  }
  if (stack->initial) {
    pack(params + initial.weight,
         n_state,
         spec->n_condition,
         stack->initial_back,
         stack->n_condition,
         stack->initial,
         stack->n_state);
  }
  if (stack->initial_bias) {
    memcpy(stack->initial_bias, params + initial.bias, n_state * sizeof(float));
  }
}

RemStackAt
rem_stack_gradient_at(const RemStack* const stack)
{
  const size_t n_head = stack->has_head ? stack->n_wide : 0U;
  RemStackAt   at     = {.end = 0U};
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    at.layers[i] = at.end;
    at.end += stack->layers[i].n_gradient;
  }
  at.head         = at.end;
  at.head_bias    = at.head + stack->n_features * n_head;
  at.initial      = at.head_bias + n_head;
  at.initial_bias = at.initial + (size_t)stack->n_condition * stack->n_state;
  at.end = at.initial_bias + (stack->initial_bias ? stack->n_state : 0U);
  return at;
}

/// Copy [n, n_rows], rows `row` apart, to the tensor [n_rows, n]
static void
unpack(const float* const packed,
       const size_t       row,
       const size_t       n_rows,
       const size_t       n,
       float* const       tensor)
{
  for (size_t i = 0; i < n_rows; ++i) {
    for (size_t j = 0; j < n; ++j) {
      tensor[i * n + j] = packed[j * row + i];
    }
  }
}

void
rem_stack_unpack(const RemStack* const stack,
                 const float* const    packed,
                 float* const          grad)
{
  const RemNetSpec* const spec    = &stack->spec;
  const RemStackAt        from    = rem_stack_gradient_at(stack);
  const RemHeadAt         head    = rem_net_head_at(spec);
  const RemInitialAt      initial = rem_net_initial_at(spec);
  const size_t            n_state = rem_net_n_state(spec);
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    const RemLayerAt at = rem_net_layer_at(spec, i);
    rem_bptt_layer_unpack(
      &stack->layers[i], packed + from.layers[i], grad, &at);
  }
  if (stack->has_head) {
    unpack(packed + from.head,
           stack->n_wide,
           spec->n_out,
           stack->n_features,
           grad + head.weight);
    memcpy(
      grad + head.bias, packed + from.head_bias, spec->n_out * sizeof(float));
  }
  if (stack->initial_bias) {
    unpack(packed + from.initial,
           stack->n_state,
           n_state,
           spec->n_condition,
           grad + initial.weight);
    memcpy(
      grad + initial.bias, packed + from.initial_bias, n_state * sizeof(float));
  }
}
