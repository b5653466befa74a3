// SPDX-License-Identifier: ISC

/// How fast nets train

#ifndef REM_OFFLINE_TRAINER_BENCH_TRAINER_H
#define REM_OFFLINE_TRAINER_BENCH_TRAINER_H

#include "dsp/net.h"
#include "dsp/status.h"
#include "offline_trainer/bench/timing.h"

#include <stdint.h>

/// What is trained: of a net of symbols its next one, by cross-entropy
typedef struct {
  RemNetSpec spec;
  uint32_t   n_streams; ///< B, streams side by side
  uint32_t   n_steps;   ///< T, samples of a window
} RemTraining;

/// What was measured of it
typedef struct {
  RemTiming us;         ///< Microseconds per time step of all streams
  double    memory_mib; ///< Peak of the whole process, or NaN if unknown
} RemTrainerFigures;

/// Return the arithmetic of one sample of one stream, forward, backward and
/// gradient: what the products of matrices need, a multiply-add being two;
/// activations are not counted
double
rem_bench_flops(const RemTraining* training);

/**
   Measure windows of training: forward pass, backward pass and update.

   @param n_threads Threads that share the streams.
   @param seconds   About how long to measure.
*/
RemStatus
rem_bench_trainer(const RemTraining* training,
                  uint32_t           n_threads,
                  double             seconds,
                  RemTrainerFigures* out,
                  RemError*          error);

#endif // REM_OFFLINE_TRAINER_BENCH_TRAINER_H
