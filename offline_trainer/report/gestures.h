// SPDX-License-Identifier: ISC

/// Pictures of gestures: what was played above what was made up, a lane for
/// each dimension, on one axis of time

#ifndef REM_OFFLINE_TRAINER_REPORT_GESTURES_H
#define REM_OFFLINE_TRAINER_REPORT_GESTURES_H

#include "dsp/frames.h"
#include "dsp/status.h"
#include "offline_trainer/control/generate.h"

/// One half of the picture
typedef struct {
  const char*        title; ///< Says what it is and whether a person played it
  const RemGestures* gestures;
  double             from;  ///< Seconds of `gestures` that stand at 0
  double             until; ///< Seconds at which they end
} RemGesturesShown;

/// What to draw
typedef struct {
  const RemFrames* frames; ///< Names of dimensions
  RemGesturesShown real;   ///< `gestures` NULL for none
  RemGesturesShown generated;
  double           seconds; ///< Length of the axis
} RemGesturesPicture;

/// Return whether a picture's file can have this name: it ends in .svg or .png
bool
rem_gestures_can_draw(const char* path);

/**
   Draw a picture into a file, which is replaced only when complete.

   @param path One that rem_gestures_can_draw() accepts.
   @return #REM_NO_MEMORY, #REM_CANNOT_WRITE or #REM_SUCCESS.
*/
RemStatus
rem_gestures_draw(const RemGesturesPicture* picture,
                  const char*               path,
                  RemError*                 error);

#endif // REM_OFFLINE_TRAINER_REPORT_GESTURES_H
