// SPDX-License-Identifier: ISC

#include "offline_trainer/train.h"

#include "dsp/random.h"
#include "offline_trainer/train_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

RemTrainSpec
rem_train_default(void)
{
  const RemTrainSpec spec = {.net       = {.n_in     = 1U,
                                           .n_hidden = 32U,
                                           .n_layers = 1U,
                                           .n_out    = 1U,
                                           .skip     = true},
                             .n_streams = 32U,
                             .n_steps   = 256U,
                             .n_warm_up = 1000U,
                             .memory    = 2000.0,
                             .rate      = 0.02,
                             .decay     = 0.0,
                             .clip      = 1.0,
                             .keep      = 0.99,
                             .seed      = 1U};
  return spec;
}

RemSequenceSpec
rem_train_sequence_spec(const RemTrainSpec* const spec)
{
  return (RemSequenceSpec){spec->net, spec->encoder, spec->n_attention};
}

RemStatus
rem_train_spec_check(const RemTrainSpec* const spec, RemError* const error)
{
  const RemSequenceSpec shape = rem_train_sequence_spec(spec);
  const RemStatus       st    = rem_sequence_spec_check(&shape, error);
  if (st) {
    return st;
  }
  if (spec->net.cell == REM_CELL_RNN_THRESHOLD) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "Threshold units cannot be trained: their output is flat,"
                    " and no gradient says which way is better; set their"
                    " weights by hand, or train rnn or rnn-sigmoid");
  }
  if (!(spec->dropout >= 0.0 && spec->dropout < 1.0)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "The share of features that drop out must be from 0 to"
                    " below 1");
  }
  if (!spec->n_steps || !spec->n_streams || !(spec->rate > 0.0)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "Window, batch and learning rate must be above zero");
  }
  return REM_SUCCESS;
}

/// Refuse what only whole sequences can teach where the lesson has none
static RemStatus
check_lesson(const RemTrainSpec* const spec,
             const RemLesson* const    lesson,
             RemError* const           error)
{
  const RemNetSpec* const net = &spec->net;
  if (!lesson->fill_batch &&
      (net->both || net->whole || net->initial == REM_INITIAL_VECTOR ||
       spec->encoder.n_hidden)) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "The net reads in both directions, has one output for a"
                    " sequence, a beginning by a vector or an encoder, but"
                    " learns from windows of what goes on");
  }
  return REM_SUCCESS;
}

/// Set parameters to begin with, as the learner and the lesson have it
static void
initialise(RemTrainer* const trainer)
{
  RemRandom random = {trainer->spec.seed};
  trainer->learner.initialise(
    trainer->learner.handle, &random, trainer->params);
  trainer->lesson->prepare(trainer->lesson->handle, trainer->params);
  trainer->counters.random = random;
}

static float*
new_params(const RemTrainer* const trainer)
{
  return (float*)calloc(trainer->n_params, sizeof(float));
}

/// Allocate all that training needs; false without memory
static bool
allocate(RemTrainer* const trainer)
{
  const RemLearner* const learner = &trainer->learner;
  const RemLesson* const  lesson  = trainer->lesson;
  if (!(lesson->fill_batch
          ? rem_sequence_learner_open(&trainer->spec, lesson, &trainer->learner)
          : rem_window_learner_open(
              &trainer->spec, lesson, &trainer->learner))) {
    return false;
  }
  trainer->n_params = learner->n_params;
  trainer->pool     = rem_pool_new(trainer->lesson->n_threads);
  trainer->params   = new_params(trainer);
  trainer->average  = new_params(trainer);
  trainer->gradient = new_params(trainer);
  trainer->best     = new_params(trainer);
  trainer->adam     = rem_adam_new(trainer->n_params);
  trainer->shares   = (double*)calloc(learner->n_groups, sizeof(double));
  trainer->packed =
    (float*)calloc(learner->n_groups * learner->n_packed, sizeof(float));
  return trainer->pool && trainer->params && trainer->average &&
         trainer->gradient && trainer->best && trainer->adam.mean &&
         trainer->shares && trainer->packed;
}

RemStatus
rem_trainer_new(const RemTrainSpec* const spec,
                RemLesson* const          lesson,
                RemTrainer** const        out,
                RemError* const           error)
{
  *out         = NULL;
  RemStatus st = rem_train_spec_check(spec, error);
  if (!st) {
    st = check_lesson(spec, lesson, error);
  }
  if (st) {
    return st;
  }
  RemTrainer* const trainer = (RemTrainer*)calloc(1, sizeof(RemTrainer));
  if (!trainer) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
  }
  trainer->spec   = *spec;
  trainer->lesson = lesson;
  if (!allocate(trainer)) {
    rem_trainer_free(trainer);
    return rem_fail(error,
                    REM_NO_MEMORY,
                    NULL,
                    "No memory to train a net of this size; try a smaller"
                    " --batch or --window");
  }
  initialise(trainer);
  rem_trainer_set_params(trainer, trainer->params);
  memcpy(trainer->best, trainer->params, trainer->n_params * sizeof(float));
  trainer->figures = (RemTrainFigures){
    .loss = NAN, .figure = INFINITY, .best = INFINITY, .rate_scale = 1.0};
  *out = trainer;
  return REM_SUCCESS;
}

void
rem_lesson_clear(RemLesson* const lesson)
{
  if (lesson->handle) {
    lesson->free(lesson->handle);
  }
  *lesson = (RemLesson){.handle = NULL};
}

void
rem_trainer_free(RemTrainer* const trainer)
{
  if (trainer) {
    rem_pool_free(trainer->pool);
    rem_learner_clear(&trainer->learner);
    free(trainer->shares);
    free(trainer->packed);
    rem_adam_clear(&trainer->adam);
    free(trainer->params);
    free(trainer->average);
    free(trainer->gradient);
    free(trainer->best);
    free(trainer->history);
    free(trainer);
  }
}

void
rem_trainer_set_params(RemTrainer* const trainer, const float* const params)
{
  const size_t size = trainer->n_params * sizeof(float);
  memmove(trainer->params, params, size);
  memcpy(trainer->average, trainer->params, size);
  rem_adam_reset(&trainer->adam);
  trainer->learner.set(trainer->learner.handle, trainer->params);
  trainer->counters.n_seen  = 0U;
  trainer->counters.window  = 0U;
  trainer->figures.loss_sum = 0.0;
}

/// Run group `index` of the RemTrainer `handle` through the present window.  A
/// RemTask.
static void
run_group(void* const handle, const uint32_t index, const uint32_t thread)
{
  const RemTrainer* const trainer = (const RemTrainer*)handle;
  const RemLearner* const learner = &trainer->learner;
  trainer->shares[index] =
    learner->run(learner->handle,
                 index,
                 thread,
                 (uint32_t)trainer->counters.window,
                 trainer->packed + index * learner->n_packed);
}

/**
   Sum the gradients of all groups, in the order of groups, whoever ran them.

   This is the one meeting of an update.  A run over several machines would add
   their sums here.
*/
static double
sum_groups(RemTrainer* const trainer)
{
  const RemLearner* const learner = &trainer->learner;
  double                  share   = 0.0;
  for (uint32_t i = 0; i < learner->n_groups; ++i) {
    const float* const part = trainer->packed + i * learner->n_packed;
    for (size_t j = 0; i && j < learner->n_packed; ++j) {
      trainer->packed[j] += part[j];
    }
    share += trainer->shares[i];
  }
  learner->unpack(learner->handle, trainer->packed, trainer->gradient);
  return share;
}

/// Move to the next window, or epoch
static void
advance(RemTrainer* const trainer, const double loss)
{
  RemTrainCounters* const c = &trainer->counters;
  RemTrainFigures* const  f = &trainer->figures;
  c->n_unseen += trainer->lesson->n_learned;
  f->loss_sum += loss;
  if (++c->window == trainer->lesson->n_windows) {
    f->loss     = f->loss_sum / trainer->lesson->n_windows;
    f->loss_sum = 0.0;
    c->window   = 0U;
    ++c->epoch;
  }
}

bool
rem_trainer_probe(RemTrainer* const trainer, double* const squares)
{
  const RemLearner* const learner = &trainer->learner;
  if (learner->probe) {
    learner->probe(learner->handle, squares);
  }
  return learner->probe;
}

double
rem_trainer_update(RemTrainer* const trainer, const double rate)
{
  const RemTrainSpec* const spec = &trainer->spec;
  RemTrainCounters* const   c    = &trainer->counters;
  if (!c->window) {
    trainer->lesson->draw(trainer->lesson->handle, &c->random);
  }
  rem_pool_run(trainer->pool, trainer->learner.n_groups, run_group, trainer);

  const double loss = sum_groups(trainer);
  const double norm =
    rem_clip_norm(trainer->gradient, trainer->n_params, spec->clip);
  if (!isfinite(norm) || !isfinite(loss)) {
    return NAN;
  }
  ++trainer->n_measured;
  trainer->n_clipped += norm > spec->clip;
  rem_adam_step(
    &trainer->adam, rate, spec->decay, trainer->gradient, trainer->params);
  rem_average_step(trainer->average,
                   trainer->params,
                   trainer->n_params,
                   ++c->n_seen,
                   spec->keep);
  trainer->learner.set(trainer->learner.handle, trainer->params);
  ++c->n_updates;
  advance(trainer, loss);
  return loss;
}

bool
rem_trainer_note(RemTrainer* const trainer, const RemHistoryPoint* const point)
{
  if (trainer->n_history == trainer->max_history) {
    const size_t           n = 2U * trainer->max_history + 64U;
    RemHistoryPoint* const history =
      (RemHistoryPoint*)realloc(trainer->history, n * sizeof(RemHistoryPoint));
    if (!history) {
      return false;
    }
    trainer->history     = history;
    trainer->max_history = n;
  }
  trainer->history[trainer->n_history++] = *point;
  return true;
}

const float*
rem_trainer_best(const RemTrainer* const trainer)
{
  return isfinite(trainer->figures.best) ? trainer->best : NULL;
}

void
rem_trainer_remeasure(RemTrainer* const trainer)
{
  RemTrainFigures* const f = &trainer->figures;
  if (rem_trainer_best(trainer)) {
    f->best = trainer->lesson->validate(
      trainer->lesson->handle, trainer->pool, trainer->best);
    f->figure = f->best;
  }
}

const RemHistoryPoint*
rem_trainer_history(const RemTrainer* const trainer, size_t* const n)
{
  *n = trainer->n_history;
  return trainer->history;
}
