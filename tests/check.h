// SPDX-License-Identifier: ISC

/// Assertions that survive -DNDEBUG, and helpers that every test shares

#ifndef REM_TESTS_CHECK_H
#define REM_TESTS_CHECK_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(x)                                                        \
  do {                                                                  \
    if (!(x)) {                                                         \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #x); \
      exit(1);                                                          \
    }                                                                   \
  } while (0)

/// Deterministic noise in [-1, 1); xorshift32, so a seed is never zero
static inline float
noise(uint32_t* const seed)
{
  *seed ^= *seed << 13U;
  *seed ^= *seed >> 17U;
  *seed ^= *seed << 5U;
  return (float)(*seed >> 8U) / 8388608.0f - 1.0f;
}

/// Return whether this is `./waf check --long`
static inline bool
long_tests(void)
{
  const char* const text = getenv("LONG_TESTS");
  return text && text[0];
}

#endif // REM_TESTS_CHECK_H
