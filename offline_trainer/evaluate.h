// SPDX-License-Identifier: ISC

/// How far a prediction is from a target, in the figures that people compare

#ifndef REM_OFFLINE_TRAINER_EVALUATE_H
#define REM_OFFLINE_TRAINER_EVALUATE_H

#include "dsp/model.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_MAX_BANDS 12U

/// Spectral error of one octave.  Both ratios are NaN where the target has no
/// energy; that of a perfect prediction's difference is minus infinity.
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

/**
   Compare `y` with `target`, [n] samples at `rate` Hz.

   Bands are octaves from 31.25 Hz to half the rate, of Welch periodograms.

   @return #REM_BAD_AUDIO if there are no samples or the target is silent,
   #REM_NOT_FINITE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
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
   @return #REM_UNSUPPORTED if the model is not one that a voice plays,
   #REM_NOT_FINITE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_render(const RemModel* model,
           const float*    knobs,
           const float*    input,
           float*          out,
           size_t          n,
           RemError*       error);

/// Who is told how far long work is, and may end it
typedef struct {
  /// Called with the number of samples done; returns whether to go on
  bool (*go_on)(void* handle, size_t n_done);
  void* handle;
} RemWatch;

/// As rem_render(), about ten times a second of sound calling `watch`, if not
/// NULL; #REM_INTERRUPTED if that says so
RemStatus
rem_render_watched(const RemModel* model,
                   const float*    knobs,
                   const float*    input,
                   float*          out,
                   size_t          n,
                   const RemWatch* watch,
                   RemError*       error);

#endif // REM_OFFLINE_TRAINER_EVALUATE_H
