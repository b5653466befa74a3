// SPDX-License-Identifier: ISC

/// exp and log in plain arithmetic, so that compilers turn loops of them into
/// vectors.  Both are within 2 units in the last place, about.

#ifndef REM_OFFLINE_TRAINER_CONTROL_QUICK_H
#define REM_OFFLINE_TRAINER_CONTROL_QUICK_H

#include <stdint.h>

/// A float and its bits
typedef union {
  float   value;
  int32_t bits;
} QuickBits;

/// Return x within [-87, `most`], for quick_exp().  In a loop of its own:
/// compilers split one that goes on with a bound, and make no vectors then.
static inline float
quick_hold(const float x, const float most)
{
  const float low = x > -87.0f ? x : -87.0f;
  return low < most ? low : most;
}

/// Return e^x for x in [-87, 88]
static inline float
quick_exp(const float x)
{
  const float magic = 12582912.0f; // 1.5 * 2^23: rounds to a whole number
  const float n     = (x * 0x1.715476p+0f + magic) - magic;
  const float r     = (x - n * 0x1.62ep-1f) - n * 0x1.0bfbe8p-15f;
  const float p =
    r * (1.0f +
         r * (0.5f + r * (0x1.55554cp-3f +
                          r * (0x1.5554d6p-5f +
                               r * (0x1.123bccp-7f + r * 0x1.6850e4p-10f)))));
  const QuickBits scale = {.bits = ((int32_t)n + 127) * (1 << 23)};
  return scale.value * (1.0f + p);
}

/// Return log x for normal x above 0.  Source: the polynomial is that of
/// Moshier's Cephes library, logf.c.
static inline float
quick_log(const float x)
{
  const QuickBits from = {.value = x};
  // Exponent such that the rest is in [sqrt 1/2, sqrt 2)
  const int32_t   whole = (from.bits - 0x3F3504F3) >> 23;
  const QuickBits rest  = {.bits = from.bits - whole * (1 << 23)};
  const float     f     = rest.value - 1.0f;
  const float     n     = (float)whole;
  const float     f2    = f * f;
  const float     p     = 7.0376836292e-2f * f - 1.1514610310e-1f;
  const float q = (((((((p * f + 1.1676998740e-1f) * f - 1.2420140846e-1f) * f +
                       1.4249322787e-1f) *
                        f -
                      1.6668057665e-1f) *
                       f +
                     2.0000714765e-1f) *
                      f -
                    2.4999993993e-1f) *
                     f +
                   3.3333331174e-1f);
  return (f * f2 * q - 0.5f * f2 + n * -2.12194440e-4f) + f + n * 0.693359375f;
}

#endif // REM_OFFLINE_TRAINER_CONTROL_QUICK_H
