// SPDX-License-Identifier: ISC

/// Plucked strings: sound that starts, decays and never repeats itself

#ifndef REM_TESTS_STRINGS_H
#define REM_TESTS_STRINGS_H

#include "tests/check.h"

#include <stddef.h>

#define LONGEST_STRING ((size_t)1024)

/// Play `n` samples of plucked strings (Karplus and Strong 1983): a new one
/// every `every` samples, between `shortest` and `longest` samples a period
static inline void
play_strings(float* const out,
             const size_t n,
             const size_t every,
             const size_t shortest,
             const size_t longest,
             uint32_t     seed)
{
  static float string[LONGEST_STRING];
  const float  spread = 0.5f * (float)(longest - shortest);
  size_t       length = shortest;
  size_t       i      = 0;
  CHECK(longest <= LONGEST_STRING);
  for (size_t t = 0; t < n; ++t) {
    if (t % every == 0U) {
      length = shortest + (size_t)(spread * (1.0f + noise(&seed)));
      for (i = 0; i < length; ++i) {
        string[i] = 0.5f * noise(&seed);
      }
      i = 0;
    }
    const size_t next = i + 1U < length ? i + 1U : 0U;
    out[t]            = string[i];
    string[i]         = 0.498f * (string[i] + string[next]);
    i                 = next;
  }
}

#endif // REM_TESTS_STRINGS_H
