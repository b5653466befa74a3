// SPDX-License-Identifier: ISC

/// Sound as nets for spectra want it: one channel, at their rate

#ifndef REM_OFFLINE_TRAINER_SPECTRA_SOUND_H
#define REM_OFFLINE_TRAINER_SPECTRA_SOUND_H

#include "dsp/status.h"

#include <stddef.h>
#include <stdint.h>

/// One channel of sound.  All zero is none.
typedef struct {
  uint32_t rate; ///< Hz
  size_t   n;
  float*   x; ///< [n] full scale 1, finite; owned
} RemSound;

/**
   Read a sound file, mix its channels to their mean and bring it to a rate.

   The resampler is speexdsp's, aligned: what was at a time stays there.  What
   is no number becomes 0.

   @param rate In Hz, between a 16th and 16 times the file's; 0 for the file's.
   @param out  To be cleared with rem_sound_clear(); empty on failure.
   @return What rem_audio_read() returns, or #REM_UNSUPPORTED for a rate that is
   too far away.
*/
RemStatus
rem_sound_read(const char* path, uint32_t rate, RemSound* out, RemError* error);

/// Bring sound to another rate in place; as rem_sound_read()
RemStatus
rem_sound_resample(RemSound* sound, uint32_t rate, RemError* error);

/// Free the samples and empty the struct
void
rem_sound_clear(RemSound* sound);

#endif // REM_OFFLINE_TRAINER_SPECTRA_SOUND_H
