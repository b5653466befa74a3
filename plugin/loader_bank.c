// SPDX-License-Identifier: ISC

/// Going through the folder of the model that plays

#include "plugin/bank.h"
#include "plugin/loader.h"
#include "plugin/loader_internal.h"
#include "plugin/model_roots.h"

#include <stdlib.h>
#include <string.h>

/// Copy what a session would save of the model; `path` is empty if there is
/// none
static RemModelId
id_of(RemLoader* const loader)
{
  (void)pthread_mutex_lock(&loader->lock);
  const RemModelId id = *rem_loader_id(loader);
  (void)pthread_mutex_unlock(&loader->lock);
  return id;
}

/// Read the folder of the model `id`
static RemStatus
read_bank(const RemModelId* const id,
          RemBank* const          bank,
          RemError* const         error)
{
  return id->path[0]
           ? rem_bank_read_beside(id->path, bank, error)
           : rem_fail(error,
                      REM_NO_FILE,
                      NULL,
                      "no model plays, so there is no folder to go through");
}

RemStatus
rem_loader_bank(RemLoader* const loader,
                RemBank* const   bank,
                RemError* const  error)
{
  const RemModelId id = id_of(loader);
  return read_bank(&id, bank, error);
}

/// Return whether a file of the bank may be played: a confined cue does not
/// follow a link out of the folder, but into the model roots
static bool
is_allowed(const RemLoader* const loader,
           const RemBank* const   bank,
           const char* const      path,
           const RemCue* const    cue)
{
  char* const  real    = realpath(path, NULL);
  const char*  folder  = bank->folder ? bank->folder : "";
  const size_t n       = strlen(folder);
  const bool   allowed = !cue->confined || !real ||
                       (!strncmp(real, folder, n) && real[n] == '/') ||
                       rem_model_roots_contain(loader->bundle, real);
  free(real);
  return allowed;
}

/// Log and report why nothing was loaded
static RemStatus
refuse(RemLoader* const loader, const RemError* const error)
{
  (void)pthread_mutex_lock(&loader->loading);
  loader->message[0] = '\0';
  rem_say_error(loader->message, error);
  rem_loader_report(loader, true);
  (void)pthread_mutex_unlock(&loader->loading);
  return error->status;
}

/// Find file `index` of `bank`, if it may be played; `path` is to be freed
static RemStatus
find(const RemLoader* const loader,
     const RemBank* const   bank,
     const size_t           index,
     const RemCue* const    cue,
     char** const           path,
     RemError* const        error)
{
  if (index >= bank->n) {
    return rem_fail(error,
                    REM_NO_FILE,
                    bank->folder,
                    "the folder has no model %zu; expected 1 to %zu",
                    index + 1U,
                    bank->n);
  }
  *path = rem_bank_path(bank, index);
  if (!*path) {
    return rem_fail(error, REM_NO_MEMORY, bank->folder, "not enough memory");
  }
  return is_allowed(loader, bank, *path, cue)
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_ARGUMENT,
                      *path,
                      "the link leads out of the model folders");
}

/// Load file `index` of `bank`
static RemStatus
load(RemLoader* const     loader,
     const RemBank* const bank,
     const size_t         index,
     RemCue* const        cue,
     RemError* const      error)
{
  char*     path = NULL;
  RemStatus st   = find(loader, bank, index, cue, &path, error);
  st = st ? refuse(loader, error) : rem_loader_load(loader, path, cue, error);
  free(path);
  return st;
}

/// Load the file `by` places on, over those that are bad
static RemStatus
load_next(RemLoader* const     loader,
          const RemBank* const bank,
          const char* const    from,
          const int            by,
          RemCue* const        cue,
          RemError* const      error)
{
  RemStatus st = REM_NO_FILE;
  size_t    i  = 0U;
  do {
    const int at = rem_bank_step(bank, from, by * (int)++i);
    st           = load(loader, bank, (size_t)at, cue, error);
  } while (st && st != REM_NO_MEMORY && i < bank->n);
  return st;
}

RemStatus
rem_loader_step(RemLoader* const loader,
                const int        by,
                RemCue* const    cue,
                RemError* const  error)
{
  const RemModelId id   = id_of(loader);
  RemBank          bank = {NULL, NULL, 0U, 0U};
  RemStatus        st   = read_bank(&id, &bank, error);
  if (st) {
    st = refuse(loader, error);
  } else {
    st = load_next(loader, &bank, id.path, by, cue, error);
  }
  rem_bank_clear(&bank);
  return st;
}

RemStatus
rem_loader_select(RemLoader* const loader,
                  const uint32_t   index,
                  RemCue* const    cue,
                  RemError* const  error)
{
  RemBank   bank = {NULL, NULL, 0U, 0U};
  RemStatus st   = rem_loader_bank(loader, &bank, error);
  st = st ? refuse(loader, error) : load(loader, &bank, index, cue, error);
  rem_bank_clear(&bank);
  return st;
}
