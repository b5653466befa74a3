// SPDX-License-Identifier: ISC

/// The lesson of piano rolls: given the frames so far, which keys sound in the
/// next one?

#ifndef REM_OFFLINE_TRAINER_ROLLS_ROLL_LESSON_H
#define REM_OFFLINE_TRAINER_ROLLS_ROLL_LESSON_H

#include "dsp/net.h"
#include "offline_trainer/lesson.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/rolls/rolls.h"
#include "offline_trainer/train.h"

/// Return what works well, of a net with these cells: 88 keys in, 88 switches
/// out, dropout, and a beginning that is learned
RemTrainSpec
rem_roll_train_default(RemCell cell, uint32_t n_hidden);

/**
   Prepare a lesson of rolls.

   Streams are pieces in an order that changes every epoch, and keep their state
   through a piece.  The loss is the mean over frames of binary cross-entropy,
   summed over keys; validation gives the same of `held_out`.

   @param training, held_out Must outlive the lesson.
   @param n_threads          From 1; the result does not depend on it.
   @param out                On success to be cleared with rem_lesson_clear(),
                             else empty.
   @return #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_roll_lesson_open(const RemTrainSpec* spec,
                     const RemRolls*     training,
                     const RemRolls*     held_out,
                     uint32_t            n_threads,
                     RemLesson*          out,
                     RemError*           error);

/// Return the surprise of a frame of `rolls` for a net, in nats: the mean over
/// frames of the sum over keys; infinity without memory, or if it runs away
double
rem_rolls_nll(const RemNetSpec* spec,
              const float*      params,
              const RemRolls*   rolls,
              RemPool*          pool);

/// Set `chances` [n frames of piece, 88] to how sure a net is of every key,
/// from the frames before; the first frame has zeros.  False without memory.
bool
rem_rolls_foretell(const RemNetSpec* spec,
                   const float*      params,
                   const RemRolls*   rolls,
                   size_t            piece,
                   float*            chances);

#endif // REM_OFFLINE_TRAINER_ROLLS_ROLL_LESSON_H
