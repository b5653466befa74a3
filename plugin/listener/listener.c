// SPDX-License-Identifier: ISC

/// LV2 shell of the listener: making and freeing an instance

#include "plugin/listener/listener.h"

#include "plugin/listener/osc.h"

#include <stdlib.h>

#define N_HEARD 1024U ///< Events that wait for the OSC thread

const RemControl rem_listener_controls[REM_LISTENER_N_CONTROLS] = {
  REM_LISTENER_CONTROLS(REM_CONTROL_ITEM)};

static RemStatus
set_text(RemShell* const   shell,
         const RemText     which,
         const char* const text,
         const bool        unsaved,
         RemError* const   error)
{
  if (which != REM_TEXT_CLIENT) {
    return REM_SUCCESS; // It has no mapping
  }
  RemListener* const self = (RemListener*)shell;
  return rem_client_set(&self->client, shell, text, unsaved, error);
}

/// The worker is asked for nothing but what all plugins ask
static bool
work(RemShell* const               shell,
     const RemNumberRequest* const request,
     const char* const             text)
{
  (void)shell;
  (void)request;
  (void)text;
  return false;
}

static const RemPluginKind kind = {
  REM_LISTENER_URI,
  "listener",
  &rem_osc_listener_kind,
  {rem_listener_controls, REM_LISTENER_N_CONTROLS},
  REM_LISTENER_FIRST,
  REM_LISTENER_N_PORTS,
  REM_TELL_MODEL | REM_TELL_MESSAGE | REM_TELL_NAME | REM_TELL_PORT |
    REM_TELL_CLIENT,
  set_text,
  NULL,
  work};

/// Free an instance, also one that is half made
static void
cleanup(const LV2_Handle instance)
{
  RemListener* const self = (RemListener*)instance;

  rem_shell_leave(&self->shell);
  rem_client_clear(&self->client);
  rem_shell_clear(&self->shell);
  rem_listener_stage_clear(&self->stage);
  rem_ring_clear(&self->heard);
  free(self);
}

static LV2_Handle
instantiate(const LV2_Descriptor* const     descriptor,
            const double                    rate,
            const char* const               bundle_path,
            const LV2_Feature* const* const features)
{
  (void)descriptor;
  RemListener* const self = (RemListener*)calloc(1U, sizeof(RemListener));
  if (!self) {
    return NULL;
  }

  const RemStage stage = {
    &self->stage, &self->stage.mailbox, &rem_listener_stage};
  rem_listener_stage_init(&self->stage, rate);
  if (!rem_ring_init(&self->heard, N_HEARD, sizeof(RemHeardEvent)) ||
      !rem_shell_init(
        &self->shell, &kind, rate, bundle_path, stage, features)) {
    cleanup(self);
    return NULL;
  }
  rem_shell_join(&self->shell);
  return self;
}

const LV2_Descriptor rem_listener = {REM_LISTENER_URI,
                                     instantiate,
                                     rem_shell_connect_port,
                                     rem_listener_activate,
                                     rem_listener_run,
                                     NULL,
                                     cleanup,
                                     rem_shell_extension_data};
