// SPDX-License-Identifier: ISC

/// How long a model takes from its file to its first sample

#ifndef REM_OFFLINE_TRAINER_BENCH_LOAD_H
#define REM_OFFLINE_TRAINER_BENCH_LOAD_H

#include "dsp/net.h"
#include "dsp/status.h"
#include "offline_trainer/bench/timing.h"

/// Milliseconds
typedef struct {
  RemTiming read_ms;   ///< Read the file and replay its test vector
  RemTiming pack_ms;   ///< Pack the weights; memory of two channels, at rest
  RemTiming settle_ms; ///< Find the rest state, where a file holds none
} RemLoadFigures;

/**
   Measure how a model of noise of shape `spec` is loaded from a file, which is
   made for the purpose and removed again.

   @param spec    One input, one output.
   @param seconds About how long to measure.
   @return What rem_model_read() and the like say of a full disk or memory.
*/
RemStatus
rem_bench_load(const RemNetSpec* spec,
               double            seconds,
               RemLoadFigures*   out,
               RemError*         error);

#endif // REM_OFFLINE_TRAINER_BENCH_LOAD_H
