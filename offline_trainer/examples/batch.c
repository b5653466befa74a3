// SPDX-License-Identifier: ISC

#include "offline_trainer/examples/batch.h"

#include "offline_trainer/cross_entropy.h"

#include <string.h>

/// Return whether a net hears its own answer
static bool
hears_itself(const RemExampleTask task)
{
  return task != REM_TASK_TAG && task != REM_TASK_CLASSIFY;
}

uint32_t
rem_example_first(const RemExamples* const all, const RemExample* const example)
{
  switch (all->task) {
  case REM_TASK_COMPLETE:
    return example->n_in;
  case REM_TASK_CLASSIFY:
    return example->n_in - 1U;
  default:
    return 0U;
  }
}

uint32_t
rem_example_steps(const RemExamples* const all, const RemExample* const example)
{
  return hears_itself(all->task)
           ? rem_example_first(all, example) + example->n_out
           : example->n_in;
}

uint32_t
rem_examples_max_steps(const RemExamples* const all)
{
  uint32_t most = 1U;
  for (size_t i = 0U; i < all->n; ++i) {
    const uint32_t n = rem_example_steps(all, &all->examples[i]);
    most             = n > most ? n : most;
  }
  return most;
}

uint32_t
rem_examples_max_encoder_steps(const RemExamples* const all)
{
  uint32_t most = 1U;
  for (size_t i = 0U; i < all->n; ++i) {
    const uint32_t n = all->examples[i].n_in;
    most             = n > most ? n : most;
  }
  return all->task == REM_TASK_TRANSLATE ? most : 0U;
}

/// Return what the net reads at step `t`
static uint32_t
symbol_at(const RemExamples* const all,
          const RemExample* const  example,
          const uint32_t           t)
{
  if (!hears_itself(all->task)) {
    return example->in[t];
  }
  const uint32_t first = rem_example_first(all, example);
  if (t < first) {
    return example->in[t];
  }
  return t == first ? all->labels->start : example->out[t - first - 1U];
}

uint32_t
rem_examples_n_own(const RemSequenceSpec* const spec)
{
  return spec->net.n_in -
         (spec->n_attention ? rem_net_n_features(&spec->encoder) : 0U);
}

/// Fill stream `s` of the net's input
static void
fill_net(const RemExamples* const all,
         const RemExample* const  example,
         const uint32_t           n_in,
         const uint32_t           s,
         RemSequenceBatch* const  batch)
{
  const size_t size   = (n_in - 1U) * sizeof(float);
  const float* beside = n_in > 1U && all->n_vector ? example->vector : NULL;
  for (uint32_t t = 0U; t < batch->n_steps; ++t) {
    float* const to = batch->x + ((size_t)t * batch->n + s) * n_in;
    *to = t < batch->lengths[s] ? (float)symbol_at(all, example, t) : 0.0f;
    if (beside) {
      memcpy(to + 1, beside, size);
    }
  }
}

/// Fill stream `s` of the encoder's input
static void
fill_encoder(const RemExample* const example,
             const uint32_t          s,
             RemSequenceBatch* const batch)
{
  for (uint32_t t = 0U; t < batch->n_encoder_steps; ++t) {
    batch->encoder_x[(size_t)t * batch->n + s] =
      t < example->n_in ? (float)example->in[t] : 0.0f;
  }
}

/// Set lengths; those of the encoder only where there is one
static void
measure(const RemExamples* const all,
        const uint32_t* const    places,
        RemSequenceBatch* const  batch)
{
  const bool encoded     = all->task == REM_TASK_TRANSLATE;
  batch->n_steps         = 0U;
  batch->n_encoder_steps = 0U;
  for (uint32_t s = 0U; s < batch->n; ++s) {
    const RemExample* const example = &all->examples[places[s]];
    const uint32_t          n       = rem_example_steps(all, example);
    batch->lengths[s]               = n;
    batch->n_steps                  = n > batch->n_steps ? n : batch->n_steps;
    if (encoded) {
      batch->encoder_lengths[s] = example->n_in;
      batch->n_encoder_steps    = example->n_in > batch->n_encoder_steps
                                    ? example->n_in
                                    : batch->n_encoder_steps;
    }
  }
}

void
rem_examples_fill(const RemExamples* const all,
                  const uint32_t           n_in,
                  const uint32_t* const    places,
                  RemSequenceBatch* const  batch)
{
  measure(all, places, batch);
  for (uint32_t s = 0U; s < batch->n; ++s) {
    const RemExample* const example = &all->examples[places[s]];
    fill_net(all, example, n_in, s, batch);
    if (batch->n_encoder_steps) {
      fill_encoder(example, s, batch);
    }
    if (batch->condition && all->n_vector) {
      memcpy(batch->condition + (size_t)s * all->n_vector,
             example->vector,
             all->n_vector * sizeof(float));
    }
  }
}

size_t
rem_examples_targets(const RemExamples* const all,
                     const uint32_t* const    places,
                     const uint32_t           n,
                     const uint32_t           n_steps,
                     uint32_t* const          targets)
{
  const bool   whole  = all->task == REM_TASK_CLASSIFY;
  const size_t n_rows = whole ? n : (size_t)n * n_steps;
  for (size_t r = 0U; r < n_rows; ++r) {
    targets[r] = REM_NO_TARGET;
  }
  for (uint32_t s = 0U; s < n; ++s) {
    const RemExample* const example = &all->examples[places[s]];
    const uint32_t first = whole ? 0U : rem_example_first(all, example);
    for (uint32_t j = 0U; j < example->n_out; ++j) {
      targets[(size_t)(first + j) * n + s] = example->out[j];
    }
  }
  return n_rows;
}
