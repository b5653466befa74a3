// SPDX-License-Identifier: ISC

#include "offline_trainer/examples/batch.h"
#include "offline_trainer/examples/learn.h"
#include "offline_trainer/examples/score.h"
#include "offline_trainer/pool.h"

#include <stdlib.h>
#include <string.h>

RemSequenceSpec
rem_model_sequence_spec(const RemModel* const model)
{
  RemSequenceSpec spec = {.net = model->spec};
  if (model->encoder) {
    spec.encoder     = model->encoder->spec;
    spec.n_attention = model->encoder->n_attention;
  }
  return spec;
}

/// Return a model's parameters in the order of its sequence spec, to free(), or
/// NULL without memory
static float*
params_of(const RemModel* const model, const RemSequenceSpec* const spec)
{
  float* const params =
    (float*)malloc(rem_sequence_n_params(spec) * sizeof(float));
  if (params) {
    rem_sequence_params(model, params);
  }
  return params;
}

/// Refuse examples of other tasks, or vocabularies of other sizes
static RemStatus
check_examples(const RemModel* const    model,
               const RemExamples* const all,
               RemError* const          error)
{
  const bool              decodes = all->task >= REM_TASK_TRANSLATE;
  const RemSymbols* const read    = decodes ? all->labels : all->symbols;
  const RemEncoder* const encoder = model->encoder;
  RemExampleTask          task    = all->task;
  const bool              known   = rem_model_task(model, &task);
  const bool tags = all->task == REM_TASK_TAG && !encoder && !model->spec.whole;
  if (task != all->task && !tags) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "The net is one to %s, and the examples are to %s",
                    known ? rem_task_name(task) : "go on with a text",
                    rem_task_name(all->task));
  }
  if (model->spec.n_symbols != read->n || model->spec.n_out != all->labels->n ||
      (encoder && encoder->spec.n_symbols != all->symbols->n)) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "The net reads %u symbols and chooses from %u, the"
                    " examples have %u and %u",
                    model->spec.n_symbols,
                    model->spec.n_out,
                    read->n,
                    all->labels->n);
  }
  return REM_SUCCESS;
}

RemStatus
rem_examples_evaluate(const RemModel* const     model,
                      const RemExamples* const  examples,
                      const uint32_t            n_threads,
                      bool* const               right,
                      RemExamplesFigures* const out,
                      RemError* const           error)
{
  const RemSequenceSpec spec = rem_model_sequence_spec(model);
  RemStatus             st   = check_examples(model, examples, error);
  *out                       = (RemExamplesFigures){.n = 0U};
  if (st || (st = rem_sequence_spec_check(&spec, error))) {
    return st;
  }
  float* const     params = params_of(model, &spec);
  RemPool* const   pool   = rem_pool_new(n_threads);
  RemScorer* const scorer = rem_scorer_new(&spec, examples, n_threads);
  if (params && pool && scorer) {
    rem_scorer_run(scorer, params, pool, right, out);
  } else {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for examples");
  }
  rem_scorer_free(scorer);
  rem_pool_free(pool);
  free(params);
  return st;
}

/// What a net hears of itself
typedef struct {
  uint32_t first; ///< Step whose output is the first symbol of the answer
  uint32_t n_out;
} Hearing;

static uint32_t
likeliest(const float* const y, const uint32_t n)
{
  uint32_t best = 0U;
  for (uint32_t k = 1U; k < n; ++k) {
    best = y[k] > y[best] ? k : best;
  }
  return best;
}

static void
hear_itself(void* const        handle,
            const uint32_t     t,
            const float* const y,
            float* const       x)
{
  const Hearing* const hearing = (const Hearing*)handle;
  if (t >= hearing->first) {
    *x = (float)likeliest(y, hearing->n_out);
  }
}

/// Take the answer from the outputs of a run: up to the end symbol
static bool
take_answer(const RemModel* const       model,
            const RemSequenceRun* const run,
            const uint32_t              first,
            const uint32_t              n,
            RemAnswer* const            out)
{
  const uint32_t     n_out = model->spec.n_out;
  const float* const y     = rem_sequence_output(run);
  out->symbols             = (uint32_t*)malloc((n + 1U) * sizeof(uint32_t));
  for (uint32_t j = 0U; out->symbols && j < n; ++j) {
    const uint32_t k = likeliest(y + (size_t)(first + j) * n_out, n_out);
    if (k == model->labels->end) {
      break;
    }
    out->symbols[out->n++] = k;
  }
  return out->symbols;
}

/// Take where the net looked, if it looks
static bool
take_attention(const RemSequenceRun* const run,
               const uint32_t              n_in,
               const uint32_t              n_steps,
               RemAnswer* const            out)
{
  const float* const attention = rem_sequence_attention(run);
  const uint32_t     n         = out->n < n_steps ? out->n + 1U : n_steps;
  const size_t       size      = (size_t)(out->n + 1U) * n_in;
  out->n_in                    = n_in;
  if (!attention) {
    return true;
  }
  out->attention = (float*)calloc(size + 1U, sizeof(float));
  if (out->attention) {
    memcpy(out->attention, attention, (size_t)n * n_in * sizeof(float));
  }
  return out->attention;
}

/// Let a net read an example, and itself
static RemStatus
answer(const RemModel* const    model,
       const RemExamples* const all,
       const float* const       params,
       RemAnswer* const         out,
       RemError* const          error)
{
  const RemSequenceSpec   spec  = rem_model_sequence_spec(model);
  const RemExample* const e     = all->examples;
  const bool              whole = all->task == REM_TASK_CLASSIFY;
  const uint32_t          place = 0U;
  RemSequenceNet* const   net   = rem_sequence_net_new(&spec);
  RemSequenceRun* const   run =
    net ? rem_sequence_run_new(net,
                               1U,
                               rem_examples_max_steps(all),
                               rem_examples_max_encoder_steps(all))
          : NULL;
  bool good = run;
  if (run) {
    Hearing hearing = {rem_example_first(all, e), spec.net.n_out};
    const RemSequenceFeedback feedback = {&hearing, hear_itself};
    RemSequenceBatch* const   batch    = rem_sequence_batch(run);
    rem_sequence_net_set(net, params);
    batch->n = 1U;
    rem_examples_fill(all, rem_examples_n_own(&spec), &place, batch);
    rem_sequence_forward(run,
                         all->task >= REM_TASK_TRANSLATE ? &feedback : NULL);
    good = take_answer(model, run, whole ? 0U : hearing.first, e->n_out, out) &&
           take_attention(run, e->n_in, e->n_out, out);
  }
  rem_sequence_run_free(run);
  rem_sequence_net_free(net);
  return good ? REM_SUCCESS
              : rem_fail(error, REM_NO_MEMORY, NULL, "No memory to answer");
}

/// Return how many symbols an answer may have
static uint32_t
longest(const RemExampleTask    task,
        const RemExample* const e,
        const uint32_t          most)
{
  switch (task) {
  case REM_TASK_TAG:
    return e->n_in;
  case REM_TASK_CLASSIFY:
    return 1U;
  default:
    return most ? most : 1U;
  }
}

RemStatus
rem_examples_answer(const RemModel* const   model,
                    const RemExample* const example,
                    const uint32_t          most,
                    RemAnswer* const        out,
                    RemError* const         error)
{
  RemExampleTask        task = REM_TASK_TAG;
  const RemSequenceSpec spec = rem_model_sequence_spec(model);
  *out                       = (RemAnswer){.n = 0U};
  if (!rem_model_task(model, &task)) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "The model is none that was learned from examples");
  }
  RemStatus st = rem_sequence_spec_check(&spec, error);
  if (st) {
    return st;
  }
  RemExample e             = *example;
  e.n_out                  = longest(task, example, most);
  e.out                    = (uint32_t*)calloc(e.n_out, sizeof(uint32_t));
  const RemExamples all    = {.task     = task,
                              .symbols  = model->symbols,
                              .labels   = model->labels,
                              .n_vector = rem_model_n_vector(model),
                              .n        = 1U,
                              .examples = &e};
  float* const      params = params_of(model, &spec);
  if (e.out && params) {
    st = answer(model, &all, params, out, error);
  } else {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory to answer");
  }
  free(e.out);
  free(params);
  if (st) {
    rem_answer_clear(out);
  }
  return st;
}

void
rem_answer_clear(RemAnswer* const answered)
{
  free(answered->symbols);
  free(answered->attention);
  *answered = (RemAnswer){.n = 0U};
}
