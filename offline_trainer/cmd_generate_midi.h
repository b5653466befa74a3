// SPDX-License-Identifier: ISC

/// `remanence generate` of a model that reads MIDI events.  For cmd_generate*.c
/// only.

#ifndef REM_OFFLINE_TRAINER_CMD_GENERATE_MIDI_H
#define REM_OFFLINE_TRAINER_CMD_GENERATE_MIDI_H

#include "dsp/model.h"
#include "offline_trainer/midi/improvise.h"

/// Let a model play into the file `output`, after it has heard the file `prime`
/// (NULL for none)
RemStatus
generate_midi(const RemModel*     model,
              const char*         prime,
              const RemImprovise* how,
              const char*         output,
              RemError*           error);

#endif // REM_OFFLINE_TRAINER_CMD_GENERATE_MIDI_H
