// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train.h"

RemStatus
train_examples(TrainRun* const     run,
               TrainOptions* const options,
               RemError* const     error)
{
  (void)run;
  return rem_fail(error, REM_UNSUPPORTED, *options->symbols.paths, "Not yet");
}
