// SPDX-License-Identifier: ISC

/// Loads model files into a slot, for the worker, for sessions and at the
/// start; knows what is to be saved, and tells the audio thread what to tell
/// the host.

#ifndef REM_PLUGIN_LOADER_H
#define REM_PLUGIN_LOADER_H

#include "plugin/bin.h"
#include "plugin/model_search.h"
#include "plugin/slot.h"

#include <lv2/log/logger.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REM_PATH_SIZE 4096U    ///< Longest path of a model, with its zero
#define REM_MESSAGE_SIZE 1024U ///< Longest sentence about it

/// What became of a load, for the host: the whole truth, so the last one counts
typedef struct {
  RemNode node;
  bool    failed;                    ///< The model before, if any, plays on
  char    path[REM_PATH_SIZE];       ///< The model that plays, or ""
  char    message[REM_MESSAGE_SIZE]; ///< One sentence, or several
} RemReport;

/// What a session needs to find a model again
typedef struct {
  char path[REM_PATH_SIZE]; ///< Absolute, without links; "" if there is none
  char name[256];
  char sha256[REM_SHA256_SIZE];
} RemModelId;

/// Set the path and, from it, the name; the hash is unknown.  A name that does
/// not fit is left out: half of one would find nothing.
void
rem_model_id_set(RemModelId* id, const char* path);

/// The loading side of one instance.  Every function but rem_loader_news() may
/// be called in any thread but the audio thread; they take turns.
typedef struct {
  RemSlot*        slot;   ///< Borrowed
  LV2_Log_Logger* logger; ///< Borrowed
  char*           bundle; ///< Folder of the bundle, owned
  double          rate;   ///< Of the host, Hz
  uint32_t        n_channels;

  _Atomic(RemReport*) news; ///< From here to the audio thread
  RemBin              old;  ///< Reports that the audio thread has done with

  pthread_mutex_t lock;    ///< Guards what follows, and loading as such
  RemModelId      playing; ///< What sounds or is about to
  RemModelId      saved;   ///< What a session saves: also a model that is lost
} RemLoader;

/// Make a loader for `slot`; returns whether there was memory
bool
rem_loader_init(RemLoader*      loader,
                RemSlot*        slot,
                LV2_Log_Logger* logger,
                const char*     bundle,
                double          rate,
                uint32_t        n_channels);

/// Free what a loader owns, also one that is all zero or half made
void
rem_loader_clear(RemLoader* loader);

/**
   Load a model file and offer it to the slot.

   Whatever happens is logged and reported; when it fails, the old model stays.

   @param path As a person or host gave it.
*/
void
rem_loader_load(RemLoader* loader, const char* path);

/**
   Load the model of a session: from where it was, else from the model roots.

   If it is nowhere, `id` is kept so that the next save still has it.

   @param id What was saved; `name` and `sha256` may be empty.
   @return Whether a model was found and offered to the slot.
*/
bool
rem_loader_restore(RemLoader* loader, const RemModelId* id);

/// Copy what a session should save; `path` is empty if there is nothing
void
rem_loader_saved(RemLoader* loader, RemModelId* id);

/// Free what the audio thread has done with
void
rem_loader_collect(RemLoader* loader);

/// Return the latest report, if there is one that was not returned yet.  It
/// belongs to the caller, who puts it into `old`.  Thread: audio.
REM_RT static inline RemReport*
rem_loader_news(RemLoader* const loader)
{
  return atomic_exchange(&loader->news, NULL);
}

#endif // REM_PLUGIN_LOADER_H
