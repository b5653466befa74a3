// SPDX-License-Identifier: ISC

/// Making and freeing what all plugins have in common

#include "plugin/shell.h"

#include "plugin/shell_work.h"
#include "plugin/ticks.h"

#include <lv2/core/lv2_util.h>
#include <lv2/log/log.h>

#include <stdlib.h>
#include <string.h>

/// Take what the host offers.  Nothing is required: without urid:map there are
/// no messages and no sessions, but the plugin plays.
static void
take_features(RemShell* const self, const LV2_Feature* const* const features)
{
  // clang-format off
  (void)lv2_features_query(
    features,
    LV2_LOG__log,         &self->logger.log, false,
    LV2_URID__map,        &self->map,        false,
    LV2_WORKER__schedule, &self->schedule,   false,
    NULL);
  // clang-format on
  lv2_log_logger_set_map(&self->logger, self->map);
  if (self->map) {
    rem_uris_map(&self->uris, self->map, self->kind->uri);
    lv2_atom_forge_init(&self->forge, self->map);
  }
}

bool
rem_shell_init(RemShell* const                 self,
               const RemPluginKind* const      kind,
               const double                    rate,
               const char* const               bundle,
               const RemStage                  stage,
               const LV2_Feature* const* const features)
{
  self->kind    = kind;
  self->rate    = rate;
  self->message = "";
  rem_remote_init(&self->remote, kind->controls);
  take_features(self, features);
  self->ticks_per_sample = rem_ticks_per_second() / rate;
  return rem_loader_init(&self->loader, stage, &self->logger, bundle);
}

static void
work(void* const handle, const uint32_t size, const void* const data)
{
  (void)rem_shell_work((RemShell*)handle, size, data);
}

/// Let OSC know the instance.  A host without a worker borrows its thread.
static void
join(RemShell* const self)
{
  RemInstance* const instance = &self->instance;
  instance->plugin            = self->kind->uri;
  instance->family            = self->kind->family;
  instance->kind              = self->kind->osc;
  instance->loader            = &self->loader;
  instance->remote            = &self->remote;
  instance->rate              = self->rate;
  instance->work              = work;
  instance->work_handle       = self;
  instance->needs_worker      = !self->schedule;
  if (rem_instance_join(instance) && !self->schedule) {
    self->own_schedule.handle        = instance;
    self->own_schedule.schedule_work = rem_instance_schedule;
    self->schedule                   = &self->own_schedule;
  }
}

void
rem_shell_join(RemShell* const self)
{
  // NOLINTNEXTLINE(concurrency-mt-unsafe): hosts read their environment only
  const char* const model = getenv("REMANENCE_MODEL");
  if (model && model[0]) {
    RemCue   cue   = rem_cue(true);
    RemError error = {REM_SUCCESS, "", ""};
    (void)rem_loader_load(&self->loader, model, &cue, &error);
  }
  join(self);
}

void
rem_shell_leave(RemShell* const self)
{
  rem_instance_leave(&self->instance);
}

void
rem_shell_clear(RemShell* const self)
{
  rem_loader_clear(&self->loader);
  free(self->report);
  self->report = NULL;
}

const void*
rem_shell_extension_data(const char* const uri)
{
  if (!strcmp(uri, LV2_WORKER__interface)) {
    return &rem_shell_worker;
  }
  return strcmp(uri, LV2_STATE__interface) ? NULL : &rem_shell_state;
}
