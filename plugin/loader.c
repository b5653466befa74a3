// SPDX-License-Identifier: ISC

#include "plugin/loader.h"

#include "dsp/model.h"
#include "dsp/modelfile/file.h"
#include "dsp/modelfile/modelfile.h"
#include "dsp/status.h"
#include "dsp/voice.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
rem_loader_init(RemLoader* const      loader,
                RemSlot* const        slot,
                LV2_Log_Logger* const logger,
                const char* const     bundle,
                const double          rate,
                const uint32_t        n_channels)
{
  loader->slot       = slot;
  loader->logger     = logger;
  loader->rate       = rate;
  loader->n_channels = n_channels;
  loader->bundle     = strdup(bundle);
  if (loader->bundle && pthread_mutex_init(&loader->lock, NULL)) {
    free(loader->bundle);
    loader->bundle = NULL;
  }
  return loader->bundle != NULL;
}

static void
free_old(RemLoader* const loader)
{
  RemNode* node = rem_bin_take(&loader->old);
  while (node) {
    RemNode* const next = node->next;
    free(node); // First member of its report
    node = next;
  }
}

void
rem_loader_clear(RemLoader* const loader)
{
  if (loader->bundle) {
    free_old(loader);
    free(atomic_load(&loader->news));
    (void)pthread_mutex_destroy(&loader->lock);
    free(loader->bundle);
    loader->bundle = NULL;
  }
}

void
rem_loader_collect(RemLoader* const loader)
{
  (void)pthread_mutex_lock(&loader->lock);
  free_old(loader);
  rem_slot_collect(loader->slot);
  (void)pthread_mutex_unlock(&loader->lock);
}

/// Append words to a message; what does not fit is cut
static void __attribute__((format(printf, 2, 3)))
say(char message[const REM_MESSAGE_SIZE], const char* const format, ...)
{
  const size_t used = strlen(message);
  va_list      args;
  va_start(args, format);
  (void)vsnprintf(message + used, REM_MESSAGE_SIZE - used, format, args);
  va_end(args);
}

/// Log what happened and hand it to the audio thread, which tells the host
static void
report(RemLoader* const loader,
       const bool       failed,
       char             message[const REM_MESSAGE_SIZE])
{
  if (failed) {
    if (loader->playing.path[0]) {
      say(message, "; %s plays on", loader->playing.name);
    }
    (void)lv2_log_error(loader->logger, "Remanence: %s\n", message);
  } else {
    (void)lv2_log_note(loader->logger, "Remanence: %s\n", message);
  }

  RemReport* const news = (RemReport*)calloc(1U, sizeof(RemReport));
  if (news) {
    news->failed = failed;
    memcpy(news->path, loader->playing.path, sizeof(news->path));
    (void)snprintf(news->message, sizeof(news->message), "%s", message);
    free(atomic_exchange(&loader->news, news));
  }
  free_old(loader);
}

/// Say why something failed: where, what, what was expected
static void
say_error(char message[const REM_MESSAGE_SIZE], const RemError* const error)
{
  say(message,
      "%s%s%s",
      error->place,
      error->place[0] ? ": " : "",
      error->text[0] ? error->text : rem_strerror(error->status));
}

void
rem_model_id_set(RemModelId* const id, const char* const path)
{
  const char* const slash  = strrchr(path, '/');
  const char* const name   = slash ? slash + 1 : path;
  const size_t      length = strlen(name);

  memset(id, 0, sizeof(*id));
  (void)snprintf(id->path, sizeof(id->path), "%s", path);
  if (length < sizeof(id->name)) {
    memcpy(id->name, name, length);
  }
}

/// Identify bytes that came from `path`
static void
identify(RemModelId* const id,
         const char* const path,
         const void* const bytes,
         const size_t      size)
{
  rem_model_id_set(id, path);
  rem_sha256(bytes, size, id->sha256);
}

/// Read and check a model file
static RemStatus
read_model(const char* const path,
           RemModelId* const id,
           RemModel** const  model,
           RemFormat* const  format,
           RemError* const   error)
{
  void*       bytes = NULL;
  size_t      size  = 0U;
  char* const real  = realpath(path, NULL); // NULL: the reader will say why
  const char* from  = real ? real : path;

  RemStatus st =
    strlen(from) < REM_PATH_SIZE
      ? rem_file_read(from, REM_MODELFILE_MAX_BYTES, &bytes, &size, error)
      : rem_fail(error,
                 REM_NO_FILE,
                 NULL,
                 "path of the model is too long; expected less "
                 "than %u bytes",
                 REM_PATH_SIZE);
  if (!st) {
    identify(id, from, bytes, size);
    st = rem_model_decode(bytes, size, from, model, format, error);
  }
  free(bytes);
  free(real);
  return st;
}

/// Build a voice and offer it
static RemStatus
offer(RemLoader* const      loader,
      const RemModel* const model,
      const char* const     path,
      RemError* const       error)
{
  const RemNetSpec* const spec = &model->spec;
  if (spec->n_out != 1U || spec->n_in != 1U + model->n_knobs) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    path,
                    "the net makes %u outputs of %u inputs, %u of them knobs; "
                    "expected one output, one input for sound and the knobs",
                    spec->n_out,
                    spec->n_in,
                    model->n_knobs);
  }

  RemVoice* const voice = rem_voice_new(model, loader->n_channels);
  return voice && rem_slot_offer(loader->slot, voice)
           ? REM_SUCCESS
           : rem_fail(error, REM_NO_MEMORY, path, "not enough memory");
}

/// Say what plays now, and what a person should know about it
static void
describe(const RemLoader* const loader,
         const RemModel* const  model,
         const RemFormat        format,
         char                   message[const REM_MESSAGE_SIZE])
{
  say(message,
      "Playing %s: %s, LSTM %u x %u",
      loader->playing.path,
      rem_format_name(format),
      model->spec.n_hidden,
      model->spec.n_layers);
  if (model->n_knobs > REM_SLOT_KNOBS) {
    say(message,
        "; the last %u of its %u knobs stay at their defaults",
        model->n_knobs - REM_SLOT_KNOBS,
        model->n_knobs);
  }
  if (!model->rate_known) {
    say(message, "; it does not say its sample rate, 48000 Hz assumed");
  }
  if (fabs(model->sample_rate - loader->rate) > 0.5) {
    say(message,
        "; made for %.0f Hz but played at %.0f Hz, so it sounds different",
        model->sample_rate,
        loader->rate);
  }
}

/// Load `path`; `message` gets what to report.  The lock is held.
static RemStatus
load(RemLoader* const  loader,
     const char* const path,
     char              message[const REM_MESSAGE_SIZE])
{
  RemModelId id;
  RemError   error  = {REM_SUCCESS, "", ""};
  RemModel*  model  = NULL;
  RemFormat  format = REM_FORMAT_UNKNOWN;
  RemStatus  st     = read_model(path, &id, &model, &format, &error);
  if (!st) {
    st = offer(loader, model, id.path, &error);
  }
  if (!st) {
    loader->playing = id;
    loader->saved   = id;
    describe(loader, model, format, message);
  } else {
    say_error(message, &error);
  }
  rem_model_free(model);
  return st;
}

void
rem_loader_load(RemLoader* const loader, const char* const path)
{
  char message[REM_MESSAGE_SIZE] = "";

  (void)pthread_mutex_lock(&loader->lock);
  const RemStatus st = load(loader, path, message);
  report(loader, st != REM_SUCCESS, message);
  (void)pthread_mutex_unlock(&loader->lock);
}

/// Load the model of `id` from the model roots.  The lock is held.
static RemStatus
find(RemLoader* const        loader,
     const RemModelId* const id,
     char                    message[const REM_MESSAGE_SIZE])
{
  const RemModelClue clue  = {id->name, id->sha256};
  char*              path  = NULL;
  const RemFound     found = rem_model_search(loader->bundle, &clue, &path);
  if (found == REM_NOT_FOUND) {
    say(message, "; no file like it in the model folders either");
    return REM_NO_FILE;
  }

  say(message,
      found == REM_FOUND_SAME ? "; the same file is at %s. "
                              : "; another file of that name is at %s. ",
      path);
  const RemStatus st = load(loader, path, message);
  free(path);
  return st;
}

/// Load the model of `id` from where it was, or find it.  The lock is held.
static RemStatus
load_saved(RemLoader* const        loader,
           const RemModelId* const id,
           char                    message[const REM_MESSAGE_SIZE])
{
  RemStatus st = load(loader, id->path, message);
  if (!st && id->sha256[0] && strcmp(id->sha256, loader->playing.sha256)) {
    say(message, "; the file has changed since the session was saved");
  }
  if (st) {
    st = find(loader, id, message);
  }
  return st;
}

bool
rem_loader_restore(RemLoader* const loader, const RemModelId* const id)
{
  char message[REM_MESSAGE_SIZE] = "";

  (void)pthread_mutex_lock(&loader->lock);
  const RemStatus st = load_saved(loader, id, message);
  if (st) {
    loader->saved = *id;
  }
  report(loader, st != REM_SUCCESS, message);
  (void)pthread_mutex_unlock(&loader->lock);
  return !st;
}

void
rem_loader_saved(RemLoader* const loader, RemModelId* const id)
{
  (void)pthread_mutex_lock(&loader->lock);
  *id = loader->saved;
  (void)pthread_mutex_unlock(&loader->lock);
}
