// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/timing.h"

#include <stdlib.h>

#define SLICE 1e-3 ///< Seconds that a task runs in its turn
#define MIN_ROUNDS 5U
#define MAX_ROUNDS 501U

static double
read_clock(const clockid_t clock)
{
  struct timespec t = {0, 0};
  (void)clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/// Return the seconds that `n` pieces of work take
static double
time_once(const RemBenchTask* const task,
          const uint64_t            n,
          const clockid_t           clock)
{
  const double start = read_clock(clock);
  task->run(task->handle, n);
  return read_clock(clock) - start;
}

/// Return how many pieces of work last a slice
static uint64_t
find_count(const RemBenchTask* const task, const clockid_t clock)
{
  uint64_t n = 1U;
  while (time_once(task, n, clock) < SLICE && n < UINT64_MAX / 2U) {
    n *= 2U;
  }
  return n;
}

static int
compare(const void* const a, const void* const b)
{
  const double x = *(const double*)a;
  const double y = *(const double*)b;
  return (x > y) - (x < y);
}

void
rem_bench_time(const RemBenchTask* const tasks,
               const uint32_t            n_tasks,
               const double              seconds,
               const clockid_t           clock,
               RemTiming* const          out)
{
  double   times[REM_BENCH_MAX_TASKS][MAX_ROUNDS];
  uint64_t counts[REM_BENCH_MAX_TASKS];
  double   spent = 0.0;
  uint32_t n     = 0;

  for (uint32_t i = 0; i < n_tasks; ++i) {
    counts[i] = find_count(&tasks[i], clock);
  }
  for (; n < MIN_ROUNDS || (n < MAX_ROUNDS && spent < seconds); ++n) {
    for (uint32_t i = 0; i < n_tasks; ++i) {
      const double t = time_once(&tasks[i], counts[i], clock);
      times[i][n]    = t / (double)counts[i];
      spent += t;
    }
  }
  for (uint32_t i = 0; i < n_tasks; ++i) {
    qsort(times[i], n, sizeof(double), compare);
    out[i] = (RemTiming){times[i][n / 2U], times[i][0]};
  }
}
