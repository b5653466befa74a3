// SPDX-License-Identifier: ISC

#include "plugin/state.h"

#include "plugin/state_controls.h"

#include <lv2/core/lv2_util.h>
#include <lv2/log/logger.h>

#include <stdbool.h>
#include <stdio.h>
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

static LV2_State_Status
store_model(const RemSavedModel* const     saved,
            const RemUris* const           uris,
            const LV2_State_Store_Function store,
            const LV2_State_Handle         handle,
            const Paths* const             paths)
{
  const RemModelId* const id = &saved->id;
  if (!id->path[0]) {
    return LV2_STATE_SUCCESS;
  }

  LV2_State_Status st = store_path(uris, store, handle, paths, id->path);
  if (!st && id->name[0]) {
    st = store_string(
      store, handle, uris->model_name, uris->atom_string, id->name, PORTABLE);
  }
  if (!st && id->sha256[0]) {
    st = store_string(store,
                      handle,
                      uris->model_sha256,
                      uris->atom_string,
                      id->sha256,
                      PORTABLE);
  }
  if (!st && saved->bytes) {
    st = store(handle,
               uris->model_bytes,
               saved->bytes,
               saved->size,
               uris->atom_chunk,
               PORTABLE);
  }
  return st;
}

/// Store what OSC calls an instance: a name that was given to it, or, under
/// another key, one that was found for it
static LV2_State_Status
store_name(RemInstance* const             instance,
           const RemUris* const           uris,
           const LV2_State_Store_Function store,
           const LV2_State_Handle         handle)
{
  char       name[REM_NAME_SIZE] = "";
  const bool given               = rem_instance_name(instance, name);
  return name[0] ? store_string(store,
                                handle,
                                given ? uris->name : uris->found_name,
                                uris->atom_string,
                                name,
                                PORTABLE)
                 : LV2_STATE_SUCCESS;
}

LV2_State_Status
rem_state_save(RemInstance* const              instance,
               const RemUris* const            uris,
               const LV2_State_Store_Function  store,
               const LV2_State_Handle          handle,
               const LV2_Feature* const* const features)
{
  const Paths      paths                     = paths_of(features);
  char             turned[REM_CONTROLS_SIZE] = "";
  RemRemote* const remote                    = instance->remote;
  const bool       embed = rem_remote_value(remote, "embed", 0.0f) > 0.5f;
  RemSavedModel    saved;
  rem_loader_saved(instance->loader, embed, &saved);
  LV2_State_Status st = store_model(&saved, uris, store, handle, &paths);
  free(saved.bytes);

  if (!st) {
    st = store_name(instance, uris, store, handle);
  }
  rem_controls_list(remote, turned);
  if (!st && turned[0]) {
    st = store_string(
      store, handle, uris->controls, uris->atom_string, turned, PORTABLE);
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

static void
restore_name_and_controls(RemInstance* const                instance,
                          const RemUris* const              uris,
                          const LV2_State_Retrieve_Function retrieve,
                          const LV2_State_Handle            handle)
{
  char name[REM_NAME_SIZE]       = "";
  char turned[REM_CONTROLS_SIZE] = "";
  (void)retrieve_text(retrieve,
                      handle,
                      uris->controls,
                      uris->atom_string,
                      turned,
                      sizeof(turned));
  const bool given =
    retrieve_text(
      retrieve, handle, uris->name, uris->atom_string, name, sizeof(name)) ==
    LV2_STATE_SUCCESS;
  if (!given) {
    (void)retrieve_text(retrieve,
                        handle,
                        uris->found_name,
                        uris->atom_string,
                        name,
                        sizeof(name));
  }
  if (name[0]) {
    rem_instance_restore_name(instance, name, given);
  }
  rem_controls_restore(instance->remote, turned);
}

/// Copy the bytes of a model, if there are any
static void
retrieve_bytes(RemSavedModel* const              saved,
               const RemUris* const              uris,
               const LV2_State_Retrieve_Function retrieve,
               const LV2_State_Handle            handle)
{
  size_t            size  = 0U;
  uint32_t          type  = 0U;
  uint32_t          flags = 0U;
  const void* const bytes =
    retrieve(handle, uris->model_bytes, &size, &type, &flags);
  if (bytes && type == uris->atom_chunk && size && size <= REM_EMBED_BYTES &&
      (saved->bytes = malloc(size))) {
    memcpy(saved->bytes, bytes, size);
    saved->size = size;
  }
}

/// Retrieve what is known of the model at `path`
static void
retrieve_model(RemSavedModel* const              saved,
               const char* const                 path,
               const RemUris* const              uris,
               const LV2_State_Retrieve_Function retrieve,
               const LV2_State_Handle            handle)
{
  RemModelId* const id = &saved->id;
  saved->bytes         = NULL;
  saved->size          = 0U;
  rem_model_id_set(id, path);
  (void)retrieve_text(retrieve,
                      handle,
                      uris->model_name,
                      uris->atom_string,
                      id->name,
                      sizeof(id->name)); // Else that of the path counts
  (void)retrieve_text(retrieve,
                      handle,
                      uris->model_sha256,
                      uris->atom_string,
                      id->sha256,
                      sizeof(id->sha256)); // Else the name counts
  retrieve_bytes(saved, uris, retrieve, handle);
}

LV2_State_Status
rem_state_restore(RemInstance* const                instance,
                  const RemUris* const              uris,
                  const LV2_State_Retrieve_Function retrieve,
                  const LV2_State_Handle            handle,
                  const LV2_Feature* const* const   features)
{
  const Paths            paths               = paths_of(features);
  char                   path[REM_PATH_SIZE] = "";
  RemSavedModel          saved;
  const LV2_State_Status st = retrieve_text(
    retrieve, handle, uris->model, uris->atom_path, path, sizeof(path));
  restore_name_and_controls(instance, uris, retrieve, handle);
  if (st == LV2_STATE_ERR_BAD_TYPE) {
    (void)lv2_log_error(instance->loader->logger,
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
  retrieve_model(&saved, mapped ? mapped : path, uris, retrieve, handle);
  if (mapped) {
    release(&paths, mapped);
  }
  return rem_loader_restore(instance->loader, &saved) ? LV2_STATE_SUCCESS
                                                      : LV2_STATE_ERR_UNKNOWN;
}

LV2_State_Status
rem_state_save_text(const RemUris* const           uris,
                    const LV2_State_Store_Function store,
                    const LV2_State_Handle         handle,
                    const LV2_URID                 key,
                    const char* const              text)
{
  return store_string(store, handle, key, uris->atom_string, text, PORTABLE);
}

bool
rem_state_restore_text(const RemUris* const              uris,
                       const LV2_State_Retrieve_Function retrieve,
                       const LV2_State_Handle            handle,
                       const LV2_URID                    key,
                       char* const                       text,
                       const size_t                      n)
{
  return !retrieve_text(retrieve, handle, key, uris->atom_string, text, n);
}
