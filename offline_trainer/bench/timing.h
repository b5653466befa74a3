// SPDX-License-Identifier: ISC

/// Timings that hold still: several things take turns, so that a clock that
/// drifts or another program hits them all alike

#ifndef REM_OFFLINE_TRAINER_BENCH_TIMING_H
#define REM_OFFLINE_TRAINER_BENCH_TIMING_H

#include <stdint.h>
#include <time.h>

/// Seconds that one piece of work takes
typedef struct {
  double median;
  double least;
} RemTiming;

/// Work that can be repeated
typedef struct {
  void (*run)(void* handle, uint64_t n); ///< Do `n` pieces of work
  void* handle;
} RemBenchTask;

#define REM_BENCH_MAX_TASKS 8U ///< Most that take turns

/**
   Time tasks in turn: every round runs each of them once, for about a
   millisecond or one piece of work, whichever is longer.

   The first runs, which find out how many pieces that is, are not counted.

   @param n_tasks 1..#REM_BENCH_MAX_TASKS.
   @param seconds About how long to measure, all tasks together; there are five
                  rounds at least.
   @param clock   CLOCK_THREAD_CPUTIME_ID for work of this thread alone, which
                  then does not wait for other programs; CLOCK_MONOTONIC for
                  work of several threads.
   @param out     [n_tasks] seconds per piece of work.
*/
void
rem_bench_time(const RemBenchTask* tasks,
               uint32_t            n_tasks,
               double              seconds,
               clockid_t           clock,
               RemTiming*          out);

#endif // REM_OFFLINE_TRAINER_BENCH_TIMING_H
