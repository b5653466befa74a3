// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/control.h"

#include "offline_trainer/control/control_lesson.h"
#include "offline_trainer/control/learn_frames.h"
#include "offline_trainer/lesson.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define N_MIXTURES 5U

static RemStatus
read_folder(const char* const      folder,
            RemPerformances* const out,
            RemError* const        error)
{
  return rem_performances_read(folder, false, 0U, 0.0, out, error);
}

/// Read both parts, from folders of their own
static RemStatus
read_parts(const char* const    training,
           const char* const    held_out,
           RemControlSet* const set,
           RemError* const      error)
{
  RemStatus st = read_folder(training, &set->training, error);
  if (!st && !(st = read_folder(held_out, &set->held_out, error)) &&
      set->training.n_dims != set->held_out.n_dims) {
    st = rem_fail(error,
                  REM_BAD_SHAPE,
                  held_out,
                  "%u dimensions, those to learn from have %u",
                  set->held_out.n_dims,
                  set->training.n_dims);
  }
  return st;
}

/// Read one folder and hold out a part of it
static RemStatus
read_whole(const char* const    folder,
           RemControlSet* const set,
           RemError* const      error)
{
  RemPerformances all = {.n = 0U};
  RemStatus       st  = read_folder(folder, &all, error);
  if (!st) {
    st = rem_control_set_split(&all, NULL, set, error);
  }
  rem_performances_clear(&all);
  return st;
}

static RemStatus
read_set(const char* const    folder,
         RemControlSet* const set,
         RemError* const      error)
{
  struct stat about;
  char        training[4096];
  char        held_out[4096];
  const int   n = snprintf(training, sizeof(training), "%s/train", folder);
  const int   m = snprintf(held_out, sizeof(held_out), "%s/val", folder);
  if (n >= (int)sizeof(training) || m >= (int)sizeof(held_out)) {
    return rem_fail(error, REM_NO_FILE, folder, "a name too long");
  }
  return !stat(training, &about) && S_ISDIR(about.st_mode)
           ? read_parts(training, held_out, set, error)
           : read_whole(folder, set, error);
}

RemStatus
rem_control_bench_open(const char* const      folder,
                       RemControlBench* const out,
                       RemError* const        error)
{
  static const RemKindWish wishes[REM_MAX_DIMS] = {REM_KIND_BY_VALUES};
  *out            = (RemControlBench){.spec = rem_control_train_default()};
  out->spec.shift = 0.0; // PyTorch's part learns what it is given
  RemStatus st    = read_set(folder, &out->set, error);
  if (!st) {
    st = rem_frames_learn(
      &out->set.training, wishes, N_MIXTURES, &out->frames, error);
  }
  if (!st) {
    out->spec.net = rem_frames_net(
      &out->frames, out->spec.net.n_hidden, out->spec.net.n_layers);
  }
  return st;
}

void
rem_control_bench_clear(RemControlBench* const bench)
{
  rem_control_set_clear(&bench->set);
}

/// Train with a lesson that is open
static RemStatus
train(const RemTrainSpec* const spec,
      const uint32_t            epochs,
      RemLesson* const          lesson,
      RemControlFigures* const  out,
      RemError* const           error)
{
  const RemTrainLimits limits  = {.epochs = epochs};
  const RemTrainWatch  watch   = {.handle = NULL};
  RemTrainer*          trainer = NULL;
  RemTrainEnd          end     = REM_END_LIMIT;
  size_t               n       = 0U;
  RemStatus            st      = rem_trainer_new(spec, lesson, &trainer, error);
  if (st || (st = rem_train(trainer, &limits, &watch, &end, error))) {
    rem_trainer_free(trainer);
    return st;
  }
  const RemHistoryPoint* const history = rem_trainer_history(trainer, &n);
  for (size_t i = 0U; i < n; ++i) {
    out->nll =
      !i || history[i].figure < out->nll ? history[i].figure : out->nll;
    out->seconds = history[i].seconds;
  }
  rem_trainer_free(trainer);
  return REM_SUCCESS;
}

RemStatus
rem_control_bench_train(const RemControlBench* const bench,
                        const uint32_t               epochs,
                        const uint64_t               seed,
                        const uint32_t               n_threads,
                        uint32_t* const              n_updates,
                        RemControlFigures* const     out,
                        RemError* const              error)
{
  RemTrainSpec spec = bench->spec;
  RemLesson    lesson;
  spec.seed    = seed;
  *out         = (RemControlFigures){0.0, 0.0, 0.0};
  *n_updates   = 0U;
  RemStatus st = rem_control_lesson_open(
    &spec, &bench->frames, &bench->set, n_threads, &lesson, error);
  if (!st) {
    *n_updates          = epochs * lesson.n_windows;
    const clock_t start = clock();
    st                  = train(&spec, epochs, &lesson, out, error);
    out->cpu_seconds    = (double)(clock() - start) / CLOCKS_PER_SEC;
  }
  rem_lesson_clear(&lesson);
  return st;
}
