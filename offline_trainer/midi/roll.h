// SPDX-License-Identifier: ISC

/// Songs as piano rolls: which keys sound, frame by frame

#ifndef REM_OFFLINE_TRAINER_MIDI_ROLL_H
#define REM_OFFLINE_TRAINER_MIDI_ROLL_H

#include "offline_trainer/midi/song.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A piano roll
typedef struct {
  size_t   n;
  uint8_t* keys; ///< [n, #REM_N_KEYS] 1 where a key sounds in a frame's middle
} RemRoll;

/**
   Sample a song, from its first key to its last.

   @param step Seconds from frame to frame, above 0.
   @param out  To release with rem_roll_clear(); without frames if the song has
               no keys.
   @return False without memory.
*/
bool
rem_midi_roll(const RemSong* song, double step, RemRoll* out);

/// Free what a roll holds, and empty it
void
rem_roll_clear(RemRoll* roll);

#endif // REM_OFFLINE_TRAINER_MIDI_ROLL_H
