// SPDX-License-Identifier: ISC

/// A control that moves in a straight line, sample by sample, and arrives
/// exactly: a gain of 0 dB ends at 1.0f and not a rounding error beside it

#ifndef REM_PLUGIN_RAMP_H
#define REM_PLUGIN_RAMP_H

#include "dsp/rt.h"

#include <stdbool.h>
#include <stdint.h>

/// All zero is a control at rest at 0
typedef struct {
  float    value;  ///< Of the last sample
  float    step;   ///< Per sample while moving
  float    target; ///< Where it goes
  uint32_t n_left; ///< Samples until it arrives
} RemRamp;

/// Start towards `target`, to arrive after `n` samples; 0 arrives at once.
/// Does nothing if that is where it already goes.  Thread: audio.
REM_RT static inline void
rem_ramp_aim(RemRamp* const ramp, const float target, const uint32_t n)
{
  if (!n) {
    *ramp = (RemRamp){target, 0.0f, target, 0U};
  } else if (target != ramp->target) {
    ramp->step   = (target - ramp->value) / (float)n;
    ramp->target = target;
    ramp->n_left = n;
  }
}

/// Return whether a control rests at `value`.  Thread: audio.
REM_RT static inline bool
rem_ramp_is_at(const RemRamp* const ramp, const float value)
{
  return !ramp->n_left && ramp->value == value;
}

/// Write the next `n` values to `out`.  Thread: audio.
REM_RT static inline void
rem_ramp_fill(RemRamp* const ramp, float* const out, const uint32_t n)
{
  uint32_t i = 0U;
  for (; i < n && ramp->n_left; ++i) {
    ramp->value = --ramp->n_left ? ramp->value + ramp->step : ramp->target;
    out[i]      = ramp->value;
  }
  for (; i < n; ++i) {
    out[i] = ramp->value;
  }
}

#endif // REM_PLUGIN_RAMP_H
