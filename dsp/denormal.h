// SPDX-License-Identifier: ISC

#ifndef REM_DSP_DENORMAL_H
#define REM_DSP_DENORMAL_H

#include "dsp/rt.h"

#include <stdint.h>

#if defined(__SSE2__)
#  include <xmmintrin.h>
#endif

/// The processor's floating point mode as a caller left it
typedef struct {
  uint64_t bits;
} RemFloatMode;

/**
   Make this thread flush denormal numbers to zero.

   A decaying cell would otherwise spend its tail in numbers that cost a hundred
   times as much.  Everything that plays or trains a net runs in this mode, so
   that what is measured is what is heard.

   @return What rem_denormals_restore() wants back.

   Thread: any, audio included.
*/
REM_RT static inline RemFloatMode
rem_denormals_off(void)
{
  RemFloatMode mode = {0U};
#if defined(__SSE2__)
  mode.bits = _mm_getcsr();
  _mm_setcsr((unsigned)mode.bits | 0x8040U); // FTZ and DAZ
#elif defined(__aarch64__)
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode.bits));
  __asm__ volatile("msr fpcr, %0" : : "r"(mode.bits | (1ULL << 24U)));
#endif
  return mode;
}

/// Restore what rem_denormals_off() found.  Thread: any, audio included.
REM_RT static inline void
rem_denormals_restore(const RemFloatMode mode)
{
#if defined(__SSE2__)
  _mm_setcsr((unsigned)mode.bits);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(mode.bits));
#else
  (void)mode;
#endif
}

#endif // REM_DSP_DENORMAL_H
