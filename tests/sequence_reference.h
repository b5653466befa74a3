// SPDX-License-Identifier: ISC

/// Whole sequences in double, one after the other, in plain loops: what the
/// trainer and the engine are held to

#ifndef REM_TESTS_SEQUENCE_REFERENCE_H
#define REM_TESTS_SEQUENCE_REFERENCE_H

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

/// One step of one layer of one stream; h and c [H] in place
static inline void
slow_cell(const RemNetSpec* const spec,
          const uint32_t          index,
          const double* const     params,
          const double* const     x,
          double* const           h,
          double* const           c)
{
  enum { MAX_UNITS = 160 };
  const RemLayerAt at    = rem_net_layer_at(spec, index);
  const bool       first = index < rem_net_n_directions(spec);
  const uint32_t   n     = spec->n_hidden;
  double           by_x[4][MAX_UNITS];
  double           by_h[4][MAX_UNITS];
  CHECK(n <= MAX_UNITS);
  for (uint32_t g = 0; g < at.n_gates; ++g) {
    for (uint32_t j = 0; j < n; ++j) {
      const size_t row = (size_t)g * n + j;
      by_x[g][j] =
        params[at.bias + row] + slow_input(spec, &at, params, first, row, x);
      by_h[g][j] = 0.0;
      for (uint32_t k = 0; spec->cell != REM_CELL_FORWARD && k < n; ++k) {
        by_h[g][j] += params[at.weight_hh + row * n + k] * h[k];
      }
    }
  }
  for (uint32_t j = 0; j < n; ++j) {
    const double a = by_x[0][j] + by_h[0][j];
    if (spec->cell == REM_CELL_LSTM) {
      const double f = slow_sigmoid(by_x[1][j] + by_h[1][j]);
      const double g = tanh(by_x[2][j] + by_h[2][j]);
      c[j]           = f * c[j] + slow_sigmoid(a) * g;
      h[j]           = slow_sigmoid(by_x[3][j] + by_h[3][j]) * tanh(c[j]);
    } else if (spec->cell == REM_CELL_GRU) {
      const double z = slow_sigmoid(by_x[1][j] + by_h[1][j]);
      const double m = tanh(
        by_x[2][j] + slow_sigmoid(a) * (by_h[2][j] + params[at.bias_hn + j]));
      h[j] = (1.0 - z) * m + z * h[j];
    } else {
      const double e = spec->cell == REM_CELL_FORWARD ? 0.0 : c[j];
      const double b = a + e;
      h[j]           = spec->cell == REM_CELL_RNN_SIGMOID  ? slow_sigmoid(b)
                       : spec->cell == REM_CELL_RNN_LINEAR ? b
                                                           : tanh(b);
      c[j]           = 0.0;
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

/// Run all layers, one after the other, over x [n, I] from `state` [n_state],
/// which is left at the end; features are added to `out` [n, F]
static inline void
slow_layers(const RemNetSpec* const spec,
            const double* const     params,
            const double* const     x,
            const uint32_t          n,
            double* const           state,
            double* const           out,
            const Poke* const       poke)
{
  const uint32_t d    = rem_net_n_directions(spec);
  const uint32_t h    = spec->n_hidden;
  const uint32_t f    = rem_net_n_features(spec);
  double*        in   = slow_doubles((size_t)n * spec->n_in);
  uint32_t       n_in = spec->n_in;
  memcpy(in, x, (size_t)n * n_in * sizeof(double));
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    double* const next = slow_doubles((size_t)n * d * h);
    for (uint32_t i = l * d; i < (l + 1U) * d; ++i) {
      uint32_t      column = 0U;
      double        part   = 0.0;
      const bool    taken  = slow_taken(spec, i, &column, &part);
      double* const s      = state + (size_t)2 * h * i;
      for (uint32_t k = 0; k < n; ++k) {
        const uint32_t t = i % d ? n - 1U - k : k;
        slow_cell(spec, i, params, in + (size_t)t * n_in, s, s + h);
        if (poke && i == d * (spec->n_layers - 1U) && poke->step == t) {
          s[poke->unit] += poke->by;
        }
        for (uint32_t j = 0; j < h; ++j) {
          next[((size_t)t * d + i % d) * h + j] = s[j];
          if (taken) {
            out[(size_t)t * f + column + j] += part * s[j];
          }
        }
      }
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
    for (size_t j = 0; j < spec->n_condition; ++j) {
      state[i] += params[at.weight + i * spec->n_condition + j] * condition[j];
    }
  }
}

/// What attention makes of `h` [H], added to `context` [F]
static inline void
slow_attention(const RemSequenceSpec* const spec,
               const double* const          params,
               const SlowStack* const       encoder,
               const double* const          h,
               double* const                context)
{
  const uint32_t      a      = spec->n_attention;
  const uint32_t      n      = spec->net.n_hidden;
  const uint32_t      f      = rem_net_n_features(&spec->encoder);
  const double* const query  = params + rem_sequence_attention_at(spec);
  const double* const key    = query + (size_t)a * n;
  const double* const energy = key + (size_t)a * f;
  double* const       e      = slow_doubles(encoder->n);
  double              sum    = 0.0;
  for (uint32_t j = 0; j < encoder->n; ++j) {
    for (uint32_t i = 0; i < a; ++i) {
      double z = 0.0;
      for (uint32_t k = 0; k < n; ++k) {
        z += query[(size_t)i * n + k] * h[k];
      }
      for (uint32_t k = 0; k < f; ++k) {
        z += key[(size_t)i * f + k] * encoder->features[(size_t)j * f + k];
      }
      e[j] += energy[i] * tanh(z);
    }
    sum += exp(e[j]);
  }
  for (uint32_t j = 0; j < encoder->n; ++j) {
    for (uint32_t k = 0; k < f; ++k) {
      context[k] += exp(e[j]) / sum * encoder->features[(size_t)j * f + k];
    }
  }
  free(e);
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

/// One sequence, as numbers
typedef struct {
  uint32_t      n;
  const double* x; ///< [n, I] without the columns of attention
  const double* condition;
  uint32_t      n_encoder;
  const double* encoder_x;
} SlowSequence;

/// The last features forward and the first ones back
static inline void
slow_whole(const RemNetSpec* const spec,
           const uint32_t          n,
           double* const           features)
{
  const uint32_t f = rem_net_n_features(spec);
  for (uint32_t j = 0; j < f; ++j) {
    const bool back = spec->both && j / spec->n_hidden % 2U;
    features[j]     = features[(back ? 0U : (size_t)n - 1U) * f + j];
  }
}

/// y [n, O] or [O] of one sequence
static inline void
slow_sequence(const RemSequenceSpec* const spec,
              const double* const          params,
              const SlowSequence* const    sequence,
              const Poke* const            poke,
              double* const                y)
{
  const RemNetSpec* const net  = &spec->net;
  const bool              pair = spec->encoder.n_hidden > 0U;
  const uint32_t          n_shown =
    spec->n_attention ? rem_net_n_features(&spec->encoder) : 0U;
  const uint32_t n_own     = net->n_in - n_shown;
  const uint32_t f         = rem_net_n_features(net);
  const uint32_t n         = sequence->n;
  double* const  out       = slow_doubles((size_t)n * f);
  double* const  state     = slow_doubles(rem_net_n_state(net));
  const double*  condition = sequence->condition;
  SlowStack      encoder   = {0U, NULL, NULL};
  if (pair) {
    const double* const p       = params + rem_sequence_encoder_at(spec);
    const size_t        n_state = rem_net_n_state(&spec->encoder);
    encoder.n                   = sequence->n_encoder;
    encoder.state               = slow_doubles(n_state);
    encoder.features =
      slow_doubles((size_t)encoder.n * rem_net_n_features(&spec->encoder));
    slow_initial(&spec->encoder, p, NULL, encoder.state);
    slow_layers(&spec->encoder,
                p,
                sequence->encoder_x,
                encoder.n,
                encoder.state,
                encoder.features,
                NULL);
    condition =
      encoder.state + n_state - rem_encoder_n_condition(&spec->encoder);
  }
  slow_initial(net, params, condition, state);
  if (!spec->n_attention) {
    slow_layers(net, params, sequence->x, n, state, out, poke);
  }
  for (uint32_t t = 0; spec->n_attention && t < n; ++t) {
    double* const frame = slow_doubles(net->n_in);
    Poke          now   = poke ? *poke : (Poke){0U, UINT32_MAX, 0U, 0.0};
    now.step            = now.step == t ? 0U : UINT32_MAX;
    memcpy(frame, sequence->x + (size_t)t * n_own, n_own * sizeof(double));
    slow_attention(spec,
                   params,
                   &encoder,
                   state + (size_t)2 * net->n_hidden * (net->n_layers - 1U),
                   frame + n_own);
    slow_layers(net, params, frame, 1U, state, out + (size_t)t * f, &now);
    free(frame);
  }
  if (net->whole) {
    slow_whole(net, n, out);
  }
  for (uint32_t t = 0; t < (net->whole ? 1U : n); ++t) {
    slow_head(net,
              params,
              out + (size_t)t * f,
              sequence->x + (size_t)t * n_own,
              y + (size_t)t * net->n_out);
  }
  slow_stack_clear(&encoder);
  free(out);
  free(state);
}

#endif // REM_TESTS_SEQUENCE_REFERENCE_H
