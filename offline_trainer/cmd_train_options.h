// SPDX-License-Identifier: ISC

/// What cmd_train_options.c, cmd_train_values.c and
/// cmd_train_control_options.c share, and no one else

#ifndef REM_OFFLINE_TRAINER_CMD_TRAIN_OPTIONS_H
#define REM_OFFLINE_TRAINER_CMD_TRAIN_OPTIONS_H

#include "offline_trainer/cmd_train.h"

/// Options without a letter
enum {
  OPTION_VALID_INPUT = 256,
  OPTION_VALID_TARGET,
  OPTION_KNOB,
  OPTION_LATENCY,
  OPTION_VALID_FRACTION,
  OPTION_HIDDEN,
  OPTION_LAYERS,
  OPTION_SKIP,
  OPTION_NO_SKIP,
  OPTION_LOSS,
  OPTION_PRE_EMPHASIS,
  OPTION_DC,
  OPTION_STFT,
  OPTION_BATCH,
  OPTION_WINDOW,
  OPTION_WARM_UP,
  OPTION_MEMORY,
  OPTION_RATE,
  OPTION_DECAY,
  OPTION_CLIP,
  OPTION_AVERAGE,
  OPTION_SEED,
  OPTION_THREADS,
  OPTION_TIME,
  OPTION_EPOCHS,
  OPTION_PATIENCE,
  OPTION_RESUME,
  OPTION_REPORT,
  OPTION_NAME,
  OPTION_AUTHOR,
  OPTION_NOTES,
  OPTION_OSC,
  OPTION_INSTANCE,
  OPTION_CONTROL,
  OPTION_VALIDATION,
  OPTION_DIMENSIONS,
  OPTION_MIXTURES,
  OPTION_HEAD,
  OPTION_SHIFT,
  OPTION_LONGEST,
  OPTION_RNN_ROWS,
  OPTION_SWITCH,
  OPTION_CHOICE,
  OPTION_CONTINUOUS,
  OPTION_WATCH,
};

/// Return whether the value of the option `letter` is a number in a range
bool
train_is_number(int letter);

/**
   Store the value of an option that train_is_number().

   @param name Of the option, for complaints.
   @param text Its value.
   @return #REM_EXIT_DONE, or complains and returns #REM_EXIT_USAGE.
*/
int
train_read_number(TrainOptions* options,
                  int           letter,
                  const char*   name,
                  const char*   text);

/// Store `--time`: "120s", "2m", "1.5h" or plain seconds
int
train_read_time(TrainOptions* options, const char* text);

/// Return whether an option means nothing to training on control frames
bool
train_is_of_sound(int letter);

/**
   Store the value of an option of control frames, #OPTION_CONTROL and above.

   @param name Of the option, for complaints.
   @param text Its value, or NULL.
   @return #REM_EXIT_DONE, or complains and returns #REM_EXIT_USAGE.
*/
int
train_read_control(TrainOptions* options,
                   int           letter,
                   const char*   name,
                   const char*   text);

/// Store `--pre-emphasis`: the coefficients of an FIR, or one number x for
/// 1 - x z^-1
int
train_read_taps(TrainOptions* options, const char* text);

/// Store `--loss`: "esr" or "mse"
int
train_read_loss(TrainOptions* options, const char* text);

#endif // REM_OFFLINE_TRAINER_CMD_TRAIN_OPTIONS_H
