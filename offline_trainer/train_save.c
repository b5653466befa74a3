// SPDX-License-Identifier: ISC

#include "offline_trainer/checkpoint.h"
#include "offline_trainer/train_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_ENTRIES 10U
#define POINT 4U ///< Numbers of a RemHistoryPoint

/// What stands in a checkpoint, between the trainer and the file
typedef struct {
  RemTrainCounters counters;
  RemTrainFigures  figures;
  size_t           n_streams;
  uint64_t*        streams; ///< [n_streams, 2] stretch, begin
  size_t           n_history;
  double*          history; ///< [n_history, POINT]
  uint64_t         adam_steps;
} Image;

static void
free_image(Image* const image)
{
  free(image->streams);
  free(image->history);
}

/// Make room for `n_history` points and everything else
static bool
open_image(Image* const            image,
           const RemTrainer* const trainer,
           const size_t            n_history)
{
  *image           = (Image){.n_history = n_history};
  image->n_streams = trainer->spec.n_streams;
  image->streams   = (uint64_t*)calloc(2U * image->n_streams, sizeof(uint64_t));
  image->history   = (double*)calloc(POINT * n_history + 1U, sizeof(double));
  if (!image->streams || !image->history) {
    free_image(image);
    return false;
  }
  return true;
}

/// List what is in the file; `trainer` and `image` are where it goes or is from
static void
list_entries(const RemTrainer* const trainer,
             Image* const            image,
             RemEntry* const         entries)
{
  const size_t   n        = trainer->n_params;
  const size_t   n_states = trainer->learner.n_states;
  const RemEntry list[]   = {
      {"params", REM_ENTRY_F32, n, trainer->params},
      {"average", REM_ENTRY_F32, n, trainer->average},
      {"best", REM_ENTRY_F32, n, trainer->best},
      {"adam.mean", REM_ENTRY_F32, n, trainer->adam.mean},
      {"adam.square", REM_ENTRY_F32, n, trainer->adam.square},
      {"states", REM_ENTRY_F32, n_states, trainer->learner.states},
      {"streams", REM_ENTRY_U64, 2U * image->n_streams, image->streams},
      {"counters",
       REM_ENTRY_U64,
       sizeof(RemTrainCounters) / sizeof(uint64_t),
       &image->counters},
      {"figures",
       REM_ENTRY_F64,
       sizeof(RemTrainFigures) / sizeof(double),
       &image->figures},
      {"history", REM_ENTRY_F64, POINT * image->n_history, image->history}};
  _Static_assert(sizeof(list) / sizeof(*list) == N_ENTRIES, "all listed");
  memcpy(entries, list, sizeof(list));
}

/// Copy to the image what does not stand in one piece in the trainer
static void
gather(Image* const image, const RemTrainer* const trainer)
{
  image->counters              = trainer->counters;
  image->counters.n_adam_steps = trainer->adam.n_steps;
  image->figures               = trainer->figures;
  if (trainer->counters.window) {
    trainer->lesson->get_places(trainer->lesson->handle, image->streams);
  }
  for (size_t i = 0; i < image->n_history; ++i) {
    const RemHistoryPoint* const p  = &trainer->history[i];
    double* const                to = image->history + POINT * i;
    to[0]                           = p->seconds;
    to[1]                           = (double)p->epoch;
    to[2]                           = p->train_loss;
    to[3]                           = p->figure;
  }
}

RemStatus
rem_trainer_save(const RemTrainer* const trainer,
                 const char* const       path,
                 const char* const       about,
                 RemError* const         error)
{
  Image    image;
  RemEntry entries[N_ENTRIES];
  if (!open_image(&image, trainer, trainer->n_history)) {
    return rem_fail(error, REM_NO_MEMORY, path, "No memory to write it");
  }
  gather(&image, trainer);
  list_entries(trainer, &image, entries);
  const RemStatus st =
    rem_checkpoint_write(path, about, entries, N_ENTRIES, error);
  free_image(&image);
  return st;
}

/// Refuse to go on with what another command began; tell the first line that
/// differs
static RemStatus
check_about(const char* const path,
            const char*       was,
            const char*       is,
            RemError* const   error)
{
  while (*was || *is) {
    const size_t n_was = strcspn(was, "\n"), n_is = strcspn(is, "\n");
    if (n_was != n_is || strncmp(was, is, n_is) != 0) {
      return rem_fail(error,
                      REM_BAD_ARGUMENT,
                      path,
                      "It was begun with `%.*s`, but now there is `%.*s`;"
                      " leave out --resume to begin anew",
                      (int)n_was,
                      was,
                      (int)n_is,
                      is);
    }
    was += n_was + (was[n_was] == '\n');
    is += n_is + (is[n_is] == '\n');
  }
  return REM_SUCCESS;
}

/// Return whether what was read can be gone on with; the lesson goes on there.
/// A trainer that is not restored after all draws anew before it looks there.
static bool
is_sound(const Image* const image, const RemTrainer* const trainer)
{
  const RemTrainFigures* const f = &image->figures;
  if (image->counters.window >= trainer->lesson->n_windows ||
      !(f->seconds >= 0.0) || !(f->rate_scale > 0.0 && f->rate_scale <= 1.0)) {
    return false;
  }
  return !image->counters.window ||
         trainer->lesson->set_places(trainer->lesson->handle, image->streams);
}

/// Set what the image holds
static void
scatter(const Image* const image, RemTrainer* const trainer)
{
  trainer->counters     = image->counters;
  trainer->figures      = image->figures;
  trainer->adam.n_steps = image->counters.n_adam_steps;
  trainer->learner.set(trainer->learner.handle, trainer->params);
}

/// Set the history; false without memory
static bool
scatter_history(const Image* const image, RemTrainer* const trainer)
{
  bool good          = true;
  trainer->n_history = 0U;
  for (size_t i = 0; good && i < image->n_history; ++i) {
    const double* const   p     = image->history + POINT * i;
    const RemHistoryPoint point = {p[0], (uint32_t)p[1], p[2], p[3]};
    good                        = rem_trainer_note(trainer, &point);
  }
  return good;
}

/// Copy everything, if all of it fits
static RemStatus
read_image(const RemCheckpoint* const checkpoint,
           const char* const          path,
           Image* const               image,
           RemTrainer* const          trainer,
           RemError* const            error)
{
  RemEntry entries[N_ENTRIES];
  RemEntry loose[N_ENTRIES]; // All but what stands in the trainer itself
  uint32_t n = 0U;
  list_entries(trainer, image, entries);
  for (uint32_t i = 6U; i < N_ENTRIES; ++i) {
    loose[n++] = entries[i];
  }
  RemStatus st = rem_checkpoint_copy(checkpoint, loose, n, error);
  if (!st && !is_sound(image, trainer)) {
    st = rem_fail(error,
                  REM_BAD_FORMAT,
                  path,
                  "Its numbers do not fit together; leave out --resume to"
                  " begin anew");
  }
  if (!st && !scatter_history(image, trainer)) {
    st = rem_fail(error, REM_NO_MEMORY, path, "No memory for the history");
  }
  if (!st) {
    st = rem_checkpoint_copy(checkpoint, entries, N_ENTRIES, error);
  }
  return st;
}

RemStatus
rem_trainer_restore(RemTrainer* const trainer,
                    const char* const path,
                    const char* const about,
                    RemError* const   error)
{
  RemCheckpoint* checkpoint = NULL;
  Image          image;
  RemStatus      st = rem_checkpoint_read(path, &checkpoint, error);
  if (!st) {
    st = check_about(path, rem_checkpoint_about(checkpoint), about, error);
  }
  if (!st && !open_image(&image,
                         trainer,
                         rem_checkpoint_count(checkpoint, "history") / POINT)) {
    st = rem_fail(error, REM_NO_MEMORY, path, "No memory to read it");
  } else if (!st) {
    st = read_image(checkpoint, path, &image, trainer, error);
    if (!st) {
      scatter(&image, trainer);
    }
    free_image(&image);
  }
  rem_checkpoint_free(checkpoint);
  return st;
}
