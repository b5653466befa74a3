// SPDX-License-Identifier: ISC

/// The lesson of frames, one after another or the last few at once

#ifndef REM_OFFLINE_TRAINER_BASELINE_WINDOW_LESSON_H
#define REM_OFFLINE_TRAINER_BASELINE_WINDOW_LESSON_H

#include "dsp/net.h"
#include "offline_trainer/baseline/frame_set.h"
#include "offline_trainer/lesson.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/train.h"

#include <stdint.h>

/**
   Prepare a lesson of frames.

   A net reads `n_back` frames at a time, its input [n_back * I], newest first;
   with 1 it hears them one after another.  In every epoch streams begin at
   windows by chance and go on from there, at rest where a piece begins.  The
   loss is the mean over rows: half the squared error of a linear head, the
   cross-entropy of a softmax or a sigmoid one.  Validation gives the same of
   `held_out`.

   @param training,held_out Both have rows; they must outlive the lesson.
   @param n_threads         From 1; the result does not depend on it.
   @param out               On success to be cleared with rem_lesson_clear(),
                            else empty.
   @return #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_window_lesson_open(const RemTrainSpec* spec,
                       uint32_t            n_back,
                       const RemFrameSet*  training,
                       const RemFrameSet*  held_out,
                       uint32_t            n_threads,
                       RemLesson*          out,
                       RemError*           error);

/// Set `y` [rows, O] to a net's output on every row of `set`, every piece from
/// rest; false without memory
bool
rem_window_play(const RemNetSpec*  spec,
                const float*       params,
                uint32_t           n_back,
                const RemFrameSet* set,
                float*             y);

/**
   Compare one output with its target, by the loss of `head`.

   @param y      [O]
   @param target [n_targets] of a set
   @param scale  Of the gradient.
   @param dy     [O] overwritten; may be `y`.
   @return Half the squared error, or nats.
*/
double
rem_window_loss(RemHead      head,
                uint32_t     n_out,
                const float* y,
                const float* target,
                double       scale,
                float*       dy);

#endif // REM_OFFLINE_TRAINER_BASELINE_WINDOW_LESSON_H
