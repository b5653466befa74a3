// SPDX-License-Identifier: ISC

/// The other threads' half of the cast; cast.c has the audio thread's

#include "plugin/control/cast.h"

#include "dsp/denormal.h"

#include <stddef.h>
#include <stdlib.h>

bool
rem_cast_init(RemCast* const cast)
{
  return rem_history_init(&cast->history, REM_MAX_FRAME, REM_CAST_FRAMES);
}

static void
free_actor(RemActor* const actor)
{
  if (actor) {
    rem_predictor_free(actor->predictor);
    free(actor);
  }
}

static void
collect(void* const handle)
{
  RemCast* const cast = (RemCast*)handle;
  RemNode*       node = rem_bin_take(&cast->retired);
  while (node) {
    RemNode* const next = node->next;
    free_actor((RemActor*)node); // `node` is its first member
    node = next;
  }
}

void
rem_cast_clear(RemCast* const cast)
{
  collect(cast);
  free_actor(atomic_load(&cast->incoming));
  free_actor(cast->playing);
  rem_history_clear(&cast->history);
}

static RemStatus
build(const void* const     handle,
      const RemModel* const model,
      const char* const     place,
      const uint32_t        quality,
      void** const          built,
      RemError* const       error)
{
  (void)handle;
  (void)quality;

  if (!model->frames) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "is a net for %s frames; expected a net for control frames "
                    "(remanence train --control)",
                    rem_frame_kind_name(model->kind));
  }
  const RemStatus st = rem_model_check_streams(model, place, error);
  if (st) {
    return st;
  }
  RemPredictor* const predictor = rem_predictor_new(model);
  if (!predictor) {
    return rem_fail(error, REM_NO_MEMORY, place, "not enough memory");
  }
  *built = predictor;
  return REM_SUCCESS;
}

static void
discard(void* const built)
{
  rem_predictor_free((RemPredictor*)built);
}

/// A whole history takes no time worth to speak of
static uint32_t
speed(const void* const handle, void* const built)
{
  (void)handle;
  (void)built;
  return REM_CAST_FRAMES;
}

/// Let a predictor hear the last `most` frames (0 for all) but the very last
static void
warm(const RemCast* const cast, RemActor* const actor, const uint32_t most)
{
  const RemFloatMode mode  = rem_denormals_off();
  const uint64_t     begin = rem_history_begin(&cast->history);
  const uint64_t     end   = rem_history_end(&cast->history);
  const bool         all   = !most || end - begin <= most;
  actor->since             = all ? begin : end - most;
  actor->heard             = actor->since;
  if (end > actor->since) {
    rem_actor_hear(cast, actor, end - 1U);
  }
  rem_denormals_restore(mode);
}

static uint32_t
offer(void* const            handle,
      void* const            built,
      const RemModel* const  model,
      const RemComing* const how)
{
  (void)model;

  RemCast* const  cast  = (RemCast*)handle;
  RemActor* const actor = (RemActor*)calloc(1U, sizeof(RemActor));
  if (!actor) {
    discard(built);
    return 0U;
  }

  const uint32_t number = ++cast->n_offered;
  actor->predictor      = (RemPredictor*)built;
  actor->number         = number;
  warm(cast, actor, how->n_warm);
  collect(cast);

  RemActor* const old = atomic_exchange(&cast->incoming, actor);
  if (old) {
    atomic_store(&cast->replaced[old->number % REM_CAST_REPLACED], old->number);
    free_actor(old);
  }
  return number;
}

static uint32_t
sounding(const void* const handle)
{
  return atomic_load(&((const RemCast*)handle)->sounding);
}

static bool
was_replaced(const void* const handle, const uint32_t number)
{
  const RemCast* const cast = (const RemCast*)handle;
  return atomic_load(&cast->replaced[number % REM_CAST_REPLACED]) == number;
}

static void
describe(const void* const     handle,
         const RemModel* const model,
         char                  message[const REM_MESSAGE_SIZE])
{
  (void)handle;
  const RemFrames* const frames = model->frames;
  rem_say(message,
          "; %u dimension%s",
          frames->n_dims,
          frames->n_dims == 1U ? "" : "s");
  if (frames->n_mixtures) {
    rem_say(message, ", %u mixtures", frames->n_mixtures);
  }
}

const RemStageCalls rem_control_stage =
  {build, discard, speed, offer, sounding, was_replaced, collect, describe};
