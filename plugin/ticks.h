// SPDX-License-Identifier: ISC

/// The processor's own clock: reading it is one instruction and no system call

#ifndef REM_PLUGIN_TICKS_H
#define REM_PLUGIN_TICKS_H

#include "dsp/rt.h"

#include <stdint.h>

#if defined(__x86_64__) || defined(__i386__)
#  include <x86intrin.h>
#endif

/// Return ticks since some moment; always 0 on processors we have no clock for.
/// Thread: any, audio included.
REM_RT static inline uint64_t
rem_ticks(void)
{
  uint64_t ticks = 0U;
#if defined(__x86_64__) || defined(__i386__)
  ticks = __rdtsc();
#elif defined(__aarch64__)
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
#endif
  return ticks;
}

/// Return a clock in seconds that never goes back.  Thread: any but audio.
double
rem_seconds(void);

/// Measure how many ticks a second has, which takes 2 ms; 0 if there is no
/// clock.  Thread: any but audio.
double
rem_ticks_per_second(void);

#endif // REM_PLUGIN_TICKS_H
