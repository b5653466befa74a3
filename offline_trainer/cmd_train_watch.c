// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train.h"
#include "offline_trainer/cmd_train_gradients.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEP_INTERVAL 5.0 ///< Seconds between checkpoints, about

char*
train_path_with(const char* const path, const char* const ending)
{
  const size_t size = strlen(path) + strlen(ending) + 1U;
  char* const  both = (char*)malloc(size);
  if (both) {
    (void)snprintf(both, size, "%s%s", path, ending);
  }
  return both;
}

RemStatus
train_check_folder(const char* const path, RemError* const error)
{
  const char* const slash = strrchr(path, '/');
  char* const       folder =
    slash ? strndup(path, (size_t)(slash - path) + 1U) : strdup(".");
  RemStatus st = REM_SUCCESS;
  if (!folder) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
  }
  if (access(folder, W_OK | X_OK)) {
    st = rem_fail(error,
                  REM_CANNOT_WRITE,
                  path,
                  "Nothing can be written into the folder %s: %s",
                  folder,
                  strerror(errno));
  }
  free(folder);
  return st;
}

/// Rename `path`, if it is there, to "path~", and say so
static void
put_aside(const TrainRun* const run, const char* const path)
{
  char* const aside = train_path_with(path, "~");
  if (aside && !access(path, F_OK) && !rename(path, aside) &&
      !run->facts.options->quiet) {
    fprintf(stderr, "%s was there before; it is %s now.\n", path, aside);
  }
  free(aside);
}

/// Put aside what an earlier run left, once, unless this one goes on with it
static void
put_old_aside(TrainRun* const run)
{
  if (!run->old_kept && !run->facts.options->resume) {
    progress_end(&run->progress, false);
    put_aside(run, run->facts.options->output_path);
    put_aside(run, run->resume_path);
  }
  run->old_kept = true;
}

RemStatus
train_write_model(TrainRun* const run, RemError* const error)
{
  const TrainOptions* const options = run->facts.options;
  put_old_aside(run);
  return rem_model_write(
    run->model, options->format, options->output_path, error);
}

/// Say, once, that a file could not be written
static void
complain(TrainRun* const run, const RemError* const error)
{
  if (!run->complained) {
    progress_end(&run->progress, false);
    command_warn("train",
                 "%s%s%s; training goes on, and tries again",
                 error->place,
                 *error->place ? ": " : "",
                 *error->text ? error->text : rem_strerror(error->status));
  }
  run->complained = true;
}

RemStatus
train_take_best(TrainRun* const run, RemError* const error)
{
  RemModel*       model = NULL;
  const RemStatus st    = train_make_model(&run->facts,
                                        rem_trainer_best(run->trainer),
                                        run->model ? run->model->rest : NULL,
                                        &model,
                                        error);
  if (st) {
    return st;
  }
  rem_model_free(run->model);
  run->model = model;
  return run->facts.kind->set_metrics(model, &run->facts, &run->news)
           ? REM_SUCCESS
           : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the model");
}

/// A better model: make it and put it on disk at once
static void
better(void* const handle, const RemTrainNews* const news)
{
  TrainRun* const run   = (TrainRun*)handle;
  RemError        error = {REM_SUCCESS, "", ""};
  run->news             = *news;
  if (train_take_best(run, &error) || train_write_model(run, &error)) {
    complain(run, &error);
  } else if (run->live) {
    train_live_better(run);
  }
}

/// The moment for a checkpoint
static void
keep(void* const handle, const bool last)
{
  TrainRun* const run   = (TrainRun*)handle;
  RemError        error = {REM_SUCCESS, "", ""};
  const double    clock = progress_clock();
  if (!last && run->live) {
    train_live_epoch(run);
  }
  if (!last && clock - run->last_keep < KEEP_INTERVAL) {
    return;
  }
  run->last_keep = clock;
  put_old_aside(run);
  if (rem_trainer_save(
        run->trainer, run->resume_path, run->facts.about, &error)) {
    complain(run, &error);
  }
}

/// Say that training ran away and goes on
static void
tell_failure(TrainRun* const run, const RemTrainNews* const news)
{
  run->n_failures = news->n_failures;
  progress_end(&run->progress, false);
  command_warn("train",
               "numbers ran away in epoch %u; going on from the best model at"
               " half the learning rate",
               news->epoch + 1U);
}

/// Write "0.0451", or a dash for what is not known
static const char*
figure(const double value, char* const text, const size_t size)
{
  if (isfinite(value)) {
    (void)snprintf(text, size, "%.4f", value);
  } else {
    (void)snprintf(text, size, "-");
  }
  return text;
}

static void
say(TrainRun* const run, const RemTrainNews* const news)
{
  char             loss[32], now[32], best[32], left[32] = "";
  const double     part = news->done;
  const TrainKind* kind = run->facts.kind;
  if (part > 0.0) {
    (void)progress_duration(
      news->seconds * (1.0 - part) / part, left, sizeof(left));
  }
  progress_say(&run->progress,
               "epoch %u, loss %s, validation %s %s, best %s, %.*f"
               " %s/s, clipped %.0f %%%s%s%s",
               news->epoch + 1U,
               figure(news->loss, loss, sizeof(loss)),
               run->lesson.figure,
               figure(news->figure, now, sizeof(now)),
               figure(news->best, best, sizeof(best)),
               kind->scale < 1.0 ? 1 : 0,
               kind->scale * news->samples_per_second,
               kind->unit,
               100.0 * news->clipped,
               *left ? ", " : "",
               left,
               *left ? " left" : "");
}

/// After every update
static bool
go_on(void* const handle, const RemTrainNews* const news)
{
  TrainRun* const run = (TrainRun*)handle;
  run->news           = *news;
  if (news->n_failures > run->n_failures) {
    tell_failure(run, news);
  }
  if (run->gradients) {
    train_gradients_go_on(run->gradients, run->trainer, news);
  }
  if (!run->facts.options->quiet && progress_due(&run->progress)) {
    say(run, news);
  }
  if (command_interrupted()) {
    command_release_interrupts(); // Another one ends the program at once
    run->interrupted = true;
  }
  return !run->interrupted;
}

RemTrainWatch
train_watch(TrainRun* const run)
{
  const RemTrainWatch watch = {run, go_on, better, keep};
  return watch;
}

/// Write the best model for good
static RemStatus
conclude(TrainRun* const run, RemError* const error)
{
  RemStatus st = REM_SUCCESS;
  if (!rem_trainer_best(run->trainer)) {
    return rem_fail(error,
                    REM_NOT_FINITE,
                    NULL,
                    "No model came out: none played without running away");
  }
  if ((st = train_take_best(run, error)) ||
      (st = train_write_model(run, error))) {
    return st;
  }
  if (!run->facts.options->quiet) {
    run->facts.kind->print_summary(
      &run->facts, run->model, &run->news, run->interrupted);
  }
  return REM_SUCCESS;
}

RemStatus
train_and_conclude(TrainRun* const run, RemError* const error)
{
  const RemStatus st = train_run(run, error);
  if (st && !(run->trainer && rem_trainer_best(run->trainer))) {
    return st;
  }
  const RemStatus last = conclude(run, error);
  return st ? st : last;
}
