// SPDX-License-Identifier: ISC

/// Nets that play by themselves, into a file

#ifndef REM_OFFLINE_TRAINER_MIDI_IMPROVISE_H
#define REM_OFFLINE_TRAINER_MIDI_IMPROVISE_H

#include "dsp/model.h"
#include "dsp/status.h"
#include "offline_trainer/midi/song.h"

#include <stdint.h>

/// How to play
typedef struct {
  double   seconds; ///< How long it plays; an answer may end before
  float    temperature;
  uint32_t top_k; ///< 0 for all
  uint64_t seed;
} RemImprovise;

/// Return: a minute, as learned, seed 0
RemImprovise
rem_improvise_default(void);

/**
   Let a net go on from a song for as long as told, or answer it, up to its end
   symbol.

   A net that goes on and has heard nothing begins a song.

   @param model One that rem_mind_check() accepts.
   @param heard What it hears first, and what `out` begins with; NULL for
                nothing, which nets that answer refuse.
   @param out   To release with rem_song_clear(); empty on failure.
   @return #REM_UNSUPPORTED, #REM_BAD_ARGUMENT, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_improvise(const RemModel*     model,
              const RemSong*      heard,
              const RemImprovise* how,
              RemSong*            out,
              RemError*           error);

#endif // REM_OFFLINE_TRAINER_MIDI_IMPROVISE_H
