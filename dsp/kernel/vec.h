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

#if defined(__AVX512F__)
enum { VEC_WIDTH = 16 };
#elif defined(__AVX2__)
enum { VEC_WIDTH = 8 };
#else
enum { VEC_WIDTH = 4 };
#endif

enum { VEC_BYTES = VEC_WIDTH * 4 };

#define VEC_INLINE static inline __attribute__((always_inline))

/// VEC_WIDTH floats; the compiler knows + - * / on them
typedef float Vec __attribute__((vector_size(VEC_BYTES)));

/// As many integers
typedef int32_t VecInt __attribute__((vector_size(VEC_BYTES)));

/// Every lane `x`
VEC_INLINE Vec
vec_set(const float x)
{
#if defined(__AVX512F__)
  return _mm512_set1_ps(x);
#elif defined(__AVX2__)
  return _mm256_set1_ps(x);
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
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fmadd_ps(a, b, c);
#elif defined(__aarch64__)
  return vfmaq_f32(c, a, b);
#else
  return a * b + c;
#endif
}

/// x held between the limits; NaN stays NaN
VEC_INLINE Vec
vec_clamp(const Vec x, const float low, const float high)
{
#if defined(__AVX512F__)
  return _mm512_min_ps(vec_set(high), _mm512_max_ps(vec_set(low), x));
#elif defined(__AVX2__)
  return _mm256_min_ps(vec_set(high), _mm256_max_ps(vec_set(low), x));
#elif defined(__aarch64__)
  return vminq_f32(vec_set(high), vmaxq_f32(vec_set(low), x));
#else
  const VecInt below = x < vec_set(low);
  const VecInt above = x > vec_set(high);
  const VecInt kept  = (VecInt)x & ~(below | above);
  return (Vec)(kept | ((VecInt)vec_set(low) & below) |
               ((VecInt)vec_set(high) & above));
#endif
}

/// 1 / x to 1.2e-7, for x from 1 to 2^126
VEC_INLINE Vec
vec_reciprocal(const Vec x)
{
#if defined(__AVX512F__)
  const Vec r = _mm512_rcp14_ps(x); // One Newton step: 14 bits, then 28
  return vec_fma(r, vec_fma(-x, r, vec_set(1.0f)), r);
#else
  return vec_set(1.0f) / x;
#endif
}

/**
   Return 2^n, and q = 2^f - 1, for z = n + f, n whole and f within +-0.5.

   z must lie within +-126, where 2^n is a normal number.  The polynomial is the
   minimax of (2^f - 1) / f: relative error 1.1e-8, so that rounding dominates.
   Adding 1.5 * 2^23 rounds to the nearest whole number and leaves it in the low
   bits, from where it moves to the exponent.
*/
VEC_INLINE Vec
vec_exp2_parts(const Vec z, Vec* const q)
{
  const Vec magic = vec_set(12582912.0f);
  const Vec whole = z + magic;
  const Vec f     = z - (whole - magic);

  Vec p = vec_set(0x1.4308fap-13f);
  p     = vec_fma(p, f, vec_set(0x1.5f07b4p-10f));
  p     = vec_fma(p, f, vec_set(0x1.3b2ba0p-7f));
  p     = vec_fma(p, f, vec_set(0x1.c6af6ep-5f));
  p     = vec_fma(p, f, vec_set(0x1.ebfbdep-3f));
  p     = vec_fma(p, f, vec_set(0x1.62e430p-1f));
  *q    = p * f;
  return (Vec)(((VecInt)whole << 23) + (VecInt)vec_set(1.0f));
}

/// 1 / (1 + e^-x) for every x; NaN gives NaN
VEC_INLINE Vec
vec_sigmoid(const Vec x)
{
  Vec       q;
  const Vec z = vec_clamp(x * vec_set(-1.44269504f), -126.0f, 126.0f);
  const Vec s = vec_exp2_parts(z, &q);
  return vec_reciprocal(vec_fma(s, q, s) + vec_set(1.0f));
}

/// tanh x = t / (t + 2) with t = e^2x - 1, which keeps small x exact too; NaN
/// gives NaN
VEC_INLINE Vec
vec_tanh(const Vec x)
{
  Vec       q;
  const Vec z = vec_clamp(x * vec_set(2.88539008f), -28.0f, 28.0f);
  const Vec s = vec_exp2_parts(z, &q);
  const Vec t = vec_fma(s, q, s - vec_set(1.0f));
  return t * vec_reciprocal(t + vec_set(2.0f));
}

/// Sum of all lanes, always in the same order
VEC_INLINE float
vec_sum(const Vec x)
{
  float lane[VEC_WIDTH];
  memcpy(lane, &x, sizeof(lane));
  for (int n = VEC_WIDTH / 2; n; n /= 2) {
    for (int i = 0; i < n; ++i) {
      lane[i] += lane[i + n];
    }
  }
  return lane[0];
}

#endif // REM_DSP_KERNEL_VEC_H
