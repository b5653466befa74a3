// SPDX-License-Identifier: ISC

/// From frames to MIDI messages

#include "plugin/control/mapping.h"

#include <math.h>
#include <string.h>

#define NOTE_OFF 0x80U
#define NOTE_ON 0x90U
#define CC 0xB0U
#define LOUDEST 127U ///< Velocity of a `note`, as IMPSY has it

/// Messages that are being written
typedef struct {
  RemMidi* messages;
  uint32_t n;
  uint32_t capacity;
} Writer;

REM_RT void
rem_midi_out_init(RemMidiOut* const out)
{
  memset(out, 0, sizeof(*out));
}

/// Return a value as 0..127
static uint8_t
seven_bits(const float x)
{
  return (uint8_t)lrintf(127.0f * (x >= 0.0f ? fminf(x, 1.0f) : 0.0f));
}

/// Write a message; false if there is no room
static bool
put(Writer* const  writer,
    const uint32_t kind,
    const uint8_t  channel,
    const uint8_t  number,
    const uint8_t  value)
{
  if (writer->n >= writer->capacity) {
    return false;
  }
  const RemMidi message         = {{(uint8_t)(kind | channel), number, value}};
  writer->messages[writer->n++] = message;
  return true;
}

/// Return whether another dimension has the same note sounding
static bool
is_shared(const RemMidiOut* const out, const uint32_t dim)
{
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    if (d != dim && out->velocity[d] && out->note[d] == out->note[dim] &&
        out->channel[d] == out->channel[dim]) {
      return true;
    }
  }
  return false;
}

/// End the note of a dimension, if one sounds and there is room
static void
release(RemMidiOut* const out, Writer* const writer, const uint32_t d)
{
  if (out->velocity[d] &&
      (is_shared(out, d) ||
       put(writer, NOTE_OFF, out->channel[d], out->note[d], 0U))) {
    out->velocity[d] = 0U;
  }
}

/// Strike a note for a dimension that has none
static void
strike(RemMidiOut* const        out,
       Writer* const            writer,
       const uint32_t           d,
       const RemMapEntry* const entry,
       const uint8_t            note,
       const uint8_t            velocity)
{
  if (velocity && !out->velocity[d] &&
      put(writer, NOTE_ON, entry->channel, note, velocity)) {
    out->channel[d]  = entry->channel;
    out->note[d]     = note;
    out->velocity[d] = velocity;
  }
}

/// Return what a controller is to be
static uint8_t
cc_of(const RemMapEntry* const entry, const float x)
{
  const float low  = (float)entry->minimum;
  const float span = (float)entry->maximum - low;
  const float part = x >= 0.0f ? fminf(x, 1.0f) : 0.0f;
  return (uint8_t)lrintf(low + part * span);
}

/// Return whether a key that sounds is to go on as it is
static bool
is_held(const RemMidiOut* const  out,
        const uint32_t           d,
        const RemMapEntry* const entry,
        const uint8_t            velocity)
{
  return entry->kind == REM_MAP_KEY && out->velocity[d] == velocity &&
         out->note[d] == entry->number && out->channel[d] == entry->channel;
}

/// Say what a frame says of one dimension
static void
tell(RemMidiOut* const        out,
     Writer* const            writer,
     const uint32_t           d,
     const RemMapEntry* const entry,
     const float              x)
{
  const uint8_t value = seven_bits(x);
  if (entry->kind == REM_MAP_NOTE) {
    strike(out, writer, d, entry, value, LOUDEST);
  } else if (entry->kind == REM_MAP_KEY) {
    strike(out, writer, d, entry, entry->number, value);
  } else if (entry->kind == REM_MAP_CC) {
    const uint8_t  cc = cc_of(entry, x);
    const uint32_t message =
      (CC | entry->channel) << 16U | (uint32_t)entry->number << 8U | cc;
    if (message != out->cc[d] &&
        put(writer, CC, entry->channel, entry->number, cc)) {
      out->cc[d] = message;
    }
  }
}

/// Return whether a dimension has nothing to say: its note was not struck again
static bool
is_idle(const RemMapEntry* const entry, const uint32_t d, const uint32_t moved)
{
  return entry->kind == REM_MAP_NOTE && !(moved >> d & 1U);
}

REM_RT uint32_t
rem_midi_out_touch(RemMidiOut* const       out,
                   const RemMapping* const mapping,
                   const float* const      x,
                   const uint32_t          n_dims,
                   const uint32_t          moved,
                   RemMidi* const          messages,
                   const uint32_t          capacity)
{
  const RemMapEntry* const entries = mapping->entry;
  const uint32_t           n = n_dims < REM_MAX_DIMS ? n_dims : REM_MAX_DIMS;
  Writer                   writer = {messages, 0U, capacity};
  for (uint32_t d = 0U; d < n; ++d) {
    if (!is_idle(&entries[d], d, moved) &&
        !is_held(out, d, &entries[d], seven_bits(x[d]))) {
      release(out, &writer, d);
    }
  }
  for (uint32_t d = 0U; d < n; ++d) {
    if (!is_idle(&entries[d], d, moved)) {
      tell(out, &writer, d, &entries[d], x[d]);
    }
  }
  return writer.n;
}

REM_RT uint32_t
rem_midi_out_frame(RemMidiOut* const       out,
                   const RemMapping* const mapping,
                   const float* const      x,
                   const uint32_t          n_dims,
                   RemMidi* const          messages,
                   const uint32_t          capacity)
{
  return rem_midi_out_touch(
    out, mapping, x, n_dims, UINT32_MAX, messages, capacity);
}

REM_RT uint32_t
rem_midi_out_let_go(RemMidiOut* const       out,
                    const RemMapping* const mapping,
                    const uint8_t* const    bytes,
                    const uint32_t          size,
                    RemMidi* const          messages,
                    const uint32_t          capacity)
{
  Writer        writer = {messages, 0U, capacity};
  const uint8_t kind   = size == 3U ? bytes[0] & 0xF0U : 0U;
  if (kind != NOTE_OFF && (kind != NOTE_ON || bytes[2])) {
    return 0U;
  }
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    if (mapping->entry[d].kind == REM_MAP_NOTE && out->note[d] == bytes[1] &&
        out->channel[d] == (bytes[0] & 0x0FU)) {
      release(out, &writer, d);
    }
  }
  return writer.n;
}

REM_RT uint32_t
rem_midi_out_silence(RemMidiOut* const out,
                     RemMidi* const    messages,
                     const uint32_t    capacity)
{
  Writer writer = {messages, 0U, capacity};
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    release(out, &writer, d);
  }
  return writer.n;
}

REM_RT uint32_t
rem_midi_out_sounding(const RemMidiOut* const out)
{
  uint32_t n = 0U;
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    n += out->velocity[d] > 0U;
  }
  return n;
}
