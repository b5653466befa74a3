// SPDX-License-Identifier: ISC

/// Shared by voice.c (audio thread) and voice_setup.c (the rest); no one else

#ifndef REM_DSP_VOICE_INTERNAL_H
#define REM_DSP_VOICE_INTERNAL_H

#include "dsp/net.h"
#include "dsp/voice.h"

#include <stdint.h>

enum { VOICE_CHUNK = 64 }; ///< Frames gathered for the net at a time

struct RemVoice {
  RemNet*       net;
  uint32_t      n_channels;
  RemNetState** states; ///< [n_channels]
  float*        rest;   ///< [L, 2, H]
  float*        frames; ///< [2, VOICE_CHUNK, I] scratch of two channels
  double        sample_rate;
  float         in_gain;          ///< Linear
  float         out_gain;         ///< Linear
  float         idle[REM_MAX_IN]; ///< Silence and every knob's default
};

#endif // REM_DSP_VOICE_INTERNAL_H
