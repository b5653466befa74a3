// SPDX-License-Identifier: ISC

/// Songs as calls and responses

#ifndef REM_OFFLINE_TRAINER_MIDI_CALLS_H
#define REM_OFFLINE_TRAINER_MIDI_CALLS_H

#include "offline_trainer/examples/examples.h"
#include "offline_trainer/text/tokens.h"

/**
   Cut songs into phrases of `seconds` and take every one as the answer to the
   one before.  Phrases begin with their first key, as players do; what sounds
   at the end of one is let go there.  Phrases without keys are left out.

   @param songs Of rem_songs_read().
   @return Examples of #REM_TASK_TRANSLATE to free, perhaps none, or NULL
   without memory.
*/
RemExamples*
rem_songs_calls(const RemTokens* songs, double seconds);

#endif // REM_OFFLINE_TRAINER_MIDI_CALLS_H
