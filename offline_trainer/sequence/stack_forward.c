// SPDX-License-Identifier: ISC

/// The way forward

#include "offline_trainer/bptt/drop.h"
#include "offline_trainer/sequence/stack.h"

#include <string.h>

/// c [m, n] = from [n] + a [m, n_terms] b
static void
multiply(const RemBpttKernel* const kernel,
         const RemFactors           factors,
         const float* const         from,
         // NOLINTNEXTLINE(readability-non-const-parameter): product's c
         float* const c,
         const size_t m,
         const size_t n)
{
  const RemProduct product = {
    .factors = {factors}, .from = from, .c = c, .c_row = n, .m = m, .n = n};
  kernel->product(&product);
}

/// state [S, n_state] of all layers before the first step
static void
find_state(RemStackRun* const run)
{
  const RemStack* const stack = run->stack;
  const size_t          n     = stack->n_state;
  if (stack->initial) {
    const RemFactors by = {run->condition,
                           stack->spec.n_condition,
                           1U,
                           stack->initial,
                           n,
                           stack->spec.n_condition};
    multiply(stack->kernel, by, stack->initial_bias, run->state, run->n, n);
    return;
  }
  for (size_t s = 0; s < run->n; ++s) {
    memcpy(run->state + s * n, stack->initial_bias, n * sizeof(float));
  }
}

void
rem_stack_start(RemStackRun* const run)
{
  const RemStack* const stack = run->stack;
  const size_t          n     = stack->spec.n_hidden;
  const size_t          size  = n * sizeof(float);
  const bool            rests = stack->spec.initial == REM_INITIAL_REST;
  const size_t          s_h   = run->n * (size_t)stack->n_padded;
  const size_t          s_c   = run->n * (size_t)stack->n_units;
  if (!rests) {
    find_state(run);
  }
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    const RemStackTape* const tape = &run->tapes[i];
    memset(tape->h, 0, s_h * sizeof(float));
    memset(tape->c, 0, s_c * sizeof(float));
    for (size_t s = 0; !rests && s < run->n; ++s) {
      const float* const from = run->state + s * stack->n_state + 2U * n * i;
      memcpy(tape->h + s * stack->n_padded, from, size);
      memcpy(tape->c + s * stack->n_units, from + n, size);
    }
  }
}

/// Copy `n` columns of rows `from_row` apart to `to`, in the other direction's
/// time, and zeros where there is padding
static void
reverse(const RemStackRun* const run,
        const float* const       from,
        const size_t             from_row,
        float* const             to,
        const size_t             to_row,
        const size_t             n)
{
  for (uint32_t t = 0; t < run->n_steps; ++t) {
    for (uint32_t s = 0; s < run->n; ++s) {
      float* const p = to + ((size_t)t * run->n + s) * to_row;
      if (t < run->lengths[s]) {
        memcpy(p,
               from + rem_stack_row(run, true, t, s) * from_row,
               n * sizeof(float));
      } else {
        memset(p, 0, n * sizeof(float));
      }
    }
  }
}

/// Put both directions' h of a layer side by side
static void
join(const RemStackRun* const run, const uint32_t l)
{
  const RemStack* const stack = run->stack;
  const size_t          p     = stack->n_padded;
  const size_t          n     = stack->spec.n_hidden;
  const size_t          rows  = (size_t)run->n * run->n_steps;
  const size_t          first = run->n * p; // Behind what was before
  float* const          to    = run->joined[l];
  const float* const    h     = run->tapes[(size_t)2 * l].h + first;
  for (size_t r = 0; r < rows; ++r) {
    memcpy(to + r * stack->n_joined, h + r * p, n * sizeof(float));
  }
  reverse(run,
          run->tapes[(size_t)2 * l + 1U].h + first,
          p,
          to + n,
          stack->n_joined,
          n);
}

/// All steps of one layer in one direction
static void
run_layer(RemStackRun* const run, const uint32_t index)
{
  const RemStack* const     stack = run->stack;
  const RemBpttLayer* const layer = &stack->layers[index];
  const RemStackTape* const tape  = &run->tapes[index];
  size_t                    row   = 0U;
  if (tape->x) {
    const float* const x = rem_stack_below(run, index - 1U, &row);
    reverse(run, x, row, tape->x, row, row);
  }
  const float* const x = rem_stack_below(run, index, &row);
  rem_bptt_layer_input(
    layer, x, row, (size_t)run->n * run->n_steps, tape->gates);
  for (uint32_t t = 0; t < run->n_steps; ++t) {
    const RemCellRows rows = rem_stack_cells(run, index, t);
    rem_bptt_layer_step(layer, &rows, NULL, 0U);
  }
}

void
rem_stack_layers(RemStackRun* const run)
{
  const RemStack* const stack = run->stack;
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    run_layer(run, i);
    if (i % stack->n_directions) {
      join(run, i / 2U);
    }
  }
  rem_stack_take(run, 0U, run->n_steps);
}

void
rem_stack_step(RemStackRun* const run, const uint32_t t)
{
  const RemStack* const stack = run->stack;
  const size_t          begin = (size_t)t * run->n;
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    const RemBpttLayer* const layer = &stack->layers[i];
    const RemCellRows         rows  = rem_stack_cells(run, i, t);
    size_t                    row   = 0U;
    const float* const        x     = rem_stack_below(run, i, &row);
    rem_bptt_layer_input(layer, x + begin * row, row, run->n, rows.gates);
    rem_bptt_layer_step(layer, &rows, NULL, 0U);
  }
}

/// Return h of a layer at step `t` of a sequence, or after its own last one
static const float*
layer_h(const RemStackRun* const run,
        const uint32_t           index,
        const uint32_t           t,
        const uint32_t           s)
{
  const RemStack* const stack    = run->stack;
  const bool            reversed = index % stack->n_directions;
  const uint32_t        last     = run->lengths[s] - 1U;
  const size_t row = stack->spec.whole ? rem_stack_row(run, false, last, s)
                                       : rem_stack_row(run, reversed, t, s);
  return run->tapes[index].h + (row + run->n) * stack->n_padded;
}

/// Add the features of one sequence at one step
static void
take_row(const RemStackRun* const run,
         const uint32_t           t,
         const uint32_t           s,
         float* const             to)
{
  const RemStack* const   stack = run->stack;
  const RemNetSpec* const spec  = &stack->spec;
  const bool              mean  = spec->take == REM_TAKE_AVERAGE;
  const float             part  = mean ? 1.0f / (float)spec->n_layers : 1.0f;
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    const uint32_t column = rem_stack_feature_column(stack, i);
    if (column != UINT32_MAX) {
      const float* const h = layer_h(run, i, t, s);
      for (uint32_t j = 0; j < spec->n_hidden; ++j) {
        to[column + j] += part * h[j];
      }
    }
  }
}

void
rem_stack_take(RemStackRun* const run, const uint32_t first, const uint32_t end)
{
  const RemStack* const stack = run->stack;
  const bool            whole = stack->spec.whole;
  const size_t          n     = run->dropped ? stack->n_features : 0U;
  const size_t          row   = stack->feature_row;
  const uint32_t        last  = whole ? first + 1U : end;
  for (uint32_t t = first; run->features && t < last; ++t) {
    for (uint32_t s = 0; s < run->n; ++s) {
      const size_t at = (size_t)t * run->n + s;
      float* const to = run->features + at * row;
      memset(to, 0, row * sizeof(float));
      if (whole || t < run->lengths[s]) {
        take_row(run, t, s, to);
        rem_drop(run->dropped, run->seed, at, to, n);
      }
    }
  }
}

/// Copy [n, O] of rows `row` apart
static void
narrow(const float* const from,
       const size_t       row,
       const size_t       n,
       const size_t       n_out,
       float* const       y)
{
  for (size_t i = 0; i < n; ++i) {
    memcpy(y + i * n_out, from + i * row, n_out * sizeof(float));
  }
}

void
rem_stack_head(RemStackRun* const run, const uint32_t first, const uint32_t end)
{
  const RemStack* const   stack = run->stack;
  const RemNetSpec* const spec  = &stack->spec;
  const size_t            begin = spec->whole ? 0U : (size_t)first * run->n;
  const size_t            n     = spec->whole ? run->n : (end - first) * run->n;
  size_t                  row   = 0U;
  const float* const      all   = rem_stack_features(run, &row);
  const float* const      h     = all + begin * row;
  float* const            y     = run->y + begin * spec->n_out;
  if (!stack->has_head) {
    narrow(h, row, n, spec->n_out, y);
  } else {
    const RemFactors by = {
      h, row, 1U, stack->head, stack->n_wide, stack->n_features};
    multiply(stack->kernel,
             by,
             stack->head_bias,
             run->wide ? run->wide : y,
             n,
             stack->n_wide);
    if (run->wide) {
      narrow(run->wide, stack->n_wide, n, spec->n_out, y);
    }
  }
  for (size_t r = 0; spec->skip && !spec->whole && r < n; ++r) {
    rem_stack_add(
      y + r * spec->n_out, run->x + (begin + r) * spec->n_in, spec->n_out);
  }
}

void
rem_stack_end(const RemStackRun* const run,
              float* const             condition,
              const size_t             row)
{
  const RemStack* const stack = run->stack;
  const size_t          n     = stack->spec.n_hidden;
  const uint32_t        d     = stack->n_directions;
  const bool            has_c = stack->spec.cell == REM_CELL_LSTM;
  for (uint32_t s = 0; s < run->n; ++s) {
    const size_t at = (size_t)run->lengths[s] * run->n + s;
    for (uint32_t i = 0; i < d; ++i) {
      const RemStackTape* const tape = &run->tapes[stack->n_layers - d + i];
      float* const              to   = condition + s * row + 2U * n * i;
      memcpy(to, tape->h + at * stack->n_padded, n * sizeof(float));
      memset(to + n, 0, n * sizeof(float));
      if (has_c) {
        memcpy(to + n, tape->c + at * stack->n_units, n * sizeof(float));
      }
    }
  }
}
