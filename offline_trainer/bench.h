// SPDX-License-Identifier: ISC

/// How fast this machine plays and trains nets

#ifndef REM_OFFLINE_TRAINER_BENCH_H
#define REM_OFFLINE_TRAINER_BENCH_H

#include "dsp/net.h"
#include "dsp/status.h"

#include <stdint.h>

/// Repeated timings of one thing
typedef struct {
  double median;
  double least;
} RemTiming;

/**
   Time the engine: nanoseconds per frame of one stream in blocks of 64.

   @param seconds About how long to measure.
*/
RemStatus
rem_bench_engine(const RemNetSpec* spec,
                 double            seconds,
                 RemTiming*        out,
                 RemError*         error);

/**
   Time training: microseconds per time step of `n_streams` parallel streams, by
   windows of `n_steps`, each with its forward pass, backward pass and update.

   @param n_threads Threads that share the streams.
   @param seconds   About how long to measure.
*/
RemStatus
rem_bench_trainer(const RemNetSpec* spec,
                  uint32_t          n_streams,
                  uint32_t          n_steps,
                  uint32_t          n_threads,
                  double            seconds,
                  RemTiming*        out,
                  RemError*         error);

#endif // REM_OFFLINE_TRAINER_BENCH_H
