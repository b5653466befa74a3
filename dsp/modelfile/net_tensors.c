// SPDX-License-Identifier: ISC

#include "dsp/modelfile/net_tensors.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 32 };

/// Write the name of a layer's tensor; `index` counts directions
static void
name_tensor(const RemNetSpec* const spec,
            const char* const       what,
            const uint32_t          index,
            char                    name[const NAME_SIZE])
{
  const uint32_t n = rem_net_n_directions(spec);
  (void)snprintf(
    name, NAME_SIZE, "%s_l%u%s", what, index / n, index % n ? "_reverse" : "");
}

static uint32_t
count_indices(const RemNetSpec* const spec)
{
  return spec->n_layers * rem_net_n_directions(spec);
}

/// Add a bias, if there is one
static RemStatus
read_bias(const RemTensors* const tensors,
          const char* const       prefix,
          const char* const       name,
          const size_t            n,
          float* const            bias)
{
  return rem_tensors_find(tensors, prefix, name)
           ? rem_tensor_add(tensors, prefix, name, n, 0, bias)
           : REM_SUCCESS; // bias=False
}

/// Add a GRU's bias_hh [3 n], if there is one: of n it stands apart
static RemStatus
read_gru_bias(const RemTensors* const tensors,
              const char* const       prefix,
              const char* const       name,
              const size_t            n,
              float* const            bias,
              float* const            bias_hn)
{
  float           numbers[3U * REM_MAX_HIDDEN] = {0.0f};
  const RemStatus st = read_bias(tensors, prefix, name, 3U * n, numbers);
  if (st) {
    return st;
  }
  memcpy(bias_hn, numbers + 2U * n, n * sizeof(float));
  for (size_t i = 0; i < 2U * n; ++i) {
    if (numbers[i] != 0.0f) { // -0 stays as it is
      bias[i] += numbers[i];
    }
    if (!isfinite(bias[i])) {
      return rem_tensor_fail(tensors,
                             rem_tensors_find(tensors, prefix, name),
                             REM_NOT_FINITE,
                             "number %zu is not finite in 32 bits when added "
                             "to the other bias",
                             i);
    }
  }
  return st;
}

/// Read one layer in one direction
static RemStatus
read_layer(const RemTensors* const tensors,
           const char* const       prefix,
           const RemNetSpec* const spec,
           const uint32_t          index,
           float* const            params)
{
  const RemLayerAt at   = rem_net_layer_at(spec, index);
  const size_t     n    = spec->n_hidden;
  const size_t     rows = at.n_gates * n;
  RemStatus        st   = REM_SUCCESS;
  char ih[NAME_SIZE], hh[NAME_SIZE], b_ih[NAME_SIZE], b_hh[NAME_SIZE];
  name_tensor(spec, "weight_ih", index, ih);
  name_tensor(spec, "weight_hh", index, hh);
  name_tensor(spec, "bias_ih", index, b_ih);
  name_tensor(spec, "bias_hh", index, b_hh);
  if ((st = rem_tensor_add(
         tensors, prefix, ih, rows, at.n_in, params + at.weight_ih)) ||
      (spec->cell != REM_CELL_FORWARD &&
       (st = rem_tensor_add(
          tensors, prefix, hh, rows, n, params + at.weight_hh))) ||
      (st = read_bias(tensors, prefix, b_ih, rows, params + at.bias))) {
    return st;
  }
  return spec->cell == REM_CELL_GRU
           ? read_gru_bias(
               tensors, prefix, b_hh, n, params + at.bias, params + at.bias_hn)
           : read_bias(tensors, prefix, b_hh, rows, params + at.bias);
}

/// Read a linear function [rows, columns], with its bias or not
static RemStatus
read_linear(const RemTensors* const tensors,
            const char* const       prefix,
            const size_t            rows,
            const size_t            columns,
            float* const            weight,
            float* const            bias)
{
  const RemStatus st =
    columns ? rem_tensor_add(tensors, prefix, "weight", rows, columns, weight)
            : REM_SUCCESS;
  return st || !rem_tensors_find(tensors, prefix, "bias")
           ? st
           : rem_tensor_add(tensors, prefix, "bias", rows, 0, bias);
}

RemStatus
rem_net_tensors_read(const RemTensors* const  tensors,
                     const RemNetNames* const names,
                     const RemNetSpec* const  spec,
                     float* const             params)
{
  const RemHeadAt    head    = rem_net_head_at(spec);
  const RemInitialAt initial = rem_net_initial_at(spec);
  RemStatus          st      = REM_SUCCESS;
  for (uint32_t i = 0; !st && i < count_indices(spec); ++i) {
    st = read_layer(tensors, names->rnn, spec, i, params);
  }
  if (!st && spec->head != REM_HEAD_NONE) {
    st = read_linear(tensors,
                     names->head,
                     spec->n_out,
                     head.n_in,
                     params + head.weight,
                     params + head.bias);
  }
  return st || spec->initial == REM_INITIAL_REST
           ? st
           : read_linear(tensors,
                         names->initial,
                         rem_net_n_state(spec),
                         spec->n_condition,
                         params + initial.weight,
                         params + initial.bias);
}

RemStatus
rem_rest_tensors_read(const RemTensors* const tensors,
                      const RemNetSpec* const spec,
                      float* const            rest)
{
  const size_t n  = spec->n_hidden;
  RemStatus    st = REM_SUCCESS;
  if (!rem_tensors_find(tensors, "rest.", "h_l0")) {
    return st;
  }
  for (uint32_t i = 0; !st && i < 2U * count_indices(spec); ++i) {
    char name[NAME_SIZE];
    name_tensor(spec, i % 2U ? "c" : "h", i / 2U, name);
    st = rem_tensor_add(tensors, "rest.", name, n, 0, rest + i * n);
  }
  return st;
}

void
rem_tensors_put(RemTensorOut* const list,
                size_t* const       n,
                const char* const   prefix,
                const char* const   name,
                const size_t        rows,
                const size_t        columns,
                const float* const  values)
{
  RemTensorOut* const tensor = &list[*n];
  (void)snprintf(tensor->name, sizeof(tensor->name), "%s%s", prefix, name);
  tensor->rows    = rows;
  tensor->columns = columns;
  tensor->values  = values;
  tensor->n_zeros = 0U;
  ++*n;
}

/// Put one layer in one direction.  The two biases are summed in memory; only
/// of a GRU's n bias_hh is a number of its own.
static void
list_layer(const char* const       prefix,
           const RemNetSpec* const spec,
           const float* const      params,
           const uint32_t          index,
           RemTensorOut* const     list,
           size_t* const           n)
{
  const RemLayerAt at   = rem_net_layer_at(spec, index);
  const size_t     h    = spec->n_hidden;
  const size_t     rows = at.n_gates * h;
  char             name[NAME_SIZE];
  name_tensor(spec, "weight_ih", index, name);
  rem_tensors_put(list, n, prefix, name, rows, at.n_in, params + at.weight_ih);
  if (spec->cell != REM_CELL_FORWARD) {
    name_tensor(spec, "weight_hh", index, name);
    rem_tensors_put(list, n, prefix, name, rows, h, params + at.weight_hh);
  }
  name_tensor(spec, "bias_ih", index, name);
  rem_tensors_put(list, n, prefix, name, rows, 0, params + at.bias);
  if (spec->cell != REM_CELL_FORWARD) {
    const bool gru = spec->cell == REM_CELL_GRU;
    name_tensor(spec, "bias_hh", index, name);
    rem_tensors_put(
      list, n, prefix, name, rows, 0, gru ? params + at.bias_hn : NULL);
    list[*n - 1U].n_zeros = gru ? 2U * h : rows;
  }
}

void
rem_net_tensors_list(const RemNetNames* const names,
                     const RemNetSpec* const  spec,
                     const float* const       params,
                     RemTensorOut* const      list,
                     size_t* const            n)
{
  const RemHeadAt    head    = rem_net_head_at(spec);
  const RemInitialAt initial = rem_net_initial_at(spec);
  const size_t       n_state = rem_net_n_state(spec);
  for (uint32_t i = 0; i < count_indices(spec); ++i) {
    list_layer(names->rnn, spec, params, i, list, n);
  }
  if (spec->head != REM_HEAD_NONE) {
    const float* const weight = params + head.weight;
    rem_tensors_put(
      list, n, names->head, "weight", spec->n_out, head.n_in, weight);
    rem_tensors_put(
      list, n, names->head, "bias", spec->n_out, 0, params + head.bias);
  }
  if (spec->n_condition) {
    rem_tensors_put(list,
                    n,
                    names->initial,
                    "weight",
                    n_state,
                    spec->n_condition,
                    params + initial.weight);
  }
  if (spec->initial != REM_INITIAL_REST) {
    rem_tensors_put(
      list, n, names->initial, "bias", n_state, 0, params + initial.bias);
  }
}

void
rem_rest_tensors_list(const RemNetSpec* const spec,
                      const float* const      rest,
                      RemTensorOut* const     list,
                      size_t* const           n)
{
  const size_t h = spec->n_hidden;
  for (uint32_t i = 0; i < 2U * count_indices(spec); ++i) {
    char name[NAME_SIZE];
    name_tensor(spec, i % 2U ? "c" : "h", i / 2U, name);
    rem_tensors_put(list, n, "rest.", name, h, 0, rest + i * h);
  }
}
