// SPDX-License-Identifier: ISC

#include "offline_trainer/midi/tidy.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE 14U
#define CHUNK_SIZE 8U
#define LONGEST 0x40000000U ///< Pulses
#define MAX_TRACKS 65535U

/// A file on its way through
typedef struct {
  const uint8_t* bytes;
  size_t         at;
  size_t         end; ///< Of the file, or of the chunk
  const char*    place;
  RemError*      error;
  uint8_t*       out; ///< At most two bytes come of one
  size_t         n;
  uint8_t        running; ///< Status of the last channel message, or 0
  uint64_t       pulses;  ///< Since the track began
  bool           ended;   ///< The track has
} Tidy;

static RemStatus
fail(const Tidy* const t, const RemStatus st, const char* const words)
{
  char place[256];
  (void)snprintf(place, sizeof(place), "%.200s, byte %zu", t->place, t->at);
  return rem_fail(t->error, st, place, "%s", words);
}

static RemStatus
fail_cut(const Tidy* const t)
{
  return fail(t, REM_BAD_FORMAT, "ends in the middle of something");
}

static uint32_t
read_word(const uint8_t* const bytes, const uint32_t n)
{
  uint32_t word = 0U;
  for (uint32_t i = 0U; i < n; ++i) {
    word = word << 8U | bytes[i];
  }
  return word;
}

static void
write_word(uint8_t* const bytes, const uint32_t n, const uint32_t word)
{
  for (uint32_t i = 0U; i < n; ++i) {
    bytes[i] = (uint8_t)(word >> 8U * (n - 1U - i));
  }
}

static void
put(Tidy* const t, const uint8_t byte)
{
  t->out[t->n++] = byte;
}

/// Read a number of 7 bits a byte
static RemStatus
read_number(Tidy* const t, uint32_t* const number)
{
  *number = 0U;
  for (uint32_t i = 0U; i < 4U; ++i) {
    if (t->at >= t->end) {
      return fail_cut(t);
    }
    const uint8_t byte = t->bytes[t->at++];
    *number            = *number << 7U | (byte & 0x7FU);
    if (byte < 0x80U) {
      return REM_SUCCESS;
    }
  }
  return fail(t, REM_BAD_FORMAT, "has a number of over four bytes");
}

/// Copy the time before an event
static RemStatus
copy_time(Tidy* const t)
{
  const size_t    from   = t->at;
  uint32_t        pulses = 0U;
  const RemStatus st     = read_number(t, &pulses);
  if (st) {
    return st;
  }
  t->pulses += pulses;
  if (t->pulses > LONGEST) {
    return fail(t, REM_BAD_FORMAT, "lasts impossibly long");
  }
  memcpy(t->out + t->n, t->bytes + from, t->at - from);
  t->n += t->at - from;
  return REM_SUCCESS;
}

/// Copy a channel message whose first byte is read, with its status in full
static RemStatus
copy_message(Tidy* const t, const uint8_t status)
{
  const uint8_t  kind   = status & 0xF0U;
  const uint32_t n_data = kind == 0xC0U || kind == 0xD0U ? 1U : 2U;
  if (t->end - t->at < n_data) {
    return fail_cut(t);
  }
  t->running = status;
  put(t, status);
  for (uint32_t i = 0U; i < n_data; ++i) {
    const uint8_t byte = t->bytes[t->at];
    if (byte >= 0x80U) {
      return fail(t, REM_BAD_FORMAT, "has a message that is too short");
    }
    put(t, byte);
    ++t->at;
  }
  return REM_SUCCESS;
}

/// Pass over what has its length before it; `type` of a meta event, else 0.
/// What is left out leaves an empty text, so that its time stays.
static RemStatus
pass_over(Tidy* const t, const uint8_t type)
{
  uint32_t        size = 0U;
  const RemStatus st   = read_number(t, &size);
  const bool      end  = type == 0x2FU;
  if (st) {
    return st;
  }
  if (size > t->end - t->at) {
    return fail_cut(t);
  }
  const bool tempo = type == 0x51U && size == 3U;
  put(t, 0xFFU);
  put(t, tempo || end ? type : 0x01U);
  put(t, tempo ? 3U : 0U);
  if (tempo) {
    memcpy(t->out + t->n, t->bytes + t->at, size);
    t->n += size;
  }
  t->at += size;
  t->ended = end;
  return REM_SUCCESS;
}

static RemStatus
copy_event(Tidy* const t)
{
  const RemStatus st = copy_time(t);
  if (st) {
    return st;
  }
  if (t->at >= t->end) {
    return fail_cut(t);
  }
  const uint8_t first = t->bytes[t->at];
  if (first < 0x80U) {
    return t->running ? copy_message(t, t->running)
                      : fail(t,
                             REM_BAD_FORMAT,
                             "has data where a message "
                             "should begin");
  }
  ++t->at;
  if (first < 0xF0U) {
    return copy_message(t, first);
  }
  t->running = 0U;
  if (first == 0xF0U || first == 0xF7U) {
    return pass_over(t, 0U);
  }
  if (first != 0xFFU) {
    return fail(t, REM_BAD_FORMAT, "has a message that files cannot have");
  }
  return t->at < t->end ? pass_over(t, t->bytes[t->at++]) : fail_cut(t);
}

/// Copy the track in a chunk that begins here
static RemStatus
copy_track(Tidy* const t)
{
  const size_t begin = t->n;
  t->running         = 0U;
  t->pulses          = 0U;
  t->ended           = false;
  t->n += CHUNK_SIZE;
  while (!t->ended && t->at < t->end) {
    const RemStatus st = copy_event(t);
    if (st) {
      return st;
    }
  }
  if (!t->ended) {
    static const uint8_t end[] = {0U, 0xFFU, 0x2FU, 0U};
    memcpy(t->out + t->n, end, sizeof(end));
    t->n += sizeof(end);
  }
  memcpy(t->out + begin, "MTrk", 4U);
  write_word(t->out + begin + 4U, 4U, (uint32_t)(t->n - begin - CHUNK_SIZE));
  return REM_SUCCESS;
}

static RemStatus
copy_header(Tidy* const t)
{
  const uint8_t* const b = t->bytes;
  if (t->end < HEADER_SIZE || memcmp(b, "MThd", 4U) != 0 ||
      read_word(b + 4U, 4U) < HEADER_SIZE - CHUNK_SIZE) {
    return fail(t, REM_BAD_FORMAT, "is no MIDI file");
  }
  const uint32_t size = read_word(b + 4U, 4U);
  if (size > t->end - CHUNK_SIZE) {
    return fail_cut(t);
  }
  if (read_word(b + 8U, 2U) > 1U) {
    return fail(t,
                REM_UNSUPPORTED,
                "is of format 2, independent sequences; "
                "expected format 0 or 1");
  }
  const uint32_t division = read_word(b + 12U, 2U);
  if (!division || division & 0x8000U) {
    return fail(t,
                REM_UNSUPPORTED,
                "counts time in frames of film; expected "
                "parts of a quarter note");
  }
  memcpy(t->out, b, HEADER_SIZE);
  write_word(t->out + 4U, 4U, HEADER_SIZE - CHUNK_SIZE);
  t->at = CHUNK_SIZE + size;
  t->n  = HEADER_SIZE;
  return REM_SUCCESS;
}

/// Copy all tracks; pass over other chunks
static RemStatus
copy_chunks(Tidy* const t)
{
  const size_t end      = t->end;
  uint32_t     n_tracks = 0U;
  while (end - t->at >= CHUNK_SIZE) {
    const uint8_t* const chunk = t->bytes + t->at;
    const uint32_t       size  = read_word(chunk + 4U, 4U);
    if (size > end - t->at - CHUNK_SIZE) {
      return fail(t, REM_BAD_FORMAT, "has a chunk that ends behind the file");
    }
    t->at += CHUNK_SIZE;
    t->end                = t->at + size;
    const size_t    after = t->end;
    const bool      track = !memcmp(chunk, "MTrk", 4U) && n_tracks < MAX_TRACKS;
    const RemStatus st    = track ? copy_track(t) : REM_SUCCESS;
    if (st) {
      return st;
    }
    n_tracks += track;
    t->at  = after;
    t->end = end;
  }
  write_word(t->out + 8U, 2U, n_tracks > 1U);
  write_word(t->out + 10U, 2U, n_tracks);
  return n_tracks ? REM_SUCCESS : fail(t, REM_BAD_FORMAT, "has no track");
}

RemStatus
rem_midi_tidy(const uint8_t* const bytes,
              const size_t         size,
              const char* const    place,
              uint8_t** const      out,
              size_t* const        out_size,
              RemError* const      error)
{
  Tidy t = {.bytes = bytes, .end = size, .place = place, .error = error};
  *out   = NULL;
  t.out  = (uint8_t*)malloc(2U * size + HEADER_SIZE);
  if (!t.out) {
    return rem_fail(error, REM_NO_MEMORY, place, "not enough memory");
  }
  RemStatus st = copy_header(&t);
  st           = st ? st : copy_chunks(&t);
  if (st) {
    free(t.out);
    return st;
  }
  *out      = t.out;
  *out_size = t.n;
  return REM_SUCCESS;
}
