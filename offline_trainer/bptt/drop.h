// SPDX-License-Identifier: ISC

/// Dropout: which features of a row the head does not see.  Internal to
/// offline_trainer/.

#ifndef REM_OFFLINE_TRAINER_BPTT_DROP_H
#define REM_OFFLINE_TRAINER_BPTT_DROP_H

#include <stddef.h>
#include <stdint.h>

/// Return a number in no order for each x.  Source: Appleby, MurmurHash3.
static inline uint32_t
rem_drop_mix(uint32_t x)
{
  x = (x ^ (x >> 16U)) * 0x85EBCA6BU;
  x = (x ^ (x >> 13U)) * 0xC2B2AE35U;
  return x ^ (x >> 16U);
}

/**
   Drop some of a row: each number becomes 0 with a chance of `dropped` / 2^32,
   and is divided by the chance that it does not otherwise.

   @param seed  Of the pass.
   @param index Of the row: rows of the same seed and index drop the same.
   @param row   [n] in place.
*/
static inline void
rem_drop(const uint32_t dropped,
         const uint32_t seed,
         const size_t   index,
         float* const   row,
         const size_t   n)
{
  const float    by    = 1.0f / (1.0f - 0x1p-32f * (float)dropped);
  const uint32_t first = rem_drop_mix(seed + (uint32_t)index);
  for (size_t j = 0; j < n; ++j) {
    row[j] *= rem_drop_mix(first + (uint32_t)j) >= dropped ? by : 0.0f;
  }
}

#endif // REM_OFFLINE_TRAINER_BPTT_DROP_H
