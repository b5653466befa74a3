// SPDX-License-Identifier: ISC

/// LV2 shell of the notes plugin: making and freeing an instance, and what OSC
/// asks of it

#include "plugin/notes/notes.h"

#include "plugin/osc/internal.h"

#include <stdlib.h>
#include <string.h>

const RemControl rem_notes_controls[REM_NOTES_N_CONTROLS] = {
  REM_NOTES_CONTROLS(REM_CONTROL_ITEM)};

static bool
obey(const RemCommand* const command)
{
  if (strcmp(command->verb, "reset") != 0) {
    return false;
  }
  rem_osc_press(command,
                &((RemNotesPlugin*)command->instance->work_handle)->reset);
  return true;
}

static const RemFigure figures[] = {
  {"status/dsp_load", offsetof(RemRemote, load), true},
  {"status/non_finite", offsetof(RemRemote, n_non_finite), false},
  {"status/turn", offsetof(RemRemote, turn), false}};

static const RemOscKind osc = {figures,
                               sizeof(figures) / sizeof(*figures),
                               obey,
                               NULL,
                               NULL};

static const RemPluginKind kind = {REM_NOTES_URI,
                                   "notes",
                                   &osc,
                                   {rem_notes_controls, REM_NOTES_N_CONTROLS},
                                   REM_NOTES_FIRST,
                                   REM_NOTES_N_PORTS,
                                   REM_TELL_NOTES,
                                   NULL,
                                   NULL,
                                   NULL};

/// Free an instance, also one that is half made
static void
cleanup(const LV2_Handle instance)
{
  RemNotesPlugin* const self = (RemNotesPlugin*)instance;

  rem_shell_leave(&self->shell);
  rem_shell_clear(&self->shell);
  rem_notes_cast_clear(&self->cast);
  free(self);
}

static LV2_Handle
instantiate(const LV2_Descriptor* const     descriptor,
            const double                    rate,
            const char* const               bundle_path,
            const LV2_Feature* const* const features)
{
  (void)descriptor;
  RemNotesPlugin* const self =
    (RemNotesPlugin*)calloc(1, sizeof(RemNotesPlugin));
  if (!self) {
    return NULL;
  }
  const RemStage stage = {&self->cast, &self->cast.mailbox, &rem_notes_stage};
  rem_notes_cast_init(&self->cast);
  rem_improviser_init(&self->improviser, rate);
  if (!rem_shell_init(
        &self->shell, &kind, rate, bundle_path, stage, features)) {
    cleanup(self);
    return NULL;
  }
  rem_shell_join(&self->shell);
  return self;
}

const LV2_Descriptor rem_notes = {REM_NOTES_URI,
                                  instantiate,
                                  rem_shell_connect_port,
                                  rem_notes_activate,
                                  rem_notes_run,
                                  NULL,
                                  cleanup,
                                  rem_shell_extension_data};
