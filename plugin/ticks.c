// SPDX-License-Identifier: ISC

#include "plugin/ticks.h"

#include <time.h>

#define MEASURE_SECONDS 0.002

static double
seconds_now(void)
{
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double
rem_ticks_per_second(void)
{
  const double   start = seconds_now();
  const uint64_t ticks = rem_ticks();
  double         now   = start;
  while (now - start < MEASURE_SECONDS) {
    now = seconds_now();
  }
  return (double)(rem_ticks() - ticks) / (now - start);
}
