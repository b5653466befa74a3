// SPDX-License-Identifier: ISC

/**
   What a net has to beat: predictions of control frames that need no net.

   Both give a Gaussian for every continuous column and probabilities for
   switches and choices, so that their NLL per event is in the units of
   rem_frames_nll() and of the same events: all but the first of a performance.

       repeat   the frame before, plus or minus the training set's spread of
                differences; dt likewise or around the training set's mean,
                whichever is likelier there
       AR(p)    least squares from the p frames before, plus or minus the
                training set's errors

   In both the deviation is at least the floor of `frames`, and a switch or a
   choice stays as it is with the probability counted in training; if not, a
   choice goes where others went, by counts.  Every count begins with one.
*/

#ifndef REM_OFFLINE_TRAINER_CONTROL_BASELINE_H
#define REM_OFFLINE_TRAINER_CONTROL_BASELINE_H

#include "dsp/frames.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Performances, one after the other
typedef struct {
  const float*  frames;         ///< [begins[n_performances], 1 + n] finite
  const size_t* begins;         ///< [n_performances + 1] rising, from 0
  size_t        n_performances; ///< From 0 up
} RemTakes;

/// How well they predict
typedef struct {
  double   repeat_nll;   ///< Nats per event, NaN without an event
  double   ar_nll;       ///< Likewise
  double   discrete_nll; ///< What switches and choices add to both
  bool     repeats_dt;   ///< dt was told around the last one, not the mean
  uint32_t ar_order;     ///< p
  size_t   n_events;     ///< That were predicted
} RemBaselines;

/**
   Learn both from `train` and measure them on `val`.

   @param frames As rem_frames_check() accepts them.  With a linear head, half
                 the squared error takes the place of the Gaussians.
   @return #REM_NO_MEMORY or #REM_SUCCESS.

   Thread: any.  Cost: a second for 100000 events of 9 columns.
*/
RemStatus
rem_baselines(const RemFrames* frames,
              const RemTakes*  train,
              const RemTakes*  val,
              RemBaselines*    out,
              RemError*        error);

#endif // REM_OFFLINE_TRAINER_CONTROL_BASELINE_H
