// SPDX-License-Identifier: ISC

/// The gradient of rem_frames_nll(), in float and quick: what training of
/// control frames makes small

#ifndef REM_OFFLINE_TRAINER_CONTROL_FRAMES_LOSS_H
#define REM_OFFLINE_TRAINER_CONTROL_FRAMES_LOSS_H

#include "dsp/frames.h"

#include <stdbool.h>
#include <stdint.h>

/// Columns that are a switch or a choice
typedef struct {
  uint32_t column; ///< First, of the net's input
  uint32_t width;  ///< 1 for a switch
} RemDiscrete;

/// Where everything stands in a net's input and output
typedef struct {
  uint32_t    n_in;
  uint32_t    n_out;
  uint32_t    n_mixtures;   ///< M; 0 for a linear head
  uint32_t    n_continuous; ///< C
  bool        residual;     ///< Means but dt's are offsets from `before`
  float       floor;        ///< Least standard deviation
  uint32_t    continuous[REM_MAX_FRAME]; ///< [C] columns of the net's input
  uint32_t    n_discrete;
  RemDiscrete discrete[REM_MAX_DIMS]; ///< [n_discrete]
} RemFramesLoss;

/// Return the loss of frames that rem_frames_check() accepts
RemFramesLoss
rem_frames_loss(const RemFrames* frames);

/**
   Return what rem_frames_nll() returns, but for rounding, and its gradient.

   With r_i = pi_i N_i / sum_j pi_j N_j of mixture i, d = (z - m) / s, and
   s = floor + e, e = exp(raw):

       dL/da_i = pi_i - r_i     dL/dm = -r_i d / s     dL/draw = r_i (1 - d^2)
   e/s

   Where raw is above #REM_MDN_MAX_RAW it is as at that, though the value does
   not change there: so training finds back.

   Source: Bishop 1994, "Mixture density networks", Aston University
   NCRG/94/004; there s = exp(raw).

   @param y      [n_out] of the net at the frame before.
   @param before [n_in] columns of the frame before.
   @param next   [n_in] columns of the frame itself.
   @param weight The gradient is multiplied by it.
   @param dy     [n_out] overwritten; may not overlap the others.

   Thread: any.  Cost: 2 M C exponentials, in vectors; no allocation.  Cannot
   fail.
*/
double
rem_frames_loss_gradient(const RemFramesLoss* loss,
                         const float*         y,
                         const float*         before,
                         const float*         next,
                         float                weight,
                         float*               dy);

#endif // REM_OFFLINE_TRAINER_CONTROL_FRAMES_LOSS_H
