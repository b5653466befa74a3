// SPDX-License-Identifier: ISC

/// The way back

#include "offline_trainer/bptt/drop.h"
#include "offline_trainer/sequence/stack.h"

#include <string.h>

void
rem_stack_add_product(
  const RemBpttKernel* const kernel,
  const float* const         a,
  const size_t               a_row,
  const float* const         b,
  const size_t               b_row,
  const size_t               n_terms,
  // NOLINTNEXTLINE(readability-non-const-parameter): product's c
  float* const c,
  const size_t m,
  const size_t n)
{
  for (size_t k = 0; k < n_terms; k += REM_STACK_TERMS) {
    const size_t     left    = n_terms - k;
    const size_t     terms   = left < REM_STACK_TERMS ? left : REM_STACK_TERMS;
    const RemProduct product = {
      .factors  = {{a + k * a_row, 1U, a_row, b + k * b_row, b_row, terms}},
      .from     = c,
      .from_row = n,
      .c        = c,
      .c_row    = n,
      .m        = m,
      .n        = n};
    kernel->product(&product);
  }
}

/// sum [n] += every row of [n_rows, n]
static void
add_rows(const float* const rows,
         const size_t       n_rows,
         const size_t       n,
         float* const       sum)
{
  for (size_t r = 0; r < n_rows; ++r) {
    rem_stack_add(sum, rows + r * n, n);
  }
}

void
rem_stack_back_begin(RemStackRun* const run)
{
  const RemStack* const stack = run->stack;
  const size_t          n     = run->n * (size_t)stack->n_units;
  const size_t          size  = n * sizeof(float);
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    memset(run->tapes[i].dh, 0, (run->n_steps + (size_t)1) * size);
    memset(run->tapes[i].dc, 0, size);
    memset(run->tapes[i].dc_end, 0, size);
  }
}

/// Rows of outputs in all
static size_t
count_rows(const RemStackRun* const run)
{
  return (size_t)run->n * (run->stack->spec.whole ? 1U : run->n_steps);
}

/// Nothing comes back from padding
static void
clear_padding(const RemStackRun* const run)
{
  const size_t n = run->stack->spec.n_out;
  for (uint32_t t = 0; !run->stack->spec.whole && t < run->n_steps; ++t) {
    for (uint32_t s = 0; s < run->n; ++s) {
      if (t >= run->lengths[s]) {
        memset(run->dy + ((size_t)t * run->n + s) * n, 0, n * sizeof(float));
      }
    }
  }
}

/// Copy [n, from_row] to the first columns of [n, to_row]
static void
widen(const float* const from,
      const size_t       from_row,
      const size_t       n,
      float* const       to,
      const size_t       to_row)
{
  for (size_t i = 0; i < n; ++i) {
    memcpy(to + i * to_row, from + i * from_row, from_row * sizeof(float));
  }
}

void
rem_stack_back_head(RemStackRun* const run, float* const packed)
{
  const RemStack* const stack = run->stack;
  const size_t          n_out = stack->spec.n_out;
  const size_t          n     = count_rows(run);
  const RemStackAt      at    = rem_stack_gradient_at(stack);
  const size_t          wide  = stack->n_wide;
  size_t                row   = 0U;
  const float* const    h     = rem_stack_features(run, &row);
  const float*          dy    = run->dy;
  clear_padding(run);
  if (!stack->has_head) {
    widen(dy, n_out, n, run->dfeatures, stack->feature_row);
    return;
  }
  if (run->wide) {
    widen(dy, n_out, n, run->wide, wide);
    dy = run->wide;
  }
  const RemProduct back = {
    .factors = {{dy, wide, 1U, stack->head_back, stack->feature_row, n_out}},
    .c       = run->dfeatures,
    .c_row   = stack->feature_row,
    .m       = n,
    .n       = stack->feature_row};
  stack->kernel->product(&back);
  rem_stack_add_product(stack->kernel,
                        h,
                        row,
                        dy,
                        wide,
                        n,
                        packed + at.head,
                        stack->n_features,
                        wide);
  add_rows(dy, n, wide, packed + at.head_bias);
}

/// Give row `r` of dfeatures to the layers that it was taken of, for sequence
/// `s` at step `t`
static void
give_row(const RemStackRun* const run,
         const uint32_t           t,
         const uint32_t           s,
         const float* const       from)
{
  const RemStack* const   stack = run->stack;
  const RemNetSpec* const spec  = &stack->spec;
  const bool              mean  = spec->take == REM_TAKE_AVERAGE;
  const float             part  = mean ? 1.0f / (float)spec->n_layers : 1.0f;
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    const uint32_t column = rem_stack_feature_column(stack, i);
    if (column != UINT32_MAX) {
      const bool   reversed = !spec->whole && i % stack->n_directions;
      const size_t row      = rem_stack_row(run, reversed, t, s) + run->n;
      float* const dh       = run->tapes[i].dh + row * stack->n_units;
      for (uint32_t j = 0; j < spec->n_hidden; ++j) {
        dh[j] += part * from[column + j];
      }
    }
  }
}

void
rem_stack_back_take(RemStackRun* const run)
{
  const RemStack* const stack = run->stack;
  const bool            whole = stack->spec.whole;
  const size_t          n     = run->dropped ? stack->n_features : 0U;
  float*                from  = run->dfeatures;
  for (uint32_t t = 0; t < (whole ? 1U : run->n_steps); ++t) {
    for (uint32_t s = 0; s < run->n; ++s, from += stack->feature_row) {
      if (whole || t < run->lengths[s]) {
        rem_drop(run->dropped, run->seed, (size_t)t * run->n + s, from, n);
        give_row(run, whole ? run->lengths[s] - 1U : t, s, from);
      }
    }
  }
}

void
rem_stack_back_end(RemStackRun* const run,
                   const float* const dcondition,
                   const size_t       row)
{
  const RemStack* const stack = run->stack;
  const size_t          n     = stack->spec.n_hidden;
  const size_t          q     = stack->n_units;
  const uint32_t        d     = stack->n_directions;
  for (uint32_t s = 0; s < run->n; ++s) {
    const size_t at = (size_t)run->lengths[s] * run->n + s;
    for (uint32_t i = 0; i < d; ++i) {
      const RemStackTape* const tape = &run->tapes[stack->n_layers - d + i];
      const float* const        from = dcondition + s * row + 2U * n * i;
      rem_stack_add(tape->dh + at * q, from, n);
      if (stack->spec.cell == REM_CELL_LSTM) {
        rem_stack_add(tape->dc_end + s * q, from + n, n);
      }
    }
  }
}

/// Note how much of the loss depends on h of the last layer after step `t`
static void
note_squares(const RemStackRun* const run, const uint32_t t, const float* dh)
{
  const size_t q = run->stack->n_units;
  for (uint32_t s = 0; s < run->n; ++s, dh += q) {
    double sum = 0.0;
    for (size_t j = 0; j < q; ++j) {
      sum += (double)dh[j] * (double)dh[j];
    }
    if (t < run->lengths[s]) {
      run->squares[run->lengths[s] - 1U - t] += sum;
    }
  }
}

/// One step of one layer
static void
back_cells(const RemStackRun* const run,
           const uint32_t           index,
           const uint32_t           t,
           float* const             bias)
{
  const RemStack* const     stack = run->stack;
  const RemStackTape* const tape  = &run->tapes[index];
  const size_t              q     = stack->n_units;
  const size_t              n     = run->n * q;
  const RemCellRows         rows  = rem_stack_cells(run, index, t);
  const float* const        dh    = tape->dh + (t + (size_t)1) * n;
  if (run->squares && index + stack->n_directions == stack->n_layers) {
    note_squares(run, t, dh);
  }
  for (uint32_t s = 0; s < run->n; ++s) {
    if (t + 1U == run->lengths[s]) {
      rem_stack_add(tape->dc + s * q, tape->dc_end + s * q, q);
    }
  }
  rem_bptt_layer_step_back(
    &stack->layers[index], &rows, dh, tape->dc, tape->dh + t * n, bias);
}

/// Add the gradient of a layer's weights
static void
add_weights(const RemStackRun* const run,
            const uint32_t           index,
            float* const             packed)
{
  const RemStack* const     stack = run->stack;
  const RemBpttLayer* const layer = &stack->layers[index];
  const RemStackTape* const tape  = &run->tapes[index];
  const size_t              all   = (size_t)run->n * run->n_steps;
  const size_t              block =
    layer->spec.panels ? 8U * REM_STACK_TERMS : REM_STACK_TERMS;
  size_t             x_row = 0U;
  const float* const x     = rem_stack_below(run, index, &x_row);
  for (size_t r = 0; r < all; r += block) {
    const RemBpttTerms terms = {.n     = all - r < block ? all - r : block,
                                .x     = x + r * x_row,
                                .x_row = x_row,
                                .h_old = tape->h + r * stack->n_padded,
                                .h_row = stack->n_padded,
                                .dz    = tape->gates + r * layer->n_gates};
    rem_bptt_layer_gradient(layer, &terms, run->scratch, packed);
  }
}

/// Give what a layer found for its input to the layer below
static void
give_below(const RemStackRun* const run, const uint32_t index)
{
  const RemStack* const stack    = run->stack;
  const uint32_t        d        = stack->n_directions;
  const uint32_t        below    = (index / d - 1U) * d;
  const bool            reversed = index % d;
  const size_t          n        = stack->spec.n_hidden;
  const float*          from     = run->dx;
  for (uint32_t t = 0; t < run->n_steps; ++t) {
    for (uint32_t s = 0; s < run->n; ++s, from += stack->layers[index].n_dx) {
      for (uint32_t i = 0; t < run->lengths[s] && i < d; ++i) {
        const size_t row = rem_stack_row(run, reversed != i, t, s) + run->n;
        rem_stack_add(
          run->tapes[below + i].dh + row * stack->n_units, from + n * i, n);
      }
    }
  }
}

void
rem_stack_back_layers(RemStackRun* const run, float* const packed)
{
  const RemStack* const stack = run->stack;
  const RemStackAt      at    = rem_stack_gradient_at(stack);
  for (uint32_t i = stack->n_layers; i-- > 0U;) {
    const RemBpttLayer* const layer = &stack->layers[i];
    float* const              grad  = packed + at.layers[i];
    for (uint32_t t = run->n_steps; t-- > 0U;) {
      back_cells(run, i, t, grad + layer->bias_at);
    }
    add_weights(run, i, grad);
    if (i >= stack->n_directions) {
      rem_bptt_layer_dx(
        layer, run->tapes[i].gates, (size_t)run->n * run->n_steps, run->dx);
      give_below(run, i);
    }
  }
}

void
rem_stack_back_step(RemStackRun* const run,
                    const uint32_t     t,
                    float* const       packed)
{
  const RemStack* const stack = run->stack;
  const RemStackAt      at    = rem_stack_gradient_at(stack);
  const size_t          q     = stack->n_units;
  for (uint32_t i = stack->n_layers; i-- > 0U;) {
    const RemBpttLayer* const layer = &stack->layers[i];
    const RemCellRows         rows  = rem_stack_cells(run, i, t);
    back_cells(run, i, t, packed + at.layers[i] + layer->bias_at);
    if (layer->spec.back) {
      rem_bptt_layer_dx(layer, rows.gates, run->n, run->dx);
    }
    if (i) {
      rem_stack_add(run->tapes[i - 1U].dh + (t + (size_t)1) * run->n * q,
                    run->dx,
                    run->n * q);
    }
  }
}

void
rem_stack_back_weights(RemStackRun* const run, float* const packed)
{
  const RemStackAt at = rem_stack_gradient_at(run->stack);
  for (uint32_t i = 0; i < run->stack->n_layers; ++i) {
    add_weights(run, i, packed + at.layers[i]);
  }
}

/// Gather the gradient by all layers' states before the first step
static void
gather_state(const RemStackRun* const run)
{
  const RemStack* const stack = run->stack;
  const size_t          n     = stack->spec.n_hidden;
  const RemCell         cell  = stack->spec.cell;
  const bool has_c = cell != REM_CELL_GRU && cell != REM_CELL_FORWARD;
  memset(run->state, 0, run->n * (size_t)stack->n_state * sizeof(float));
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    const RemStackTape* const tape = &run->tapes[i];
    for (size_t s = 0; s < run->n; ++s) {
      float* const to = run->state + s * stack->n_state + 2U * n * i;
      memcpy(to, tape->dh + s * stack->n_units, n * sizeof(float));
      if (has_c) {
        memcpy(to + n, tape->dc + s * stack->n_units, n * sizeof(float));
      }
    }
  }
}

void
rem_stack_back_start(RemStackRun* const run, float* const packed)
{
  const RemStack* const stack = run->stack;
  const RemStackAt      at    = rem_stack_gradient_at(stack);
  if (!stack->initial_bias) {
    return;
  }
  gather_state(run);
  add_rows(run->state, run->n, stack->n_state, packed + at.initial_bias);
  if (stack->initial) {
    const RemProduct back = {.factors = {{run->state,
                                          stack->n_state,
                                          1U,
                                          stack->initial_back,
                                          stack->n_condition,
                                          stack->n_state}},
                             .c       = run->dcondition,
                             .c_row   = stack->n_condition,
                             .m       = run->n,
                             .n       = stack->n_condition};
    stack->kernel->product(&back);
    rem_stack_add_product(stack->kernel,
                          run->condition,
                          stack->spec.n_condition,
                          run->state,
                          stack->n_state,
                          run->n,
                          packed + at.initial,
                          stack->spec.n_condition,
                          stack->n_state);
  }
}
