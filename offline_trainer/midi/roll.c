// SPDX-License-Identifier: ISC

#include "offline_trainer/midi/roll.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void
rem_roll_clear(RemRoll* const roll)
{
  free(roll->keys);
  *roll = (RemRoll){0U, NULL};
}

static bool
is_key(const RemTimedMidi* const message)
{
  return (message->bytes[0] & 0xE0U) == 0x80U;
}

/// Append a frame
static bool
add_frame(RemRoll* const roll, const uint8_t sounds[const REM_N_KEYS])
{
  if (!(roll->n & (roll->n - 1U))) { // Room is a power of two
    const size_t   room = roll->n ? 2U * roll->n : 1U;
    uint8_t* const more = (uint8_t*)realloc(roll->keys, room * REM_N_KEYS);
    if (!more) {
      rem_roll_clear(roll);
      return false;
    }
    roll->keys = more;
  }
  memcpy(roll->keys + roll->n++ * REM_N_KEYS, sounds, REM_N_KEYS);
  return true;
}

bool
rem_midi_roll(const RemSong* const song, const double step, RemRoll* const out)
{
  uint8_t sounds[REM_N_KEYS] = {0U};
  double  first              = NAN;
  *out                       = (RemRoll){0U, NULL};
  for (size_t i = 0U; i < song->n; ++i) {
    const RemTimedMidi* const m = &song->messages[i];
    if (!is_key(m)) {
      continue;
    }
    first = isfinite(first) ? first : m->at;
    while (m->at - first > ((double)out->n + 0.5) * step) {
      if (!add_frame(out, sounds)) {
        return false;
      }
    }
    sounds[m->bytes[1] & 0x7FU] = (m->bytes[0] & 0xF0U) == 0x90U && m->bytes[2];
  }
  return true;
}
