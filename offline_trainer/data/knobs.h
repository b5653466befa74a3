// SPDX-License-Identifier: ISC

/// Where a device's knobs stood, over all pairs that one model learns from

#ifndef REM_OFFLINE_TRAINER_DATA_KNOBS_H
#define REM_OFFLINE_TRAINER_DATA_KNOBS_H

#include "dsp/status.h"
#include "offline_trainer/data/pair.h"

#include <stdint.h>

/**
   Refuse settings that do not make one model: no pair at all, too many knobs,
   values that are not numbers, names that are empty, given twice, or not the
   same in all pairs, a knob that never moves and stands outside 0 to 1.

   @return #REM_BAD_ARGUMENT or #REM_SUCCESS.
*/
RemStatus
rem_knobs_check(const RemPairSource* sources,
                uint32_t             n_sources,
                RemError*            error);

/**
   Give a recording its knobs, and each of its pairs where they stand.

   @param sources   [recording->n_pairs] as rem_knobs_check() accepts them.
   @param recording Owns what is allocated, also on failure.
   @return #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_knobs_set(const RemPairSource* sources,
              RemRecording*        recording,
              RemError*            error);

#endif // REM_OFFLINE_TRAINER_DATA_KNOBS_H
