// SPDX-License-Identifier: ISC

/// What is heard: MIDI, ports, and a copy for OSC

#include "plugin/listener/listener.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/// Bytes of a MIDI message on the notify port
#define MIDI_BYTES ((uint32_t)sizeof(LV2_Atom_Event) + 8U)

/// Write a MIDI message at sample `at`; false if there is no room
REM_RT static bool
write_midi(RemListener* const self,
           const uint8_t      status,
           const uint32_t     number,
           const uint32_t     value,
           const uint32_t     at)
{
  LV2_Atom_Forge* const forge    = &self->shell.forge;
  const uint8_t         bytes[3] = {
            status, (uint8_t)(number & 127U), (uint8_t)(value & 127U)};
  if (!self->writing || forge->size - forge->offset < MIDI_BYTES) {
    return false;
  }
  (void)lv2_atom_forge_frame_time(forge, at);
  (void)lv2_atom_forge_atom(forge, 3U, self->shell.uris.midi_event);
  (void)lv2_atom_forge_write(forge, bytes, 3U);
  return true;
}

/// End a note at sample `at`; it sounds on if there is no room
REM_RT static void
end_note(RemListener* const     self,
         RemListenerNote* const note,
         const uint32_t         at)
{
  if (note->on &&
      write_midi(self, (uint8_t)(0x80U | note->channel), note->key, 0U, at)) {
    note->on = false;
    --self->n_notes;
  }
}

REM_RT void
rem_listener_silence(RemListener* const self, const uint32_t at)
{
  for (uint32_t k = 0U; self->n_notes && k < REM_LISTENER_KEYS; ++k) {
    self->notes[k].end = 0U; // Overdue if there is no room
    end_note(self, &self->notes[k], at);
  }
}

REM_RT void
rem_listener_end_notes(RemListener* const self, const uint32_t until)
{
  while (self->n_notes) {
    RemListenerNote* first = NULL;
    for (uint32_t k = 0U; k < REM_LISTENER_KEYS; ++k) {
      RemListenerNote* const note = &self->notes[k];
      if (note->on && (!first || note->end < first->end)) {
        first = note;
      }
    }
    if (!first || first->end >= self->now + until) {
      return;
    }
    const uint64_t end = first->end;
    end_note(self, first, end > self->now ? (uint32_t)(end - self->now) : 0U);
    if (first->on) { // No room; in the next block
      return;
    }
  }
}

/// Return a control in whole numbers
REM_RT static uint32_t
number(const RemListener* const self, const uint32_t control)
{
  return (uint32_t)lrintf(self->shell.value[control]);
}

/// Return what a strength is among 7 bits
REM_RT static uint32_t
bits_of(const float x)
{
  return (uint32_t)lrintf(127.0f * fminf(fmaxf(x, 0.0f), 1.0f));
}

/// Strike the note of an output: the stronger, the louder
REM_RT static void
strike(RemListener* const self,
       const uint32_t     output,
       const float        strength,
       const uint32_t     at)
{
  const float    least   = self->shell.value[REM_LISTENER_AT_THRESHOLD];
  const float    seconds = 0.001f * self->shell.value[REM_LISTENER_AT_LENGTH];
  const uint32_t key     = number(self, REM_LISTENER_AT_BASE_NOTE) + output;
  const uint8_t  channel =
    (uint8_t)((number(self, REM_LISTENER_AT_CHANNEL) - 1U) & 15U);
  const float            over = (strength - least) / fmaxf(1.0f - least, 1e-3f);
  const uint32_t         velocity = 1U + bits_of(over) * 126U / 127U;
  RemListenerNote* const note     = &self->notes[output];
  const uint32_t         n =
    (uint32_t)lrintf(fmaxf(1.0f, seconds * (float)self->shell.rate));
  end_note(self, note, at);
  if (!note->on && key < 128U &&
      write_midi(self, (uint8_t)(0x90U | channel), key, velocity, at)) {
    *note = (RemListenerNote){true, channel, (uint8_t)key, self->now + at + n};
    ++self->n_notes;
  }
}

/// Move the controller of an output, if that changes anything
REM_RT static void
turn(RemListener* const self,
     const uint32_t     output,
     const float        x,
     const uint32_t     at)
{
  const uint32_t cc      = number(self, REM_LISTENER_AT_BASE_CC) + output;
  const uint32_t channel = (number(self, REM_LISTENER_AT_CHANNEL) - 1U) & 15U;
  const uint32_t value   = bits_of(x);
  const uint32_t message = 0x1000000U | channel << 16U | cc << 8U | value;
  if (cc < 120U && message != self->cc[output] &&
      write_midi(self, (uint8_t)(0xB0U | channel), cc, value, at)) {
    self->cc[output] = message;
  }
}

/// Leave a copy to OSC
REM_RT static void
tell(RemListener* const self,
     const uint32_t     output,
     const float        strength,
     const bool         curve)
{
  RemHeardEvent event = {output, curve, strength, ""};
  if (atomic_load(&self->client.watched)) {
    memcpy(event.name, self->stage.playing->names[output], REM_MAX_SYMBOL_NAME);
    (void)rem_ring_push(&self->heard, &event); // A full ring loses it
  }
}

/// Show the strongest of a block's frames, in the range of the port: a curve
/// may leave it
REM_RT static void
show(RemListener* const self, const uint32_t output, const float strength)
{
  if (output < REM_LISTENER_PORTS) {
    const bool  fresh   = self->fresh[output];
    const float x       = fminf(fmaxf(strength, 0.0f), 1.0f);
    self->out[output]   = fresh ? fmaxf(self->out[output], x) : x;
    self->fresh[output] = true;
  }
}

/// Return what counts as an event
REM_RT static RemPeakRule
rule_of(const RemListener* const self)
{
  const RemSpectra* const s  = rem_ear_spectra(self->stage.playing->ear);
  const float             ms = self->shell.value[REM_LISTENER_AT_APART];
  const float n = roundf(0.001f * ms * (float)(s->rate / (double)s->hop));
  return (RemPeakRule){self->shell.value[REM_LISTENER_AT_THRESHOLD],
                       (uint32_t)fmaxf(1.0f, n)};
}

REM_RT void
rem_listener_give(RemListener* const self,
                  const float* const strengths,
                  const uint32_t     at)
{
  RemHearer* const  hearer = self->stage.playing;
  const RemPeakRule rule   = rule_of(self);
  const uint32_t    midi   = number(self, REM_LISTENER_AT_MIDI);
  rem_listener_end_notes(self, at + 1U);
  for (uint32_t o = 0U; o < hearer->n_out; ++o) {
    const float x    = strengths[o];
    const float peak = rem_peaks_next(&hearer->peaks[o], &rule, x);
    show(self, o, x);
    if (hearer->curve) {
      tell(self, o, x, true);
    } else if (peak > 0.0f) {
      tell(self, o, peak, false);
    }
    if (o < REM_LISTENER_KEYS && (midi & REM_LISTENER_CONTROLLERS)) {
      turn(self, o, x, at);
    }
    if (o < REM_LISTENER_KEYS && (midi & REM_LISTENER_NOTES) &&
        !hearer->curve && peak > 0.0f) {
      strike(self, o, peak, at);
    }
  }
}
