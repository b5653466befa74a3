// SPDX-License-Identifier: ISC

/// Models that play in a slot (plugin/slot.h)

#ifndef REM_PLUGIN_AUDIO_STAGE_H
#define REM_PLUGIN_AUDIO_STAGE_H

#include "plugin/slot.h"
#include "plugin/stage.h"

#include <stdint.h>

/// Handle of `rem_audio_stage`
typedef struct {
  RemSlot* slot; ///< Borrowed
  uint32_t n_channels;
  double   rate; ///< Of the host, Hz
} RemAudioStage;

/// What is built is a RemStream
extern const RemStageCalls rem_audio_stage;

#endif // REM_PLUGIN_AUDIO_STAGE_H
