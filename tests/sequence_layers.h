// SPDX-License-Identifier: ISC

/// Layers and heads over one sequence in double, in plain loops

#ifndef REM_TESTS_SEQUENCE_LAYERS_H
#define REM_TESTS_SEQUENCE_LAYERS_H

#include "offline_trainer/sequence/sequence.h"
#include "tests/check.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// A change of h of the last layer that reads forward, to see what depends on
/// it
typedef struct {
  uint32_t sequence;
  uint32_t step;
  uint32_t unit;
  double   by;
} Poke;

static inline double
slow_sigmoid(const double x)
{
  return 1.0 / (1.0 + exp(-x));
}

/// The `row`-th row of W times a frame
static inline double
slow_input(const RemNetSpec* const spec,
           const RemLayerAt* const at,
           const double* const     params,
           const bool              first,
           const size_t            row,
           const double* const     x)
{
  const double* w   = params + at->weight_ih + row * at->n_in;
  double        sum = 0.0;
  uint32_t      n   = at->n_in;
  const double* in  = x;
  if (first && spec->n_symbols) {
    sum = w[(size_t)x[0]];
    w += spec->n_symbols;
    n -= spec->n_symbols;
    ++in;
  }
  for (uint32_t i = 0; i < n; ++i) {
    sum += w[i] * in[i];
  }
  return sum;
}

enum { SLOW_UNITS = 160 };

/// What goes into the gates of a layer
typedef struct {
  double by_x[4][SLOW_UNITS]; ///< With the bias
  double by_h[4][SLOW_UNITS];
} SlowGates;

static inline void
slow_gates(const RemNetSpec* const spec,
           const uint32_t          index,
           const double* const     params,
           const double* const     x,
           const double* const     h,
           SlowGates* const        gates)
{
  const RemLayerAt at    = rem_net_layer_at(spec, index);
  const bool       first = index < rem_net_n_directions(spec);
  const uint32_t   n     = spec->n_hidden;
  CHECK(n <= SLOW_UNITS);
  for (uint32_t row = 0; row < at.n_gates * n; ++row) {
    double* const to = &gates->by_h[row / n][row % n];
    gates->by_x[row / n][row % n] =
      params[at.bias + row] + slow_input(spec, &at, params, first, row, x);
    *to = 0.0;
    for (uint32_t k = 0; spec->cell != REM_CELL_FORWARD && k < n; ++k) {
      *to += params[at.weight_hh + (size_t)row * n + k] * h[k];
    }
  }
}

/// What an RNN makes of a sum
static inline double
slow_activation(const RemCell cell, const double x)
{
  switch (cell) {
  case REM_CELL_RNN_SIGMOID:
    return slow_sigmoid(x);
  case REM_CELL_RNN_LINEAR:
    return x;
  default:
    return tanh(x);
  }
}

/// One step of one layer of one stream; h and c [H] in place
static inline void
slow_cell(const RemNetSpec* const spec,
          const uint32_t          index,
          const double* const     params,
          const double* const     x,
          double* const           h,
          double* const           c)
{
  const RemLayerAt at = rem_net_layer_at(spec, index);
  SlowGates        gates;
  slow_gates(spec, index, params, x, h, &gates);
  for (uint32_t j = 0; j < spec->n_hidden; ++j) {
    double z[4] = {0.0};
    for (uint32_t g = 0; g < at.n_gates; ++g) {
      z[g] = gates.by_x[g][j] + gates.by_h[g][j];
    }
    if (spec->cell == REM_CELL_LSTM) {
      c[j] = slow_sigmoid(z[1]) * c[j] + slow_sigmoid(z[0]) * tanh(z[2]);
      h[j] = slow_sigmoid(z[3]) * tanh(c[j]);
    } else if (spec->cell == REM_CELL_GRU) {
      const double by_h = gates.by_h[2][j] + params[at.bias_hn + j];
      const double n    = tanh(gates.by_x[2][j] + slow_sigmoid(z[0]) * by_h);
      h[j] = (1.0 - slow_sigmoid(z[1])) * n + slow_sigmoid(z[1]) * h[j];
    } else {
      const bool has_e = spec->cell != REM_CELL_FORWARD;
      h[j] = slow_activation(spec->cell, z[0] + (has_e ? c[j] : 0.0));
      c[j] = 0.0;
    }
  }
}

/// What a stack makes of a sequence
typedef struct {
  uint32_t n;        ///< Steps
  double*  features; ///< [n, F]
  double*  state;    ///< [n_state] at the end of each direction
} SlowStack;

static inline double*
slow_doubles(const size_t n)
{
  double* const p = (double*)calloc(n + 1U, sizeof(double));
  CHECK(p);
  return p;
}

static inline void
slow_stack_clear(SlowStack* const stack)
{
  free(stack->features);
  free(stack->state);
}

/// The column of the features that a layer's h is added to, times what
static inline bool
slow_taken(const RemNetSpec* const spec,
           const uint32_t          index,
           uint32_t* const         column,
           double* const           part)
{
  const uint32_t d = rem_net_n_directions(spec);
  *part            = 1.0;
  *column          = index % d * spec->n_hidden;
  if (spec->take == REM_TAKE_CONCAT) {
    *column = index * spec->n_hidden;
  } else if (spec->take == REM_TAKE_AVERAGE) {
    *part = 1.0 / spec->n_layers;
  } else {
    return index / d + 1U == spec->n_layers;
  }
  return true;
}

/// Where a layer reads and writes
typedef struct {
  const double* x;
  uint32_t      x_row;
  uint32_t      n;
  double*       state; ///< [2, H] in place
  double*       h;     ///< [n] rows of both directions
  double*       out;   ///< [n, F] added to
} SlowPass;

/// Run one layer in one direction
static inline void
slow_layer(const RemNetSpec* const spec,
           const uint32_t          index,
           const double* const     params,
           const SlowPass* const   pass,
           const Poke* const       poke)
{
  const uint32_t d      = rem_net_n_directions(spec);
  const uint32_t h      = spec->n_hidden;
  const uint32_t f      = rem_net_n_features(spec);
  const bool     pokes  = poke && index == d * (spec->n_layers - 1U);
  uint32_t       column = 0U;
  double         part   = 0.0;
  const bool     taken  = slow_taken(spec, index, &column, &part);
  double* const  s      = pass->state;
  for (uint32_t k = 0; k < pass->n; ++k) {
    const uint32_t t = index % d ? pass->n - 1U - k : k;
    slow_cell(spec, index, params, pass->x + (size_t)t * pass->x_row, s, s + h);
    s[pokes ? poke->unit : 0U] += pokes && poke->step == t ? poke->by : 0.0;
    memcpy(pass->h + ((size_t)t * d + index % d) * h, s, h * sizeof(double));
    for (uint32_t j = 0; taken && j < h; ++j) {
      pass->out[(size_t)t * f + column + j] += part * s[j];
    }
  }
}

/// Run all layers, one after the other, over x [n, I] from `state` [n_state],
/// which is left at the end; features are added to `out` [n, F]
static inline void
slow_layers(const RemNetSpec* const spec,
            const double* const     params,
            const double* const     x,
            const uint32_t          n,
            // NOLINTNEXTLINE(readability-non-const-parameter): pass's state
            double* const state,
            // NOLINTNEXTLINE(readability-non-const-parameter): pass's out
            double* const     out,
            const Poke* const poke)
{
  const uint32_t d    = rem_net_n_directions(spec);
  const uint32_t h    = spec->n_hidden;
  double*        in   = slow_doubles((size_t)n * spec->n_in);
  uint32_t       n_in = spec->n_in;
  memcpy(in, x, (size_t)n * n_in * sizeof(double));
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    double* const next = slow_doubles((size_t)n * d * h);
    for (uint32_t i = l * d; i < (l + 1U) * d; ++i) {
      const SlowPass pass = {in, n_in, n, state + (size_t)2 * h * i, next, out};
      slow_layer(spec, i, params, &pass, poke);
    }
    free(in);
    in   = next;
    n_in = d * h;
  }
  free(in);
}

/// Set `state` to what a net begins with
static inline void
slow_initial(const RemNetSpec* const spec,
             const double* const     params,
             const double* const     condition,
             double* const           state)
{
  const RemInitialAt at = rem_net_initial_at(spec);
  const size_t       n  = rem_net_n_state(spec);
  for (size_t i = 0; i < n && spec->initial != REM_INITIAL_REST; ++i) {
    state[i] = params[at.bias + i];
    for (size_t j = 0; condition && j < spec->n_condition; ++j) {
      state[i] += params[at.weight + i * spec->n_condition + j] * condition[j];
    }
  }
}

/// y [O] of features [F] and a frame
static inline void
slow_head(const RemNetSpec* const spec,
          const double* const     params,
          const double* const     features,
          const double* const     x,
          double* const           y)
{
  const RemHeadAt at = rem_net_head_at(spec);
  for (uint32_t o = 0; o < spec->n_out; ++o) {
    if (spec->head == REM_HEAD_NONE) {
      y[o] = features[o];
      continue;
    }
    y[o] = params[at.bias + o] + (spec->skip ? x[o] : 0.0);
    for (uint32_t k = 0; k < at.n_in; ++k) {
      y[o] += params[at.weight + (size_t)o * at.n_in + k] * features[k];
    }
  }
}

#endif // REM_TESTS_SEQUENCE_LAYERS_H
