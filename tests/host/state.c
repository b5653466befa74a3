// SPDX-License-Identifier: ISC

#include "tests/host/host.h"

#include "tests/check.h"

#include <string.h>

static const void*
get_port(const char* const symbol,
         void* const       data,
         uint32_t* const   size,
         uint32_t* const   type)
{
  Host* const host = (Host*)data;
  *size            = sizeof(float);
  *type            = host_urid(host, LV2_ATOM__Float);
  return &host->controls[host_port(host, symbol)];
}

static void
set_port(const char* const symbol,
         void* const       data,
         const void* const value,
         const uint32_t    size,
         const uint32_t    type)
{
  Host* const host = (Host*)data;
  CHECK(size == sizeof(float) && type == host_urid(host, LV2_ATOM__Float));
  memcpy(&host->controls[host_port(host, symbol)], value, sizeof(float));
}

/// What a host gives to save() and restore(); lilv adds the paths
static void
state_features(Host* const host, LV2_Feature* const all, const LV2_Feature** of)
{
  uint32_t n = 0U;
  all[n++]   = (LV2_Feature){LV2_URID__map, &host->map};
  all[n++]   = (LV2_Feature){LV2_URID__unmap, &host->unmap};
  all[n++]   = (LV2_Feature){LV2_LOG__log, &host->logger};
  all[n++]   = (LV2_Feature){LV2_STATE__threadSafeRestore, NULL};
  for (uint32_t i = 0U; i < n; ++i) {
    of[i] = &all[i];
  }
  of[n] = NULL;
}

bool
host_save(Host* const host, const char* const dir)
{
  LV2_Feature        all[4];
  const LV2_Feature* features[5];
  state_features(host, all, features);
  LilvState* const state = lilv_state_new_from_instance(host->plugin,
                                                        host->instance,
                                                        &host->map,
                                                        dir,
                                                        dir,
                                                        dir,
                                                        dir,
                                                        get_port,
                                                        host,
                                                        0U,
                                                        features);
  CHECK(state);
  const int st = lilv_state_save(
    host->world->lilv, &host->map, &host->unmap, state, NULL, dir, "state.ttl");
  lilv_state_free(state);
  return !st;
}

static void
restore(Host* const host, LilvState* const state, LilvSetPortValueFunc set)
{
  LV2_Feature        all[4];
  const LV2_Feature* features[5];
  CHECK(state);
  state_features(host, all, features);
  lilv_state_restore(state, host->instance, set, host, 0U, features);
  lilv_state_free(state);
}

static LilvState*
read_state(Host* const host, const char* const dir)
{
  char path[4096];
  CHECK(snprintf(path, sizeof(path), "%s/state.ttl", dir) < (int)sizeof(path));
  return lilv_state_new_from_file(host->world->lilv, &host->map, NULL, path);
}

void
host_restore(Host* const host, const char* const dir)
{
  restore(host, read_state(host, dir), set_port);
}

void
host_restore_model(Host* const host, const char* const dir)
{
  restore(host, read_state(host, dir), NULL);
}

void
host_load_preset(Host* const host, const char* const uri)
{
  LilvNode* const node = lilv_new_uri(host->world->lilv, uri);
  lilv_world_load_resource(host->world->lilv, node);
  restore(host,
          lilv_state_new_from_world(host->world->lilv, &host->map, node),
          set_port);
  lilv_node_free(node);
}
