// SPDX-License-Identifier: ISC

/// Pieces by rule

#include "dsp/random.h"
#include "offline_trainer/rolls/rolls.h"

#include <stdlib.h>

enum { N_DEGREES = 6, N_VOICES = 4, N_CHORDS = 24, MAJOR = 7 };

/// Degrees of the scale from 0, and where each chord goes, as chances out of 10
static const uint32_t goes_to[N_DEGREES][N_DEGREES] = {
  {0, 1, 1, 3, 3, 2},  // I
  {1, 0, 0, 1, 8, 0},  // ii
  {0, 0, 0, 3, 0, 7},  // iii
  {3, 2, 0, 0, 5, 0},  // IV
  {7, 0, 0, 0, 0, 3},  // V
  {0, 3, 1, 4, 2, 0}}; // vi

static const uint32_t scale[MAJOR] = {0, 2, 4, 5, 7, 9, 11};

/// Where voices are allowed, bass first
static const uint32_t lows[N_VOICES]  = {40, 50, 57, 62};
static const uint32_t highs[N_VOICES] = {57, 67, 74, 81};

static uint32_t
draw(RemRandom* const random, const uint32_t n)
{
  return (uint32_t)(rem_random_uniform(random) * n);
}

/// Return the chord that follows
static uint32_t
next_chord(RemRandom* const random, const uint32_t chord)
{
  uint32_t left = draw(random, 10U);
  uint32_t next = 0U;
  while (left >= goes_to[chord][next]) {
    left -= goes_to[chord][next++];
  }
  return next;
}

/// Return whether a pitch belongs to a chord, or is its root
static bool
belongs(const uint32_t pitch,
        const uint32_t key,
        const uint32_t chord,
        const bool     root)
{
  for (uint32_t third = 0; third < (root ? 1U : 3U); ++third) {
    if ((pitch + 120U - key) % 12U == scale[(chord + 2U * third) % MAJOR]) {
      return true;
    }
  }
  return false;
}

/// Move a voice to the nearest of its pitches that belongs
static uint32_t
move(const uint32_t voice,
     const uint32_t from,
     const uint32_t key,
     const uint32_t chord)
{
  for (uint32_t d = 0;; ++d) {
    if (from >= lows[voice] + d && belongs(from - d, key, chord, !voice)) {
      return from - d;
    }
    if (from + d <= highs[voice] && belongs(from + d, key, chord, !voice)) {
      return from + d;
    }
  }
}

/// Add one piece
static bool
make_piece(RemRolls* const rolls, RemRandom* const random)
{
  const uint32_t key   = draw(random, 12U);
  uint32_t       chord = 0U;
  uint32_t       pitches[N_VOICES];
  for (uint32_t v = 0; v < N_VOICES; ++v) {
    pitches[v] = (lows[v] + highs[v]) / 2U;
  }
  if (!rem_rolls_begin(rolls)) {
    return false;
  }
  for (uint32_t i = 0; i < N_CHORDS; ++i) {
    const uint32_t length = draw(random, 2U) ? 2U : 4U;
    for (uint32_t v = 0; v < N_VOICES; ++v) {
      pitches[v] = move(v, pitches[v], key, chord);
    }
    for (uint32_t t = 0; t < length; ++t) {
      if (!rem_rolls_add(rolls, pitches, N_VOICES)) {
        return false;
      }
    }
    chord = next_chord(random, chord);
  }
  return true;
}

RemStatus
rem_rolls_make(const size_t    n,
               const uint64_t  seed,
               RemRolls* const out,
               RemError* const error)
{
  RemRandom random = {seed};
  bool      made   = true;
  *out             = (RemRolls){.n = 0U};
  for (size_t i = 0; made && i < n; ++i) {
    made = make_piece(out, &random);
  }
  if (!made) {
    rem_rolls_clear(out);
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for pieces");
  }
  return REM_SUCCESS;
}
