// SPDX-License-Identifier: ISC

/// LV2 shell of the control plugins: making and freeing an instance

#include "plugin/control/control.h"

#include "plugin/control/osc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OSC_SPACING 0.00025 ///< Seconds
#define PULSE 0.001         ///< Seconds
#define N_TOUCHES 256U      ///< OSC frames that wait for the audio thread
#define N_PLAYED 1024U      ///< Events that wait for the OSC thread

const RemControl rem_control_controls[REM_CONTROL_CV_N_CONTROLS] = {
  REM_CONTROL_CONTROLS(REM_CONTROL_ITEM)};

/// Tell the host what the mapping has become
static void
tell_mapping(RemControlPlugin* const self, const bool unsaved)
{
  char       text[REM_MAPPING_SIZE] = "";
  RemMapping mapping;
  rem_mapping_look(&self->shared, &mapping);
  rem_mapping_write(&mapping, text);
  rem_loader_set_text(&self->shell.loader, REM_TEXT_MAPPING, text, unsaved);
}

/// Learning has changed the mapping, and the worker may not have told
static void
refresh(RemShell* const shell)
{
  RemControlPlugin* const self                   = (RemControlPlugin*)shell;
  char                    told[REM_MESSAGE_SIZE] = "";
  char                    now[REM_MAPPING_SIZE]  = "";
  RemMapping              mapping;
  rem_mapping_look(&self->shared, &mapping);
  rem_mapping_write(&mapping, now);
  rem_loader_text(&shell->loader, REM_TEXT_MAPPING, told);
  if (strcmp(now, told) != 0) {
    rem_loader_set_text(&shell->loader, REM_TEXT_MAPPING, now, false);
  }
}

static RemStatus
set_mapping(RemControlPlugin* const self,
            const char* const       text,
            const bool              unsaved,
            RemError* const         error)
{
  RemMapping      mapping;
  const RemStatus st =
    text[0] ? rem_mapping_read(text, &mapping, error) : REM_SUCCESS;
  if (!text[0]) {
    rem_mapping_default(&mapping);
  }
  if (!st) {
    rem_mapping_share(&self->shared, &mapping);
  }
  tell_mapping(self, unsaved && !st);
  return st;
}

static RemStatus
set_text(RemShell* const   shell,
         const RemText     which,
         const char* const text,
         const bool        unsaved,
         RemError* const   error)
{
  if (which == REM_TEXT_MAPPING) {
    return set_mapping((RemControlPlugin*)shell, text, unsaved, error);
  }
  RemControlPlugin* const self = (RemControlPlugin*)shell;
  return rem_client_set(&self->client, shell, text, unsaved, error);
}

/// Tell the host what became of the log
static void
tell_recorded(RemControlPlugin* const self)
{
  RemRecordReport report;
  rem_recorder_look(self->recorder, &report);
  if (report.message[0]) {
    rem_loader_tell(&self->shell.loader, report.message);
  }
}

/// Carry out what only control plugins ask of the worker
static bool
work(RemShell* const               shell,
     const RemNumberRequest* const request,
     const char* const             text)
{
  (void)text;
  RemControlPlugin* const self = (RemControlPlugin*)shell;
  switch (request->kind) {
  case REM_WORK_LEARNED:
    tell_mapping(self, true);
    return true;
  case REM_WORK_RECORDED:
    tell_recorded(self);
    return true;
  default:
    return false;
  }
}

static const RemPluginKind plain = {
  REM_CONTROL_URI,
  "control",
  &rem_osc_control_kind,
  {rem_control_controls, REM_CONTROL_N_CONTROLS},
  REM_CONTROL_FIRST,
  REM_CONTROL_N_PORTS,
  REM_TELL_CONTROL,
  set_text,
  refresh,
  work};

static const RemPluginKind voltage = {
  REM_CONTROL_CV_URI,
  "control",
  &rem_osc_control_kind,
  {rem_control_controls, REM_CONTROL_CV_N_CONTROLS},
  REM_CONTROL_CV_FIRST,
  REM_CONTROL_CV_N_PORTS,
  REM_TELL_CONTROL,
  set_text,
  refresh,
  work};

/// Free an instance, also one that is half made
static void
cleanup(const LV2_Handle instance)
{
  RemControlPlugin* const self = (RemControlPlugin*)instance;

  rem_shell_leave(&self->shell);
  rem_client_clear(&self->client);
  rem_shell_clear(&self->shell);
  rem_recorder_free(self->recorder);
  rem_duet_free(self->duet);
  rem_cast_clear(&self->cast);
  rem_ring_clear(&self->touches);
  rem_ring_clear(&self->played);
  free(self);
}

static bool
make_parts(RemControlPlugin* const self, const double rate)
{
  self->duet     = rem_duet_new(rate);
  self->recorder = rem_recorder_new(rate, NULL);
  return self->duet && self->recorder && rem_cast_init(&self->cast) &&
         rem_ring_init(&self->touches, N_TOUCHES, sizeof(RemTouch)) &&
         rem_ring_init(&self->played, N_PLAYED, sizeof(RemDuetEvent));
}

static LV2_Handle
instantiate(const LV2_Descriptor* const     descriptor,
            const double                    rate,
            const char* const               bundle_path,
            const LV2_Feature* const* const features)
{
  RemControlPlugin* const self =
    (RemControlPlugin*)calloc(1, sizeof(RemControlPlugin));
  if (!self) {
    return NULL;
  }

  const RemStage stage = {&self->cast, &self->cast.mailbox, &rem_control_stage};
  self->n_spacing      = (uint32_t)fmax(1.0, ceil(OSC_SPACING * rate));
  self->n_pulse        = (uint32_t)fmax(1.0, round(PULSE * rate));
  self->cv             = !strcmp(descriptor->URI, REM_CONTROL_CV_URI);
  self->transport      = (RemTransport){0.0, 4.0, 120.0, 4.0};
  if (!make_parts(self, rate) || !rem_shell_init(&self->shell,
                                                 self->cv ? &voltage : &plain,
                                                 rate,
                                                 bundle_path,
                                                 stage,
                                                 features)) {
    cleanup(self);
    return NULL;
  }
  (void)set_mapping(self, "", false, NULL);
  rem_shell_join(&self->shell);
  return self;
}

const LV2_Descriptor rem_control = {REM_CONTROL_URI,
                                    instantiate,
                                    rem_shell_connect_port,
                                    rem_control_activate,
                                    rem_control_run,
                                    NULL,
                                    cleanup,
                                    rem_shell_extension_data};

const LV2_Descriptor rem_control_cv = {REM_CONTROL_CV_URI,
                                       instantiate,
                                       rem_shell_connect_port,
                                       rem_control_activate,
                                       rem_control_run,
                                       NULL,
                                       cleanup,
                                       rem_shell_extension_data};
