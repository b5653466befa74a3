// SPDX-License-Identifier: ISC

/// What commands that play a model share: its knobs and its sample rate.
/// For cmd_*.c only.

#ifndef REM_OFFLINE_TRAINER_PLAY_H
#define REM_OFFLINE_TRAINER_PLAY_H

#include "dsp/model.h"
#include "dsp/status.h"
#include "offline_trainer/data/audio.h"
#include "offline_trainer/data/pair.h"
#include "offline_trainer/evaluate.h"
#include "offline_trainer/progress.h"

#include <stddef.h>
#include <stdint.h>

/// A model, and where its knobs stand
typedef struct {
  const char*    command; ///< Whose warnings these are
  const char*    path;    ///< What the user calls the model
  RemModel*      model;   ///< Owned
  uint32_t       n_settings;
  RemKnobSetting settings[REM_MAX_KNOBS]; ///< `--knob`, as given
  float          knobs[REM_MAX_KNOBS];    ///< [model->n_knobs] 0 to 1
} Player;

/// Note a `--knob Name=value`.  Returns #REM_EXIT_DONE, or complains and
/// returns #REM_EXIT_USAGE.
int
player_add_knob(Player* player, const char* text);

/**
   Read `player->path` and set the knobs: what is not given is at its default.

   @return #REM_BAD_ARGUMENT for a knob that the model lacks or a value out of
   its range, #REM_UNSUPPORTED for a model of control frames, what
   rem_model_read() returns, or #REM_SUCCESS.  Free `player->model` either way.
*/
RemStatus
player_open(Player* player, RemError* error);

/// Refuse sound at another rate than the model's; warn if the model's file does
/// not say which that is
RemStatus
player_check_rate(const Player*   player,
                  const RemAudio* audio,
                  const char*     audio_path,
                  RemError*       error);

/**
   Play `input` [n] into `out` [n], showing progress; stopped by interrupts if
   those are held.

   @param progress Of `n_all` samples, `n_before` of which are done already.
*/
RemStatus
player_render(const Player* player,
              const float*  input,
              float*        out,
              size_t        n,
              Progress*     progress,
              size_t        n_before,
              size_t        n_all,
              RemError*     error);

#endif // REM_OFFLINE_TRAINER_PLAY_H
