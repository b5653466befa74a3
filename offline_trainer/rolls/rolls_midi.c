// SPDX-License-Identifier: ISC

/// Pieces from MIDI files

#include "offline_trainer/midi/roll.h"
#include "offline_trainer/rolls/rolls.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_PATH 4096U

/// Return whether a file's name is that of a MIDI file; for scandir()
static int
is_midi(const struct dirent* const entry)
{
  const char* const ending = strrchr(entry->d_name, '.');
  return ending && *entry->d_name != '.' &&
         (!strcasecmp(ending, ".mid") || !strcasecmp(ending, ".midi"));
}

/// Add a roll's frames as a piece, without keys that a piano has not
static bool
add_piece(RemRolls* const rolls, const RemRoll* const roll)
{
  bool made = rem_rolls_begin(rolls);
  for (size_t t = 0; made && t < roll->n; ++t) {
    uint32_t pitches[REM_ROLL_KEYS];
    size_t   n = 0U;
    for (uint32_t k = REM_ROLL_LOWEST; k < REM_ROLL_LOWEST + REM_ROLL_KEYS;
         ++k) {
      if (roll->keys[t * REM_N_KEYS + k]) {
        pitches[n++] = k;
      }
    }
    made = rem_rolls_add(rolls, pitches, n);
  }
  return made;
}

/// Read one file
static RemStatus
read_file(const char* const path,
          const double      step,
          RemRolls* const   rolls,
          RemError* const   error)
{
  RemSong   song = {.n = 0U};
  RemRoll   roll = {.n = 0U};
  RemStatus st   = rem_song_read(path, &song, error);
  if (!st && !(rem_midi_roll(&song, step, &roll) &&
               (!roll.n || add_piece(rolls, &roll)))) {
    st = rem_fail(error, REM_NO_MEMORY, path, "No memory for its frames");
  }
  rem_roll_clear(&roll);
  rem_song_clear(&song);
  return st;
}

RemStatus
rem_rolls_read_midi(const char* const folder,
                    const double      step,
                    RemRolls* const   out,
                    RemError* const   error)
{
  struct dirent** names = NULL;
  const int       n     = scandir(folder, &names, is_midi, alphasort);
  RemStatus       st    = REM_SUCCESS;
  *out                  = (RemRolls){.n = 0U};
  for (int i = 0; i < n; ++i) {
    char      path[MAX_PATH];
    const int length =
      snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
    if (!st && length >= (int)sizeof(path)) {
      st = rem_fail(error, REM_BAD_ARGUMENT, folder, "This path is too long");
    } else if (!st) {
      st = read_file(path, step, out, error);
    }
    free(names[i]);
  }
  free(names);
  if (!st && (n <= 0 || !rem_rolls_n_foretold(out))) {
    st = rem_fail(
      error, REM_NO_FILE, folder, "no MIDI file with notes in this folder");
  }
  if (st) {
    rem_rolls_clear(out);
  }
  return st;
}

/// Add a piece of other rolls
static bool
copy_piece(RemRolls* const to, const RemRolls* const from, const size_t piece)
{
  bool made = rem_rolls_begin(to);
  for (size_t t = from->begins[piece]; made && t < from->begins[piece + 1U];
       ++t) {
    made = rem_rolls_add(to, NULL, 0U);
    if (made) {
      memcpy(to->keys + (to->begins[to->n] - 1U) * REM_ROLL_KEYS,
             from->keys + t * REM_ROLL_KEYS,
             REM_ROLL_KEYS);
    }
  }
  return made;
}

RemStatus
rem_rolls_deal(const RemRolls* const rolls,
               RemRolls* const       parts,
               RemError* const       error)
{
  static const size_t turns[10] = {0U, 1U, 0U, 0U, 0U, 0U, 2U, 0U, 0U, 0U};
  bool                made      = true;
  memset(parts, 0, 3U * sizeof(*parts));
  for (size_t i = 0; made && i < rolls->n; ++i) {
    made = copy_piece(&parts[turns[i % 10U]], rolls, i);
  }
  if (made && rolls->n >= 7U) {
    return REM_SUCCESS;
  }
  for (size_t p = 0; p < 3U; ++p) {
    rem_rolls_clear(&parts[p]);
  }
  return made ? rem_fail(error,
                         REM_BAD_ARGUMENT,
                         NULL,
                         "There are %zu pieces; expected 7 or more, to hold"
                         " some out and to test with some",
                         rolls->n)
              : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for pieces");
}
