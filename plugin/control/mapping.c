// SPDX-License-Identifier: ISC

/// What the audio thread does with a mapping; mapping_out.c is the way out

#include "plugin/control/mapping.h"

#include <math.h>
#include <string.h>

#define NOTE_OFF 0x80U
#define NOTE_ON 0x90U
#define CC 0xB0U

/// Return an entry as one number
static uint64_t
pack(const RemMapEntry* const entry)
{
  return (uint64_t)entry->kind | (uint64_t)entry->channel << 8U |
         (uint64_t)entry->number << 16U | (uint64_t)entry->minimum << 24U |
         (uint64_t)entry->maximum << 32U;
}

static RemMapEntry
unpack(const uint64_t packed)
{
  const RemMapEntry entry = {(uint8_t)(packed & 0xFFU),
                             (uint8_t)(packed >> 8U & 0xFFU),
                             (uint8_t)(packed >> 16U & 0xFFU),
                             (uint8_t)(packed >> 24U & 0xFFU),
                             (uint8_t)(packed >> 32U & 0xFFU)};
  return entry;
}

REM_RT void
rem_mapping_share(RemSharedMapping* const shared,
                  const RemMapping* const mapping)
{
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    atomic_store(&shared->entry[d], pack(&mapping->entry[d]));
  }
  (void)atomic_fetch_add(&shared->n_changes, 1U);
}

REM_RT void
rem_mapping_look(const RemSharedMapping* const shared,
                 RemMapping* const             mapping)
{
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    mapping->entry[d] = unpack(atomic_load(&shared->entry[d]));
  }
}

/// Return what a new instance has for a dimension
static RemMapEntry
usual(const uint32_t d)
{
  const uint32_t    number = d < 12U ? 20U + d : (d < 30U ? 90U + d : 55U + d);
  const RemMapEntry entry  = {REM_MAP_CC, 0U, (uint8_t)number, 0U, 127U};
  return entry;
}

REM_RT void
rem_mapping_default(RemMapping* const mapping)
{
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    mapping->entry[d] = usual(d);
  }
}

static bool
is_usual(const RemMapping* const mapping, const uint32_t d)
{
  const RemMapEntry entry = usual(d);
  return pack(&entry) == pack(&mapping->entry[d]);
}

REM_RT uint32_t
rem_mapping_n_dims(const RemMapping* const mapping)
{
  uint32_t n = REM_MAX_DIMS;
  while (n && !mapping->entry[n - 1U].kind) {
    --n;
  }
  if (n < REM_MAX_DIMS) {
    return n;
  }
  while (n && is_usual(mapping, n - 1U)) {
    --n;
  }
  return n ? n : REM_MAPPING_USUAL;
}

/// Return a message as a note-on, a note-off or a controller; a kind of 0 is
/// any other message
static RemMidi
read_message(const uint8_t* const bytes, const uint32_t size)
{
  RemMidi message = {{0U, 0U, 0U}};
  if (size != 3U || bytes[1] > 127U || bytes[2] > 127U) {
    return message;
  }
  const uint8_t kind = bytes[0] & 0xF0U;
  if (kind == NOTE_ON || kind == NOTE_OFF || kind == CC) {
    memcpy(message.bytes, bytes, 3U);
  }
  if (kind == NOTE_ON && !bytes[2]) {
    message.bytes[0] = (uint8_t)(NOTE_OFF | (bytes[0] & 0x0FU));
  }
  if (kind == NOTE_OFF) {
    message.bytes[2] = 0U; // How fast it was let go
  }
  return message;
}

/// Return whether an entry hears a message
static bool
hears(const RemMapEntry* const entry, const RemMidi* const message)
{
  const uint8_t kind = message->bytes[0] & 0xF0U;
  const bool    cc   = kind == CC && entry->kind == REM_MAP_CC;
  const bool    key  = kind && kind != CC && entry->kind == REM_MAP_KEY;
  const bool    note = kind == NOTE_ON && entry->kind == REM_MAP_NOTE;
  return entry->channel == (message->bytes[0] & 0x0FU) &&
         (note || ((cc || key) && entry->number == message->bytes[1]));
}

/// Return what a message says to an entry that hears it
static float
value_of(const RemMapEntry* const entry, const RemMidi* const message)
{
  if (entry->kind != REM_MAP_CC) {
    const bool note = entry->kind == REM_MAP_NOTE;
    return (float)message->bytes[note ? 1 : 2] / 127.0f;
  }
  const float low  = (float)entry->minimum;
  const float high = (float)entry->maximum;
  const float x    = ((float)message->bytes[2] - low) / (high - low);
  return fminf(fmaxf(x, 0.0f), 1.0f);
}

REM_RT bool
rem_mapping_hear(const RemMapping* const mapping,
                 const uint32_t          n_dims,
                 const uint8_t* const    bytes,
                 const uint32_t          size,
                 RemMidiTouch* const     touch)
{
  const RemMidi message = read_message(bytes, size);
  for (uint32_t d = 0U; d < n_dims && d < REM_MAX_DIMS; ++d) {
    const RemMapEntry* const entry = &mapping->entry[d];
    if (hears(entry, &message)) {
      touch->dim   = d;
      touch->value = value_of(entry, &message);
      return true;
    }
  }
  return false;
}

REM_RT void
rem_mapping_learn_switch(RemMidiLearn* const learn, const bool on)
{
  if (on != learn->on) {
    learn->on        = on;
    learn->n_learned = 0U;
  }
}

/// Return whether two entries would hear a common message
static bool
overlap(const RemMapEntry* const a, const RemMapEntry* const b)
{
  const bool alike = a->kind == b->kind && a->number == b->number;
  const bool notes = (a->kind == REM_MAP_NOTE && b->kind >= REM_MAP_NOTE) ||
                     (b->kind == REM_MAP_NOTE && a->kind >= REM_MAP_NOTE);
  return a->kind && a->channel == b->channel && (alike || notes);
}

REM_RT bool
rem_mapping_learn(RemMidiLearn* const     learn,
                  RemSharedMapping* const shared,
                  const RemFrames* const  frames,
                  const uint32_t          n_dims,
                  const uint8_t* const    bytes,
                  const uint32_t          size)
{
  const RemMidi  message = read_message(bytes, size);
  const uint8_t  kind    = message.bytes[0] & 0xF0U;
  const uint32_t at      = learn->n_learned;
  if (!learn->on || at >= n_dims || at >= REM_MAX_DIMS ||
      (kind != CC && kind != NOTE_ON)) {
    return false;
  }
  const bool  key     = frames && frames->dims[at].kind == REM_DIM_SWITCH;
  RemMapEntry learned = {
    REM_MAP_CC, message.bytes[0] & 0x0FU, message.bytes[1], 0U, 127U};
  if (kind == NOTE_ON) {
    learned.kind    = key ? REM_MAP_KEY : REM_MAP_NOTE;
    learned.number  = key ? message.bytes[1] : 0U;
    learned.maximum = 0U;
  }
  for (uint32_t d = 0U; d < at; ++d) {
    const RemMapEntry other = unpack(atomic_load(&shared->entry[d]));
    if (overlap(&other, &learned)) {
      return false;
    }
  }
  for (uint32_t d = at; d < REM_MAX_DIMS; ++d) {
    const RemMapEntry other = unpack(atomic_load(&shared->entry[d]));
    if (overlap(&other, &learned)) {
      atomic_store(&shared->entry[d], 0U);
    }
  }
  atomic_store(&shared->entry[at], pack(&learned));
  (void)atomic_fetch_add(&shared->n_changes, 1U);
  ++learn->n_learned;
  return true;
}
