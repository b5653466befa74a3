// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_generate_midi.h"

#include "offline_trainer/midi/song.h"

#include <stddef.h>

RemStatus
generate_midi(const RemModel* const     model,
              const char* const         prime,
              const RemImprovise* const how,
              const char* const         output,
              RemError* const           error)
{
  RemSong   heard = {0U, NULL};
  RemSong   song  = {0U, NULL};
  RemStatus st    = REM_SUCCESS;
  if (!output) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "It plays MIDI, which goes into a file: say -o song.mid");
  }
  (void)((prime && (st = rem_song_read(prime, &heard, error))) ||
         (st =
            rem_improvise(model, prime ? &heard : NULL, how, &song, error)) ||
         (st = rem_song_write(&song, output, error)));
  rem_song_clear(&heard);
  rem_song_clear(&song);
  return st;
}
