// SPDX-License-Identifier: ISC

/// The model of a session, wherever it may be found

#include "plugin/loader.h"
#include "plugin/loader_internal.h"

#include <stdlib.h>
#include <string.h>

const RemModelId*
rem_loader_id(const RemLoader* const loader)
{
  const bool lost = loader->lost.id.path[0] || !loader->playing;
  return lost ? &loader->lost.id : &loader->playing->id;
}

/// Load `path` for a session, saying so after what was said already
static RemStatus
load_from(RemLoader* const loader, const char* const path)
{
  RemCue          cue    = rem_cue(true);
  RemError        error  = {REM_SUCCESS, "", ""};
  RemLoaded*      loaded = NULL;
  const RemStatus read   = rem_loaded_read(path, &loaded, &error);
  return rem_loader_play(loader, read, loaded, &cue, &error);
}

/// Play the bytes that the session itself holds
static RemStatus
load_embedded(RemLoader* const loader, const RemSavedModel* const saved)
{
  RemCue          cue    = rem_cue(true);
  RemError        error  = {REM_SUCCESS, "", ""};
  RemLoaded*      loaded = NULL;
  const RemStatus read   = rem_loaded_decode(saved, &loaded, &error);
  rem_say(loader->message, "; the session has the model itself. ");
  return rem_loader_play(loader, read, loaded, &cue, &error);
}

/// Find the model of `saved` elsewhere.  The lock is held.
static RemStatus
find(RemLoader* const loader, const RemSavedModel* const saved)
{
  const RemModelClue clue  = {saved->id.name, saved->id.sha256};
  char*              path  = NULL;
  RemStatus          st    = REM_NO_FILE;
  const RemFound     found = rem_model_search(loader->bundle, &clue, &path);
  if (found != REM_FOUND_SAME && saved->bytes) {
    st = load_embedded(loader, saved);
  }
  if (st && found == REM_NOT_FOUND) {
    rem_say(loader->message, "; no file like it in the model folders either");
  } else if (st) {
    rem_say(loader->message,
            found == REM_FOUND_SAME ? "; the same file is at %s. "
                                    : "; another file of that name is at %s. ",
            path);
    st = load_from(loader, path);
  }
  free(path);
  return st;
}

/// Load the model of `saved` from where it was, or find it.  The lock is held.
static RemStatus
load_saved(RemLoader* const loader, const RemSavedModel* const saved)
{
  loader->message[0] = '\0';
  RemStatus st       = load_from(loader, saved->id.path);
  if (!st && saved->id.sha256[0] &&
      strcmp(saved->id.sha256, loader->playing->id.sha256)) {
    rem_say(loader->message,
            "; the file has changed since the session was saved");
  }
  return st ? find(loader, saved) : st;
}

/// Keep what was not found for the next save; its bytes go over
static void
keep_lost(RemLoader* const loader, const RemSavedModel* const saved)
{
  void* const before = loader->lost.bytes;
  (void)pthread_mutex_lock(&loader->lock);
  loader->lost = *saved;
  (void)pthread_mutex_unlock(&loader->lock);
  free(before);
}

bool
rem_loader_restore(RemLoader* const loader, RemSavedModel* const saved)
{
  (void)pthread_mutex_lock(&loader->loading);
  const RemStatus st = load_saved(loader, saved);
  if (st) {
    keep_lost(loader, saved);
  } else {
    free(saved->bytes);
  }
  saved->bytes = NULL;
  rem_loader_report(loader, st != REM_SUCCESS);
  (void)pthread_mutex_unlock(&loader->loading);
  return !st;
}

void
rem_loader_saved(RemLoader* const     loader,
                 const bool           embed,
                 RemSavedModel* const saved)
{
  (void)pthread_mutex_lock(&loader->lock);
  const bool             lost    = loader->lost.id.path[0];
  const RemLoaded* const playing = loader->playing;
  const void*            bytes   = lost ? loader->lost.bytes : NULL;
  saved->id                      = *rem_loader_id(loader);
  saved->size                    = lost ? loader->lost.size : 0U;
  if (!lost && playing && embed) {
    bytes       = playing->bytes;
    saved->size = playing->size;
  }
  saved->bytes = bytes ? malloc(saved->size) : NULL;
  if (saved->bytes) {
    memcpy(saved->bytes, bytes, saved->size);
  }
  (void)pthread_mutex_unlock(&loader->lock);
}
