// SPDX-License-Identifier: ISC

/// Songs by rule: calls and answers of one voice, as MIDI files

#ifndef REM_OFFLINE_TRAINER_RECIPE_DATA_SONGS_H
#define REM_OFFLINE_TRAINER_RECIPE_DATA_SONGS_H

#include "dsp/status.h"

#include <stddef.h>
#include <stdint.h>

#define REM_PHRASE_SECONDS 4.0 ///< Of a call, or of an answer: two bars

/**
   Write songs of two-bar phrases in a major key, at 120 quarter notes a minute.

   A call has a rhythm out of a few, begins on the tonic, moves by small steps
   of the scale, and ends away from it.  Its answer has the same rhythm and the
   same first bar, and comes home to the tonic.  The next call is the one
   before, a step higher or lower.

   @param folder  That exists; files are song-0001.mid and so on.
   @param n_pairs Calls, each with its answer, of a song.
   @param seed    Of the same seed the same songs.
*/
RemStatus
rem_data_songs(const char* folder,
               uint32_t    n_songs,
               uint32_t    n_pairs,
               uint64_t    seed,
               RemError*   error);

#endif // REM_OFFLINE_TRAINER_RECIPE_DATA_SONGS_H
