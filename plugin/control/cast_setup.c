// SPDX-License-Identifier: ISC

/// The other threads' half of the cast; cast.c has the audio thread's

#include "plugin/control/cast.h"

#include "dsp/denormal.h"

#include <stddef.h>
#include <stdlib.h>

/// Free a RemActor; NULL is allowed
static void
discard(void* const built)
{
  if (built) {
    rem_predictor_free(((RemActor*)built)->predictor);
    free(built);
  }
}

bool
rem_cast_init(RemCast* const cast)
{
  cast->mailbox.discard = discard;
  return rem_history_init(&cast->history, REM_MAX_FRAME, REM_CAST_FRAMES);
}

void
rem_cast_clear(RemCast* const cast)
{
  rem_mailbox_clear(&cast->mailbox);
  discard(cast->playing);
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
  RemActor* const actor = (RemActor*)calloc(1U, sizeof(RemActor));
  if (!actor || !(actor->predictor = rem_predictor_new(model))) {
    discard(actor);
    return rem_fail(error, REM_NO_MEMORY, place, "not enough memory");
  }
  *built = actor;
  return REM_SUCCESS;
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
  RemActor* const actor = (RemActor*)built;
  warm(cast, actor, how->n_warm);
  return rem_mailbox_offer(&cast->mailbox, &actor->entry);
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

const RemStageCalls rem_control_stage = {build,
                                         discard,
                                         speed,
                                         offer,
                                         describe};
