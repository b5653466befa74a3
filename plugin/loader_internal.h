// SPDX-License-Identifier: ISC

/// Shared by the files of plugin/loader.h.  Loads take turns: `loading` is held
/// in all of it.

#ifndef REM_PLUGIN_LOADER_INTERNAL_H
#define REM_PLUGIN_LOADER_INTERNAL_H

#include "plugin/loader.h"

/// Log `loader->message`, note it as what is told, and hand that to the audio
/// thread, which tells the host
void
rem_loader_report(RemLoader* loader, bool failed);

/// Read and check a model file; it has one user
RemStatus
rem_loaded_read(const char* path, RemLoaded** out, RemError* error);

/// As rem_loaded_read(), of bytes in memory, of which a copy is kept
RemStatus
rem_loaded_decode(const RemSavedModel* saved, RemLoaded** out, RemError* error);

/// Return `loaded` with one user more
RemLoaded*
rem_loaded_share(RemLoaded* loaded);

/// Take one user away, and free it after the last; NULL is allowed
void
rem_loaded_release(RemLoaded* loaded);

/// Build what plays a model; fails if that is of another kind
RemStatus
rem_loader_build(const RemLoader* loader,
                 const RemLoaded* loaded,
                 void**           out,
                 RemError*        error);

/**
   Offer `built`, made of `loaded`, which becomes what plays.

   @param loaded One user goes over to the loader, also on failure.
   @param built  Likewise.
   @param n_warm As RemComing.n_warm.
*/
RemStatus
rem_loader_enter(RemLoader* loader,
                 RemLoaded* loaded,
                 void*      built,
                 uint32_t   n_warm,
                 RemCue*    cue,
                 RemError*  error);

/// Build and offer `loaded`, of which one user goes over, unless `read` failed;
/// `loader->message` gets what to say of it
RemStatus
rem_loader_play(RemLoader* loader,
                RemStatus  read,
                RemLoaded* loaded,
                RemCue*    cue,
                RemError*  error);

/// Say what plays now, and what a person should know about it
void
rem_loader_describe(RemLoader* loader);

/// Return what a session saves: what plays, or what was lost; `path` is empty
/// if there is neither
const RemModelId*
rem_loader_id(const RemLoader* loader);

/// Free every model that is ready
void
rem_loader_clear_ready(RemLoader* loader);

#endif // REM_PLUGIN_LOADER_INTERNAL_H
