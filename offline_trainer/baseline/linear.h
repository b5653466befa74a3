// SPDX-License-Identifier: ISC

/// Linear predictions from the last frames, by least squares

#ifndef REM_OFFLINE_TRAINER_BASELINE_LINEAR_H
#define REM_OFFLINE_TRAINER_BASELINE_LINEAR_H

#include "offline_trainer/baseline/frame_set.h"

#include <stdbool.h>
#include <stdint.h>

/**
   Fit y = w_0 + W (the last `n_back` frames, newest first, zeros before a
   piece), with a ridge of 1e-6 of the mean square of the inputs; of more than
   200000 rows as many are looked at, evenly spread.

   @return [O, 1 + n_back I] w_0 first in each row, to be freed; NULL without
   memory.  Cost: as (n_back I)^2 per row.
*/
double*
rem_linear_fit(const RemFrameSet* set, uint32_t n_back);

/// Set `y` [rows, O] to what `weights` say; false without memory
bool
rem_linear_play(const double*      weights,
                const RemFrameSet* set,
                uint32_t           n_back,
                float*             y);

#endif // REM_OFFLINE_TRAINER_BASELINE_LINEAR_H
