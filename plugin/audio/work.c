// SPDX-License-Identifier: ISC

/// What the host's worker and its sessions ask of the audio plugins

#include "plugin/audio/audio.h"

#include "plugin/state.h"

#include <string.h>

/// Load or collect.  What comes of it reaches the audio thread through the slot
/// and the loader's news, so nothing is lost if the host drops a response.
static LV2_Worker_Status
work(const LV2_Handle                  instance,
     const LV2_Worker_Respond_Function respond,
     const LV2_Worker_Respond_Handle   handle,
     const uint32_t                    size,
     const void* const                 data)
{
  (void)respond;
  (void)handle;

  RemAudio* const   self = (RemAudio*)instance;
  const char* const path = (const char*)data + sizeof(uint32_t);
  uint32_t          kind = 0U;
  if (size < sizeof(kind)) {
    return LV2_WORKER_ERR_UNKNOWN;
  }

  memcpy(&kind, data, sizeof(kind)); // The host promises no alignment
  if (kind == REM_WORK_COLLECT) {
    rem_loader_collect(&self->loader);
  } else if (kind == REM_WORK_LOAD && memchr(path, 0, size - sizeof(kind))) {
    rem_loader_load(&self->loader, path);
  } else {
    return LV2_WORKER_ERR_UNKNOWN;
  }
  return LV2_WORKER_SUCCESS;
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
  return self->map
           ? rem_state_save(&self->loader, &self->uris, store, handle, features)
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
                       &self->loader, &self->uris, retrieve, handle, features)
                   : LV2_STATE_ERR_NO_FEATURE;
}

const LV2_State_Interface rem_audio_state = {save, restore};
