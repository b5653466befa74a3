// SPDX-License-Identifier: ISC

/// Controls: the host's ports, and what MIDI and OSC make of them.  Whoever
/// moved a control last has it.

#include "plugin/audio/audio.h"

#include <lv2/atom/util.h>
#include <lv2/midi/midi.h>

#include <math.h>
#include <stddef.h>

const RemControl rem_audio_controls[REM_AUDIO_N_CONTROLS] = {
  REM_AUDIO_CONTROLS(REM_CONTROL_ITEM)};

REM_RT static void
put(RemAudio* const self,
    const uint32_t  control,
    const float     value,
    const bool      turned)
{
  self->unsaved |= turned && value != self->value[control];
  self->value[control] = value;
  atomic_store(&self->remote.value[control], value);
  atomic_store(&self->remote.turned[control], turned);
}

REM_RT void
rem_audio_turn(RemAudio* const self, const uint32_t control, const float value)
{
  put(self, control, value, true);
}

/// Return what the host's port says, within its range; its default if the host
/// gives nothing that is a number
REM_RT static float
port_value(const RemAudio* const self, const uint32_t control)
{
  const RemControl* const c = &rem_audio_controls[control];
  const float* const      x =
    (const float*)rem_audio_port(self, REM_AUDIO_ENABLED + control);
  return x && !isnan(*x) ? fminf(fmaxf(*x, c->minimum), c->maximum) : c->normal;
}

/// Take what other threads want of a control
REM_RT static void
take_wanted(RemAudio* const self, const uint32_t control)
{
  _Atomic float* const mailbox = &self->remote.wanted[control];
  if (isnan(atomic_load(mailbox))) {
    return;
  }
  const float wanted = atomic_exchange(mailbox, NAN);
  if (isfinite(wanted)) {
    put(self, control, wanted, true);
  } else if (wanted < 0.0f) { // REM_FOLLOW_PORT
    put(self, control, self->seen[control], false);
  }
}

/// Ask for the model that the program names, if it has moved.  What it says at
/// the start is no wish, nor what a session or OSC has set: they bring the
/// model themselves.
REM_RT static void
follow_program(RemAudio* const self)
{
  const uint32_t program = (uint32_t)lrintf(self->value[REM_AUDIO_AT_PROGRAM]);
  if (program == self->program) {
    return;
  }
  const bool wish = atomic_exchange(&self->remote.program, 0U) != program;
  if (self->started && program && wish) {
    (void)rem_audio_select(self, program - 1U);
  }
  self->program = program;
}

/// Return whether the host has moved its port since the last block.  A move
/// that a session announced is none: what it has turned stays turned.
REM_RT static bool
has_moved(RemAudio* const self, const uint32_t control, const float x)
{
  RemRemote* const remote = &self->remote;
  const float      before = self->seen[control];
  if (x != before || !self->ran) {
    self->seen[control] = x;
    atomic_store(&remote->port[control], x);
  }
  if (!self->ran) {
    return !atomic_load(&remote->turned[control]);
  }
  if (x == before) {
    return false;
  }
  return atomic_exchange(&remote->expected[control], NAN) != x;
}

REM_RT void
rem_audio_read_controls(RemAudio* const self)
{
  for (uint32_t i = 0U; i < REM_AUDIO_N_CONTROLS; ++i) {
    const float x = port_value(self, i);
    if (has_moved(self, i, x)) {
      put(self, i, x, false);
    }
    take_wanted(self, i);
  }
  self->ran = true;
  follow_program(self);
}

/// Return whether controller `number` is the one that `control` names
REM_RT static bool
is_controller(const RemAudio* const self,
              const uint32_t        control,
              const uint8_t         number)
{
  const float wanted = self->value[control];
  return wanted >= 0.0f && (uint32_t)lrintf(wanted) == number;
}

REM_RT static void
obey_controller(RemAudio* const self, const uint8_t number, const uint8_t value)
{
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    if (is_controller(self, REM_AUDIO_AT_CC_KNOB_1 + k, number)) {
      rem_audio_turn(self, REM_AUDIO_AT_KNOB_1 + k, (float)value / 127.0f);
    }
  }
  if (is_controller(self, REM_AUDIO_AT_CC_BYPASS, number)) {
    rem_audio_turn(self, REM_AUDIO_AT_ENABLED, value < 64U ? 1.0f : 0.0f);
  }
}

REM_RT static void
obey(RemAudio* const self, const uint8_t* const bytes, const uint32_t size)
{
  const uint32_t channel =
    (uint32_t)lrintf(self->value[REM_AUDIO_AT_MIDI_CHANNEL]);
  const LV2_Midi_Message_Type type = lv2_midi_message_type(bytes);
  if (channel && channel != (bytes[0] & 0x0FU) + 1U) {
    return;
  }
  if (type == LV2_MIDI_MSG_PGM_CHANGE && size >= 2U) {
    (void)rem_audio_select(self, bytes[1] & 0x7FU);
  } else if (type == LV2_MIDI_MSG_CONTROLLER && size >= 3U) {
    obey_controller(self, bytes[1] & 0x7FU, bytes[2] & 0x7FU);
  }
}

REM_RT const LV2_Atom_Event*
rem_audio_first_event(const RemAudio* const self)
{
  const LV2_Atom_Sequence* const control =
    (const LV2_Atom_Sequence*)rem_audio_port(self, REM_AUDIO_CONTROL);
  const bool good = control && self->map &&
                    control->atom.type == self->uris.atom_sequence &&
                    control->atom.size > sizeof(LV2_Atom_Sequence_Body);
  const LV2_Atom_Event* const first =
    good ? lv2_atom_sequence_begin(&control->body) : NULL;
  return first && !lv2_atom_sequence_is_end(
                    &control->body, control->atom.size, first)
           ? first
           : NULL;
}

REM_RT static const LV2_Atom_Event*
after(const RemAudio* const self, const LV2_Atom_Event* const event)
{
  const LV2_Atom_Sequence* const control =
    (const LV2_Atom_Sequence*)rem_audio_port(self, REM_AUDIO_CONTROL);
  const LV2_Atom_Event* const next = lv2_atom_sequence_next(event);
  return lv2_atom_sequence_is_end(&control->body, control->atom.size, next)
           ? NULL
           : next;
}

REM_RT const LV2_Atom_Event*
rem_audio_obey_midi(RemAudio* const       self,
                    const LV2_Atom_Event* event,
                    const uint32_t        at,
                    uint32_t* const       until)
{
  for (; event && event->time.frames <= (int64_t)at;
       event = after(self, event)) {
    if (event->body.type == self->uris.midi_event && event->body.size) {
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
