// SPDX-License-Identifier: ISC

/// The widest vectors of an instruction set, their halves, and sums of their
/// lanes.  A file may ask for half the width that AVX-512 has (REM_VEC_HALF):
/// all of its instructions come in both.

#ifndef REM_DSP_KERNEL_VEC_WIDEST_H
#define REM_DSP_KERNEL_VEC_WIDEST_H

#if defined(__AVX512F__) && !defined(REM_VEC_HALF)
#  define WIDTH 16
#elif defined(__AVX2__)
#  define WIDTH 8
#else
#  define WIDTH 4
#endif

#include "dsp/kernel/vec.h"

#include <string.h>

typedef W(Vec) Vec;
typedef W(VecInt) VecInt;
typedef W(VecExp) VecExp;
typedef W(VecScale) VecScale;

// Halves of vectors: [0, V/2) and [V/2, V)
#if WIDTH == 16
#  define VEC_LOW 0, 1, 2, 3, 4, 5, 6, 7
#  define VEC_HIGH 8, 9, 10, 11, 12, 13, 14, 15
#  define VEC_HIGH_OF_2ND 24, 25, 26, 27, 28, 29, 30, 31
#elif WIDTH == 8
#  define VEC_LOW 0, 1, 2, 3
#  define VEC_HIGH 4, 5, 6, 7
#  define VEC_HIGH_OF_2ND 12, 13, 14, 15
#else
#  define VEC_LOW 0, 1
#  define VEC_HIGH 2, 3
#  define VEC_HIGH_OF_2ND 6, 7
#endif

/// The upper half below the lower
VEC_INLINE Vec
vec_swap(const Vec x)
{
  return __builtin_shufflevector(x, x, VEC_HIGH, VEC_LOW);
}

/// The lower half of a and the upper half of b
VEC_INLINE Vec
vec_join(const Vec a, const Vec b)
{
  return __builtin_shufflevector(a, b, VEC_LOW, VEC_HIGH_OF_2ND);
}

/// Half a vector from memory, and zeros
VEC_INLINE Vec
vec_load_half(const float* const p)
{
  Vec x = {0.0f};
  memcpy(&x, p, sizeof(x) / 2);
  return x;
}

/// The lower half to memory
VEC_INLINE void
vec_store_half(float* const p, const Vec x)
{
  memcpy(p, &x, sizeof(x) / 2);
}

/// Four floats, whatever the width
typedef float Vec4 __attribute__((vector_size(16)));

/// Lanes i, i + 4, i + 8... added, in halves
VEC_INLINE Vec4
vec_fold(const Vec x)
{
#if WIDTH == 16
  typedef float Vec8 __attribute__((vector_size(32)));
  const Vec8    h = __builtin_shufflevector(x, x, VEC_LOW) +
                 __builtin_shufflevector(x, x, VEC_HIGH);
  return __builtin_shufflevector(h, h, 0, 1, 2, 3) +
         __builtin_shufflevector(h, h, 4, 5, 6, 7);
#elif WIDTH == 8
  return __builtin_shufflevector(x, x, VEC_LOW) +
         __builtin_shufflevector(x, x, VEC_HIGH);
#else
  return x;
#endif
}

/// Sums of all lanes of four vectors, each in the same order
VEC_INLINE Vec4
vec_sums(const Vec* const x)
{
  const Vec4 a  = vec_fold(x[0]);
  const Vec4 b  = vec_fold(x[1]);
  const Vec4 c  = vec_fold(x[2]);
  const Vec4 d  = vec_fold(x[3]);
  const Vec4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) +
                  __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Vec4 cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) +
                  __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) +
         __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

#endif // REM_DSP_KERNEL_VEC_WIDEST_H
