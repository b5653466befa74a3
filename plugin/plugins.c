// SPDX-License-Identifier: ISC

/// What the bundle's binary exports

#include "plugin/audio/audio.h"
#include "plugin/control/control.h"
#include "plugin/listener/listener.h"
#include "plugin/notes/notes.h"

LV2_SYMBOL_EXPORT const LV2_Descriptor*
lv2_descriptor(const uint32_t index)
{
  switch (index) {
  case 0U:
    return &rem_audio_mono;
  case 1U:
    return &rem_audio_stereo;
  case 2U:
    return &rem_control;
  case 3U:
    return &rem_control_cv;
  case 4U:
    return &rem_listener;
  case 5U:
    return &rem_notes;
  default:
    return NULL;
  }
}
