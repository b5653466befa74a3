// SPDX-License-Identifier: ISC

/// What baselines that train say of control frames

#ifndef REM_OFFLINE_TRAINER_CONTROL_RIVALS_H
#define REM_OFFLINE_TRAINER_CONTROL_RIVALS_H

#include "dsp/frames.h"
#include "offline_trainer/baseline/rival.h"
#include "offline_trainer/control/baseline.h"

#include <stdbool.h>

/// Performances as baselines see them: columns of a frame, and how the
/// continuous ones of the next one differ, dt itself, in the training set's
/// deviations
typedef struct {
  const RemFrames* frames;
  RemFrameSet      training;
  RemFrameSet      tested;
  double           scale[REM_MAX_FRAME]; ///< Deviations
} RemControlContest;

/// Prepare; false without memory.  To be cleared in any case.
bool
rem_control_contest_open(const RemFrames*   frames,
                         const RemTakes*    training,
                         const RemTakes*    tested,
                         RemControlContest* out);

/// Free what a contest owns and empty it
void
rem_control_contest_clear(RemControlContest* contest);

/**
   Return how surprising what is continuous is to a baseline, per event of
   `tested`: as for AR(p) of rem_baselines(), its mean plus or minus the
   training set's errors, or with a linear head half the squared error.  NaN
   without memory, or an event.
*/
double
rem_control_contest_nll(const RemControlContest* contest,
                        const RemRival*          rival);

#endif // REM_OFFLINE_TRAINER_CONTROL_RIVALS_H
