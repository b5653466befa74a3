// SPDX-License-Identifier: ISC

/// MIDI files in and out, by libsmf, as one player's performance

#ifndef REM_OFFLINE_TRAINER_MIDI_SONG_H
#define REM_OFFLINE_TRAINER_MIDI_SONG_H

#include "dsp/events.h"
#include "dsp/status.h"

#include <stddef.h>
#include <stdint.h>

#define REM_SONG_MAX_BYTES 16777216U ///< Of a file
#define REM_SONG_MAX_SECONDS 86400.0 ///< Of a song

/// What is played: channel messages of three bytes, in order of time
typedef struct {
  size_t        n;
  RemTimedMidi* messages; ///< [n]
} RemSong;

/**
   Read a MIDI file: all tracks and channels but the drums' (10), tempo changes
   heeded.

   @param out To release with rem_song_clear(); empty on failure.
   @return #REM_BAD_FORMAT with the byte that is wrong, #REM_TOO_LARGE if the
           song lasts for longer than #REM_SONG_MAX_SECONDS, #REM_NO_FILE, ...
*/
RemStatus
rem_song_read(const char* path, RemSong* out, RemError* error);

/// As rem_song_read(), of a file's bytes
RemStatus
rem_song_parse(const uint8_t* bytes,
               size_t         size,
               const char*    place,
               RemSong*       out,
               RemError*      error);

/// Append a message; false without memory
bool
rem_song_add(RemSong* song, const RemTimedMidi* message);

/// Free what a song holds, and empty it
void
rem_song_clear(RemSong* song);

/// Write a MIDI file of one track, at 120 quarter notes a minute, to the
/// millisecond; #REM_TOO_LARGE if it lasts for longer than three days
RemStatus
rem_song_write(const RemSong* song, const char* path, RemError* error);

#endif // REM_OFFLINE_TRAINER_MIDI_SONG_H
