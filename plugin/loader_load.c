// SPDX-License-Identifier: ISC

/// From a file to what plays on the stage

#include "plugin/loader.h"

#include "dsp/modelfile/file.h"
#include "dsp/modelfile/modelfile.h"
#include "plugin/loader_internal.h"
#include "plugin/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
rem_model_id_set(RemModelId* const id, const char* const path)
{
  const char* const name   = rem_path_name(path);
  const size_t      length = strlen(name);

  memset(id, 0, sizeof(*id));
  (void)snprintf(id->path, sizeof(id->path), "%s", path);
  if (length < sizeof(id->name)) {
    memcpy(id->name, name, length);
  }
}

RemLoaded*
rem_loaded_share(RemLoaded* const loaded)
{
  ++loaded->n_users;
  return loaded;
}

void
rem_loaded_release(RemLoaded* const loaded)
{
  if (loaded && --loaded->n_users == 0U) {
    rem_model_free(loaded->model);
    free(loaded->bytes);
    free(loaded);
  }
}

/// Decode the bytes of `loaded` and keep them only if they are few; frees it
/// on failure
static RemStatus
decode(RemLoaded* const loaded, RemLoaded** const out, RemError* const error)
{
  RemFormat       format = REM_FORMAT_UNKNOWN;
  const RemStatus st     = rem_model_decode(loaded->bytes,
                                        loaded->size,
                                        loaded->id.path,
                                        &loaded->model,
                                        &format,
                                        error);
  if (st) {
    rem_loaded_release(loaded);
    return st;
  }
  rem_sha256(loaded->bytes, loaded->size, loaded->id.sha256);
  loaded->format = rem_format_name(format);
  if (loaded->size > REM_EMBED_BYTES) {
    free(loaded->bytes);
    loaded->bytes = NULL;
  }
  *out = loaded;
  return REM_SUCCESS;
}

/// Read the file at `path`, which has no links, into `loaded`
static RemStatus
read_real(RemLoaded* const  loaded,
          const char* const path,
          RemError* const   error)
{
  if (strlen(path) >= REM_PATH_SIZE) {
    return rem_fail(error,
                    REM_NO_FILE,
                    NULL,
                    "path of the model is too long; expected less than %u "
                    "bytes",
                    REM_PATH_SIZE);
  }
  rem_model_id_set(&loaded->id, path);
  return rem_file_read(
    path, REM_MODELFILE_MAX_BYTES, &loaded->bytes, &loaded->size, error);
}

static RemLoaded*
new_loaded(RemError* const error)
{
  RemLoaded* const loaded = (RemLoaded*)calloc(1U, sizeof(RemLoaded));
  if (loaded) {
    loaded->n_users = 1U;
  } else {
    (void)rem_fail(error, REM_NO_MEMORY, NULL, "not enough memory");
  }
  return loaded;
}

RemStatus
rem_loaded_read(const char* const path,
                RemLoaded** const out,
                RemError* const   error)
{
  RemLoaded* const loaded = new_loaded(error);
  *out                    = NULL;
  if (!loaded) {
    return REM_NO_MEMORY;
  }

  char* const     real = realpath(path, NULL); // NULL: the reader says why
  const RemStatus st   = read_real(loaded, real ? real : path, error);
  free(real);
  if (st) {
    rem_loaded_release(loaded);
    return st;
  }
  return decode(loaded, out, error);
}

RemStatus
rem_loaded_decode(const RemSavedModel* const saved,
                  RemLoaded** const          out,
                  RemError* const            error)
{
  RemLoaded* const loaded = new_loaded(error);
  *out                    = NULL;
  if (!loaded) {
    return REM_NO_MEMORY;
  }

  loaded->id    = saved->id;
  loaded->size  = saved->size;
  loaded->bytes = malloc(saved->size);
  if (!loaded->bytes) {
    rem_loaded_release(loaded);
    return rem_fail(error, REM_NO_MEMORY, NULL, "not enough memory");
  }
  memcpy(loaded->bytes, saved->bytes, saved->size);
  return decode(loaded, out, error);
}

RemStatus
rem_loader_build(const RemLoader* const loader,
                 const RemLoaded* const loaded,
                 void** const           out,
                 RemError* const        error)
{
  const RemStage* const stage = &loader->stage;
  return stage->calls->build(
    stage->handle, loaded->model, loaded->id.path, loader->quality, out, error);
}

/// Let `loaded` be what plays
static void
come_in(RemLoader* const    loader,
        RemLoaded* const    loaded,
        const RemCue* const cue)
{
  RemEntered* const entered = &loader->entered[cue->number % REM_ENTERED];
  RemLoaded* const  before  = loader->playing;
  void*             lost    = NULL;

  (void)pthread_mutex_lock(&loader->lock);
  if (loaded != before) { // Else it only plays otherwise
    lost = loader->lost.bytes;
    memset(&loader->lost, 0, sizeof(loader->lost));
  }
  entered->number = cue->number;
  memcpy(entered->path, loaded->id.path, sizeof(entered->path));
  loader->playing      = loaded;
  loader->told.unsaved = loader->told.unsaved || !cue->asked;
  (void)pthread_mutex_unlock(&loader->lock);

  rem_loaded_release(before);
  free(lost);
}

RemStatus
rem_loader_enter(RemLoader* const loader,
                 RemLoaded* const loaded,
                 void* const      built,
                 const uint32_t   n_warm,
                 RemCue* const    cue,
                 RemError* const  error)
{
  const RemStage* const stage = &loader->stage;
  const RemComing       how   = {cue->fade_seconds, n_warm};
  cue->number = stage->calls->offer(stage->handle, built, loaded->model, &how);
  if (!cue->number) {
    rem_loaded_release(loaded);
    return rem_fail(error, REM_NO_MEMORY, NULL, "not enough memory");
  }
  (void)memcpy(cue->path, loaded->id.path, sizeof(cue->path));
  come_in(loader, loaded, cue);
  return REM_SUCCESS;
}

void
rem_loader_describe(RemLoader* const loader)
{
  char* const            message = loader->message;
  const RemLoaded* const playing = loader->playing;
  const RemModel* const  model   = playing->model;
  rem_say(message,
          "Playing %s: %s, LSTM %u x %u",
          playing->id.path,
          playing->format,
          model->spec.n_hidden,
          model->spec.n_layers);
  loader->stage.calls->describe(loader->stage.handle, model, message);
}

RemStatus
rem_loader_play(RemLoader* const loader,
                const RemStatus  read,
                RemLoaded* const loaded,
                RemCue* const    cue,
                RemError* const  error)
{
  void*     built = NULL;
  RemStatus st    = read;
  if (!st && (st = rem_loader_build(loader, loaded, &built, error))) {
    rem_loaded_release(loaded);
  }
  if (!st) {
    st = rem_loader_enter(loader, loaded, built, 0U, cue, error);
  }
  if (st) {
    rem_say_error(loader->message, error);
  } else {
    rem_loader_describe(loader);
  }
  return st;
}

RemStatus
rem_loader_load(RemLoader* const  loader,
                const char* const path,
                RemCue* const     cue,
                RemError* const   error)
{
  RemLoaded* loaded = NULL;
  (void)pthread_mutex_lock(&loader->loading);
  loader->message[0]   = '\0';
  const RemStatus read = rem_loaded_read(path, &loaded, error);
  const RemStatus st   = rem_loader_play(loader, read, loaded, cue, error);
  rem_loader_report(loader, st != REM_SUCCESS);
  (void)pthread_mutex_unlock(&loader->loading);
  return st;
}
