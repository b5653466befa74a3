// SPDX-License-Identifier: ISC

#include "tests/host/tape.h"

#include "tests/check.h"

#include <string.h>

enum { DIMS = PERFORMANCE_DIMS };

const TapeMapping tape_faders = {
  "cc 1 20; cc 1 21; cc 1 22; cc 1 23; cc 1 24; cc 1 25; cc 1 26; cc 1 27",
  {{'c', 0U, 20U, false},
   {'c', 0U, 21U, false},
   {'c', 0U, 22U, false},
   {'c', 0U, 23U, false},
   {'c', 0U, 24U, false},
   {'c', 0U, 25U, false},
   {'c', 0U, 26U, false},
   {'c', 0U, 27U, false}}};

const TapeMapping tape_keys = {
  "note 3; key 10 36; cc 2 7 127 0; cc 1 23; cc 1 24; cc 1 25; cc 1 26; cc 9 1",
  {{'n', 2U, 0U, false},
   {'k', 9U, 36U, false},
   {'c', 1U, 7U, true},
   {'c', 0U, 23U, false},
   {'c', 0U, 24U, false},
   {'c', 0U, 25U, false},
   {'c', 0U, 26U, false},
   {'c', 8U, 1U, false}}};

void
tape_record(Tape* const tape, const HostMidi message)
{
  const uint8_t* const b    = message.bytes;
  bool* const          note = &tape->sounds[b[0] & 0x0FU][b[1] & 0x7FU];
  if (tape->n == tape->capacity) {
    tape->capacity = 2U * tape->capacity + 1024U;
    tape->midi     = realloc(tape->midi, tape->capacity * sizeof(HostMidi));
    CHECK(tape->midi);
  }
  CHECK(b[0] >= 0x80U && b[1] < 128U && b[2] < 128U);
  CHECK(!tape->n || tape->midi[tape->n - 1U].at <= message.at);
  if ((b[0] & 0xF0U) == 0x90U) {
    CHECK(b[2] && !*note);
    *note = true;
    ++tape->n_sounding;
  } else if ((b[0] & 0xF0U) == 0x80U) {
    CHECK(*note);
    *note = false;
    --tape->n_sounding;
  }
  tape->midi[tape->n++] = message;
}

/// What an output of MIDI is to send, written as naively as can be
typedef struct {
  Tape               tape;
  const TapeMapping* mapping;
  int                cc[DIMS];       ///< Sent last
  uint8_t            note[DIMS];     ///< That sounds
  uint8_t            velocity[DIMS]; ///< 0 if none does
} Writer;

static void
write_off(Writer* const writer, const uint64_t at, const uint32_t d)
{
  if (writer->velocity[d]) {
    const uint8_t status = 0x80U | writer->mapping->entries[d].channel;
    tape_record(&writer->tape, (HostMidi){at, {status, writer->note[d], 0U}});
    writer->velocity[d] = 0U;
  }
}

/// Return a value as MIDI has it
static uint8_t
midi_of(const TapeEntry* const entry, const float x)
{
  return (uint8_t)lrintf(entry->turned ? 127.0f - 127.0f * x : 127.0f * x);
}

static void
write_on(Writer* const  writer,
         const uint64_t at,
         const uint32_t d,
         const uint8_t  value)
{
  const TapeEntry* const e    = &writer->mapping->entries[d];
  const uint8_t          note = e->kind == 'n' ? value : e->number;
  const uint8_t          hard = e->kind == 'n' ? 127U : value;
  if (e->kind == 'c' && writer->cc[d] != value) {
    const uint8_t status = 0xB0U | e->channel;
    tape_record(&writer->tape, (HostMidi){at, {status, e->number, value}});
    writer->cc[d] = value;
  } else if (e->kind != 'c' && hard && !writer->velocity[d]) {
    const uint8_t status = 0x90U | e->channel;
    tape_record(&writer->tape, (HostMidi){at, {status, note, hard}});
    writer->note[d]     = note;
    writer->velocity[d] = hard;
  }
}

/// Return whether an event says something of a dimension: a note goes on until
/// it is struck again
static bool
says(const Writer* const     writer,
     const NaiveEvent* const event,
     const uint32_t          d)
{
  return event->net || writer->mapping->entries[d].kind != 'n' ||
         (event->moved >> d & 1U);
}

static void
write_event(Writer* const           writer,
            const NaiveEvent* const event,
            const bool              thru)
{
  for (uint32_t d = 0U; d < DIMS && event->yield; ++d) {
    write_off(writer, event->at, d);
  }
  if (!event->net && !thru) {
    return;
  }
  for (uint32_t d = 0U; d < DIMS; ++d) {
    const TapeEntry* const e = &writer->mapping->entries[d];
    if (says(writer, event, d) &&
        (e->kind != 'k' || writer->velocity[d] != midi_of(e, event->x[d]))) {
      write_off(writer, event->at, d);
    }
  }
  for (uint32_t d = 0U; d < DIMS; ++d) {
    const TapeEntry* const e = &writer->mapping->entries[d];
    if (says(writer, event, d)) {
      write_on(writer, event->at, d, midi_of(e, event->x[d]));
    }
  }
}

Tape
tape_write(const Naive* const       naive,
           const TapeMapping* const mapping,
           const bool               thru)
{
  Writer writer;
  memset(&writer, 0, sizeof(writer));
  writer.mapping = mapping;
  for (uint32_t d = 0U; d < DIMS; ++d) {
    writer.cc[d] = -1;
  }
  for (size_t i = 0U; i < naive->n; ++i) {
    write_event(&writer, &naive->events[i], thru);
  }
  return writer.tape;
}
