// SPDX-License-Identifier: ISC

#include "offline_trainer/midi/song.h"

#include "dsp/modelfile/file.h"
#include "offline_trainer/midi/tidy.h"

#include <smf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRUMS 9U
#define PULSES 500           ///< Of a quarter note: one is a millisecond
#define LONGEST_OUT 268435.0 ///< Seconds: a time in a file has 28 bits

static RemStatus
fail_memory(const char* const place, RemError* const error)
{
  return rem_fail(error, REM_NO_MEMORY, place, "not enough memory");
}

bool
rem_song_add(RemSong* const song, const RemTimedMidi* const message)
{
  if (!(song->n & (song->n - 1U))) { // Room is a power of two
    const size_t        room = song->n ? 2U * song->n : 1U;
    RemTimedMidi* const more =
      (RemTimedMidi*)realloc(song->messages, room * sizeof(RemTimedMidi));
    if (!more) {
      return false;
    }
    song->messages = more;
  }
  song->messages[song->n++] = *message;
  return true;
}

void
rem_song_clear(RemSong* const song)
{
  free(song->messages);
  *song = (RemSong){0U, NULL};
}

/// Take over what libsmf has read
static RemStatus
take(smf_t* const      smf,
     const char* const place,
     RemSong* const    out,
     RemError* const   error)
{
  smf_rewind(smf);
  for (const smf_event_t* e = smf_get_next_event(smf); e;
       e                    = smf_get_next_event(smf)) {
    const uint8_t status = e->midi_buffer[0];
    if (!(e->time_seconds <= REM_SONG_MAX_SECONDS)) {
      rem_song_clear(out);
      return rem_fail(
        error, REM_TOO_LARGE, place, "lasts for longer than a day");
    }
    if (e->midi_buffer_length != 3 || status >= 0xF0U ||
        (status & 0x0FU) == DRUMS) {
      continue;
    }
    RemTimedMidi message = {e->time_seconds, {0U}};
    memcpy(message.bytes, e->midi_buffer, 3U);
    if (!rem_song_add(out, &message)) {
      rem_song_clear(out);
      return fail_memory(place, error);
    }
  }
  return REM_SUCCESS;
}

RemStatus
rem_song_parse(const uint8_t* const bytes,
               const size_t         size,
               const char* const    place,
               RemSong* const       out,
               RemError* const      error)
{
  uint8_t*        tidy   = NULL;
  size_t          n_tidy = 0U;
  const RemStatus st = rem_midi_tidy(bytes, size, place, &tidy, &n_tidy, error);
  *out               = (RemSong){0U, NULL};
  if (st) {
    return st;
  }
  smf_t* const    smf  = smf_load_from_memory(tidy, (int)n_tidy);
  const RemStatus read = smf ? take(smf, place, out, error)
                             : rem_fail(error,
                                        REM_BAD_FORMAT,
                                        place,
                                        "is a MIDI file that libsmf cannot "
                                        "read");
  if (smf) {
    smf_delete(smf);
  }
  free(tidy);
  return read;
}

RemStatus
rem_song_read(const char* const path, RemSong* const out, RemError* const error)
{
  void*           bytes = NULL;
  size_t          size  = 0U;
  const RemStatus st =
    rem_file_read(path, REM_SONG_MAX_BYTES, &bytes, &size, error);
  *out = (RemSong){0U, NULL};
  if (st) {
    return st;
  }
  const RemStatus read =
    rem_song_parse((const uint8_t*)bytes, size, path, out, error);
  free(bytes);
  return read;
}

/// Give libsmf what is to be written
static bool
give(smf_t* const smf, const RemSong* const song)
{
  smf_track_t* const track = smf_track_new();
  if (!track) {
    return false;
  }
  smf_add_track(smf, track);
  for (size_t i = 0U; i < song->n; ++i) {
    const RemTimedMidi* const m = &song->messages[i];
    smf_event_t* const        event =
      smf_event_new_from_bytes(m->bytes[0], m->bytes[1], m->bytes[2]);
    if (!event) {
      return false;
    }
    smf_track_add_event_pulses(track, event, (int)(1000.0 * m->at + 0.5));
  }
  return true;
}

/// Let libsmf write to a file beside `path`, and rename that
static RemStatus
save(smf_t* const smf, const char* const path, RemError* const error)
{
  char part[4096];
  if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part)) {
    return rem_fail(error, REM_CANNOT_WRITE, path, "has too long a name");
  }
  FILE* const probe = fopen(part, "wb"); // libsmf would print why not
  const bool  open  = probe && !fclose(probe);
  const bool  done  = open && !smf_save(smf, part) && !rename(part, path);
  if (!done) {
    (void)unlink(part);
  }
  return done ? REM_SUCCESS
              : rem_fail(error, REM_CANNOT_WRITE, path, "cannot be written");
}

RemStatus
rem_song_write(const RemSong* const song,
               const char* const    path,
               RemError* const      error)
{
  if (song->n && !(song->messages[song->n - 1U].at <= LONGEST_OUT)) {
    return rem_fail(error, REM_TOO_LARGE, path, "lasts too long for a file");
  }
  smf_t* const smf = smf_new();
  if (!smf) {
    return fail_memory(path, error);
  }
  RemStatus  st    = REM_SUCCESS;
  const bool given = !smf_set_ppqn(smf, PULSES) && give(smf, song);
  st               = given ? save(smf, path, error) : fail_memory(path, error);
  smf_delete(smf);
  return st;
}
