// SPDX-License-Identifier: ISC

/// The memory of a batch, and where its parts stand

#include "offline_trainer/sequence/stack.h"

#include <stdlib.h>

static bool
make_tape(const RemStackRun* const run,
          const uint32_t           index,
          RemStackTape* const      tape)
{
  const RemStack* const     stack = run->stack;
  const RemBpttLayer* const layer = &stack->layers[index];
  const size_t              s     = run->max_streams;
  const size_t              n     = run->max_steps;
  const size_t              q     = stack->n_units;
  const size_t              x_row =
    index < stack->n_directions ? stack->spec.n_in : stack->n_joined;
  const bool backward = stack->spec.both && index % 2U;
  const bool memory   = stack->spec.cell == REM_CELL_LSTM;
  tape->x             = backward ? rem_bptt_floats(n * s * x_row) : NULL;
  tape->h             = rem_bptt_floats((n + 1U) * s * stack->n_padded);
  tape->c             = rem_bptt_floats((memory ? n + 1U : 1U) * s * q);
  tape->gates         = rem_bptt_floats(n * s * layer->n_gates);
  tape->dh            = rem_bptt_floats((n + 1U) * s * q);
  tape->dc            = rem_bptt_floats(s * q);
  tape->dc_end        = rem_bptt_floats(s * q);
  return (tape->x || !backward) && tape->h && tape->c && tape->gates &&
         tape->dh && tape->dc && tape->dc_end;
}

/// Make the memory of layers
static bool
make_tapes(RemStackRun* const run)
{
  const RemStack* const stack = run->stack;
  const size_t          rows  = (size_t)run->max_streams * run->max_steps;
  bool                  made  = true;
  size_t                n_dx  = 0U;
  size_t                n     = 0U;
  for (uint32_t i = 0; i < stack->n_layers; ++i) {
    const size_t n_scratch = rem_bptt_layer_n_scratch(&stack->layers[i]);
    n_dx = stack->layers[i].n_dx > n_dx ? stack->layers[i].n_dx : n_dx;
    n    = n_scratch > n ? n_scratch : n;
    made = make_tape(run, i, &run->tapes[i]) && made;
  }
  for (uint32_t l = 0; stack->spec.both && l < stack->spec.n_layers; ++l) {
    run->joined[l] = rem_bptt_floats(rows * stack->n_joined);
    made           = run->joined[l] && made;
  }
  run->dx      = rem_bptt_floats(rows * n_dx + 1U);
  run->scratch = rem_bptt_floats(n + 1U);
  return made && run->dx && run->scratch;
}

/// Return whether features are the last layer's h as it stands
static bool
is_plain(const RemNetSpec* const spec)
{
  return !spec->whole && (spec->take == REM_TAKE_LAST || spec->n_layers == 1U);
}

bool
rem_stack_run_make(RemStackRun* const    run,
                   const RemStack* const stack,
                   const uint32_t        max_streams,
                   const uint32_t        max_steps)
{
  const RemNetSpec* const spec    = &stack->spec;
  const size_t            s       = max_streams;
  const size_t            rows    = spec->whole ? s : s * max_steps;
  const size_t            n_cond  = s * stack->n_condition;
  const bool              padded  = stack->n_wide != spec->n_out;
  const bool              gathers = !is_plain(spec);
  *run                            = (RemStackRun){.stack = stack};
  run->max_streams                = max_streams;
  run->max_steps                  = max_steps;
  run->lengths                    = (uint32_t*)calloc(s, sizeof(uint32_t));
  run->x                          = rem_bptt_floats(s * max_steps * spec->n_in);
  run->features   = gathers ? rem_bptt_floats(rows * stack->feature_row) : NULL;
  run->dfeatures  = rem_bptt_floats(rows * stack->feature_row);
  run->y          = rem_bptt_floats(rows * spec->n_out);
  run->dy         = rem_bptt_floats(rows * spec->n_out);
  run->wide       = padded ? rem_bptt_floats(rows * stack->n_wide) : NULL;
  run->condition  = n_cond ? rem_bptt_floats(s * spec->n_condition) : NULL;
  run->dcondition = n_cond ? rem_bptt_floats(n_cond) : NULL;
  run->state      = rem_bptt_floats(s * stack->n_state);
  return make_tapes(run) && run->lengths && run->x &&
         (run->features || !gathers) && run->dfeatures && run->y && run->dy &&
         (run->wide || !padded) &&
         (!n_cond || (run->condition && run->dcondition)) && run->state;
}

bool
rem_stack_run_set_dropout(RemStackRun* const run, const double share)
{
  const RemStack* const stack = run->stack;
  const size_t          rows =
    run->max_streams * (size_t)(stack->spec.whole ? 1U : run->max_steps);
  run->dropped = (uint32_t)(share * 4294967296.0);
  if (run->dropped && !run->features) {
    run->features = rem_bptt_floats(rows * stack->feature_row);
    return run->features;
  }
  return true;
}

void
rem_stack_run_clear(RemStackRun* const run)
{
  for (uint32_t i = 0; i < REM_STACK_LAYERS; ++i) {
    free(run->tapes[i].x);
    free(run->tapes[i].h);
    free(run->tapes[i].c);
    free(run->tapes[i].gates);
    free(run->tapes[i].dh);
    free(run->tapes[i].dc);
    free(run->tapes[i].dc_end);
  }
  for (uint32_t l = 0; l < REM_MAX_LAYERS; ++l) {
    free(run->joined[l]);
  }
  free(run->lengths);
  free(run->x);
  free(run->features);
  free(run->dfeatures);
  free(run->dx);
  free(run->y);
  free(run->dy);
  free(run->wide);
  free(run->condition);
  free(run->dcondition);
  free(run->state);
  free(run->scratch);
  *run = (RemStackRun){.stack = NULL};
}

RemCellRows
rem_stack_cells(const RemStackRun* const run,
                const uint32_t           index,
                const size_t             t)
{
  const RemStack* const     stack = run->stack;
  const RemStackTape* const tape  = &run->tapes[index];
  const size_t              r     = stack->layers[index].n_gates;
  const size_t              q     = stack->n_units;
  const size_t              p     = stack->n_padded;
  const size_t              s     = run->n;
  RemCellRows               rows  = {.n_rows  = run->n,
                                     .n_units = stack->n_units,
                                     .gates   = tape->gates + t * s * r,
                                     .h_old   = tape->h + t * s * p,
                                     .h       = tape->h + (t + 1U) * s * p,
                                     .h_row   = p};
  if (stack->spec.cell == REM_CELL_LSTM) {
    rows.c_old = tape->c + t * s * q;
    rows.c     = tape->c + (t + 1U) * s * q;
  } else if (!t && stack->spec.initial != REM_INITIAL_REST) {
    rows.c_old = tape->c;
  }
  return rows;
}

const float*
rem_stack_below(const RemStackRun* const run,
                const uint32_t           index,
                size_t* const            row)
{
  const RemStack* const stack = run->stack;
  const uint32_t        n     = stack->n_directions;
  const uint32_t        l     = index / n;
  *row                        = l ? stack->n_joined : stack->spec.n_in;
  if (index % n) {
    return run->tapes[index].x;
  }
  if (!l) {
    return run->x;
  }
  return stack->spec.both
           ? run->joined[l - 1U]
           : run->tapes[l - 1U].h + (size_t)run->n * stack->n_padded;
}

const float*
rem_stack_features(const RemStackRun* const run, size_t* const row)
{
  const RemStack* const stack = run->stack;
  const uint32_t        last  = stack->spec.n_layers - 1U;
  *row                        = stack->feature_row;
  if (run->features) {
    return run->features;
  }
  return stack->spec.both
           ? run->joined[last]
           : run->tapes[last].h + (size_t)run->n * stack->n_padded;
}

uint32_t
rem_stack_feature_column(const RemStack* const stack, const uint32_t index)
{
  const RemNetSpec* const spec = &stack->spec;
  const uint32_t          l    = index / stack->n_directions;
  const uint32_t          d    = index % stack->n_directions;
  if (spec->take == REM_TAKE_CONCAT) {
    return index * spec->n_hidden;
  }
  return spec->take == REM_TAKE_AVERAGE || l + 1U == spec->n_layers
           ? d * spec->n_hidden
           : UINT32_MAX;
}
