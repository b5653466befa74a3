// SPDX-License-Identifier: ISC

/// Folders of MIDI files as tokens, to learn from

#ifndef REM_OFFLINE_TRAINER_MIDI_SONGS_H
#define REM_OFFLINE_TRAINER_MIDI_SONGS_H

#include "dsp/status.h"
#include "offline_trainer/midi/song.h"
#include "offline_trainer/text/tokens.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
   Add a song: the start symbol, its events, all keys let go, the end symbol.

   @return False without memory, as rem_tokens_add().
*/
bool
rem_songs_add(RemTokens* tokens, const RemSong* song);

/**
   Read MIDI files, a piece each, in the order of their names.

   @param paths [n] Files, or folders whose .mid and .midi files are read, not
                those of folders within.
   @param out   To free with rem_tokens_free(); NULL on failure.
   @return #REM_BAD_ARGUMENT if there is no file, or one without notes; what
   rem_song_read() returns.
*/
RemStatus
rem_songs_read(const char* const* paths,
               size_t             n,
               RemTokens**        out,
               RemError*          error);

/**
   Move every k-th song, k = 1 / share, to another set.

   @param share Of the songs, up to 1/2; at least one is moved.
   @return The other set, to free; NULL without memory or with fewer than two
   songs, with `tokens` as they were.
*/
RemTokens*
rem_songs_hold_out(RemTokens* tokens, double share);

/**
   Add every song in other keys: `down` to `up` semitones higher but 0.  A song
   whose keys would leave the keyboard is left out there.

   @return False without memory.
*/
bool
rem_songs_transpose(RemTokens* tokens, int down, int up);

/**
   Turn tokens into a song.

   @param n_tokens They begin at time 0.
   @return False without memory.
*/
bool
rem_song_of_tokens(const uint32_t* tokens, size_t n_tokens, RemSong* out);

#endif // REM_OFFLINE_TRAINER_MIDI_SONGS_H
