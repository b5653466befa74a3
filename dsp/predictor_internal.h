// SPDX-License-Identifier: ISC

/// Shared by predictor.c and predictor_setup.c, and no one else

#ifndef REM_DSP_PREDICTOR_INTERNAL_H
#define REM_DSP_PREDICTOR_INTERNAL_H

#include "dsp/frames.h"
#include "dsp/net.h"

#include <stdbool.h>
#include <stdint.h>

struct RemPredictor {
  RemFrames    frames;
  RemNet*      net;
  RemNetState* state;
  float*       rest;    ///< [L, 2, H]
  float*       columns; ///< [I] of the frame heard last
  float*       y;       ///< [O] what the net made of it
  bool         fresh;   ///< Nothing was heard since the rest state
  uint32_t     n_failures;
};

#endif // REM_DSP_PREDICTOR_INTERNAL_H
