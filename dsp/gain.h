// SPDX-License-Identifier: ISC

#ifndef REM_DSP_GAIN_H
#define REM_DSP_GAIN_H

#include "dsp/rt.h"

#include <math.h>

/// Return the factor of a gain in dB; exactly 1 for 0 dB.  Thread: any, audio
/// included.
REM_RT static inline float
rem_gain_of_db(const float db)
{
  return powf(10.0f, 0.05f * db);
}

#endif // REM_DSP_GAIN_H
