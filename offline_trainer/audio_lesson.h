// SPDX-License-Identifier: ISC

/// The lesson of recordings: a device's input and its output

#ifndef REM_OFFLINE_TRAINER_AUDIO_LESSON_H
#define REM_OFFLINE_TRAINER_AUDIO_LESSON_H

#include "offline_trainer/lesson.h"
#include "offline_trainer/loss.h"
#include "offline_trainer/split.h"
#include "offline_trainer/train.h"

/**
   Prepare a lesson of recordings.

   @param split     What to learn from and to validate with; must outlive the
                    lesson.
   @param n_threads From 1; the result does not depend on it.
   @param out       On success to be cleared with rem_lesson_clear(), else
                    empty.
   @return #REM_BAD_SHAPE, #REM_BAD_ARGUMENT, #REM_BAD_AUDIO (too short),
   #REM_NO_MEMORY or #REM_SUCCESS.

   Thread: any but audio.
*/
RemStatus
rem_audio_lesson_open(const RemTrainSpec* spec,
                      const RemLossSpec*  loss,
                      const RemSplit*     split,
                      uint32_t            n_threads,
                      RemLesson*          out,
                      RemError*           error);

#endif // REM_OFFLINE_TRAINER_AUDIO_LESSON_H
