// SPDX-License-Identifier: ISC

/// Takes with known onsets: struck and plucked sounds, thrown together by rule

#ifndef REM_OFFLINE_TRAINER_RECIPE_ONSETS_DATA_H
#define REM_OFFLINE_TRAINER_RECIPE_ONSETS_DATA_H

#include "dsp/status.h"

#include <stdbool.h>
#include <stdint.h>

/// What to make
typedef struct {
  const char* folder; ///< That exists: for NN.flac and NN.csv
  bool        test;   ///< Of sounds that are kept for tests, else of the others
  uint32_t    n_takes; ///< 1..99
  uint32_t    seconds; ///< Of each
  uint64_t    seed;
} RemOnsetsData;

/**
   Write takes and their onsets.

   The sounds are those of the Debian package sonic-pi-samples that begin with a
   blow; every third of them is kept for tests.  They come one by one or two at
   a time, 60 to 700 ms apart, at levels that differ by up to 18 dB and pitches
   by up to a fourth, over noise of -72 to -42 dB and, in every other take, a
   chord that swells.  An onset is where a sound has first come to a twentieth
   of its peak.

   @return #REM_NO_FILE, with the package to install, if it is not there;
   #REM_CANNOT_WRITE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_onsets_write(const RemOnsetsData* data, RemError* error);

#endif // REM_OFFLINE_TRAINER_RECIPE_ONSETS_DATA_H
