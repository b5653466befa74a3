// SPDX-License-Identifier: ISC

#include "tests/host/features.h"

#include "tests/check.h"
#include "tests/host/worker.h"

#include <lv2/buf-size/buf-size.h>

#include <stdarg.h>
#include <string.h>

static LV2_URID
map_uri(LV2_URID_Map_Handle handle, const char* const uri)
{
  HostUris* const uris = (HostUris*)handle;
  CHECK(!host_in_audio()); // May lock and allocate
  CHECK(!pthread_mutex_lock(&uris->lock));
  uint32_t i = 0U;
  while (i < uris->n && strcmp(uris->uris[i], uri)) {
    ++i;
  }
  if (i == uris->n) {
    CHECK(uris->n < HOST_MAX_URIS);
    CHECK((uris->uris[uris->n++] = strdup(uri)));
  }
  CHECK(!pthread_mutex_unlock(&uris->lock));
  return i + 1U;
}

static const char*
unmap_uri(LV2_URID_Unmap_Handle handle, const LV2_URID urid)
{
  HostUris* const uris = (HostUris*)handle;
  CHECK(!host_in_audio());
  CHECK(!pthread_mutex_lock(&uris->lock));
  const char* const uri =
    urid && urid <= uris->n ? uris->uris[urid - 1U] : NULL;
  CHECK(!pthread_mutex_unlock(&uris->lock));
  return uri;
}

static int
log_vprintf(LV2_Log_Handle    handle,
            LV2_URID          type,
            const char* const format,
            va_list           args)
{
  HostLog* const log = (HostLog*)handle;
  CHECK(!host_in_audio());
  CHECK(type || !log->typed);
  CHECK(!pthread_mutex_lock(&log->lock));
  const size_t used = strlen(log->text);
  const int    n =
    vsnprintf(log->text + used, HOST_TEXT_BYTES - used, format, args);
  CHECK(!pthread_mutex_unlock(&log->lock));
  return n;
}

static int
log_printf(LV2_Log_Handle handle, LV2_URID type, const char* format, ...)
  __attribute__((format(printf, 3, 4)));

static int
log_printf(LV2_Log_Handle handle, LV2_URID type, const char* format, ...)
{
  va_list args;
  va_start(args, format);
  const int n = log_vprintf(handle, type, format, args);
  va_end(args);
  return n;
}

static char*
same_path(LV2_State_Map_Path_Handle handle, const char* const path)
{
  (void)handle;
  return strdup(path);
}

static void
free_path(LV2_State_Free_Path_Handle handle, char* const path)
{
  (void)handle;
  free(path);
}

static void
offer(Host* const host, const char* const uri, void* const data)
{
  CHECK(host->n_features < HOST_MAX_FEATURES);
  LV2_Feature* const feature             = &host->features[host->n_features];
  *feature                               = (LV2_Feature){uri, data};
  host->feature_list[host->n_features++] = feature;
}

static void
offer_options(Host* const host)
{
  static const char* const names[] = {LV2_BUF_SIZE__minBlockLength,
                                      LV2_BUF_SIZE__maxBlockLength,
                                      LV2_BUF_SIZE__sequenceSize};
  host->block_lengths[0]           = 0;
  host->block_lengths[1]           = (int32_t)HOST_MAX_BLOCK;
  host->block_lengths[2]           = (int32_t)HOST_ATOM_BYTES;
  for (uint32_t i = 0; i < 3U; ++i) {
    host->options[i] = (LV2_Options_Option){LV2_OPTIONS_INSTANCE,
                                            0U,
                                            map_uri(&host->uris, names[i]),
                                            sizeof(int32_t),
                                            map_uri(&host->uris, LV2_ATOM__Int),
                                            &host->block_lengths[i]};
  }
  offer(host, LV2_OPTIONS__options, host->options);
  offer(host, LV2_BUF_SIZE__boundedBlockLength, NULL);
}

static void
offer_paths(Host* const host)
{
  host->map_path  = (LV2_State_Map_Path){host, same_path, same_path};
  host->make_path = (LV2_State_Make_Path){host, same_path};
  host->free_path = (LV2_State_Free_Path){host, free_path};
  offer(host, LV2_STATE__mapPath, &host->map_path);
  offer(host, LV2_STATE__makePath, &host->make_path);
  offer(host, LV2_STATE__freePath, &host->free_path);
  offer(host, LV2_STATE__loadDefaultState, NULL);
}

void
host_features_init(Host* const host)
{
  CHECK(!pthread_mutex_init(&host->uris.lock, NULL));
  CHECK(!pthread_mutex_init(&host->log.lock, NULL));
  host->map       = (LV2_URID_Map){&host->uris, map_uri};
  host->unmap     = (LV2_URID_Unmap){&host->uris, unmap_uri};
  host->logger    = (LV2_Log_Log){&host->log, log_printf, log_vprintf};
  host->log.typed = host->spec.features & HOST_FEATURE_MAP;
  host_worker_init(&host->worker, host->spec.work);

  if (host->spec.features & HOST_FEATURE_MAP) {
    offer(host, LV2_URID__map, &host->map);
    offer(host, LV2_URID__unmap, &host->unmap);
  }
  if (host->spec.features & HOST_FEATURE_OPTIONS) {
    offer_options(host);
  }
  if (host->spec.features & HOST_FEATURE_LOG) {
    offer(host, LV2_LOG__log, &host->logger);
  }
  if (host->spec.features & HOST_FEATURE_PATHS) {
    offer_paths(host);
  }
  if (host->spec.work != HOST_WORK_NONE) {
    offer(host, LV2_WORKER__schedule, &host->worker.schedule);
  }
}

void
host_features_clear(Host* const host)
{
  for (uint32_t i = 0; i < host->uris.n; ++i) {
    free(host->uris.uris[i]);
  }
  CHECK(!pthread_mutex_destroy(&host->uris.lock));
  CHECK(!pthread_mutex_destroy(&host->log.lock));
}

LV2_URID
host_urid(Host* const host, const char* const uri)
{
  return map_uri(&host->uris, uri);
}

bool
host_logged(Host* const host, const char* const text)
{
  CHECK(!pthread_mutex_lock(&host->log.lock));
  const bool found = strstr(host->log.text, text) != NULL;
  CHECK(!pthread_mutex_unlock(&host->log.lock));
  return found;
}

void
host_log_clear(Host* const host)
{
  CHECK(!pthread_mutex_lock(&host->log.lock));
  host->log.text[0] = '\0';
  CHECK(!pthread_mutex_unlock(&host->log.lock));
}
