// SPDX-License-Identifier: ISC

/// What is played: MIDI, ports, control voltage, and a copy for OSC

#include "plugin/control/control.h"

#include <stddef.h>

/// Bytes of a MIDI message on the notify port
#define MIDI_BYTES ((uint32_t)sizeof(LV2_Atom_Event) + 8U)

/// Return how many MIDI messages there is room for
REM_RT static uint32_t
room(const RemControlPlugin* const self)
{
  const LV2_Atom_Forge* const forge = &self->shell.forge;
  const uint32_t              left  = forge->size - forge->offset;
  const uint32_t              n     = self->writing ? left / MIDI_BYTES : 0U;
  return n < REM_MIDI_MAX ? n : REM_MIDI_MAX;
}

REM_RT static void
write_midi(RemControlPlugin* const self,
           const RemMidi* const    messages,
           const uint32_t          n,
           const uint32_t          at)
{
  LV2_Atom_Forge* const forge = &self->shell.forge;
  for (uint32_t i = 0U; i < n; ++i) {
    (void)lv2_atom_forge_frame_time(forge, at);
    (void)lv2_atom_forge_atom(forge, 3U, self->shell.uris.midi_event);
    (void)lv2_atom_forge_write(forge, messages[i].bytes, 3U);
  }
}

REM_RT void
rem_control_end_notes(RemControlPlugin* const self, const uint32_t at)
{
  RemMidi        messages[REM_MIDI_MAX];
  const uint32_t n = rem_midi_out_silence(&self->midi, messages, room(self));
  write_midi(self, messages, n, at);
  self->owes_silence = rem_midi_out_sounding(&self->midi) > 0U;
}

REM_RT bool
rem_control_let_go(RemControlPlugin* const self,
                   const uint8_t* const    bytes,
                   const uint32_t          size,
                   const uint32_t          at)
{
  RemMidi        messages[REM_MIDI_MAX];
  const uint32_t n = rem_midi_out_let_go(
    &self->midi, &self->mapping, bytes, size, messages, room(self));
  write_midi(self, messages, n, at);
  return n > 0U;
}

REM_RT void
rem_control_follow_mapping(RemControlPlugin* const self, const uint32_t at)
{
  const uint32_t n = atomic_load(&self->shared.n_changes);
  if (n != self->n_mapping) {
    rem_control_end_notes(self, at);
    rem_mapping_look(&self->shared, &self->mapping);
    self->n_mapping = n;
    rem_control_rest_faders(self);
  }
}

/// Fill the outputs with what they are, up to sample `until`
REM_RT static void
fill_voltage(RemControlPlugin* const self, const uint32_t until)
{
  RemVoltage* const v = &self->voltage;
  for (uint32_t d = 0U; d < REM_PORT_DIMS; ++d) {
    float* const out = (float*)self->shell.ports[REM_CONTROL_CV_OUT_1 + d];
    for (uint32_t s = v->n_filled; out && s < until; ++s) {
      out[s] = self->out[d];
    }
  }
  float* const trigger = (float*)self->shell.ports[REM_CONTROL_CV_TRIGGER_OUT];
  for (uint32_t s = v->n_filled; s < until; ++s) {
    if (trigger) {
      trigger[s] = v->n_pulse ? 1.0f : 0.0f;
    }
    v->n_pulse -= v->n_pulse > 0U;
  }
  v->n_filled = until > v->n_filled ? until : v->n_filled;
}

REM_RT void
rem_control_begin_giving(RemControlPlugin* const self)
{
  self->event_at          = 0U;
  self->osc_at            = 0U;
  self->voltage.n_scanned = 0U;
  self->voltage.n_filled  = 0U;
  if (self->owes_silence) {
    rem_control_end_notes(self, 0U);
  }
}

/// Let a frame sound at sample `at`
REM_RT static void
sound(RemControlPlugin* const   self,
      const RemDuetEvent* const event,
      const uint32_t            at)
{
  RemMidi messages[REM_MIDI_MAX];
  if (self->owes_silence) {
    rem_control_end_notes(self, at);
  }
  if (self->writing) {
    const uint32_t moved =
      event->kind == REM_EVENT_PLAYER ? event->moved : UINT32_MAX;
    const uint32_t n = rem_midi_out_touch(&self->midi,
                                          &self->mapping,
                                          event->x,
                                          event->n,
                                          moved,
                                          messages,
                                          room(self));
    write_midi(self, messages, n, at);
  }
  if (self->cv) {
    fill_voltage(self, at);
    self->voltage.n_pulse = self->n_pulse;
  }
  for (uint32_t d = 0U; d < event->n && d < REM_PORT_DIMS; ++d) {
    self->out[d] = event->x[d];
  }
}

/// Leave an event to the recorder
REM_RT static void
record(RemControlPlugin* const self, const RemDuetEvent* const event)
{
  if (event->kind == REM_EVENT_PLAYER) {
    rem_recorder_add(
      self->recorder, event->at, REM_LOG_INTERFACE, event->x, event->n);
  } else if (event->kind == REM_EVENT_NET &&
             self->shell.value[REM_CONTROL_AT_LOG_RNN] > 0.5f) {
    rem_recorder_add(
      self->recorder, event->at, REM_LOG_RNN, event->x, event->n);
  }
}

REM_RT void
rem_control_give(RemControlPlugin* const   self,
                 const RemDuetEvent* const event,
                 const uint32_t            at)
{
  const bool sounds = event->kind == REM_EVENT_NET ||
                      (event->kind == REM_EVENT_PLAYER && event->thru);
  if (event->kind == REM_EVENT_SILENCE) {
    rem_control_end_notes(self, at);
  } else if (sounds) {
    sound(self, event, at);
  }
  record(self, event);
  if (sounds && atomic_load(&self->client.watched)) {
    (void)rem_ring_push(&self->played, event); // A full ring loses it
  }
}

REM_RT void
rem_control_end_giving(RemControlPlugin* const self, const uint32_t n)
{
  if (self->cv) {
    fill_voltage(self, n);
  }
  for (uint32_t d = 0U; !self->cv && d < REM_PORT_DIMS; ++d) {
    rem_shell_show(&self->shell, REM_CONTROL_OUT_1 + d, self->out[d]);
  }
}
