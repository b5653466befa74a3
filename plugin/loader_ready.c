// SPDX-License-Identifier: ISC

/// Models that are ready, so that one is heard in the next block, and those
/// that come in anew at another quality

#include "plugin/loader.h"

#include "dsp/denormal.h"
#include "plugin/loader_internal.h"
#include "plugin/ticks.h"

#include <math.h>
#include <string.h>

#define WARM_SECONDS 0.0005 ///< That a ready model is warmed for, at most
#define TRIAL_FRAMES 2048U  ///< That are played to it to find its speed

static void
clear(RemReady* const ready)
{
  rem_stream_free(ready->stream);
  rem_loaded_release(ready->loaded);
  memset(ready, 0, sizeof(*ready));
}

void
rem_loader_clear_ready(RemLoader* const loader)
{
  for (uint32_t i = 0U; i < REM_READY_SLOTS; ++i) {
    clear(&loader->ready[i]);
  }
}

/// Return how many frames a stream plays in #WARM_SECONDS, and set it to rest
static uint32_t
frames_in_no_time(const RemLoader* const loader, RemStream* const stream)
{
  float              x[REM_SLOT_CHANNELS][REM_SLOT_CHUNK] = {{0.0f}};
  float              y[REM_SLOT_CHANNELS][REM_SLOT_CHUNK];
  const float* const in[REM_SLOT_CHANNELS]  = {x[0], x[1]};
  float* const       out[REM_SLOT_CHANNELS] = {y[0], y[1]};
  const RemFloatMode mode                   = rem_denormals_off();
  const double       start                  = rem_seconds();
  for (uint32_t n = 0U; n < TRIAL_FRAMES; n += REM_SLOT_CHUNK) {
    if (loader->n_channels == 2U) {
      rem_stream_block_pair(stream, in, NULL, 0U, out, REM_SLOT_CHUNK);
    } else {
      rem_stream_block(stream, 0U, in[0], NULL, 0U, out[0], REM_SLOT_CHUNK);
    }
  }
  const double each = (rem_seconds() - start) / TRIAL_FRAMES;
  rem_denormals_restore(mode);
  for (uint32_t c = 0U; c < loader->n_channels; ++c) {
    rem_stream_reset(stream, c);
  }
  return (uint32_t)fmin(fmax(WARM_SECONDS / each, 16.0), loader->rate);
}

/// Build what the model at a place will play through, unless it is there
static RemStatus
prepare(const RemLoader* const loader,
        RemReady* const        ready,
        RemError* const        error)
{
  if (ready->stream) {
    return REM_SUCCESS;
  }
  const RemStatus st =
    rem_loader_build(loader, ready->loaded, &ready->stream, error);
  if (!st && !ready->n_warm) {
    ready->n_warm = frames_in_no_time(loader, ready->stream);
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
    clear(&loader->ready[slot]);
    loader->ready[slot] = ready;
  } else {
    clear(&ready);
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
    RemStream* const stream = ready->stream;
    ready->stream           = NULL;
    st                      = rem_loader_enter(loader,
                          rem_loaded_share(ready->loaded),
                          stream,
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
  RemStream*     stream  = NULL;
  RemStatus      st      = REM_SUCCESS;
  (void)pthread_mutex_lock(&loader->loading);
  if (loader->playing &&
      !(st = rem_loader_build(loader, loader->playing, &stream, error))) {
    st = rem_loader_enter(
      loader, rem_loaded_share(loader->playing), stream, no_past, cue, error);
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
      rem_stream_free(loader->ready[i].stream);
      loader->ready[i].stream = NULL;
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
