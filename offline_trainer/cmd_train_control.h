// SPDX-License-Identifier: ISC

/// What the files cmd_train_control*.c share, and no one else

#ifndef REM_OFFLINE_TRAINER_CMD_TRAIN_CONTROL_H
#define REM_OFFLINE_TRAINER_CMD_TRAIN_CONTROL_H

#include "offline_trainer/cmd_train.h"

/// Everything that a run on control frames learns from
struct ControlDataImpl {
  RemPerformances all;        ///< Of the folder
  RemPerformances validation; ///< Of --validation, or none
  RemControlSet   set;
  RemFrames       frames;
  RemBaselines    baselines;
};

/// Free what data own
void
control_data_clear(ControlData* data);

/**
   Read the folders and say which performances are held out.

   While a folder is watched, logs count when nothing has been written to them
   for a while.

   @param earlier A set whose performances stay where they are, or NULL.
   @param out     `all`, `validation` and `set` are filled; to be cleared either
                  way.
*/
RemStatus
control_data_read(const TrainOptions*  options,
                  const RemControlSet* earlier,
                  ControlData*         out,
                  RemError*            error);

/**
   Read from a model which performances it was learned from and tested with.

   @param out Their names and nothing else; empty if the file does not say.  To
              be cleared with rem_control_set_clear().
*/
void
control_set_of_model(const char* path, RemControlSet* out);

/**
   Set scales and choices to those of a model, where dimensions are of the same
   kind: a run that goes on keeps them, though performances may have come since
   they were learned.

   @param frames Stay as they are if there is no such model.
*/
void
control_frames_of_model(const char* path, RemFrames* frames);

/// Measure how well simple predictions do on `data->set`
RemStatus
control_data_measure(ControlData* data, RemError* error);

#endif // REM_OFFLINE_TRAINER_CMD_TRAIN_CONTROL_H
