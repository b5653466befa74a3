// SPDX-License-Identifier: ISC

/// How well and how fast nets of control frames learn, on real performances

#ifndef REM_OFFLINE_TRAINER_BENCH_CONTROL_H
#define REM_OFFLINE_TRAINER_BENCH_CONTROL_H

#include "dsp/frames.h"
#include "dsp/status.h"
#include "offline_trainer/control/performances.h"
#include "offline_trainer/train.h"

#include <stdint.h>

/// Performances and how a net of 2 x 64 cells and 5 mixtures learns them
typedef struct {
  RemControlSet set; ///< Owned
  RemFrames     frames;
  RemTrainSpec  spec; ///< As `remanence train --control`
} RemControlBench;

/// What came of a training
typedef struct {
  double nll;         ///< Nats per event of what is held out, the best weights
  double seconds;     ///< Validation included
  double cpu_seconds; ///< Of all threads: other programs do not count
} RemControlFigures;

/**
   Read performances: those of `folder`/train to learn from and of `folder`/val
   to test with, or if there are no such folders, `folder` with a sixth of its
   events held out.

   @param out To clear with rem_control_bench_clear(), also after a failure.
   @return What rem_performances_read(), rem_control_set_split() or
   rem_frames_learn() say.
*/
RemStatus
rem_control_bench_open(const char*      folder,
                       RemControlBench* out,
                       RemError*        error);

/// Free what `bench` owns and empty it
void
rem_control_bench_clear(RemControlBench* bench);

/**
   Train a net.

   @param epochs    From 1.
   @param n_threads From 1.
   @param n_updates What came to be.
   @return What rem_control_lesson_open() or rem_train() say.
*/
RemStatus
rem_control_bench_train(const RemControlBench* bench,
                        uint32_t               epochs,
                        uint64_t               seed,
                        uint32_t               n_threads,
                        uint32_t*              n_updates,
                        RemControlFigures*     out,
                        RemError*              error);

/**
   Write all that another program needs to train the same net: a line of JSON,
   then columns as little-endian floats, of `train` and of `val`.

       n_in n_out hidden layers n_mixtures residual floor   the net
       continuous   [C] columns of the mixture
       discrete     [[column, width]] of switches (1) and choices
       first_raw    biases of raw deviations at first
       streams steps warm_up memory rate clip keep epochs   its training
       train val    rows where performances begin, and the end

   @return #REM_NO_FILE, #REM_CANNOT_WRITE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_control_bench_write(const RemControlBench* bench,
                        uint32_t               epochs,
                        const char*            path,
                        RemError*              error);

#endif // REM_OFFLINE_TRAINER_BENCH_CONTROL_H
