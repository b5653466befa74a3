// SPDX-License-Identifier: ISC

/// What frames of a training set mean: scales, kinds, choices

#ifndef REM_OFFLINE_TRAINER_CONTROL_LEARN_FRAMES_H
#define REM_OFFLINE_TRAINER_CONTROL_LEARN_FRAMES_H

#include "dsp/frames.h"
#include "offline_trainer/control/performances.h"

/// What the user says about a dimension
typedef enum {
  REM_KIND_BY_VALUES, ///< A switch if it is 0 or 1 and nothing else
  REM_KIND_CONTINUOUS,
  REM_KIND_SWITCH,
  REM_KIND_CHOICE, ///< Of the values that occur
} RemKindWish;

/**
   Learn means, deviations and values of the training set.

   What hardly moves is scaled as if it moved by a step of MIDI, so that no
   scale is zero.  Where all values stand on steps of MIDI's 7 bits, draws will.
   The longest dt is one that 99.9 % of the set are below: a net
   does not fall silent for as long as a player who leaves the room.

   @param wishes     [n_dims]
   @param n_mixtures As in RemFrames.
   @return #REM_BAD_ARGUMENT for a choice of one value or of too many,
   #REM_BAD_SHAPE as rem_frames_check(), #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_frames_learn(const RemPerformances* training,
                 const RemKindWish*     wishes,
                 uint32_t               n_mixtures,
                 RemFrames*             out,
                 RemError*              error);

#endif // REM_OFFLINE_TRAINER_CONTROL_LEARN_FRAMES_H
