// SPDX-License-Identifier: ISC

#include "plugin/ticks.h"

#include <time.h>

#define MEASURE_SECONDS 0.002

double
rem_seconds(void)
{
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double
rem_ticks_per_second(void)
{
  const double   start = rem_seconds();
  const uint64_t ticks = rem_ticks();
  double         now   = start;
  while (now - start < MEASURE_SECONDS) {
    now = rem_seconds();
  }
  return (double)(rem_ticks() - ticks) / (now - start);
}
