// SPDX-License-Identifier: ISC

/// Whole sequences in double, one after the other, in plain loops: what the
/// trainer and the engine are held to

#ifndef REM_TESTS_SEQUENCE_REFERENCE_H
#define REM_TESTS_SEQUENCE_REFERENCE_H

#include "offline_trainer/sequence/sequence.h"
#include "tests/sequence_layers.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

/// Let the encoder read; returns what the decoder begins from
static inline const double*
slow_encode(const RemSequenceSpec* const spec,
            const double* const          params,
            const SlowSequence* const    sequence,
            SlowStack* const             encoder)
{
  const RemNetSpec* const net     = &spec->encoder;
  const double* const     p       = params + rem_sequence_encoder_at(spec);
  const size_t            n_state = rem_net_n_state(net);
  const uint32_t          n       = sequence->n_encoder;
  encoder->n                      = n;
  encoder->state                  = slow_doubles(n_state);
  encoder->features = slow_doubles((size_t)n * rem_net_n_features(net));
  slow_initial(net, p, NULL, encoder->state);
  slow_layers(
    net, p, sequence->encoder_x, n, encoder->state, encoder->features, NULL);
  return encoder->state + n_state - rem_encoder_n_condition(net);
}

/// Run a decoder that looks at its encoder: x [n, n_own]
static inline void
slow_decode(const RemSequenceSpec* const spec,
            const double* const          params,
            const SlowSequence* const    sequence,
            const SlowStack* const       encoder,
            double* const                state,
            double* const                out,
            const Poke* const            poke)
{
  const RemNetSpec* const net = &spec->net;
  const uint32_t          f   = rem_net_n_features(net);
  const uint32_t      n_own   = net->n_in - rem_net_n_features(&spec->encoder);
  const double* const h =
    state + (size_t)2 * net->n_hidden * (net->n_layers - 1U);
  for (uint32_t t = 0; t < sequence->n; ++t) {
    double* const frame = slow_doubles(net->n_in);
    Poke          now   = poke ? *poke : (Poke){0U, UINT32_MAX, 0U, 0.0};
    now.step            = now.step == t ? 0U : UINT32_MAX;
    memcpy(frame, sequence->x + (size_t)t * n_own, n_own * sizeof(double));
    slow_attention(spec, params, encoder, h, frame + n_own);
    slow_layers(net, params, frame, 1U, state, out + (size_t)t * f, &now);
    free(frame);
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
  const RemNetSpec* const net = &spec->net;
  const uint32_t          n_shown =
    spec->n_attention ? rem_net_n_features(&spec->encoder) : 0U;
  const uint32_t      f       = rem_net_n_features(net);
  const uint32_t      n       = sequence->n;
  double* const       out     = slow_doubles((size_t)n * f);
  double* const       state   = slow_doubles(rem_net_n_state(net));
  SlowStack           encoder = {0U, NULL, NULL};
  const double* const condition =
    spec->encoder.n_hidden ? slow_encode(spec, params, sequence, &encoder)
                           : sequence->condition;
  slow_initial(net, params, condition, state);
  if (spec->n_attention) {
    slow_decode(spec, params, sequence, &encoder, state, out, poke);
  } else {
    slow_layers(net, params, sequence->x, n, state, out, poke);
  }
  if (net->whole) {
    slow_whole(net, n, out);
  }
  for (size_t t = 0; t < (net->whole ? 1U : n); ++t) {
    slow_head(net,
              params,
              out + t * f,
              sequence->x + t * (net->n_in - n_shown),
              y + t * net->n_out);
  }
  slow_stack_clear(&encoder);
  free(out);
  free(state);
}

#endif // REM_TESTS_SEQUENCE_REFERENCE_H
