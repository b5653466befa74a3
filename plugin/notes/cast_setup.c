// SPDX-License-Identifier: ISC

/// The other threads' half of the stage; cast.c has the audio thread's

#include "plugin/notes/cast.h"

#include "dsp/denormal.h"

#include <stddef.h>
#include <stdlib.h>

static void
free_actor(RemNotesActor* const actor)
{
  if (actor) {
    rem_mind_free(actor->mind);
    free(actor);
  }
}

static void
collect(void* const handle)
{
  RemNotesCast* const cast = (RemNotesCast*)handle;
  RemNode*            node = rem_bin_take(&cast->retired);
  while (node) {
    RemNode* const next = node->next;
    free_actor((RemNotesActor*)node); // `node` is its first member
    node = next;
  }
}

void
rem_notes_cast_clear(RemNotesCast* const cast)
{
  collect(cast);
  free_actor(atomic_load(&cast->incoming));
  free_actor(cast->playing);
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
  const RemFloatMode mode = rem_denormals_off(); // It hears the start
  RemMind* const     mind = rem_mind_new(model);
  rem_denormals_restore(mode);
  if (!mind) {
    return rem_fail(error, REM_NO_MEMORY, place, "not enough memory");
  }
  *built = mind;
  return REM_SUCCESS;
}

static void
discard(void* const built)
{
  rem_mind_free((RemMind*)built);
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

  RemNotesCast* const  cast = (RemNotesCast*)handle;
  RemNotesActor* const actor =
    (RemNotesActor*)calloc(1U, sizeof(RemNotesActor));
  if (!actor) {
    discard(built);
    return 0U;
  }
  const uint32_t number = ++cast->n_offered;
  actor->mind           = (RemMind*)built;
  actor->number         = number;
  collect(cast);

  RemNotesActor* const old = atomic_exchange(&cast->incoming, actor);
  if (old) {
    atomic_store(&cast->replaced[old->number % REM_NOTES_REPLACED],
                 old->number);
    free_actor(old);
  }
  return number;
}

static uint32_t
sounding(const void* const handle)
{
  return atomic_load(&((const RemNotesCast*)handle)->sounding);
}

static bool
was_replaced(const void* const handle, const uint32_t number)
{
  const RemNotesCast* const cast = (const RemNotesCast*)handle;
  return atomic_load(&cast->replaced[number % REM_NOTES_REPLACED]) == number;
}

static void
describe(const void* const     handle,
         const RemModel* const model,
         char                  message[const REM_MESSAGE_SIZE])
{
  (void)handle;
  rem_say(message, model->encoder ? "; answers" : "; continues");
}

const RemStageCalls rem_notes_stage =
  {build, discard, speed, offer, sounding, was_replaced, collect, describe};
