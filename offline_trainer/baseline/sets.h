// SPDX-License-Identifier: ISC

/// Sets of frames, made of what nets for symbols and spectra learn from

#ifndef REM_OFFLINE_TRAINER_BASELINE_SETS_H
#define REM_OFFLINE_TRAINER_BASELINE_SETS_H

#include "offline_trainer/baseline/frame_set.h"
#include "offline_trainer/spectra/clips.h"
#include "offline_trainer/text/tokens.h"

#include <stdbool.h>
#include <stddef.h>

/**
   Make frames of symbols, 1 at the symbol's place and 0 elsewhere, whose target
   is the symbol that follows.

   @param most Rows; what is behind them is left out.
   @param out  To be cleared with rem_frame_set_clear() in any case.
   @return False without memory.
*/
bool
rem_token_frames(const RemTokens* tokens, size_t most, RemFrameSet* out);

/// Make frames of recordings, with their targets; otherwise likewise
bool
rem_clip_frames(const RemClips* clips, RemFrameSet* out);

#endif // REM_OFFLINE_TRAINER_BASELINE_SETS_H
