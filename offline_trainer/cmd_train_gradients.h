// SPDX-License-Identifier: ISC

/// What `remanence train --gradients` records

#ifndef REM_OFFLINE_TRAINER_CMD_TRAIN_GRADIENTS_H
#define REM_OFFLINE_TRAINER_CMD_TRAIN_GRADIENTS_H

#include "offline_trainer/cmd_train.h"

/**
   Prepare to record gradients for --gradients.

   @return NULL with `error` filled if nothing can be written into that folder,
   or without memory.
*/
TrainGradients*
train_gradients_new(const TrainOptions* options,
                    const RemLesson*    lesson,
                    RemError*           error);

/// After an update: begin, go on or end a record, as far as training is
void
train_gradients_go_on(TrainGradients*     gradients,
                      RemTrainer*         trainer,
                      const RemTrainNews* news);

/// Write gradients.csv and gradients.svg of what was recorded
RemStatus
train_gradients_write(TrainGradients* gradients, RemError* error);

/// Free records; NULL is allowed
void
train_gradients_free(TrainGradients* gradients);

#endif // REM_OFFLINE_TRAINER_CMD_TRAIN_GRADIENTS_H
