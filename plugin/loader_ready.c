// SPDX-License-Identifier: ISC

/// Models that are ready, so that one is heard in the next block, and those
/// that come in anew at another quality

#include "plugin/loader.h"

#include "plugin/loader_internal.h"

#include <string.h>

static void
clear(const RemLoader* const loader, RemReady* const ready)
{
  loader->stage.calls->discard(ready->built);
  rem_loaded_release(ready->loaded);
  memset(ready, 0, sizeof(*ready));
}

void
rem_loader_clear_ready(RemLoader* const loader)
{
  for (uint32_t i = 0U; i < REM_READY_SLOTS; ++i) {
    clear(loader, &loader->ready[i]);
  }
}

/// Build what the model at a place will play through, unless it is there
static RemStatus
prepare(const RemLoader* const loader,
        RemReady* const        ready,
        RemError* const        error)
{
  if (ready->built) {
    return REM_SUCCESS;
  }
  const RemStatus st =
    rem_loader_build(loader, ready->loaded, &ready->built, error);
  if (!st && !ready->n_warm) {
    ready->n_warm =
      loader->stage.calls->speed(loader->stage.handle, ready->built);
  }
  return st;
}

RemStatus
rem_loader_preload(RemLoader* const  loader,
                   const uint32_t    slot,
                   const char* const path,
                   RemError* const   error)
{
  RemReady ready = {NULL, NULL, 0U};
  if (slot >= REM_READY_SLOTS) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "there is no slot %u; expected 0 to %u",
                    slot,
                    REM_READY_SLOTS - 1U);
  }

  (void)pthread_mutex_lock(&loader->loading);
  RemStatus st = rem_loaded_read(path, &ready.loaded, error);
  if (!st && !(st = prepare(loader, &ready, error))) {
    clear(loader, &loader->ready[slot]);
    loader->ready[slot] = ready;
  } else {
    clear(loader, &ready);
  }
  (void)pthread_mutex_unlock(&loader->loading);
  return st;
}

/// Offer what is ready.  The lock is held.
static RemStatus
play(RemLoader* const loader,
     RemReady* const  ready,
     RemCue* const    cue,
     RemError* const  error)
{
  RemStatus st = prepare(loader, ready, error);
  if (!st) {
    void* const built = ready->built;
    ready->built      = NULL;
    st                = rem_loader_enter(loader,
                          rem_loaded_share(ready->loaded),
                          built,
                          ready->n_warm,
                          cue,
                          error);
  }
  loader->message[0] = '\0';
  if (st) {
    rem_say_error(loader->message, error);
  } else {
    rem_loader_describe(loader);
  }
  rem_loader_report(loader, st != REM_SUCCESS);
  atomic_store(&loader->stale, true);
  return st;
}

RemStatus
rem_loader_play_ready(RemLoader* const loader,
                      const uint32_t   slot,
                      RemCue* const    cue,
                      RemError* const  error)
{
  (void)pthread_mutex_lock(&loader->loading);
  const RemStatus st =
    slot < REM_READY_SLOTS && loader->ready[slot].loaded
      ? play(loader, &loader->ready[slot], cue, error)
      : rem_fail(error, REM_NO_FILE, NULL, "nothing is ready in slot %u", slot);
  (void)pthread_mutex_unlock(&loader->loading);
  return st;
}

void
rem_loader_refill(RemLoader* const loader)
{
  if (!atomic_exchange(&loader->stale, false)) {
    return;
  }
  (void)pthread_mutex_lock(&loader->loading);
  for (uint32_t i = 0U; i < REM_READY_SLOTS; ++i) {
    if (loader->ready[i].loaded) {
      (void)prepare(loader, &loader->ready[i], NULL); // Else when it is wanted
    }
  }
  (void)pthread_mutex_unlock(&loader->loading);
}

RemStatus
rem_loader_rest(RemLoader* const loader,
                RemCue* const    cue,
                RemError* const  error)
{
  const uint32_t no_past = 1U; // Frames to warm it on
  void*          built   = NULL;
  RemStatus      st      = REM_SUCCESS;
  (void)pthread_mutex_lock(&loader->loading);
  if (loader->playing &&
      !(st = rem_loader_build(loader, loader->playing, &built, error))) {
    st = rem_loader_enter(
      loader, rem_loaded_share(loader->playing), built, no_past, cue, error);
  }
  (void)pthread_mutex_unlock(&loader->loading);
  return st;
}

void
rem_loader_set_quality(RemLoader* const loader, const uint32_t quality)
{
  (void)pthread_mutex_lock(&loader->loading);
  if (quality != loader->quality) {
    RemCue   cue    = rem_cue(true);
    RemError error  = {REM_SUCCESS, "", ""};
    loader->quality = quality;
    for (uint32_t i = 0U; i < REM_READY_SLOTS; ++i) {
      loader->stage.calls->discard(loader->ready[i].built);
      loader->ready[i].built  = NULL;
      loader->ready[i].n_warm = 0U; // It costs otherwise
    }
    atomic_store(&loader->stale, true);
    if (loader->playing) {
      loader->message[0] = '\0';
      const RemStatus st = rem_loader_play(
        loader, REM_SUCCESS, rem_loaded_share(loader->playing), &cue, &error);
      rem_loader_report(loader, st != REM_SUCCESS);
    }
  }
  (void)pthread_mutex_unlock(&loader->loading);
}
