// SPDX-License-Identifier: ISC

/// The audio thread of the notes plugin

#include "plugin/notes/notes.h"

#include "dsp/denormal.h"

#include <lv2/atom/util.h>

#include <math.h>
#include <stddef.h>

/// Bytes of a MIDI message on the notify port
#define MIDI_BYTES ((uint32_t)sizeof(LV2_Atom_Event) + 8U)

REM_RT void
rem_notes_activate(const LV2_Handle instance)
{
  RemNotesPlugin* const self = (RemNotesPlugin*)instance;

  self->started    = false; // Time begins anew in the first block
  self->shell.load = 0.0f;
  self->cast.n_failed -= rem_notes_n_failures(&self->cast);
}

/// Return whether there is room for a message
REM_RT static bool
has_room(const RemNotesPlugin* const self)
{
  const LV2_Atom_Forge* const forge = &self->shell.forge;
  return self->writing && forge->size - forge->offset >= MIDI_BYTES;
}

/// Write a message of at most 3 bytes, for which there is room
REM_RT static void
write_midi(RemNotesPlugin* const self,
           const uint8_t* const  bytes,
           const uint32_t        size,
           const uint32_t        at)
{
  LV2_Atom_Forge* const forge = &self->shell.forge;
  (void)lv2_atom_forge_frame_time(forge, at);
  (void)lv2_atom_forge_atom(forge, size, self->shell.uris.midi_event);
  (void)lv2_atom_forge_write(forge, bytes, size);
}

/// End what was passed on, as far as there is room
REM_RT static void
end_thru(RemNotesPlugin* const self, const uint32_t at)
{
  uint8_t bytes[3];
  self->thru.owes = rem_thru_end(&self->thru, bytes);
  while (self->thru.owes && has_room(self)) {
    write_midi(self, bytes, 3U, at);
    rem_thru_pass(&self->thru, bytes, 3U);
    self->thru.owes = rem_thru_end(&self->thru, bytes);
  }
}

/// Pass on what the player does
REM_RT static void
pass(RemNotesPlugin* const self,
     const uint8_t* const  bytes,
     const uint32_t        size,
     const uint32_t        at)
{
  if (size < 1U || size > 3U) {
    return;
  }
  if (has_room(self)) {
    write_midi(self, bytes, size, at);
    rem_thru_pass(&self->thru, bytes, size);
  } else if (rem_thru_lose(&self->thru, bytes, size)) {
    self->thru.owes = true;
  }
}

/// Return the channel for the net's notes, 0..15
REM_RT static uint8_t
wanted_channel(const RemNotesPlugin* const self)
{
  const long channel = lrintf(self->shell.value[REM_NOTES_AT_CHANNEL]);
  return channel ? (uint8_t)(channel - 1) : self->player_channel;
}

/// Send a message of the net; the channel changes between notes only
REM_RT static void
send(RemNotesPlugin* const       self,
     const RemNoteMessage* const message,
     const uint32_t              at)
{
  const bool    on       = message->bytes[0] == 0x90U;
  const uint8_t bytes[3] = {
    (uint8_t)(message->bytes[0] | self->channel),
    message->bytes[1],
    message->bytes[2],
  };
  self->n_sounding = on ? self->n_sounding + 1U : self->n_sounding - 1U;
  write_midi(self, bytes, 3U, at);
}

/// Play what is due before sample `until` of the block; what has no room waits
/// for the next
REM_RT static void
play_until(RemNotesPlugin* const self, const uint32_t until)
{
  RemNoteMessage message;
  while (has_room(self) &&
         rem_improviser_next(&self->improviser, self->now + until, &message)) {
    self->channel = self->n_sounding ? self->channel : wanted_channel(self);
    send(self,
         &message,
         message.at > self->now ? (uint32_t)(message.at - self->now) : 0U);
  }
}

/// Return how to play, as the controls say; nothing while nobody would hear it
REM_RT static RemImproviserSettings
settings_of(const RemNotesPlugin* const self)
{
  const float* const    x = self->shell.value;
  RemImproviserSettings s = rem_improviser_settings();
  s.mode                  = (RemImproviserMode)lrintf(x[REM_NOTES_AT_MODE]);
  s.enabled               = x[REM_NOTES_AT_ENABLED] > 0.5f && self->writing;
  s.rest                  = (double)x[REM_NOTES_AT_REST];
  s.timescale             = (double)x[REM_NOTES_AT_TIMESCALE];
  s.temperature           = x[REM_NOTES_AT_TEMPERATURE];
  s.top_k                 = (uint32_t)lrintf(x[REM_NOTES_AT_TOP_K]);
  s.rules.lowest          = (uint8_t)lrintf(x[REM_NOTES_AT_LOWEST]);
  s.rules.highest         = (uint8_t)lrintf(x[REM_NOTES_AT_HIGHEST]);
  s.rules.scale = rem_event_scale((uint32_t)lrintf(x[REM_NOTES_AT_KEY]));
  return s;
}

/// Do what the controls ask for
REM_RT static void
follow_controls(RemNotesPlugin* const self)
{
  const RemImproviserSettings settings = settings_of(self);
  const float* const          x        = self->shell.value;
  const uint32_t              seed     = (uint32_t)lrintf(x[REM_NOTES_AT_SEED]);
  const bool                  again =
    rem_button_take(&self->reset, self->shell.value[REM_NOTES_AT_RESET]);
  const bool passes =
    x[REM_NOTES_AT_ENABLED] <= 0.5f || x[REM_NOTES_AT_INPUT_THRU] > 0.5f;
  if (!self->started) {
    self->now   = 0U;
    self->rolls = false;
  }
  if (again || !self->started || seed != self->seed) {
    rem_improviser_reset(&self->improviser, self->now, seed);
  }
  if (!self->started || self->thru.owes || (self->passes && !passes)) {
    end_thru(self, 0U);
  }
  self->seed   = seed;
  self->passes = passes;
  rem_improviser_set(&self->improviser, self->now, &settings);
  rem_notes_pick_up(&self->cast, &self->improviser, self->now);
}

/// Take in where the transport is: when it stops, so does the net
REM_RT static void
take_position(RemNotesPlugin* const        self,
              const LV2_Atom_Object* const object,
              const uint32_t               at)
{
  const RemUris* const u     = &self->shell.uris;
  const LV2_Atom*      speed = NULL;
  lv2_atom_object_get(object, u->time_speed, &speed, 0);
  if (!speed || speed->type != u->atom_float || speed->size < sizeof(float)) {
    return;
  }
  const float x     = ((const LV2_Atom_Float*)speed)->body;
  const bool  rolls = x > 0.0f || x < 0.0f;
  if (self->rolls && !rolls) {
    rem_improviser_stop(&self->improviser, self->now + at);
  }
  self->rolls = rolls;
}

/// Take in a MIDI message
REM_RT static void
take_midi(RemNotesPlugin* const self,
          const LV2_Atom* const atom,
          const uint32_t        at)
{
  const uint8_t* const bytes = (const uint8_t*)LV2_ATOM_BODY_CONST(atom);
  const bool channel         = atom->size == 3U && (bytes[0] & 0xF0U) != 0xF0U;
  if (channel) {
    const bool key       = (bytes[0] & 0xE0U) == 0x80U;
    self->player_channel = key ? bytes[0] & 0x0FU : self->player_channel;
    rem_improviser_hear(&self->improviser, self->now + at, bytes);
    play_until(self, at + 1U); // What the net ends, it ends before
  }
  if (self->passes) {
    pass(self, bytes, atom->size, at);
  }
}

/// Return when an event happens: within the block, and not before others
REM_RT static uint32_t
time_of(RemNotesPlugin* const       self,
        const LV2_Atom_Event* const event,
        const uint32_t              n)
{
  const int64_t last = n ? (int64_t)n - 1 : 0;
  const int64_t time = event->time.frames < last ? event->time.frames : last;
  if (time > (int64_t)self->event_at) {
    self->event_at = (uint32_t)time;
  }
  return self->event_at;
}

/// Take in an event of the control port, and before it all that is due
REM_RT static void
take_event(RemNotesPlugin* const       self,
           const LV2_Atom_Event* const event,
           const uint32_t              n)
{
  const RemUris* const  uris = &self->shell.uris;
  const LV2_Atom* const atom = &event->body;
  const bool            midi = atom->type == uris->midi_event;
  const bool            object =
    lv2_atom_forge_is_object_type(&self->shell.forge, atom->type) &&
    atom->size >= sizeof(LV2_Atom_Object_Body);
  const bool position =
    object && ((const LV2_Atom_Object*)atom)->body.otype == uris->time_position;
  if (!midi && !position) {
    return;
  }
  const uint32_t at = time_of(self, event, n);
  play_until(self, at);
  if (midi) {
    take_midi(self, atom, at);
  } else {
    take_position(self, (const LV2_Atom_Object*)atom, at);
  }
}

/// Play a block
REM_RT static void
play(RemNotesPlugin* const self, const uint32_t n)
{
  const RemShell* const shell = &self->shell;
  self->event_at              = 0U;
  follow_controls(self);
  for (const LV2_Atom_Event* e = rem_shell_first_event(shell); e;
       e                       = rem_shell_next_event(shell, e)) {
    take_event(self, e, n);
  }
  play_until(self, n);
}

/// Tell the host and everyone else how we are
REM_RT static void
show(RemNotesPlugin* const self)
{
  RemShell* const shell  = &self->shell;
  const uint32_t  status = rem_shell_status(shell, self->cast.playing);
  const float     load   = fminf(100.0f * shell->load, REM_NOTES_DSP_LOAD_MAX);
  const uint32_t  n_bad  = rem_notes_n_failures(&self->cast);
  const uint32_t  turn   = self->improviser.speaks ? 1U : 0U;

  rem_shell_show(shell, REM_NOTES_STATUS, (float)status);
  rem_shell_show(shell, REM_NOTES_DSP_LOAD, load);
  rem_shell_show(
    shell, REM_NOTES_NON_FINITE, fminf((float)n_bad, REM_NOTES_NON_FINITE_MAX));
  rem_shell_show(shell, REM_NOTES_TURN, (float)turn);
  rem_publish(&shell->remote.status, status);
  rem_publish(&shell->remote.load, load);
  rem_publish(&shell->remote.n_non_finite, n_bad);
  rem_publish(&shell->remote.turn, turn);
}

REM_RT void
rem_notes_run(const LV2_Handle instance, const uint32_t n_samples)
{
  RemNotesPlugin* const self  = (RemNotesPlugin*)instance;
  RemShell* const       shell = &self->shell;
  const uint64_t        begun = rem_shell_begin(shell);
  const RemFloatMode    mode  = rem_denormals_off();

  rem_shell_read_controls(shell);
  rem_shell_receive(shell);
  self->writing = rem_shell_begin_notify(shell, n_samples);
  play(self, n_samples);
  if (self->writing) {
    rem_shell_end_notify(shell);
  }
  self->now += n_samples;
  self->started = true;
  rem_shell_end(shell, begun, n_samples);
  show(self);
  atomic_fetch_add(&shell->remote.n_done, 1U);
  rem_denormals_restore(mode);
}
