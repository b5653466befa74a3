// SPDX-License-Identifier: ISC

/// The other threads' half of the stage; cast.c has the audio thread's

#include "plugin/notes/cast.h"

#include "dsp/denormal.h"

#include <stddef.h>
#include <stdlib.h>

/// Free a RemNotesActor; NULL is allowed
static void
discard(void* const built)
{
  if (built) {
    rem_mind_free(((RemNotesActor*)built)->mind);
    free(built);
  }
}

void
rem_notes_cast_init(RemNotesCast* const cast)
{
  cast->mailbox.discard = discard;
}

void
rem_notes_cast_clear(RemNotesCast* const cast)
{
  rem_mailbox_clear(&cast->mailbox);
  discard(cast->playing);
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

  const RemStatus st = rem_mind_check(model, place, error);
  if (st) {
    return st;
  }
  RemNotesActor* const actor =
    (RemNotesActor*)calloc(1U, sizeof(RemNotesActor));
  if (actor) {
    const RemFloatMode mode = rem_denormals_off(); // It hears the start
    actor->mind             = rem_mind_new(model);
    rem_denormals_restore(mode);
  }
  if (!actor || !actor->mind) {
    discard(actor);
    return rem_fail(error, REM_NO_MEMORY, place, "not enough memory");
  }
  *built = actor;
  return REM_SUCCESS;
}

/// What was heard is heard in the audio thread
static uint32_t
speed(const void* const handle, void* const built)
{
  (void)handle;
  (void)built;
  return 1U;
}

static uint32_t
offer(void* const            handle,
      void* const            built,
      const RemModel* const  model,
      const RemComing* const how)
{
  (void)model;
  (void)how;

  return rem_mailbox_offer(&((RemNotesCast*)handle)->mailbox,
                           &((RemNotesActor*)built)->entry);
}

static void
describe(const void* const     handle,
         const RemModel* const model,
         char                  message[const REM_MESSAGE_SIZE])
{
  (void)handle;
  rem_say(message, model->encoder ? "; answers" : "; continues");
}

const RemStageCalls rem_notes_stage = {build, discard, speed, offer, describe};
