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
  OPTION_CELL,
  OPTION_INIT,
  OPTION_FORGET_BIAS,
  OPTION_GRADIENTS,
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
  OPTION_TEXT,
  OPTION_MIDI,
  OPTION_TRANSPOSE,
  OPTION_CALLS,
  OPTION_PHRASE,
  OPTION_EXAMPLES,
  OPTION_TASK,
  OPTION_TOKENS,
  OPTION_LABELS,
  OPTION_VOCABULARY,
  OPTION_BOTH,
  OPTION_ENCODER,
  OPTION_ATTENTION,
  OPTION_OWN,
  OPTION_BESIDE,
  OPTION_LISTEN,
  OPTION_CURVE,
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

/// Return whether an option means something to what a run learns from
bool
train_is_of(int letter, TrainMode mode);

/// Complain about an option that train_is_of() does not know; return
/// #REM_EXIT_USAGE
int
train_refuse(int letter, TrainMode mode, const char* name);

/// Return what an option that decides what a run learns from decides;
/// `otherwise` for all others
TrainMode
train_mode_of(int letter, TrainMode otherwise);

/// Set everything to what is best without options
void
train_set_defaults(TrainOptions* out, TrainMode mode);

/// Fill in what follows from other options
void
train_complete(TrainOptions* options);

/// Return whether train_read_control() stores an option
bool
train_is_of_control(int letter);

/// Return whether an option is one of text and examples
bool
train_is_of_symbols(int letter);

/// Return whether an option of text and examples was on the command line
bool
train_is_given(const TrainSymbols* symbols, int letter);

/// As train_read_control(), for an option of text or examples
int
train_read_symbols(TrainOptions* options,
                   int           letter,
                   const char*   name,
                   const char*   text);

/// Return whether train_read_listen() stores an option
bool
train_is_of_listen(int letter);

/// Store an option of learning to hear; return the exit status
int
train_read_listen(TrainOptions* options, int letter, const char* text);

/// Take one more file of --text; complains and returns #REM_EXIT_USAGE, or
/// #REM_EXIT_DONE
int
train_read_path(TrainOptions* options, const char* path);

/// Refuse what is missing of text or examples; return the exit status
int
train_check_symbols(const TrainOptions* options);

/**
   Store the value of an option of control frames.

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

/// Store `--cell`: a word of rem_cell_find() that can be trained
int
train_read_cell(TrainOptions* options, const char* text);

/// Store `--init`: "default" or "orthogonal"
int
train_read_init(TrainOptions* options, const char* text);

/// Store `--loss`: "esr" or "mse"
int
train_read_loss(TrainOptions* options, const char* text);

#endif // REM_OFFLINE_TRAINER_CMD_TRAIN_OPTIONS_H
