// SPDX-License-Identifier: ISC

/// How long a predictor of gestures takes for an event

#ifndef REM_OFFLINE_TRAINER_BENCH_EVENT_H
#define REM_OFFLINE_TRAINER_BENCH_EVENT_H

#include "dsp/frames.h"
#include "dsp/status.h"
#include "offline_trainer/bench/timing.h"

#include <stdint.h>

/// A predictor to measure
typedef struct {
  uint32_t n_hidden;
  uint32_t n_layers;
  uint32_t n_mixtures;
  uint32_t n_dims; ///< Continuous ones, beside dt
} RemEventNet;

/**
   Measure one predicted event, sampling included: rem_predictor_draw() and
   rem_predictor_hear() of what was drawn, in a net of noise.

   @param seconds About how long to measure.
   @param us      Microseconds.
   @return #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_bench_event(const RemEventNet* net,
                double             seconds,
                RemTiming*         us,
                RemError*          error);

#endif // REM_OFFLINE_TRAINER_BENCH_EVENT_H
