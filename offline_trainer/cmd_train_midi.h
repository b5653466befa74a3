// SPDX-License-Identifier: ISC

/// What training on songs reads.  For cmd_train*.c only.

#ifndef REM_OFFLINE_TRAINER_CMD_TRAIN_MIDI_H
#define REM_OFFLINE_TRAINER_CMD_TRAIN_MIDI_H

#include "offline_trainer/cmd_train.h"
#include "offline_trainer/examples/examples.h"
#include "offline_trainer/text/tokens.h"

/// Read the songs of --midi or --calls, and those to test with or a part of
/// all; in all keys if that is asked for
RemStatus
train_read_songs(const TrainOptions* options,
                 RemTokens**         training,
                 RemTokens**         held_out,
                 RemError*           error);

/// As train_read_songs(), cut into calls and answers
RemStatus
train_read_calls(const TrainOptions* options,
                 RemExamples**       training,
                 RemExamples**       held_out,
                 RemError*           error);

#endif // REM_OFFLINE_TRAINER_CMD_TRAIN_MIDI_H
