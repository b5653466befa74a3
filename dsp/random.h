// SPDX-License-Identifier: ISC

/// Random numbers for the audio thread: seeded, so that a take can be repeated

#ifndef REM_DSP_RANDOM_H
#define REM_DSP_RANDOM_H

#include "dsp/rt.h"

#include <math.h>
#include <stdint.h>

/// A generator; any seed will do
typedef struct {
  uint64_t state;
} RemRandom;

/// Return a number in [0, 1).  Source: Steele, Lea, Flood 2014,
/// doi:10.1145/2660193.2660195 (SplitMix64).
REM_RT static inline double
rem_random_uniform(RemRandom* const random)
{
  uint64_t z = (random->state += 0x9E3779B97F4A7C15U);
  z          = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z          = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return (double)((z ^ (z >> 31U)) >> 11U) * 0x1p-53;
}

/// Return a number of the standard normal distribution.  Source: Box and Muller
/// 1958, doi:10.1214/aoms/1177706645.
REM_RT static inline double
rem_random_normal(RemRandom* const random)
{
  const double u = 1.0 - rem_random_uniform(random); // In (0, 1]
  const double v = rem_random_uniform(random);
  return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

#endif // REM_DSP_RANDOM_H
