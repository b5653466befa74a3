// SPDX-License-Identifier: ISC

#include "offline_trainer/examples/score.h"

#include "offline_trainer/cross_entropy.h"
#include "offline_trainer/examples/batch.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 32U ///< Sequences side by side

/// What one batch gives
typedef struct {
  double nats;
  size_t n_symbols;
  size_t n_right;
  size_t n_exact;
} Part;

struct RemScorer {
  RemSequenceSpec    spec;
  const RemExamples* all;
  uint32_t*          order; ///< [all->n] by length: little padding in a batch
  RemSequenceNet*    net;
  uint32_t           n_runs;
  RemSequenceRun**   runs; ///< [n_runs] one for every thread
  uint32_t           max_steps;
  uint32_t*          targets; ///< [n_runs, max_steps, BATCH]
  uint32_t           n_parts;
  Part*              parts; ///< [n_parts]
  bool*              right; ///< Of the present run, or NULL
};

/// An example and its length
typedef struct {
  uint32_t steps;
  uint32_t place;
} Place;

static int
compare_places(const void* const a, const void* const b)
{
  const Place* const x = (const Place*)a;
  const Place* const y = (const Place*)b;
  return x->steps != y->steps ? (x->steps > y->steps) - (x->steps < y->steps)
                              : (x->place > y->place) - (x->place < y->place);
}

/// Return the examples in the order of their lengths, or NULL without memory
static uint32_t*
sort(const RemExamples* const all)
{
  Place* const    places = (Place*)malloc((all->n + 1U) * sizeof(Place));
  uint32_t* const order  = (uint32_t*)malloc((all->n + 1U) * sizeof(uint32_t));
  if (!places || !order) {
    free(places);
    free(order);
    return NULL;
  }
  for (uint32_t i = 0U; i < all->n; ++i) {
    const RemExample* const e = &all->examples[i];
    places[i]                 = (Place){rem_example_steps(all, e) + e->n_in, i};
  }
  qsort(places, all->n, sizeof(Place), compare_places);
  for (uint32_t i = 0U; i < all->n; ++i) {
    order[i] = places[i].place;
  }
  free(places);
  return order;
}

/// Make memory for every thread
static bool
make_runs(RemScorer* const scorer, const uint32_t n)
{
  const uint32_t n_encoder = rem_examples_max_encoder_steps(scorer->all);
  scorer->n_runs           = n;
  scorer->runs = (RemSequenceRun**)calloc(n, sizeof(RemSequenceRun*));
  for (uint32_t i = 0U; scorer->runs && i < n; ++i) {
    scorer->runs[i] =
      rem_sequence_run_new(scorer->net, BATCH, scorer->max_steps, n_encoder);
    if (!scorer->runs[i]) {
      return false;
    }
  }
  return scorer->runs;
}

RemScorer*
rem_scorer_new(const RemSequenceSpec* const spec,
               const RemExamples* const     all,
               const uint32_t               n_threads)
{
  RemScorer* const scorer = (RemScorer*)calloc(1U, sizeof(RemScorer));
  if (!scorer) {
    return NULL;
  }
  scorer->spec      = *spec;
  scorer->all       = all;
  scorer->max_steps = rem_examples_max_steps(all);
  scorer->n_parts   = (uint32_t)((all->n + BATCH - 1U) / BATCH);
  scorer->order     = sort(all);
  scorer->net       = rem_sequence_net_new(spec);
  scorer->parts     = (Part*)calloc(scorer->n_parts + 1U, sizeof(Part));
  scorer->targets   = (uint32_t*)calloc(
    (size_t)n_threads * scorer->max_steps * BATCH, sizeof(uint32_t));
  if (!scorer->order || !scorer->net || !scorer->parts || !scorer->targets ||
      !make_runs(scorer, n_threads)) {
    rem_scorer_free(scorer);
    return NULL;
  }
  return scorer;
}

void
rem_scorer_free(RemScorer* const scorer)
{
  if (scorer) {
    for (uint32_t i = 0U; scorer->runs && i < scorer->n_runs; ++i) {
      rem_sequence_run_free(scorer->runs[i]);
    }
    free(scorer->runs);
    rem_sequence_net_free(scorer->net);
    free(scorer->order);
    free(scorer->targets);
    free(scorer->parts);
    free(scorer);
  }
}

static uint32_t
likeliest(const float* const y, const uint32_t n)
{
  uint32_t best = 0U;
  for (uint32_t k = 1U; k < n; ++k) {
    best = y[k] > y[best] ? k : best;
  }
  return best;
}

/// See which rows are right, and which sequences have no wrong one
static void
judge(const float* const    y,
      const uint32_t* const targets,
      const size_t          n_rows,
      const uint32_t        n_out,
      const uint32_t        n,
      bool* const           right,
      Part* const           part)
{
  assert(n);
  for (uint32_t s = 0U; s < n; ++s) {
    right[s] = true;
  }
  for (size_t r = 0U; r < n_rows; ++r) {
    if (targets[r] != REM_NO_TARGET) {
      const bool good = likeliest(y + r * n_out, n_out) == targets[r];
      right[r % n]    = right[r % n] && good;
      part->n_right += good;
      ++part->n_symbols;
    }
  }
  for (uint32_t s = 0U; s < n; ++s) {
    part->n_exact += right[s];
  }
}

/// Score one batch.  A RemTask.
static void
run(void* const handle, const uint32_t index, const uint32_t thread)
{
  RemScorer* const         scorer = (RemScorer*)handle;
  const RemExamples* const all    = scorer->all;
  RemSequenceRun* const    r      = scorer->runs[thread];
  RemSequenceBatch* const  batch  = rem_sequence_batch(r);
  const uint32_t* const    places = scorer->order + (size_t)index * BATCH;
  const size_t             left   = all->n - (size_t)index * BATCH;
  const uint32_t           n_out  = scorer->spec.net.n_out;
  Part* const              part   = &scorer->parts[index];
  bool                     right[BATCH];
  uint32_t* const          targets =
    scorer->targets + (size_t)thread * scorer->max_steps * BATCH;
  *part    = (Part){.nats = 0.0};
  batch->n = left < BATCH ? (uint32_t)left : BATCH;
  rem_examples_fill(all, rem_examples_n_own(&scorer->spec), places, batch);
  rem_sequence_forward(r, NULL);
  const size_t n_rows =
    rem_examples_targets(all, places, batch->n, batch->n_steps, targets);
  judge(rem_sequence_output(r), targets, n_rows, n_out, batch->n, right, part);
  part->nats = rem_cross_entropy(rem_sequence_output(r),
                                 targets,
                                 n_rows,
                                 n_out,
                                 0.0,
                                 rem_sequence_output_gradient(r));
  for (uint32_t s = 0U; scorer->right && s < batch->n; ++s) {
    scorer->right[places[s]] = right[s];
  }
}

void
rem_scorer_run(RemScorer* const          scorer,
               const float* const        params,
               RemPool* const            pool,
               bool* const               right,
               RemExamplesFigures* const out)
{
  Part sum      = {.nats = 0.0};
  scorer->right = right;
  rem_sequence_net_set(scorer->net, params);
  rem_pool_run(pool, scorer->n_parts, run, scorer);
  for (uint32_t i = 0U; i < scorer->n_parts; ++i) {
    const Part* const part = &scorer->parts[i];
    sum.nats += part->nats;
    sum.n_symbols += part->n_symbols;
    sum.n_right += part->n_right;
    sum.n_exact += part->n_exact;
  }
  const double n       = (double)(sum.n_symbols ? sum.n_symbols : 1U);
  const double n_all   = (double)(scorer->all->n ? scorer->all->n : 1U);
  const double n_right = (double)sum.n_right, n_exact = (double)sum.n_exact;
  const double nats = isfinite(sum.nats) ? sum.nats : (double)INFINITY;
  *out              = (RemExamplesFigures){.n         = scorer->all->n,
                                           .n_symbols = sum.n_symbols,
                                           .nats      = nats / n,
                                           .accuracy  = n_right / n,
                                           .exact     = n_exact / n_all};
}
