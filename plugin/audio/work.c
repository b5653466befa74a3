// SPDX-License-Identifier: ISC

/// What the host's worker and its sessions ask of the audio plugins

#include "plugin/audio/audio.h"

#include "plugin/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/// Load a model that the host or MIDI asked for; the report tells the rest
static void
load(RemAudio* const               self,
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

LV2_Worker_Status
rem_audio_work(RemAudio* const   self,
               const uint32_t    size,
               const void* const data)
{
  const char* const text    = (const char*)data + offsetof(RemRequest, text);
  RemNumberRequest  request = {0U, 0U};
  if (size < sizeof(request.kind)) {
    return LV2_WORKER_ERR_UNKNOWN;
  }

  // The host promises no alignment
  memcpy(&request, data, size < sizeof(request) ? size : sizeof(request));
  const bool words = memchr(text, 0, size - offsetof(RemRequest, text)) != NULL;
  const bool whole = size >= sizeof(request);
  if (request.kind == REM_WORK_COLLECT) {
    rem_loader_collect(&self->loader);
  } else if (request.kind == REM_WORK_LOAD && words) {
    load(self, &request, text);
  } else if (request.kind == REM_WORK_SELECT && whole) {
    load(self, &request, NULL);
  } else if (request.kind == REM_WORK_NAME && words) {
    (void)rem_instance_rename(&self->instance, text, false, NULL);
  } else if (request.kind == REM_WORK_QUALITY && whole) {
    rem_loader_set_quality(&self->loader, request.number);
  } else {
    return LV2_WORKER_ERR_UNKNOWN;
  }
  return LV2_WORKER_SUCCESS;
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
  return rem_audio_work((RemAudio*)instance, size, data);
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

const LV2_Worker_Interface rem_audio_worker = {work, work_response, NULL};

static LV2_State_Status
save(const LV2_Handle                instance,
     const LV2_State_Store_Function  store,
     const LV2_State_Handle          handle,
     const uint32_t                  flags,
     const LV2_Feature* const* const features)
{
  (void)flags;

  RemAudio* const self = (RemAudio*)instance;
  return self->map ? rem_state_save(
                       &self->instance, &self->uris, store, handle, features)
                   : LV2_STATE_ERR_NO_FEATURE;
}

static LV2_State_Status
restore(const LV2_Handle                  instance,
        const LV2_State_Retrieve_Function retrieve,
        const LV2_State_Handle            handle,
        const uint32_t                    flags,
        const LV2_Feature* const* const   features)
{
  (void)flags;

  RemAudio* const self = (RemAudio*)instance;
  return self->map ? rem_state_restore(
                       &self->instance, &self->uris, retrieve, handle, features)
                   : LV2_STATE_ERR_NO_FEATURE;
}

const LV2_State_Interface rem_audio_state = {save, restore};
