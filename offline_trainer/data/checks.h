// SPDX-License-Identifier: ISC

/// What a recording suffers from, said in sentences

#ifndef REM_OFFLINE_TRAINER_DATA_CHECKS_H
#define REM_OFFLINE_TRAINER_DATA_CHECKS_H

#include "dsp/status.h"
#include "offline_trainer/data/audio.h"
#include "offline_trainer/data/pair.h"

#include <stddef.h>
#include <stdint.h>

/// Add a sentence to a pair's findings, unless they are full
void
rem_finding_add(RemPair* pair, RemFindingLevel level, const char* format, ...)
  __attribute__((format(printf, 3, 4)));

/**
   Make one channel of several, in place; say which.

   @param name "input" or "target", for the finding.
*/
void
rem_check_channels(RemPair* pair, const char* name, RemAudio* audio);

/**
   Refuse a signal that cannot be learned from: a sample that is not a number,
   or nothing above -80 dBFS.

   @param path For the error's place.
   @return #REM_BAD_AUDIO or #REM_SUCCESS.
*/
RemStatus
rem_check_samples(const char*  path,
                  const float* x,
                  size_t       n,
                  uint32_t     rate,
                  RemError*    error);

/// Look for clipping, DC, a low level and long silence
void
rem_check_level(RemPair*     pair,
                const char*  name,
                const float* x,
                size_t       n,
                uint32_t     rate);

/// Say how far apart the files were and what was done about it
void
rem_check_alignment(RemPair* pair, bool latency_given);

/// Measure the target's noise floor
void
rem_check_noise(RemPair* pair);

/// Compare takes of a phrase that the input repeats; #REM_NO_MEMORY or
/// #REM_SUCCESS
RemStatus
rem_check_repeat(RemPair* pair);

#endif // REM_OFFLINE_TRAINER_DATA_CHECKS_H
