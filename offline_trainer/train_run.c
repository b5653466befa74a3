// SPDX-License-Identifier: ISC

#include "offline_trainer/train_internal.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define PI 3.14159265358979323846
#define RISE 100.0         ///< Updates until the learning rate is reached
#define LOWEST_RATE 0.01   ///< Part of the learning rate that is left at last
#define MAX_FAILURES 6U    ///< More, and nothing good comes of it
#define CALMER 0.7         ///< Learning rate after going back, by before
#define MAX_FAR_OFF 3U     ///< Validations out there before going back
#define TRAINED_PER_TEST 8 ///< Samples learned from per sample validated

/// What one call of rem_train() knows
typedef struct {
  RemTrainer*           trainer;
  const RemTrainLimits* limits;
  const RemTrainWatch*  watch;
  double                start;     ///< By now(), as if all ran in one go
  double                begun;     ///< By now(), of this call
  double                n_samples; ///< Learned from in this call
} Run;

/// Return seconds by a clock that never jumps
static double
now(void)
{
  struct timespec t = {0, 0};
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/// Return which part of the limits is used up, the nearer of both; 0 without
static double
part_done(const Run* const run)
{
  const RemTrainer* const trainer = run->trainer;
  const double            epoch =
    (double)trainer->counters.epoch +
    (double)trainer->counters.window / (double)trainer->lesson->n_windows;
  const double by_time = run->limits->seconds > 0.0
                           ? trainer->figures.seconds / run->limits->seconds
                           : 0.0;
  const double by_epoch =
    run->limits->epochs ? epoch / (double)run->limits->epochs : 0.0;
  return fmin(fmax(by_time, by_epoch), 1.0);
}

/// Return the learning rate of the next update
static double
next_rate(const Run* const run)
{
  const RemTrainer* const trainer = run->trainer;
  const double            updates = (double)trainer->counters.n_updates + 1.0;
  const double            rise    = fmin(updates / RISE, 1.0);
  const double            fall    = 0.5 + 0.5 * cos(PI * part_done(run));
  return trainer->spec.rate * trainer->figures.rate_scale * rise *
         (LOWEST_RATE + (1.0 - LOWEST_RATE) * fall);
}

static RemTrainNews
news_of(const Run* const run)
{
  const RemTrainer* const      trainer = run->trainer;
  const RemTrainFigures* const f       = &trainer->figures;
  const double                 window  = (double)trainer->counters.window;
  const double                 passed  = now() - run->begun;

  RemTrainNews news = {.epoch      = (uint32_t)trainer->counters.epoch,
                       .loss       = f->loss,
                       .figure     = f->figure,
                       .best       = f->best,
                       .seconds    = f->seconds,
                       .done       = part_done(run),
                       .n_failures = (uint32_t)trainer->counters.n_failures};
  if (isnan(news.loss) && window > 0.0) {
    news.loss = f->loss_sum / window;
  }
  if (trainer->n_measured) {
    news.clipped = (double)trainer->n_clipped / (double)trainer->n_measured;
  }
  news.samples_per_second = passed > 0.0 ? run->n_samples / passed : 0.0;
  return news;
}

/// Go back to the best weights if training has left their neighbourhood for
/// long: at high rates it jumps now and then, and seldom finds back in time
static void
stay_near(RemTrainer* const trainer)
{
  RemTrainCounters* const      c = &trainer->counters;
  const RemTrainFigures* const f = &trainer->figures;
  const bool far                 = trainer->lesson->is_far(f->figure, f->best);
  c->n_far_off                   = far ? c->n_far_off + 1U : 0U;
  if (c->n_far_off == MAX_FAR_OFF) {
    c->n_far_off = 0U;
    trainer->figures.rate_scale *= CALMER;
    rem_trainer_set_params(trainer, trainer->best);
  }
}

/// See how good the averaged weights are, and keep them if they are better
static RemStatus
validate(const Run* const run, RemError* const error)
{
  RemTrainer* const      trainer = run->trainer;
  RemTrainFigures* const f       = &trainer->figures;
  f->figure                      = trainer->lesson->validate(
    trainer->lesson->handle, trainer->pool, trainer->average);
  f->seconds                  = now() - run->start;
  trainer->counters.n_unseen  = 0U;
  const RemHistoryPoint point = {
    f->seconds, (uint32_t)trainer->counters.epoch, f->loss, f->figure};
  if (!rem_trainer_note(trainer, &point)) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the history");
  }
  if (f->figure < f->best) {
    f->best                      = f->figure;
    trainer->counters.best_epoch = trainer->counters.epoch;
    memcpy(trainer->best, trainer->average, trainer->n_params * sizeof(float));
    if (run->watch->better) {
      const RemTrainNews news = news_of(run);
      run->watch->better(run->watch->handle, &news);
    }
  }
  stay_near(trainer);
  return REM_SUCCESS;
}

/// Go back to the best weights, slower
static RemStatus
recover(const Run* const run, RemError* const error)
{
  RemTrainer* const trainer = run->trainer;
  if (++trainer->counters.n_failures > MAX_FAILURES) {
    return rem_fail(error,
                    REM_NOT_FINITE,
                    NULL,
                    "Training ran away %u times; try a lower"
                    " --learning-rate than %g",
                    MAX_FAILURES + 1U,
                    trainer->spec.rate);
  }
  trainer->figures.rate_scale *= 0.5;
  rem_trainer_set_params(trainer, trainer->best);
  return REM_SUCCESS;
}

/// Return whether the end of this epoch is worth a validation
static bool
time_to_validate(const RemTrainer* const trainer)
{
  return trainer->counters.n_unseen >=
         TRAINED_PER_TEST * trainer->lesson->n_validated;
}

static void
keep(const Run* const run, const bool last)
{
  if (run->watch->keep) {
    run->watch->keep(run->watch->handle, last);
  }
}

/// Do one update and what it brings about
static RemStatus
step(Run* const run, RemError* const error)
{
  RemTrainer* const trainer = run->trainer;
  const double      loss    = rem_trainer_update(trainer, next_rate(run));
  RemStatus         st      = REM_SUCCESS;
  if (isnan(loss)) {
    return recover(run, error);
  }
  run->n_samples += (double)trainer->lesson->n_learned;
  trainer->figures.seconds = now() - run->start;
  if (!trainer->counters.window) {
    st = time_to_validate(trainer) ? validate(run, error) : REM_SUCCESS;
    keep(run, false);
  }
  return st;
}

/// Return whether a limit is reached, and which
static bool
at_end(const Run* const run, RemTrainEnd* const end)
{
  const RemTrainCounters* const c      = &run->trainer->counters;
  const RemTrainLimits* const   limits = run->limits;
  if ((limits->epochs && c->epoch >= limits->epochs) ||
      (limits->seconds > 0.0 &&
       run->trainer->figures.seconds >= limits->seconds)) {
    *end = REM_END_LIMIT;
    return true;
  }
  *end = REM_END_PATIENCE;
  return limits->patience && !c->window &&
         c->epoch >= c->best_epoch + limits->patience;
}

/// Leave nothing undone
static RemStatus
finish(const Run* const run, const RemTrainEnd end, RemError* const error)
{
  RemStatus  st     = REM_SUCCESS;
  const bool unseen = run->trainer->counters.n_unseen > 0U;
  if (end != REM_END_INTERRUPTED && unseen) {
    st = validate(run, error);
  }
  keep(run, true);
  if (!st && unseen && !rem_trainer_best(run->trainer)) {
    st = validate(run, error); // Not in the checkpoint: a look, not a step
  }
  return st;
}

RemStatus
rem_train(RemTrainer* const           trainer,
          const RemTrainLimits* const limits,
          const RemTrainWatch* const  watch,
          RemTrainEnd* const          end,
          RemError* const             error)
{
  const double begun = now();
  const double start = begun - trainer->figures.seconds;
  Run          run   = {trainer, limits, watch, start, begun, 0.0};
  while (!at_end(&run, end)) {
    const RemStatus    st   = step(&run, error);
    const RemTrainNews news = news_of(&run);
    if (st) {
      return st;
    }
    if (watch->go_on && !watch->go_on(watch->handle, &news)) {
      *end = REM_END_INTERRUPTED;
      break;
    }
  }
  return finish(&run, *end, error);
}
