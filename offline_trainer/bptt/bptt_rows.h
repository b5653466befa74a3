// SPDX-License-Identifier: ISC

/// Rows of REM_LANES floats, one per stream, as vectors

#ifndef REM_OFFLINE_TRAINER_BPTT_BPTT_ROWS_H
#define REM_OFFLINE_TRAINER_BPTT_BPTT_ROWS_H

#include "dsp/kernel/vec.h"
#include "offline_trainer/bptt/bptt.h"

#include <stddef.h>

enum { ROW_VECTORS = REM_LANES / VEC_WIDTH };

/// Vector `v` of row `row`
VEC_INLINE Vec
load_row(const float* const rows, const size_t row, const size_t v)
{
  return vec_load(rows + row * REM_LANES + v * VEC_WIDTH);
}

VEC_INLINE void
store_row(float* const rows, const size_t row, const size_t v, const Vec x)
{
  vec_store(rows + row * REM_LANES + v * VEC_WIDTH, x);
}

// Every second lane of two vectors, from lane `first` on
#define EVERY_2ND_OF_4(first) (first), (first) + 2, (first) + 4, (first) + 6
#define EVERY_2ND_OF_8(first) EVERY_2ND_OF_4(first), EVERY_2ND_OF_4((first) + 8)
#define EVERY_2ND_OF_16(first) \
  EVERY_2ND_OF_8(first), EVERY_2ND_OF_8((first) + 16)

/// Sums of neighbours: those of a, then those of b
VEC_INLINE Vec
add_neighbours(const Vec a, const Vec b)
{
#if defined(__AVX512F__)
  return __builtin_shufflevector(a, b, EVERY_2ND_OF_16(0)) +
         __builtin_shufflevector(a, b, EVERY_2ND_OF_16(1));
#elif defined(__AVX2__)
  return __builtin_shufflevector(a, b, EVERY_2ND_OF_8(0)) +
         __builtin_shufflevector(a, b, EVERY_2ND_OF_8(1));
#else
  return __builtin_shufflevector(a, b, EVERY_2ND_OF_4(0)) +
         __builtin_shufflevector(a, b, EVERY_2ND_OF_4(1));
#endif
}

/// Lane i of the result is the sum of all lanes of x[i]; x is used up
VEC_INLINE Vec
sums_of(Vec* const x)
{
  for (size_t n = VEC_WIDTH / 2; n; n /= 2) {
    for (size_t i = 0; i < n; ++i) {
      x[i] = add_neighbours(x[2 * i], x[2 * i + 1]);
    }
  }
  return x[0];
}

#endif // REM_OFFLINE_TRAINER_BPTT_BPTT_ROWS_H
