// SPDX-License-Identifier: ISC

/// Events in a curve of strengths: its peaks.  The same in the plugin and in
/// files.

#ifndef REM_DSP_PEAKS_H
#define REM_DSP_PEAKS_H

#include "dsp/rt.h"

#include <stdbool.h>
#include <stdint.h>

/// What counts as an event
typedef struct {
  float    threshold; ///< Least strength, above 0
  uint32_t n_apart;   ///< Least frames from an event to the next, 0 as 1
} RemPeakRule;

/// Where a curve stands; all zero before its first frame
typedef struct {
  float    last;    ///< Strength of the frame before
  bool     risen;   ///< It was above the one before it
  bool     any;     ///< There was an event
  uint32_t n_since; ///< Frames from the last event to the frame before
} RemPeaks;

/**
   Take the strength of the next frame.

   An event is a frame at or above the threshold that is stronger than the one
   before it and at least as strong as the one behind it, unless an event lies
   too near before it.  So it is known one frame late.

   @param x Strength of this frame, from 0 up; finite.
   @return The strength of the frame before if it is an event, else 0.

   Thread: audio.  Cannot fail.
*/
REM_RT float
rem_peaks_next(RemPeaks* peaks, const RemPeakRule* rule, float x);

#endif // REM_DSP_PEAKS_H
