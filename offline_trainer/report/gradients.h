// SPDX-License-Identifier: ISC

/// How far back losses are heard: pictures and tables of |dL/dh| by the
/// distance from the loss

#ifndef REM_OFFLINE_TRAINER_REPORT_GRADIENTS_H
#define REM_OFFLINE_TRAINER_REPORT_GRADIENTS_H

#include "dsp/status.h"

#include <stddef.h>

#define REM_MAX_GRADIENTS 6U ///< Curves of a picture

/// A net, or a moment of its training
typedef struct {
  const char*   name;
  size_t        n;
  const double* norms; ///< [n] |dL/dh| so many steps before the loss
} RemGradients;

/**
   Draw curves [n] in one frame, as an SVG: logarithms of norms over distances.

   @param n At most #REM_MAX_GRADIENTS; more are left out.
*/
RemStatus
rem_gradients_draw(const char*         path,
                   const RemGradients* curves,
                   size_t              n,
                   RemError*           error);

/// Write the same numbers as CSV, a line per distance: an empty field where a
/// curve has ended
RemStatus
rem_gradients_write(const char*         path,
                    const RemGradients* curves,
                    size_t              n,
                    RemError*           error);

#endif // REM_OFFLINE_TRAINER_REPORT_GRADIENTS_H
