// SPDX-License-Identifier: ISC

/// Nets of noise and a batch of sequences of noise, in float and in double

#ifndef REM_TESTS_SEQUENCE_CASE_H
#define REM_TESTS_SEQUENCE_CASE_H

#include "offline_trainer/sequence/sequence.h"
#include "tests/sequence_reference.h"

#include <math.h>
#include <string.h>

enum { MAX_STREAMS = 8, MAX_STEPS = 12, MAX_ENCODER_STEPS = 9 };

/// A net and a batch, in float and in double
typedef struct {
  RemSequenceSpec spec;
  uint32_t        n_own; ///< Columns of a frame but attention's
  size_t          n_params;
  float*          params;
  double*         exact; ///< The same
  RemSequenceNet* net;
  RemSequenceRun* run;
  double*         x;         ///< [S, T, n_own]
  double*         encoder_x; ///< [S, T', I']
  double*         condition; ///< [S, n_condition]
  double*         by;        ///< [S, T, O] the loss is the sum of these times y
  float*          grad;
} Case;

/// A number of a frame: a symbol or noise
static inline double
draw(const RemNetSpec* const spec, const uint32_t column, uint32_t* const seed)
{
  const float u = noise(seed);
  return spec->n_symbols && !column
           ? floor(0.5 * (1.0 + (double)u) * spec->n_symbols)
           : (double)u;
}

/// Draw sequences of all lengths, one after the other
static inline double*
draw_sequences(const RemNetSpec* const spec,
               const uint32_t          n_columns,
               const uint32_t          max_steps,
               uint32_t                seed)
{
  const size_t  n = (size_t)MAX_STREAMS * max_steps * n_columns;
  double* const x = slow_doubles(n);
  for (size_t i = 0; n_columns && i < n; ++i) {
    x[i] = draw(spec, (uint32_t)(i % n_columns), &seed);
  }
  return x;
}

/// Copy sequences to a batch, and what must not be seen behind their ends
static inline void
put_sequences(const double* const   from,
              const uint32_t        n_columns,
              const uint32_t        n,
              const uint32_t        n_steps,
              const uint32_t        max_steps,
              const uint32_t* const lengths,
              float* const          to)
{
  for (uint32_t s = 0; s < n; ++s) {
    for (uint32_t t = 0; t < n_steps; ++t) {
      for (uint32_t i = 0; i < n_columns; ++i) {
        to[((size_t)t * n + s) * n_columns + i] =
          t < lengths[s]
            ? (float)from[((size_t)s * max_steps + t) * n_columns + i]
            : NAN;
      }
    }
  }
}

static inline uint32_t
longest(const uint32_t* const lengths, const uint32_t n)
{
  uint32_t most = 0U;
  for (uint32_t s = 0; s < n; ++s) {
    most = lengths[s] > most ? lengths[s] : most;
  }
  return most;
}

static inline void
fill_batch(Case* const c, const uint32_t n)
{
  const RemNetSpec* const net   = &c->spec.net;
  RemSequenceBatch* const batch = rem_sequence_batch(c->run);
  const bool              pair  = c->spec.encoder.n_hidden > 0U;
  batch->n                      = n;
  for (uint32_t s = 0; s < n; ++s) {
    batch->lengths[s] = 1U + (s * 5U + 6U) % 7U;
    if (pair) {
      batch->encoder_lengths[s] = 1U + (s * 3U + 4U) % 6U;
    }
  }
  batch->n_steps = longest(batch->lengths, n);
  put_sequences(
    c->x, c->n_own, n, batch->n_steps, MAX_STEPS, batch->lengths, batch->x);
  if (pair) {
    batch->n_encoder_steps = longest(batch->encoder_lengths, n);
    put_sequences(c->encoder_x,
                  c->spec.encoder.n_in,
                  n,
                  batch->n_encoder_steps,
                  MAX_ENCODER_STEPS,
                  batch->encoder_lengths,
                  batch->encoder_x);
  }
  CHECK(!batch->condition == (pair || !net->n_condition));
  for (uint32_t s = 0; batch->condition && s < n; ++s) {
    for (uint32_t i = 0; i < net->n_condition; ++i) {
      batch->condition[(size_t)s * net->n_condition + i] =
        (float)c->condition[(size_t)s * net->n_condition + i];
    }
  }
}

static inline void
open_case(Case* const c, const RemSequenceSpec* const spec, const uint32_t n)
{
  RemError error = {REM_SUCCESS, "", ""};
  uint32_t seed  = 77U;
  *c             = (Case){.spec = *spec};
  CHECK(!rem_sequence_spec_check(spec, &error));
  c->n_own = spec->net.n_in -
             (spec->n_attention ? rem_net_n_features(&spec->encoder) : 0U);
  c->n_params = rem_sequence_n_params(spec);
  c->params   = (float*)calloc(c->n_params, sizeof(float));
  c->grad     = (float*)calloc(c->n_params, sizeof(float));
  c->exact    = slow_doubles(c->n_params);
  c->net      = rem_sequence_net_new(spec);
  c->run =
    rem_sequence_run_new(c->net, MAX_STREAMS, MAX_STEPS, MAX_ENCODER_STEPS);
  CHECK(c->params && c->grad && c->net && c->run);
  for (size_t i = 0; i < c->n_params; ++i) {
    c->params[i] = 0.6f * noise(&seed);
    c->exact[i]  = (double)c->params[i];
  }
  rem_sequence_net_set(c->net, c->params);
  c->x = draw_sequences(&spec->net, c->n_own, MAX_STEPS, 5U);
  c->encoder_x =
    draw_sequences(&spec->encoder, spec->encoder.n_in, MAX_ENCODER_STEPS, 6U);
  c->condition = draw_sequences(&spec->net, spec->net.n_condition, 1U, 7U);
  c->by = slow_doubles((size_t)MAX_STREAMS * MAX_STEPS * spec->net.n_out);
  for (size_t i = 0; i < (size_t)MAX_STREAMS * MAX_STEPS * spec->net.n_out;
       ++i) {
    c->by[i] = (double)noise(&seed);
  }
  fill_batch(c, n);
}

static inline void
close_case(Case* const c)
{
  rem_sequence_run_free(c->run);
  rem_sequence_net_free(c->net);
  free(c->params);
  free(c->grad);
  free(c->exact);
  free(c->x);
  free(c->encoder_x);
  free(c->condition);
  free(c->by);
}

/// Return where output `o` of a sequence at a step stands in the trainer's
static inline size_t
output_at(const Case* const c,
          const uint32_t    s,
          const uint32_t    t,
          const uint32_t    o)
{
  const uint32_t n = rem_sequence_batch(c->run)->n;
  return ((size_t)t * n + s) * c->spec.net.n_out + o;
}

/// The loss of sequence `s`, exactly; outputs go to `y` if there is room
static inline double
slow_loss(const Case* const c,
          const uint32_t    s,
          const Poke* const poke,
          double* const     out)
{
  const RemNetSpec* const       net      = &c->spec.net;
  const RemSequenceBatch* const batch    = rem_sequence_batch(c->run);
  const bool                    pair     = c->spec.encoder.n_hidden > 0U;
  const size_t                  n_in     = c->spec.encoder.n_in;
  const SlowSequence            sequence = {
               batch->lengths[s],
               c->x + (size_t)s * MAX_STEPS * c->n_own,
               c->condition + (size_t)s * net->n_condition,
    pair ? batch->encoder_lengths[s] : 0U,
    pair ? c->encoder_x + (size_t)s * MAX_ENCODER_STEPS * n_in : NULL};
  const size_t  n    = (net->whole ? 1U : (size_t)sequence.n) * net->n_out;
  double* const y    = slow_doubles(n);
  double        loss = 0.0;
  slow_sequence(&c->spec, c->exact, &sequence, poke, y);
  for (size_t i = 0; i < n; ++i) {
    loss += c->by[(size_t)s * MAX_STEPS * net->n_out + i] * y[i];
  }
  if (out) {
    memcpy(out, y, n * sizeof(double));
  }
  free(y);
  return loss;
}

/// Set `grad` to the derivative by every parameter
static inline void
go_back(const Case* const c, float* const grad)
{
  const size_t n      = rem_sequence_net_n_gradient(c->net);
  float* const packed = (float*)calloc(n, sizeof(float));
  CHECK(packed);
  rem_sequence_backward(c->run, packed);
  rem_sequence_net_unpack(c->net, packed, grad);
  free(packed);
}

#endif // REM_TESTS_SEQUENCE_CASE_H
