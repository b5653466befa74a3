// SPDX-License-Identifier: ISC

/// How fast and how exactly nets play

#ifndef REM_OFFLINE_TRAINER_BENCH_ENGINE_H
#define REM_OFFLINE_TRAINER_BENCH_ENGINE_H

#include "dsp/net.h"
#include "dsp/status.h"
#include "offline_trainer/bench/timing.h"

#include <stdint.h>

#define REM_TRUTH_FRAMES 48000U ///< Frames that errors are measured over

/// A net of noise within +-0.3, and what it makes of noise within +-1 in double
/// precision, from state zero
typedef struct {
  RemNetSpec spec;
  float*     params;      ///< [rem_net_n_params()]
  float*     x;           ///< [REM_TRUTH_FRAMES, I]
  double*    y;           ///< [REM_TRUTH_FRAMES, O]
  double     plain_error; ///< Largest error of a plain loop of floats, exact
                          ///< tanh: what an engine may be held to
} RemTruth;

/// Make the truth about a net of shape `spec`: seconds of work for large ones.
/// @param out To clear with rem_truth_clear(), even on failure.
RemStatus
rem_truth_make(const RemNetSpec* spec, RemTruth* out, RemError* error);

/// Free what the truth owns and empty it
void
rem_truth_clear(RemTruth* truth);

/// What was measured of one net with one instruction set; nanoseconds per
/// sample of one stream in blocks of 64
typedef struct {
  RemTiming ns;
  double    pair_ns;   ///< A sample of each of two streams at once
  double    stream_ns; ///< Floor of the product, see RemFloor
  double    chain_ns;  ///< Floor of the activations
  double    error;     ///< Largest against the truth
} RemEngineFigures;

/**
   Measure the engine, beside its floor.

   @param isa     As rem_net_isa(); one that this processor has.
   @param seconds About how long to measure.
*/
RemStatus
rem_bench_engine(const RemTruth*   truth,
                 const char*       isa,
                 double            seconds,
                 RemEngineFigures* out,
                 RemError*         error);

#endif // REM_OFFLINE_TRAINER_BENCH_ENGINE_H
