// SPDX-License-Identifier: ISC

/// Vectors of floats, one source for every instruction set, and the activations
/// on them.  Include it only from files that are compiled once per instruction
/// set: the flags of the file choose the width.

#ifndef REM_DSP_KERNEL_VEC_H
#define REM_DSP_KERNEL_VEC_H

#include <stdint.h>
#include <string.h>

#if defined(__AVX2__)
#  include <immintrin.h>
#elif defined(__aarch64__)
#  include <arm_neon.h>
#endif

// A file may ask for vectors of half the width that AVX-512 has: all of its
// instructions come in both
#if defined(__AVX512F__) && !defined(REM_VEC_HALF)
enum { VEC_WIDTH = 16 };
#  define VEC_WIDEST
#  define VEC_X86(name) _mm512_##name
#elif defined(__AVX2__)
enum { VEC_WIDTH = 8 };
#  define VEC_X86(name) _mm256_##name
#else
enum { VEC_WIDTH = 4 };
#endif

enum { VEC_BYTES = VEC_WIDTH * 4 };

#define VEC_INLINE static inline __attribute__((always_inline))

/// Before a loop of constant length over vectors that are to stay in registers
#if defined(__clang__)
#  define VEC_UNROLL _Pragma("unroll")
#else
#  define VEC_UNROLL _Pragma("GCC unroll 64")
#endif

/// VEC_WIDTH floats; the compiler knows + - * / on them
typedef float Vec __attribute__((vector_size(VEC_BYTES)));

/// As many integers
typedef int32_t VecInt __attribute__((vector_size(VEC_BYTES)));

/// Every lane `x`
VEC_INLINE Vec
vec_set(const float x)
{
#if defined(__AVX2__)
  return VEC_X86(set1_ps)(x);
#elif defined(__aarch64__)
  return vdupq_n_f32(x);
#else
  return (Vec){x, x, x, x};
#endif
}

/// Load from aligned memory
VEC_INLINE Vec
vec_load(const float* const p)
{
  return *(const Vec*)__builtin_assume_aligned(p, VEC_BYTES);
}

/// Store to aligned memory
VEC_INLINE void
vec_store(float* const p, const Vec x)
{
  *(Vec*)__builtin_assume_aligned(p, VEC_BYTES) = x;
}

/// a * b + c, rounded once where the processor can
VEC_INLINE Vec
vec_fma(const Vec a, const Vec b, const Vec c)
{
#if defined(__AVX2__)
  return VEC_X86(fmadd_ps)(a, b, c);
#elif defined(__aarch64__)
  return vfmaq_f32(c, a, b);
#else
  return a * b + c;
#endif
}

// Halves of vectors: [0, V/2) and [V/2, V)
#if defined(VEC_WIDEST)
#  define VEC_LOW 0, 1, 2, 3, 4, 5, 6, 7
#  define VEC_HIGH 8, 9, 10, 11, 12, 13, 14, 15
#  define VEC_HIGH_OF_2ND 24, 25, 26, 27, 28, 29, 30, 31
#elif defined(__AVX2__)
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
  memcpy(&x, p, VEC_BYTES / 2);
  return x;
}

/// The lower half to memory
VEC_INLINE void
vec_store_half(float* const p, const Vec x)
{
  memcpy(p, &x, VEC_BYTES / 2);
}

/// x held between the limits; NaN stays NaN
VEC_INLINE Vec
vec_clamp(const Vec x, const Vec low, const Vec high)
{
#if defined(__AVX2__)
  return VEC_X86(min_ps)(high, VEC_X86(max_ps)(low, x));
#elif defined(__aarch64__)
  return vminq_f32(high, vmaxq_f32(low, x));
#else
  const VecInt below = x < low;
  const VecInt above = x > high;
  const VecInt kept  = (VecInt)x & ~(below | above);
  return (Vec)(kept | ((VecInt)low & below) | ((VecInt)high & above));
#endif
}

/// 1 / x to 1.2e-7, for x from 1 to 2^120; NaN gives NaN
VEC_INLINE Vec
vec_reciprocal(const Vec x)
{
#if defined(__AVX512F__)
  const Vec r = VEC_X86(rcp14_ps)(x); // One Newton step: 14 bits, then 28
  return vec_fma(r, vec_fma(-x, r, vec_set(1.0f)), r);
#else
  return vec_set(1.0f) / x;
#endif
}

/// a / x likewise; the product with a is off the chain of the Newton step
VEC_INLINE Vec
vec_quotient(const Vec a, const Vec x)
{
#if defined(__AVX512F__)
  const Vec r = VEC_X86(rcp14_ps)(x);
  const Vec q = a * r;
  return vec_fma(q, vec_fma(-x, r, vec_set(1.0f)), q);
#else
  return a / x;
#endif
}

/// e^y = scale + part * p, in the pieces that vec_exp_plus() puts together
typedef struct {
  Vec scale; ///< 2^n
  Vec part;  ///< 2^n f, where y = (n + f) ln 2, n whole and f within +-0.5
  Vec p;     ///< (2^f - 1) / f
} VecExp;

/// What an activation makes of x before it takes the exponential
typedef struct {
  Vec limit;  ///< |x| is held to this
  Vec factor; ///< Then multiplied by this, log2(e) included
} VecScale;

/**
   Return e^y for x held and scaled; NaN gives NaN.

   2^n must be a normal number.  The polynomial is the minimax of (2^f - 1) / f:
   relative error 1.1e-8, so that rounding dominates.  Its pairs run side by
   side (Estrin), because a cell waits for this chain twice in every frame.
*/
VEC_INLINE VecExp
vec_exp(const Vec x, const VecScale by)
{
  const Vec held = vec_clamp(x, -by.limit, by.limit);
#if defined(__AVX512F__)
  const Vec z     = held * by.factor;
  const Vec f     = VEC_X86(reduce_ps)(z, 0); // Less the nearest whole number
  const Vec scale = VEC_X86(scalef_ps)(vec_set(1.0f), z - f);
#else
  // Adding 1.5 * 2^23 rounds to the nearest whole number and leaves it in the
  // low bits, from where it moves to the exponent
  const Vec magic = vec_set(12582912.0f);
  const Vec whole = vec_fma(held, by.factor, magic);
  const Vec f     = vec_fma(held, by.factor, magic - whole);
  const Vec scale = (Vec)(((VecInt)whole << 23) + (VecInt)vec_set(1.0f));
#endif
  const Vec f2  = f * f;
  const Vec low = vec_fma(vec_set(0x1.ebfbdep-3f), f, vec_set(0x1.62e430p-1f));
  const Vec mid = vec_fma(vec_set(0x1.3b2ba0p-7f), f, vec_set(0x1.c6af6ep-5f));
  const Vec high =
    vec_fma(vec_set(0x1.4308fap-13f), f, vec_set(0x1.5f07b4p-10f));
  return (VecExp){scale, scale * f, vec_fma(vec_fma(high, f2, mid), f2, low)};
}

/// e^y + a
VEC_INLINE Vec
vec_exp_plus(const VecExp e, const float a)
{
  return vec_fma(e.part, e.p, e.scale + vec_set(a));
}

// Beyond these limits the functions are at their ends, to 1e-8 and less, and
// the product of two denominators still is below 2^120
#define VEC_SIGMOID_LIMIT 60.0f
#define VEC_SIGMOID_FACTOR (-1.44269504f) ///< e^-x
#define VEC_TANH_LIMIT 10.0f
#define VEC_TANH_FACTOR 2.88539008f ///< e^2x

/// e^-x: sigmoid x is 1 / (1 + e^-x)
VEC_INLINE VecExp
vec_sigmoid_exp(const Vec x)
{
  const VecScale by = {vec_set(VEC_SIGMOID_LIMIT), vec_set(VEC_SIGMOID_FACTOR)};
  return vec_exp(x, by);
}

/// e^2x: tanh x is (e^2x - 1) / (e^2x + 1)
VEC_INLINE VecExp
vec_tanh_exp(const Vec x)
{
  const VecScale by = {vec_set(VEC_TANH_LIMIT), vec_set(VEC_TANH_FACTOR)};
  return vec_exp(x, by);
}

/// 1 / (1 + e^-x) for every x; NaN gives NaN
VEC_INLINE Vec
vec_sigmoid(const Vec x)
{
  return vec_reciprocal(vec_exp_plus(vec_sigmoid_exp(x), 1.0f));
}

/// tanh x for every x, small ones to their last digits; NaN gives NaN
VEC_INLINE Vec
vec_tanh(const Vec x)
{
  const VecExp e = vec_tanh_exp(x);
  return vec_quotient(vec_exp_plus(e, -1.0f), vec_exp_plus(e, 1.0f));
}

/// Four floats, whatever the width of a Vec
typedef float Vec4 __attribute__((vector_size(16)));

/// Lanes i, i + 4, i + 8... added, in halves
VEC_INLINE Vec4
vec_fold(const Vec x)
{
#if defined(VEC_WIDEST)
  typedef float Vec8 __attribute__((vector_size(32)));
  const Vec8    h = __builtin_shufflevector(x, x, VEC_LOW) +
                 __builtin_shufflevector(x, x, VEC_HIGH);
  return __builtin_shufflevector(h, h, 0, 1, 2, 3) +
         __builtin_shufflevector(h, h, 4, 5, 6, 7);
#elif defined(__AVX2__)
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

#endif // REM_DSP_KERNEL_VEC_H
