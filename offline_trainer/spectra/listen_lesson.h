// SPDX-License-Identifier: ISC

/// What is learned of recordings with labels: stretches of a few seconds, cut
/// anew for every epoch, as whole sequences

#ifndef REM_OFFLINE_TRAINER_SPECTRA_LISTEN_LESSON_H
#define REM_OFFLINE_TRAINER_SPECTRA_LISTEN_LESSON_H

#include "dsp/status.h"
#include "offline_trainer/lesson.h"
#include "offline_trainer/spectra/clips.h"
#include "offline_trainer/train.h"

#include <stdint.h>

/**
   Return what does well for onsets.

   @param both Whether the net reads in both directions.
*/
RemTrainSpec
rem_listen_train_default(const RemClips* clips, bool both);

/**
   Open a lesson.

   The loss is the binary cross-entropy of every label and frame in nats, that
   of frames with a label weighed twice; or the squared error of a curve.
   The figure is the same on what is held out, played from beginning to end.
   In each stretch the first `spec->n_warm_up` frames are not learned, unless
   the recording begins there, nor the last ones by nets that read in both
   directions.

   @param spec     For these clips; n_steps is the length of stretches, frames.
   @param training Not copied: must outlive the lesson.
   @param held_out Likewise.
   @param out      To be cleared with rem_lesson_clear().
   @return #REM_BAD_ARGUMENT, what rem_train_spec_check() returns,
   #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_listen_lesson_open(const RemTrainSpec* spec,
                       const RemClips*     training,
                       const RemClips*     held_out,
                       uint32_t            n_threads,
                       RemLesson*          out,
                       RemError*           error);

#endif // REM_OFFLINE_TRAINER_SPECTRA_LISTEN_LESSON_H
