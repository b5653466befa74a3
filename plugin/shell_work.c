// SPDX-License-Identifier: ISC

/// What the host's worker and its sessions ask

#include "plugin/shell_work.h"

#include "plugin/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/// Load a model that the host or MIDI asked for; the report tells the rest
static void
load(RemShell* const               self,
     const RemNumberRequest* const request,
     const char* const             path)
{
  RemError error = {REM_SUCCESS, "", ""};
  RemCue   cue   = rem_cue(request->kind == REM_WORK_LOAD);
  if (path) {
    (void)rem_loader_load(&self->loader, path, &cue, &error);
  } else {
    (void)rem_loader_select(&self->loader, request->number, &cue, &error);
  }
}

/// Set a text that the host asked for, or tell it that it stays
static void
set_text(RemShell* const self, const uint32_t kind, const char* const text)
{
  RemError      error = {REM_SUCCESS, "", ""};
  const RemText which =
    kind == REM_WORK_MAPPING ? REM_TEXT_MAPPING : REM_TEXT_CLIENT;
  if (self->kind->set_text &&
      self->kind->set_text(self, which, text, false, &error)) {
    rem_loader_complain(&self->loader, &error);
  }
}

/// Do what a request says; false if it says nothing that we know.
/// @param text What follows it, or NULL if that is no text.
static bool
obey(RemShell* const               self,
     const RemNumberRequest* const request,
     const char* const             text)
{
  // Of requests for a model only the newest counts: a program that was turned
  // from 1 to 20 loads one model, not twenty
  const bool newest = request->serial == atomic_load(&self->newest);
  switch (request->kind) {
  case REM_WORK_COLLECT:
    rem_loader_collect(&self->loader);
    return true;
  case REM_WORK_NAME:
    if (text) {
      (void)rem_instance_rename(&self->instance, text, NULL);
    }
    return text != NULL;
  case REM_WORK_MAPPING:
  case REM_WORK_CLIENT:
    if (text) {
      set_text(self, request->kind, text);
    }
    return text != NULL;
  case REM_WORK_LOAD:
    if (text && newest) {
      load(self, request, text);
    }
    return text != NULL;
  case REM_WORK_SELECT:
    if (newest) {
      load(self, request, NULL);
    }
    return true;
  default:
    return request->kind >= REM_WORK_OWN &&
           self->kind->work(self, request, text);
  }
}

LV2_Worker_Status
rem_shell_work(RemShell* const   self,
               const uint32_t    size,
               const void* const data)
{
  const size_t      at      = offsetof(RemRequest, text);
  const char* const text    = (const char*)data + at;
  RemNumberRequest  request = {0U, 0U, 0U};
  if (size < sizeof(request)) {
    return LV2_WORKER_ERR_UNKNOWN;
  }

  memcpy(&request, data, sizeof(request)); // The host promises no alignment
  return obey(self, &request, memchr(text, 0, size - at) ? text : NULL)
           ? LV2_WORKER_SUCCESS
           : LV2_WORKER_ERR_UNKNOWN;
}

/// What comes of it reaches the audio thread through the slot and the loader's
/// news, so nothing is lost if the host drops a response
static LV2_Worker_Status
work(const LV2_Handle                  instance,
     const LV2_Worker_Respond_Function respond,
     const LV2_Worker_Respond_Handle   handle,
     const uint32_t                    size,
     const void* const                 data)
{
  (void)respond;
  (void)handle;
  return rem_shell_work((RemShell*)instance, size, data);
}

/// Required by the extension; our worker sends no responses
static LV2_Worker_Status
work_response(const LV2_Handle  instance,
              const uint32_t    size,
              const void* const data)
{
  (void)instance;
  (void)size;
  (void)data;
  return LV2_WORKER_SUCCESS;
}

const LV2_Worker_Interface rem_shell_worker = {work, work_response, NULL};

/// Texts that a session keeps
static const RemText kept[] = {REM_TEXT_MAPPING, REM_TEXT_CLIENT};

#define N_KEPT (sizeof(kept) / sizeof(*kept))

static LV2_URID
key_of(const RemUris* const uris, const RemText text)
{
  return text == REM_TEXT_MAPPING ? uris->mapping : uris->client;
}

static LV2_State_Status
save_texts(RemShell* const                self,
           const LV2_State_Store_Function store,
           const LV2_State_Handle         handle)
{
  LV2_State_Status st = LV2_STATE_SUCCESS;
  if (self->kind->refresh) {
    self->kind->refresh(self);
  }
  for (uint32_t i = 0U; !st && self->kind->set_text && i < N_KEPT; ++i) {
    char           text[REM_MESSAGE_SIZE] = "";
    const LV2_URID key                    = key_of(&self->uris, kept[i]);
    rem_loader_text(&self->loader, kept[i], text);
    st = rem_state_save_text(&self->uris, store, handle, key, text);
  }
  return st;
}

static void
restore_texts(RemShell* const                   self,
              const LV2_State_Retrieve_Function retrieve,
              const LV2_State_Handle            handle)
{
  for (uint32_t i = 0U; self->kind->set_text && i < N_KEPT; ++i) {
    RemError       error                  = {REM_SUCCESS, "", ""};
    char           text[REM_MESSAGE_SIZE] = "";
    const LV2_URID key                    = key_of(&self->uris, kept[i]);
    if (rem_state_restore_text(
          &self->uris, retrieve, handle, key, text, sizeof(text)) &&
        self->kind->set_text(self, kept[i], text, false, &error)) {
      rem_loader_complain(&self->loader, &error);
    }
  }
}

static LV2_State_Status
save(const LV2_Handle                instance,
     const LV2_State_Store_Function  store,
     const LV2_State_Handle          handle,
     const uint32_t                  flags,
     const LV2_Feature* const* const features)
{
  (void)flags;

  RemShell* const self = (RemShell*)instance;
  if (!self->map) {
    return LV2_STATE_ERR_NO_FEATURE;
  }
  const LV2_State_Status st =
    rem_state_save(&self->instance, &self->uris, store, handle, features);
  return st ? st : save_texts(self, store, handle);
}

static LV2_State_Status
restore(const LV2_Handle                  instance,
        const LV2_State_Retrieve_Function retrieve,
        const LV2_State_Handle            handle,
        const uint32_t                    flags,
        const LV2_Feature* const* const   features)
{
  (void)flags;

  RemShell* const self = (RemShell*)instance;
  if (!self->map) {
    return LV2_STATE_ERR_NO_FEATURE;
  }
  restore_texts(self, retrieve, handle);
  return rem_state_restore(
    &self->instance, &self->uris, retrieve, handle, features);
}

const LV2_State_Interface rem_shell_state = {save, restore};
