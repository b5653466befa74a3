// SPDX-License-Identifier: ISC

/// A predicted event takes less than 20 us, net and sampling: the time of this
/// thread alone, at its best, so that other programs matter little

#include "offline_trainer/bench/event.h"
#include "tests/check.h"

#include <stdio.h>

#define LIMIT_US 20.0

/// Return whether this build is slow on purpose
static bool
is_slow_build(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
  !defined(__OPTIMIZE__)
  return true;
#else
  return false;
#endif
}

int
main(void)
{
  const RemEventNet net = {64U, 2U, 5U, 8U};
  RemTiming         us  = {0.0, 0.0};
  CHECK(!rem_bench_event(&net, 0.2, &us, NULL));
  printf("%.2f us (least %.2f)\n", us.median, us.least);
  CHECK(us.least > 0.01 && us.least <= us.median);
  if (is_slow_build()) {
    puts("SKIP a build under sanitizers or without optimisation is slow");
    return 77;
  }
  if (us.least > LIMIT_US && us.median > 2.0 * us.least) {
    puts("SKIP other programs keep the processor busy");
    return 77;
  }
  CHECK(us.least < LIMIT_US);
  return 0;
}
