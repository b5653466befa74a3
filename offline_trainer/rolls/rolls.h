// SPDX-License-Identifier: ISC

/// Piano rolls: which of 88 keys sound, frame by frame, of many pieces

#ifndef REM_OFFLINE_TRAINER_ROLLS_ROLLS_H
#define REM_OFFLINE_TRAINER_ROLLS_ROLLS_H

#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_ROLL_KEYS 88U   ///< Of a piano
#define REM_ROLL_LOWEST 21U ///< Pitch of the first, as MIDI counts

/// Pieces, one after another
typedef struct {
  size_t   n;
  size_t*  begins; ///< [n + 1] first frame of each
  uint8_t* keys;   ///< [begins[n], 88] 1 where a key sounds
  size_t   room;   ///< Frames and pieces that there is memory for
} RemRolls;

/**
   Read pieces: a frame a line, pitches of keys that sound between blanks, none
   for silence.  A line that begins with # begins a piece.

   @param out To clear with rem_rolls_clear(), empty on failure.
   @return #REM_NO_FILE or another failure, with the line that is wrong.
*/
RemStatus
rem_rolls_read(const char* path, RemRolls* out, RemError* error);

/**
   Read the MIDI files of a folder, in the order of their names, a piece each;
   those without notes are left out.

   @param step Seconds from frame to frame.
*/
RemStatus
rem_rolls_read_midi(const char* folder,
                    double      step,
                    RemRolls*   out,
                    RemError*   error);

/// Deal pieces to `parts` [3]: to learn from, and of every ten one to hold out
/// and one to test with; all to clear, empty on failure
RemStatus
rem_rolls_deal(const RemRolls* rolls, RemRolls* parts, RemError* error);

/// Write pieces so that rem_rolls_read() reads them again
RemStatus
rem_rolls_write(const RemRolls* rolls, const char* path, RemError* error);

/// Add a piece without frames; false without memory
bool
rem_rolls_begin(RemRolls* rolls);

/// Add a frame of the keys [n] to the last piece, pitches of MIDI from
/// #REM_ROLL_LOWEST on; false without memory
bool
rem_rolls_add(RemRolls* rolls, const uint32_t* pitches, size_t n);

/// Free pieces and empty the struct; one of zeros is allowed
void
rem_rolls_clear(RemRolls* rolls);

/**
   Make `n` pieces by rule: four voices walk through a cadence of chords of a
   key, each to the nearest note of the next chord, and a chord lasts 2 or 4
   frames.

   @param out To clear with rem_rolls_clear(), empty on failure.
*/
RemStatus
rem_rolls_make(size_t n, uint64_t seed, RemRolls* out, RemError* error);

/// Return how many frames are foretold: all but the first of each piece
size_t
rem_rolls_n_foretold(const RemRolls* rolls);

/**
   Return what is the least of a frame's surprise, in nats, for who knows
   nothing but how often a key goes on and off: the mean over frames of the sum
   over keys, chances counted in `training`.
*/
double
rem_rolls_markov(const RemRolls* training, const RemRolls* test);

#endif // REM_OFFLINE_TRAINER_ROLLS_ROLLS_H
