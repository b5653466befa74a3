// SPDX-License-Identifier: ISC

/// Shared by the files of plugin/loader.h.  Loads take turns: `loading` is held
/// in all of it.

#ifndef REM_PLUGIN_LOADER_INTERNAL_H
#define REM_PLUGIN_LOADER_INTERNAL_H

#include "plugin/loader.h"

/// Append words to a message; what does not fit is cut
void
rem_say(char message[REM_MESSAGE_SIZE], const char* format, ...)
  __attribute__((format(printf, 2, 3)));

/// Append why something failed: where, what, what was expected
void
rem_say_error(char message[REM_MESSAGE_SIZE], const RemError* error);

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

/// Build what plays a model; fails if that is no net for sound
RemStatus
rem_loader_build(const RemLoader* loader,
                 const RemLoaded* loaded,
                 RemStream**      out,
                 RemError*        error);

/**
   Offer `stream`, built of `loaded`, which becomes what plays.

   @param loaded One user goes over to the loader, also on failure.
   @param stream Likewise.
   @param n_warm As RemEntrance.n_warm; if not 0, the fade starts at once.
*/
RemStatus
rem_loader_enter(RemLoader* loader,
                 RemLoaded* loaded,
                 RemStream* stream,
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
