// SPDX-License-Identifier: ISC

#ifndef REM_PLUGIN_AUDIO_OSC_H
#define REM_PLUGIN_AUDIO_OSC_H

#include "plugin/osc/instance.h"

/// What OSC can do with the audio plugins
extern const RemOscKind rem_osc_audio;

#endif // REM_PLUGIN_AUDIO_OSC_H
