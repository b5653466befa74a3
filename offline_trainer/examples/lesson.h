// SPDX-License-Identifier: ISC

/// Learning from examples, by whole sequences

#ifndef REM_OFFLINE_TRAINER_EXAMPLES_LESSON_H
#define REM_OFFLINE_TRAINER_EXAMPLES_LESSON_H

#include "offline_trainer/examples/learn.h"
#include "offline_trainer/lesson.h"

/**
   Open a lesson for rem_trainer_new().

   An epoch goes once through the examples, those of about the same length in a
   batch; what does not fill the last batch waits for another epoch.

   @param learn    Completed by rem_learn_spec(); `begin` must outlive the
                   lesson.
   @param training Learned from; must outlive the lesson, as `held_out`.
   @param out      To clear with rem_lesson_clear(); empty on failure.
*/
RemStatus
rem_examples_lesson_open(const RemExamples* training,
                         const RemExamples* held_out,
                         const RemLearn*    learn,
                         RemLesson*         out,
                         RemError*          error);

#endif // REM_OFFLINE_TRAINER_EXAMPLES_LESSON_H
