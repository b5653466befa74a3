// SPDX-License-Identifier: ISC

/// Shapes of nets, and where tensors stand; never called in the audio thread

#include "dsp/net.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// By RemCell
static const struct {
  const char* name;
  uint32_t    n_gates;
} cells[] = {{"lstm", 4U},
             {"gru", 3U},
             {"rnn", 1U},
             {"rnn-sigmoid", 1U},
             {"rnn-threshold", 1U},
             {"rnn-linear", 1U},
             {"forward", 1U}};

enum { N_CELLS = sizeof(cells) / sizeof(*cells) };

const char*
rem_cell_name(const RemCell cell)
{
  return (unsigned)cell < N_CELLS ? cells[cell].name : "unknown";
}

bool
rem_cell_find(const char* const name, RemCell* const cell)
{
  for (unsigned i = 0; i < N_CELLS; ++i) {
    if (!strcmp(cells[i].name, name)) {
      *cell = (RemCell)i;
      return true;
    }
  }
  return false;
}

const char*
rem_head_name(const RemHead head)
{
  static const char* const names[] = {
    "linear", "mdn", "softmax", "sigmoid", "none"};
  return (unsigned)head <= REM_HEAD_NONE ? names[head] : "unknown";
}

static RemStatus
check_range(const char* const what,
            const uint32_t    x,
            const uint32_t    least,
            const uint32_t    max,
            RemError* const   error)
{
  if (x < least || x > max) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the net has %u %s, expected %u to %u",
                    x,
                    what,
                    least,
                    max);
  }
  return REM_SUCCESS;
}

/// Return whether every word of `spec` is one
static bool
are_words(const RemNetSpec* const spec)
{
  return (unsigned)spec->cell < N_CELLS &&
         (unsigned)spec->head <= REM_HEAD_NONE &&
         (unsigned)spec->take <= REM_TAKE_AVERAGE &&
         (unsigned)spec->initial <= REM_INITIAL_VECTOR;
}

static RemStatus
check_sizes(const RemNetSpec* const spec, RemError* const error)
{
  const bool     vector = spec->initial == REM_INITIAL_VECTOR;
  const uint32_t most   = vector ? REM_MAX_CONDITION : 0U;
  RemStatus      st     = REM_SUCCESS;
  if ((st = check_range("inputs", spec->n_in, 1U, REM_MAX_IN, error)) ||
      (st = check_range(
         "hidden units", spec->n_hidden, 1U, REM_MAX_HIDDEN, error)) ||
      (st = check_range("layers", spec->n_layers, 1U, REM_MAX_LAYERS, error)) ||
      (st = check_range("outputs", spec->n_out, 1U, REM_MAX_OUT, error)) ||
      (st = check_range(
         "input symbols", spec->n_symbols, 0U, REM_MAX_SYMBOLS, error))) {
    return st;
  }
  return check_range("numbers that its initial state depends on",
                     spec->n_condition,
                     vector ? 1U : 0U,
                     most,
                     error);
}

RemStatus
rem_net_spec_check(const RemNetSpec* const spec, RemError* const error)
{
  if (!are_words(spec)) {
    return rem_fail(
      error, REM_UNSUPPORTED, NULL, "the net has an unknown cell or head");
  }
  const RemStatus st = check_sizes(spec, error);
  if (st) {
    return st;
  }
  if (spec->skip && (spec->n_out > spec->n_in || spec->n_symbols)) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the net skips %u inputs to %u outputs, expected no more "
                    "outputs than inputs, and no symbols",
                    spec->n_in,
                    spec->n_out);
  }
  if (spec->head == REM_HEAD_NONE && spec->n_out != rem_net_n_features(spec)) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the net without a head has %u outputs, expected its %u "
                    "features",
                    spec->n_out,
                    rem_net_n_features(spec));
  }
  return REM_SUCCESS;
}

uint32_t
rem_net_n_directions(const RemNetSpec* const spec)
{
  return spec->both ? REM_MAX_DIRECTIONS : 1U;
}

uint32_t
rem_net_n_columns(const RemNetSpec* const spec)
{
  return spec->n_symbols ? spec->n_symbols + spec->n_in - 1U : spec->n_in;
}

uint32_t
rem_net_n_features(const RemNetSpec* const spec)
{
  const uint32_t n = rem_net_n_directions(spec) * spec->n_hidden;
  return spec->take == REM_TAKE_CONCAT ? spec->n_layers * n : n;
}

RemLayerAt
rem_net_layer_at(const RemNetSpec* const spec, const uint32_t index)
{
  const uint32_t n_directions = rem_net_n_directions(spec);
  const uint32_t n_gates      = cells[spec->cell].n_gates;
  const size_t   n            = spec->n_hidden;
  const size_t   n_bias_hn    = spec->cell == REM_CELL_GRU ? n : 0U;
  const size_t   n_back       = spec->cell == REM_CELL_FORWARD ? 0U : n;
  RemLayerAt     at           = {.n_gates = n_gates};

  for (uint32_t i = 0; i <= index; ++i) {
    at.n_in      = i < n_directions ? rem_net_n_columns(spec)
                                    : n_directions * spec->n_hidden;
    at.weight_ih = at.end;
    at.weight_hh = at.weight_ih + n_gates * n * at.n_in;
    at.bias      = at.weight_hh + n_gates * n * n_back;
    at.bias_hn   = at.bias + n_gates * n;
    at.end       = at.bias_hn + n_bias_hn;
  }
  return at;
}

RemHeadAt
rem_net_head_at(const RemNetSpec* const spec)
{
  const uint32_t n_layers = spec->n_layers * rem_net_n_directions(spec);
  const uint32_t n_in     = rem_net_n_features(spec);
  const size_t   n_out    = spec->head == REM_HEAD_NONE ? 0U : spec->n_out;
  const size_t   at       = rem_net_layer_at(spec, n_layers - 1U).end;
  const size_t   bias     = at + n_out * n_in;
  return (RemHeadAt){n_in, at, bias, bias + n_out};
}

RemInitialAt
rem_net_initial_at(const RemNetSpec* const spec)
{
  const size_t at   = rem_net_head_at(spec).end;
  const size_t n    = rem_net_n_state(spec);
  const size_t bias = at + n * spec->n_condition;
  return (RemInitialAt){
    at, bias, spec->initial == REM_INITIAL_REST ? bias : bias + n};
}

size_t
rem_net_n_params(const RemNetSpec* const spec)
{
  return rem_net_initial_at(spec).end;
}

size_t
rem_net_n_state(const RemNetSpec* const spec)
{
  return (size_t)spec->n_layers * rem_net_n_directions(spec) * 2U *
         spec->n_hidden;
}

void
rem_net_initial(const RemNetSpec* const spec,
                const float* const      params,
                const float* const      condition,
                float* const            state)
{
  const RemInitialAt at = rem_net_initial_at(spec);
  const size_t       n  = rem_net_n_state(spec);
  const size_t       m  = spec->n_condition;
  if (spec->initial == REM_INITIAL_REST) {
    return;
  }
  for (size_t i = 0; i < n; ++i) {
    float sum = params[at.bias + i];
    for (size_t j = 0; j < m; ++j) {
      sum += params[at.weight + i * m + j] * condition[j];
    }
    state[i] = sum;
  }
}
