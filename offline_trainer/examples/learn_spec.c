// SPDX-License-Identifier: ISC

#include "offline_trainer/examples/learn.h"
#include "offline_trainer/pool.h"

#include <string.h>

RemLearn
rem_learn_default(const RemExampleTask task)
{
  RemLearn learn          = {.spec      = {.n_streams = 32U,
                                           .n_steps   = 1U,
                                           .memory    = 20.0,
                                           .rate      = 0.005,
                                           .clip      = 1.0,
                                           .keep      = 0.99,
                                           .seed      = 1U},
                             .n_threads = rem_pool_n_processors()};
  learn.spec.net.n_hidden = 128U;
  learn.spec.net.n_layers = 1U;
  learn.spec.encoder.both = task == REM_TASK_TRANSLATE;
  return learn;
}

/// Complete an encoder, and what its decoder has from it
static void
set_encoder(const RemExamples* const all, RemTrainSpec* const spec)
{
  RemNetSpec* const net     = &spec->net;
  RemNetSpec* const encoder = &spec->encoder;
  if (!encoder->n_hidden) {
    encoder->cell     = net->cell;
    encoder->n_hidden = net->n_hidden;
    encoder->n_layers = net->n_layers;
  }
  encoder->n_layers  = encoder->n_layers ? encoder->n_layers : net->n_layers;
  encoder->head      = REM_HEAD_NONE;
  encoder->n_in      = 1U;
  encoder->n_symbols = all->symbols->n;
  encoder->take      = REM_TAKE_LAST;
  encoder->n_out     = 1U;
  encoder->n_out     = rem_net_n_features(encoder);
  net->initial       = REM_INITIAL_VECTOR;
  net->n_condition   = rem_encoder_n_condition(encoder);
  net->n_in += spec->n_attention ? rem_net_n_features(encoder) : 0U;
}

/// Complete a net that is told a vector
static void
set_caption(const RemExamples* const all,
            const bool               beside,
            RemNetSpec* const        net)
{
  if (beside) {
    net->n_in += all->n_vector;
    return;
  }
  net->initial     = REM_INITIAL_VECTOR;
  net->n_condition = all->n_vector;
}

RemStatus
rem_learn_spec(const RemExamples* const examples,
               RemLearn* const          learn,
               RemError* const          error)
{
  RemNetSpec* const net      = &learn->spec.net;
  const bool        decoding = examples->task >= REM_TASK_TRANSLATE;
  const RemSymbols* read     = decoding ? examples->labels : examples->symbols;
  if (decoding &&
      (read->start == REM_NO_SYMBOL || read->end == REM_NO_SYMBOL)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "The labels of answers want a start and an end symbol");
  }
  if (net->both && decoding) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "A net that answers symbol by symbol cannot read in both"
                    " directions: only its encoder can");
  }
  net->head      = REM_HEAD_SOFTMAX;
  net->n_in      = 1U;
  net->n_symbols = read->n;
  net->n_out     = examples->labels->n;
  net->skip      = false;
  net->whole     = examples->task == REM_TASK_CLASSIFY;
  if (examples->task != REM_TASK_TRANSLATE) {
    learn->spec.encoder     = (RemNetSpec){.n_hidden = 0U};
    learn->spec.n_attention = 0U;
  } else {
    set_encoder(examples, &learn->spec);
  }
  if (examples->task == REM_TASK_CAPTION) {
    set_caption(examples, learn->vector_at_every_step, net);
  }
  return rem_train_spec_check(&learn->spec, error);
}

uint32_t
rem_model_n_vector(const RemModel* const model)
{
  if (model->encoder) {
    return 0U;
  }
  return model->spec.initial == REM_INITIAL_VECTOR ? model->spec.n_condition
                                                   : model->spec.n_in - 1U;
}

/// Return whether two vocabularies are the same; labels that are names are not
/// words, though they may be spelled alike
static bool
are_same(const RemSymbols* const a, const RemSymbols* const b)
{
  bool same = a->kind == b->kind && a->n == b->n && a->start == b->start;
  for (uint32_t k = 0U; same && k < a->n; ++k) {
    same = !strcmp(a->names[k], b->names[k]);
  }
  return same;
}

bool
rem_model_task(const RemModel* const model, RemExampleTask* const task)
{
  const RemNetSpec* const spec = &model->spec;
  if (!model->symbols || !model->labels || spec->head != REM_HEAD_SOFTMAX) {
    return false;
  }
  const bool itself = are_same(model->symbols, model->labels);
  if (model->encoder) {
    *task = REM_TASK_TRANSLATE;
  } else if (spec->whole) {
    *task = REM_TASK_CLASSIFY;
  } else if (spec->n_condition || spec->n_in > 1U) {
    *task = REM_TASK_CAPTION;
  } else {
    *task = itself ? REM_TASK_COMPLETE : REM_TASK_TAG;
  }
  return !itself || spec->whole || model->labels->start != REM_NO_SYMBOL;
}

RemExamples*
rem_examples_like(const RemModel* const model)
{
  RemExampleTask task = REM_TASK_TAG;
  return rem_model_task(model, &task)
           ? rem_examples_new(task,
                              model->encoder ? model->encoder->symbols
                                             : model->symbols,
                              model->labels,
                              rem_model_n_vector(model),
                              0U)
           : NULL;
}
