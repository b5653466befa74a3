// SPDX-License-Identifier: ISC

/// Controls that ask for something, and what MIDI makes of them

#include "plugin/audio/audio.h"

#include <lv2/atom/util.h>
#include <lv2/midi/midi.h>

#include <math.h>
#include <stddef.h>

const RemControl rem_audio_controls[REM_AUDIO_N_CONTROLS] = {
  REM_AUDIO_CONTROLS(REM_CONTROL_ITEM)};

/// Ask for the model that the program names, if it has moved.  What it says at
/// the start is no wish, nor what a session or OSC has set: they bring the
/// model themselves.
REM_RT static void
follow_program(RemAudio* const self)
{
  const uint32_t program =
    (uint32_t)lrintf(self->shell.value[REM_AUDIO_AT_PROGRAM]);
  if (program == self->program) {
    return;
  }
  const bool wish = atomic_exchange(&self->shell.remote.program, 0U) != program;
  if (self->started && program && wish) {
    (void)rem_shell_select(&self->shell, program - 1U);
  }
  self->program = program;
}

/// Ask for another quality, if the control wants one: 1, 2 or 4
REM_RT static void
follow_quality(RemAudio* const self)
{
  const float    x      = self->shell.value[REM_AUDIO_AT_QUALITY];
  const uint32_t wanted = x < 1.5f ? 1U : (x < 3.0f ? 2U : 4U);
  const uint32_t before = self->quality;
  self->quality         = wanted; // A freewheeling host works at once
  if (wanted != before &&
      !rem_shell_ask_number(&self->shell, REM_WORK_QUALITY, wanted)) {
    self->quality = before;
  }
}

REM_RT void
rem_audio_read_controls(RemAudio* const self)
{
  rem_shell_read_controls(&self->shell);
  follow_program(self);
  follow_quality(self);
}

/// Return whether controller `number` is the one that `control` names
REM_RT static bool
is_controller(const RemAudio* const self,
              const uint32_t        control,
              const uint8_t         number)
{
  const float wanted = self->shell.value[control];
  return wanted >= 0.0f && (uint32_t)lrintf(wanted) == number;
}

REM_RT static void
obey_controller(RemAudio* const self, const uint8_t number, const uint8_t value)
{
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    if (is_controller(self, REM_AUDIO_AT_CC_KNOB_1 + k, number)) {
      rem_shell_turn(
        &self->shell, REM_AUDIO_AT_KNOB_1 + k, (float)value / 127.0f);
    }
  }
  if (is_controller(self, REM_AUDIO_AT_CC_BYPASS, number)) {
    rem_shell_turn(
      &self->shell, REM_AUDIO_AT_ENABLED, value < 64U ? 1.0f : 0.0f);
  }
}

REM_RT static void
obey(RemAudio* const self, const uint8_t* const bytes, const uint32_t size)
{
  const uint32_t channel =
    (uint32_t)lrintf(self->shell.value[REM_AUDIO_AT_MIDI_CHANNEL]);
  const LV2_Midi_Message_Type type = lv2_midi_message_type(bytes);
  if (channel && channel != (bytes[0] & 0x0FU) + 1U) {
    return;
  }
  if (type == LV2_MIDI_MSG_PGM_CHANGE && size >= 2U) {
    (void)rem_shell_select(&self->shell, bytes[1] & 0x7FU);
  } else if (type == LV2_MIDI_MSG_CONTROLLER && size >= 3U) {
    obey_controller(self, bytes[1] & 0x7FU, bytes[2] & 0x7FU);
  }
}

REM_RT const LV2_Atom_Event*
rem_audio_obey_midi(RemAudio* const       self,
                    const LV2_Atom_Event* event,
                    const uint32_t        at,
                    uint32_t* const       until)
{
  for (; event && event->time.frames <= (int64_t)at;
       event = rem_shell_next_event(&self->shell, event)) {
    if (event->body.type == self->shell.uris.midi_event && event->body.size) {
      obey(self,
           (const uint8_t*)LV2_ATOM_BODY_CONST(&event->body),
           event->body.size);
    }
  }
  if (event && event->time.frames < (int64_t)*until) {
    *until = (uint32_t)event->time.frames;
  }
  return event;
}
