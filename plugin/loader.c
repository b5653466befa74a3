// SPDX-License-Identifier: ISC

/// Making a loader, and what it tells others

#include "plugin/loader.h"

#include "plugin/loader_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
rem_loader_init(RemLoader* const      loader,
                const RemStage        stage,
                LV2_Log_Logger* const logger,
                const char* const     bundle)
{
  loader->stage   = stage;
  loader->logger  = logger;
  loader->quality = 1U;
  loader->bundle  = strdup(bundle);
  if (loader->bundle && (pthread_mutex_init(&loader->lock, NULL) ||
                         pthread_mutex_init(&loader->loading, NULL))) {
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
    rem_loader_clear_ready(loader);
    rem_loaded_release(loader->playing);
    free(loader->lost.bytes);
    (void)pthread_mutex_destroy(&loader->loading);
    (void)pthread_mutex_destroy(&loader->lock);
    free(loader->bundle);
    loader->bundle = NULL;
  }
}

void
rem_loader_collect(RemLoader* const loader)
{
  free_old(loader);
  rem_mailbox_collect(loader->stage.mailbox);
}

/// Hand what the host should know to the audio thread.  The lock is held.
static void
tell(RemLoader* const loader)
{
  RemReport* const unseen = atomic_exchange(&loader->news, NULL);
  RemReport* const news   = (RemReport*)malloc(sizeof(RemReport));
  loader->told.unsaved    = loader->told.unsaved || (unseen && unseen->unsaved);
  free(unseen);
  if (news) {
    *news                = loader->told;
    loader->told.unsaved = false;
    free(atomic_exchange(&loader->news, news));
  }
  free_old(loader);
}

/// Write what the model calls its knobs: "1: Gain, 0 to 10; 2: Tone, 0 to 1"
static void
describe_knobs(const RemModel* const model, char text[const REM_MESSAGE_SIZE])
{
  text[0] = '\0';
  for (uint32_t k = 0U; model && k < model->n_knobs && k < REM_SLOT_KNOBS;
       ++k) {
    const RemKnob* const knob = &model->knobs[k];
    rem_say(text,
            "%s%u: %s, %g to %g",
            k ? "; " : "",
            k + 1U,
            knob->name,
            (double)knob->minimum,
            (double)knob->maximum);
  }
}

void
rem_loader_report(RemLoader* const loader, const bool failed)
{
  const RemLoaded* const playing = loader->playing;
  RemReport* const       told    = &loader->told;
  char* const            message = loader->message;
  if (failed) {
    if (playing) {
      rem_say(message, "; %s plays on", playing->id.name);
    }
    (void)lv2_log_error(loader->logger, "Remanence: %s\n", message);
  } else {
    (void)lv2_log_note(loader->logger, "Remanence: %s\n", message);
  }

  (void)pthread_mutex_lock(&loader->lock);
  told->failed = failed;
  memcpy(told->message, message, sizeof(told->message));
  (void)snprintf(
    told->path, sizeof(told->path), "%s", playing ? playing->id.path : "");
  describe_knobs(playing ? playing->model : NULL, told->knobs);
  tell(loader);
  (void)pthread_mutex_unlock(&loader->lock);
}

void
rem_loader_set_name(RemLoader* const  loader,
                    const char* const name,
                    const uint32_t    osc_port,
                    const bool        unsaved)
{
  (void)pthread_mutex_lock(&loader->lock);
  (void)snprintf(loader->told.name, REM_NAME_SIZE, "%s", name);
  loader->told.osc_port = osc_port;
  loader->told.unsaved  = loader->told.unsaved || unsaved;
  tell(loader);
  (void)pthread_mutex_unlock(&loader->lock);
}

uint32_t
rem_loader_sounding(const RemLoader* const loader)
{
  return rem_mailbox_sounding(loader->stage.mailbox);
}

bool
rem_loader_was_replaced(const RemLoader* const loader, const uint32_t number)
{
  return rem_mailbox_was_replaced(loader->stage.mailbox, number);
}

/// Return where a text stands in what is told, and its room
static char*
text_of(RemReport* const told, const RemText which, size_t* const room)
{
  const bool mapping = which == REM_TEXT_MAPPING;
  *room              = mapping ? sizeof(told->mapping) : sizeof(told->client);
  return mapping ? told->mapping : told->client;
}

void
rem_loader_set_text(RemLoader* const  loader,
                    const RemText     which,
                    const char* const text,
                    const bool        unsaved)
{
  size_t room = 0U;
  (void)pthread_mutex_lock(&loader->lock);
  char* const to = text_of(&loader->told, which, &room);
  (void)snprintf(to, room, "%s", text);
  loader->told.unsaved = loader->told.unsaved || unsaved;
  tell(loader);
  (void)pthread_mutex_unlock(&loader->lock);
}

void
rem_loader_text(RemLoader* const loader,
                const RemText    which,
                char             text[const REM_MESSAGE_SIZE])
{
  size_t room = 0U;
  (void)pthread_mutex_lock(&loader->lock);
  const char* const from = text_of(&loader->told, which, &room);
  (void)snprintf(text, REM_MESSAGE_SIZE, "%s", from);
  (void)pthread_mutex_unlock(&loader->lock);
}

static void
tell_words(RemLoader* const loader, const char* const words)
{
  (void)pthread_mutex_lock(&loader->lock);
  (void)snprintf(loader->told.message, REM_MESSAGE_SIZE, "%s", words);
  tell(loader);
  (void)pthread_mutex_unlock(&loader->lock);
}

void
rem_loader_tell(RemLoader* const loader, const char* const words)
{
  (void)lv2_log_note(loader->logger, "Remanence: %s\n", words);
  tell_words(loader, words);
}

void
rem_loader_complain(RemLoader* const loader, const RemError* const error)
{
  char message[REM_MESSAGE_SIZE] = "";
  rem_say_error(message, error);
  (void)lv2_log_error(loader->logger, "Remanence: %s\n", message);
  tell_words(loader, message);
}

void
rem_loader_look(RemLoader* const loader,
                RemReport* const told,
                double* const    model_rate)
{
  const uint32_t number = rem_loader_sounding(loader);
  (void)pthread_mutex_lock(&loader->lock);
  const RemEntered* const entered = &loader->entered[number % REM_ENTERED];
  *told                           = loader->told;
  *model_rate = loader->playing ? loader->playing->model->sample_rate : 0.0;
  if (entered->number == number) {
    memcpy(told->path, entered->path, sizeof(told->path));
  }
  (void)pthread_mutex_unlock(&loader->lock);
}

bool
rem_loader_is_new(RemLoader* const loader, const uint32_t number)
{
  (void)pthread_mutex_lock(&loader->lock);
  const RemEntered* const before =
    &loader->entered[(number - 1U) % REM_ENTERED];
  const RemEntered* const now = &loader->entered[number % REM_ENTERED];
  const bool same = before->number == number - 1U && now->number == number &&
                    !strcmp(before->path, now->path);
  (void)pthread_mutex_unlock(&loader->lock);
  return !same;
}

uint32_t
rem_loader_knobs(RemLoader* const loader,
                 RemKnob* const   knobs,
                 const uint32_t   n)
{
  (void)pthread_mutex_lock(&loader->lock);
  const RemLoaded* const playing = loader->playing;
  const uint32_t         all     = playing ? playing->model->n_knobs : 0U;
  const uint32_t         m       = all < n ? all : n;
  if (m) {
    memcpy(knobs, playing->model->knobs, m * sizeof(RemKnob));
  }
  (void)pthread_mutex_unlock(&loader->lock);
  return m;
}
