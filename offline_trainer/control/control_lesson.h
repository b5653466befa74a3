// SPDX-License-Identifier: ISC

/// The lesson of performances: given what was played so far, which frame comes
/// next?

#ifndef REM_OFFLINE_TRAINER_CONTROL_CONTROL_LESSON_H
#define REM_OFFLINE_TRAINER_CONTROL_CONTROL_LESSON_H

#include "dsp/frames.h"
#include "offline_trainer/control/performances.h"
#include "offline_trainer/lesson.h"
#include "offline_trainer/train.h"

/// Return what works well: LSTM 2 x 64.  The net has neither inputs nor outputs
/// yet: rem_frames_net() knows them.
RemTrainSpec
rem_control_train_default(void);

/**
   Prepare a lesson of performances.

   Streams keep their state from window to window and begin at rest where a
   performance does.  The loss is the mean NLL per event (rem_frames_nll()) of
   an average batch; at a performance's end a window has fewer events.

   @param spec      A whole number of windows to warm up.
   @param set       Both parts have events; it may be cleared afterwards.
   @param n_threads From 1; the result does not depend on it.
   @param out       On success to be cleared with rem_lesson_clear(), else
                    empty.
   @return #REM_BAD_SHAPE, #REM_BAD_ARGUMENT, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_control_lesson_open(const RemTrainSpec*  spec,
                        const RemFrames*     frames,
                        const RemControlSet* set,
                        uint32_t             n_threads,
                        RemLesson*           out,
                        RemError*            error);

/**
   Go on with another set of the same frames: between epochs alone.

   @return #REM_NO_MEMORY, and nothing has changed, or #REM_SUCCESS.
*/
RemStatus
rem_control_lesson_renew(RemLesson*           lesson,
                         const RemControlSet* set,
                         RemError*            error);

#endif // REM_OFFLINE_TRAINER_CONTROL_CONTROL_LESSON_H
