// SPDX-License-Identifier: ISC

#include "plugin/state.h"

#include <lv2/core/lv2_util.h>
#include <lv2/log/logger.h>

#include <stdlib.h>
#include <string.h>

#define PORTABLE (LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE)

/// The host's way of keeping paths valid when a session moves; may be absent
typedef struct {
  LV2_State_Map_Path*  map;
  LV2_State_Free_Path* free;
} Paths;

static Paths
paths_of(const LV2_Feature* const* const features)
{
  const Paths paths = {
    (LV2_State_Map_Path*)lv2_features_data(features, LV2_STATE__mapPath),
    (LV2_State_Free_Path*)lv2_features_data(features, LV2_STATE__freePath)};
  return paths;
}

/// Free what the host's functions returned
static void
release(const Paths* const paths, char* const path)
{
  if (paths->free) {
    paths->free->free_path(paths->free->handle, path);
  } else {
    free(path); // As it was before the feature
  }
}

static LV2_State_Status
store_string(const LV2_State_Store_Function store,
             const LV2_State_Handle         handle,
             const LV2_URID                 key,
             const LV2_URID                 type,
             const char* const              text,
             const uint32_t                 flags)
{
  return store(handle, key, text, strlen(text) + 1U, type, flags);
}

static LV2_State_Status
store_path(const RemUris* const           uris,
           const LV2_State_Store_Function store,
           const LV2_State_Handle         handle,
           const Paths* const             paths,
           const char* const              path)
{
  char* const mapped =
    paths->map ? paths->map->abstract_path(paths->map->handle, path) : NULL;

  const LV2_State_Status st =
    store_string(store,
                 handle,
                 uris->model,
                 uris->atom_path,
                 mapped ? mapped : path,
                 mapped ? PORTABLE : LV2_STATE_IS_POD);
  if (mapped) {
    release(paths, mapped);
  }
  return st;
}

LV2_State_Status
rem_state_save(RemLoader* const                loader,
               const RemUris* const            uris,
               const LV2_State_Store_Function  store,
               const LV2_State_Handle          handle,
               const LV2_Feature* const* const features)
{
  const Paths paths = paths_of(features);
  RemModelId  id;
  rem_loader_saved(loader, &id);
  if (!id.path[0]) {
    return LV2_STATE_SUCCESS;
  }

  LV2_State_Status st = store_path(uris, store, handle, &paths, id.path);
  if (!st && id.name[0]) {
    st = store_string(
      store, handle, uris->model_name, uris->atom_string, id.name, PORTABLE);
  }
  if (!st && id.sha256[0]) {
    st = store_string(store,
                      handle,
                      uris->model_sha256,
                      uris->atom_string,
                      id.sha256,
                      PORTABLE);
  }
  return st;
}

/**
   Copy text of type `type` to `out` [n], which stays if there is none.

   Some hosts leave the zero behind a text out of its size, or out altogether:
   Carla does, after it has read a project.

   @return #LV2_STATE_ERR_NO_PROPERTY, or #LV2_STATE_ERR_BAD_TYPE if what is
   there is something else or too long.
*/
static LV2_State_Status
retrieve_text(const LV2_State_Retrieve_Function retrieve,
              const LV2_State_Handle            handle,
              const LV2_URID                    key,
              const LV2_URID                    type,
              char* const                       out,
              const size_t                      n)
{
  size_t            size  = 0U;
  uint32_t          found = 0U;
  uint32_t          flags = 0U;
  const char* const text =
    (const char*)retrieve(handle, key, &size, &found, &flags);

  if (!text) {
    return LV2_STATE_ERR_NO_PROPERTY;
  }
  const size_t length = strnlen(text, size);
  if (found != type || length >= n) {
    return LV2_STATE_ERR_BAD_TYPE;
  }
  memcpy(out, text, length);
  out[length] = '\0';
  return LV2_STATE_SUCCESS;
}

LV2_State_Status
rem_state_restore(RemLoader* const                  loader,
                  const RemUris* const              uris,
                  const LV2_State_Retrieve_Function retrieve,
                  const LV2_State_Handle            handle,
                  const LV2_Feature* const* const   features)
{
  const Paths            paths               = paths_of(features);
  char                   path[REM_PATH_SIZE] = "";
  RemModelId             id;
  const LV2_State_Status st = retrieve_text(
    retrieve, handle, uris->model, uris->atom_path, path, sizeof(path));
  if (st == LV2_STATE_ERR_BAD_TYPE) {
    (void)lv2_log_error(loader->logger,
                        "Remanence: the session's model is no path of at most "
                        "%u bytes\n",
                        REM_PATH_SIZE);
    return st;
  }
  if (!path[0]) {
    return LV2_STATE_SUCCESS;
  }

  char* const mapped =
    paths.map ? paths.map->absolute_path(paths.map->handle, path) : NULL;
  rem_model_id_set(&id, mapped ? mapped : path);
  (void)retrieve_text(retrieve,
                      handle,
                      uris->model_name,
                      uris->atom_string,
                      id.name,
                      sizeof(id.name)); // Else that of the path counts
  (void)retrieve_text(retrieve,
                      handle,
                      uris->model_sha256,
                      uris->atom_string,
                      id.sha256,
                      sizeof(id.sha256)); // Else the name counts
  if (mapped) {
    release(&paths, mapped);
  }
  return rem_loader_restore(loader, &id) ? LV2_STATE_SUCCESS
                                         : LV2_STATE_ERR_UNKNOWN;
}
