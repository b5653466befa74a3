// SPDX-License-Identifier: ISC

#include "offline_trainer/cross_entropy.h"
#include "offline_trainer/text/token_lesson.h"

#include <math.h>
#include <stdlib.h>

#define PART 2048U  ///< Symbols that a task plays
#define BEFORE 256U ///< Symbols that it hears first, where there are so many
#define CHUNK 64U   ///< Symbols of a call

/// What a task plays: symbols `begin` to `end` - 1, each of which foretells the
/// next one; what is before `counts` is only heard
typedef struct {
  size_t begin;
  size_t counts;
  size_t end;
} Part;

/// What the tasks share
typedef struct {
  const RemNet*    net;
  const float*     rest;
  const RemTokens* tokens;
  const Part*      parts;
  double*          nats; ///< [n_parts]
} Work;

/// Play `n` symbols from `at` on; return the nats of those that count
static double
play(const Work* const  work,
     const Part* const  part,
     const size_t       at,
     const uint32_t     n,
     RemNetState* const state,
     float* const       y)
{
  const uint32_t n_out = rem_net_spec(work->net)->n_out;
  float          x[CHUNK];
  uint32_t       targets[CHUNK];
  for (uint32_t t = 0U; t < n; ++t) {
    x[t] = (float)work->tokens->all[at + t];
    targets[t] =
      at + t < part->counts ? REM_NO_TARGET : work->tokens->all[at + t + 1U];
  }
  rem_net_block(work->net, state, x, y, n);
  return rem_cross_entropy(y, targets, n, n_out, 0.0, y);
}

/// Play one part.  A RemTask.
static void
run(void* const handle, const uint32_t index, const uint32_t thread)
{
  (void)thread;
  const Work* const  work  = (const Work*)handle;
  const Part* const  part  = &work->parts[index];
  const uint32_t     n_out = rem_net_spec(work->net)->n_out;
  RemNetState* const state = rem_net_state_new(work->net);
  float* const       y = (float*)malloc((size_t)CHUNK * n_out * sizeof(float));
  double             sum = 0.0;
  if (state && y) {
    rem_net_state_set(work->net, state, work->rest);
    for (size_t at = part->begin; at < part->end; at += CHUNK) {
      const size_t left = part->end - at;
      sum +=
        play(work, part, at, left < CHUNK ? (uint32_t)left : CHUNK, state, y);
    }
  }
  work->nats[index] = state && y ? sum : (double)NAN;
  rem_net_state_free(state);
  free(y);
}

/// Cut all pieces into parts; return how many there are.  `out` may be NULL.
static uint32_t
cut(const RemTokens* const tokens, Part* const out)
{
  uint32_t n = 0U;
  for (size_t p = 0U; p < tokens->n_pieces; ++p) {
    const size_t begin = tokens->begins[p];
    const size_t end   = tokens->begins[p + 1U] - 1U; // Foretells nothing
    for (size_t at = begin; at < end; at += PART) {
      if (out) {
        out[n] = (Part){at - begin < BEFORE ? begin : at - BEFORE,
                        at,
                        end - at < PART ? end : at + PART};
      }
      ++n;
    }
  }
  return n;
}

/// Return the sum of `n` numbers; where one is no number, infinity
static double
sum_of(const double* const nats, const uint32_t n)
{
  double sum = 0.0;
  for (uint32_t i = 0U; i < n; ++i) {
    sum += nats[i];
  }
  return isfinite(sum) ? sum : (double)INFINITY;
}

double
rem_token_nats(const RemNetSpec* const net,
               const float* const      params,
               const float* const      rest,
               const RemTokens* const  tokens,
               RemPool* const          pool)
{
  const uint32_t n_parts = cut(tokens, NULL);
  Part* const    parts   = (Part*)malloc((n_parts + 1U) * sizeof(Part));
  double* const  nats    = (double*)malloc((n_parts + 1U) * sizeof(double));
  float* const   own = (float*)calloc(rem_net_n_state(net) + 1U, sizeof(float));
  RemNet* const  packed = rem_net_new(net, params);
  double         mean   = (double)NAN;
  if (parts && nats && own && packed) {
    Work work = {packed, rest ? rest : own, tokens, parts, nats};
    rem_net_initial(net, params, NULL, own);
    (void)cut(tokens, parts);
    rem_pool_run(pool, n_parts, run, &work);
    mean = sum_of(nats, n_parts) / (double)rem_tokens_n_foretold(tokens);
  }
  rem_net_free(packed);
  free(own);
  free(parts);
  free(nats);
  return mean;
}
