// SPDX-License-Identifier: ISC

#include "offline_trainer/examples/learn.h"

#include "offline_trainer/examples/lesson.h"
#include "offline_trainer/examples/score.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/sequence/sequence.h"

#include <stdlib.h>
#include <string.h>

/// Who listens while a net trains
typedef struct {
  const RemLearnWatch* watch;
  RemTrainNews         news; ///< Latest
  size_t               n_updates;
} Listener;

static bool
go_on(void* const handle, const RemTrainNews* const news)
{
  Listener* const            listener = (Listener*)handle;
  const RemLearnWatch* const watch    = listener->watch;
  listener->news                      = *news;
  ++listener->n_updates;
  return !watch || !watch->go_on || watch->go_on(watch->handle, news);
}

RemModel*
rem_examples_model(const RemExamples* const  examples,
                   const RemTrainSpec* const spec,
                   const float* const        params)
{
  const RemSequenceSpec   shape = rem_train_sequence_spec(spec);
  RemModel* const         model = rem_sequence_model(&shape, params);
  const RemSymbols* const read =
    examples->task >= REM_TASK_TRANSLATE ? examples->labels : examples->symbols;
  if (!model) {
    return NULL;
  }
  model->kind    = REM_FRAME_SYMBOL;
  model->symbols = rem_symbols_copy(read);
  model->labels  = rem_symbols_copy(examples->labels);
  bool good      = model->symbols && model->labels;
  if (model->encoder) {
    model->encoder->symbols = rem_symbols_copy(examples->symbols);
    good                    = good && model->encoder->symbols;
  }
  if (!good) {
    rem_model_free(model);
    return NULL;
  }
  return model;
}

/// Keep what came out of training
static RemStatus
take(const RemTrainer* const  trainer,
     const RemExamples* const training,
     const RemLearn* const    learn,
     const Listener* const    listener,
     RemLearned* const        out,
     RemError* const          error)
{
  size_t                       n       = 0U;
  const RemHistoryPoint* const history = rem_trainer_history(trainer, &n);
  const float* const           best    = rem_trainer_best(trainer);
  if (!best) {
    return rem_fail(
      error, REM_NOT_FINITE, NULL, "No model came out: all ran away");
  }
  out->model   = rem_examples_model(training, &learn->spec, best);
  out->history = (RemHistoryPoint*)malloc((n + 1U) * sizeof(RemHistoryPoint));
  if (!out->model || !out->history) {
    rem_learned_clear(out);
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the model");
  }
  if (n) {
    memcpy(out->history, history, n * sizeof(RemHistoryPoint));
    out->nats = history[0].figure;
  }
  for (size_t i = 0U; i < n; ++i) {
    out->nats = history[i].figure < out->nats ? history[i].figure : out->nats;
  }
  out->n_history = n;
  out->seconds   = listener->news.seconds;
  out->epochs    = listener->news.epoch;
  out->n_updates = listener->n_updates;
  return REM_SUCCESS;
}

/// Refuse to begin from a net of another shape
static RemStatus
check_begin(const RemLearn* const learn, RemError* const error)
{
  const RemModel* const begin = learn->begin;
  if (!begin) {
    return REM_SUCCESS;
  }
  const RemSequenceSpec want = rem_train_sequence_spec(&learn->spec);
  const RemSequenceSpec is   = rem_model_sequence_spec(begin);
  return rem_sequence_n_params(&want) == rem_sequence_n_params(&is) &&
             want.net.n_hidden == is.net.n_hidden &&
             want.net.cell == is.net.cell
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_SHAPE,
                      NULL,
                      "The net to begin from has another shape");
}

RemStatus
rem_examples_learn(const RemExamples* const   training,
                   const RemExamples* const   held_out,
                   const RemLearn* const      learn,
                   const RemLearnWatch* const watch,
                   RemLearned* const          out,
                   RemError* const            error)
{
  RemLearn            whole    = *learn;
  RemLesson           lesson   = {.handle = NULL};
  RemTrainer*         trainer  = NULL;
  RemTrainEnd         end      = REM_END_LIMIT;
  Listener            listener = {.watch = watch};
  const RemTrainWatch told     = {.handle = &listener, .go_on = go_on};
  RemStatus           st       = rem_learn_spec(training, &whole, error);
  *out                         = (RemLearned){.model = NULL};
  (void)(st || (st = check_begin(&whole, error)) ||
         (st = rem_examples_lesson_open(
            training, held_out, &whole, &lesson, error)) ||
         (st = rem_trainer_new(&whole.spec, &lesson, &trainer, error)) ||
         (st = rem_train(trainer, &whole.limits, &told, &end, error)));
  if (trainer && (!st || rem_trainer_best(trainer))) {
    st = take(trainer, training, &whole, &listener, out, error);
  }
  rem_trainer_free(trainer);
  rem_lesson_clear(&lesson);
  return st;
}

void
rem_learned_clear(RemLearned* const learned)
{
  rem_model_free(learned->model);
  free(learned->history);
  *learned = (RemLearned){.model = NULL};
}
