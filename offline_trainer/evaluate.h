// SPDX-License-Identifier: ISC

/// How far a prediction is from a target, in the figures that people compare

#ifndef REM_OFFLINE_TRAINER_EVALUATE_H
#define REM_OFFLINE_TRAINER_EVALUATE_H

#include "dsp/model.h"
#include "dsp/status.h"

#include <stddef.h>
#include <stdint.h>

#define REM_MAX_BANDS 12U

/// Spectral error of one octave
typedef struct {
  double low;      ///< Hz
  double high;     ///< Hz
  double error_db; ///< Energy of the difference by that of the target
  double level_db; ///< Energy of the prediction by that of the target
} RemBand;

/// What `remanence eval` prints
typedef struct {
  double   esr;          ///< sum (target - y)^2 / sum target^2
  double   esr_emphasis; ///< The same after 1 - 0.85 z^-1
  double   mae;          ///< Mean absolute error, full scale 1
  double   dc;           ///< Mean of target - y, full scale 1
  uint32_t n_bands;
  RemBand  bands[REM_MAX_BANDS];
} RemFigures;

/// Compare `y` with `target`, [n] samples at `rate` Hz
RemStatus
rem_evaluate(const float* target,
             const float* y,
             size_t       n,
             double       rate,
             RemFigures*  out,
             RemError*    error);

/**
   Play `input` through the model's voice from its rest state.

   @param knobs [n_knobs] 0 to 1, or NULL for the model's defaults.
   @param out   [n] overwritten; may be `input`.
*/
RemStatus
rem_render(const RemModel* model,
           const float*    knobs,
           const float*    input,
           float*          out,
           size_t          n,
           RemError*       error);

#endif // REM_OFFLINE_TRAINER_EVALUATE_H
