// SPDX-License-Identifier: ISC

/// Vectors of WIDTH floats (16, 8 or 4) and the activations on them, one source
/// for every instruction set.  A file that is compiled once per instruction set
/// defines WIDTH, as wide as its flags allow, and includes this, once for every
/// width; W(name) is the name for that width: W(fma) is fma_16.

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#  include <immintrin.h>
#elif defined(__aarch64__)
#  include <arm_neon.h>
#endif

#if !defined(W)
#  define VEC_JOIN_(name, width) name##_##width
#  define VEC_JOIN(name, width) VEC_JOIN_(name, width)
#  define W(name) VEC_JOIN(name, WIDTH)

/// The processor's own name for an operation on WIDTH floats
#  define VEC_X86(name) VEC_JOIN(VEC_X86, WIDTH)(name)
#  define VEC_X86_16(name) _mm512_##name
#  define VEC_X86_8(name) _mm256_##name
#  define VEC_X86_4(name) _mm_##name

#  define VEC_INLINE static inline __attribute__((always_inline))

/// Before a loop of constant length over vectors that are to stay in registers
#  if defined(__clang__)
#    define VEC_UNROLL _Pragma("unroll")
#  else
#    define VEC_UNROLL _Pragma("GCC unroll 64")
#  endif

/// Keep a vector in a register: GCC would read memory again for every use
#  if defined(__AVX512F__)
#    define VEC_KEEP(x) __asm__("" : "+v"(x))
#  elif defined(__SSE2__)
#    define VEC_KEEP(x) __asm__("" : "+x"(x))
#  elif defined(__aarch64__)
#    define VEC_KEEP(x) __asm__("" : "+w"(x))
#  else
#    define VEC_KEEP(x) (void)0
#  endif

// Beyond these limits the functions are at their ends, to 1e-8 and less, and
// the product of two denominators still is below 2^120
#  define VEC_SIGMOID_LIMIT 60.0f
#  define VEC_SIGMOID_FACTOR (-1.44269504f) ///< e^-x
#  define VEC_TANH_LIMIT 10.0f
#  define VEC_TANH_FACTOR 2.88539008f ///< e^2x
#endif

/// WIDTH floats; the compiler knows + - * / on them
typedef float W(Vec) __attribute__((vector_size(WIDTH * 4)));

/// As many integers
typedef int32_t W(VecInt) __attribute__((vector_size(WIDTH * 4)));

/// Load from anywhere
VEC_INLINE
W(Vec) W(load)(const float* const p)
{
  W(Vec) x;
  memcpy(&x, p, sizeof(x));
  return x;
}

/// Store to anywhere
VEC_INLINE void
W(store)(float* const p, const W(Vec) x)
{
  memcpy(p, &x, sizeof(x));
}

/// Every lane `x`
VEC_INLINE
W(Vec) W(set)(const float x)
{
#if defined(__SSE2__)
  return VEC_X86(set1_ps)(x);
#elif defined(__aarch64__)
  return vdupq_n_f32(x);
#else
  return (W(Vec)){x, x, x, x};
#endif
}

/// a * b + c, rounded once where the processor can
VEC_INLINE
W(Vec) W(fma)(const W(Vec) a, const W(Vec) b, const W(Vec) c)
{
#if defined(__FMA__)
  return VEC_X86(fmadd_ps)(a, b, c);
#elif defined(__aarch64__)
  return vfmaq_f32(c, a, b);
#else
  return a * b + c;
#endif
}

/// x held between the limits; NaN stays NaN
VEC_INLINE
W(Vec) W(clamp)(const W(Vec) x, const W(Vec) low, const W(Vec) high)
{
#if defined(__SSE2__)
  return VEC_X86(min_ps)(high, VEC_X86(max_ps)(low, x));
#elif defined(__aarch64__)
  return vminq_f32(high, vmaxq_f32(low, x));
#else
  const W(VecInt) below = x < low;
  const W(VecInt) above = x > high;
  const W(VecInt) kept  = (W(VecInt))x & ~(below | above);
  return (W(Vec))(kept | ((W(VecInt))low & below) | ((W(VecInt))high & above));
#endif
}

/// 1 / x to 1.2e-7, for x from 1 to 2^120; NaN gives NaN
VEC_INLINE
W(Vec) W(reciprocal)(const W(Vec) x)
{
#if defined(__AVX512VL__)
  const W(Vec) r = VEC_X86(rcp14_ps)(x); // One Newton step: 14 bits, then 28
  return W(fma)(r, W(fma)(-x, r, W(set)(1.0f)), r);
#else
  return W(set)(1.0f) / x;
#endif
}

/// a / x likewise; the product with a is off the chain of the Newton step
VEC_INLINE
W(Vec) W(quotient)(const W(Vec) a, const W(Vec) x)
{
#if defined(__AVX512VL__)
  const W(Vec) r = VEC_X86(rcp14_ps)(x);
  const W(Vec) q = a * r;
  return W(fma)(q, W(fma)(-x, r, W(set)(1.0f)), q);
#else
  return a / x;
#endif
}

/// a / x + b likewise
VEC_INLINE
W(Vec) W(quotient_plus)(const W(Vec) a, const W(Vec) x, const W(Vec) b)
{
#if defined(__AVX512VL__)
  const W(Vec) r = VEC_X86(rcp14_ps)(x);
  const W(Vec) q = a * r;
  return W(fma)(q, W(fma)(-x, r, W(set)(1.0f)), q + b);
#else
  return a / x + b;
#endif
}

/// e^y = scale + part * p, in the pieces that W(exp_plus)() puts together
typedef struct {
  W(Vec) scale; ///< 2^n
  W(Vec) part;  ///< 2^n f, where y = (n + f) ln 2, n whole and f within +-0.5
  W(Vec) p;     ///< (2^f - 1) / f
} W(VecExp);

/// What an activation makes of x before it takes the exponential
typedef struct {
  W(Vec) limit;  ///< |x| is held to this
  W(Vec) factor; ///< Then multiplied by this, log2(e) included
} W(VecScale);

/**
   Return e^y for x held and scaled; NaN gives NaN.

   2^n must be a normal number.  The polynomial is the minimax of (2^f - 1) / f:
   relative error 1.1e-8, so that rounding dominates.  Its pairs run side by
   side (Estrin), because a cell waits for this chain twice in every frame.
*/
VEC_INLINE
W(VecExp) W(exp)(const W(Vec) x, const W(VecScale) by)
{
  const W(Vec) held = W(clamp)(x, -by.limit, by.limit);
#if defined(__AVX512VL__)
  const W(Vec) z = held * by.factor;
  const W(Vec) f = VEC_X86(reduce_ps)(z, 0); // Less the nearest whole number
  const W(Vec) scale = VEC_X86(scalef_ps)(W(set)(1.0f), z - f);
#else
  // Adding 1.5 * 2^23 rounds to the nearest whole number and leaves it in the
  // low bits, from where it moves to the exponent
  const W(Vec) magic = W(set)(12582912.0f);
  const W(Vec) whole = W(fma)(held, by.factor, magic);
  const W(Vec) f     = W(fma)(held, by.factor, magic - whole);
  const W(Vec) scale =
    (W(Vec))(((W(VecInt))whole << 23) + (W(VecInt))W(set)(1.0f));
#endif
  const W(Vec) f2  = f * f;
  const W(Vec) low = W(fma)(W(set)(0x1.ebfbdep-3f), f, W(set)(0x1.62e430p-1f));
  const W(Vec) mid = W(fma)(W(set)(0x1.3b2ba0p-7f), f, W(set)(0x1.c6af6ep-5f));
  const W(Vec) high =
    W(fma)(W(set)(0x1.4308fap-13f), f, W(set)(0x1.5f07b4p-10f));
  return (W(VecExp)){scale, scale * f, W(fma)(W(fma)(high, f2, mid), f2, low)};
}

/// e^y + a
VEC_INLINE
W(Vec) W(exp_plus)(const W(VecExp) e, const float a)
{
  return W(fma)(e.part, e.p, e.scale + W(set)(a));
}

/// e^-x: sigmoid x is 1 / (1 + e^-x)
VEC_INLINE
W(VecExp) W(sigmoid_exp)(const W(Vec) x)
{
  const W(VecScale)
    by = {W(set)(VEC_SIGMOID_LIMIT), W(set)(VEC_SIGMOID_FACTOR)};
  return W(exp)(x, by);
}

/// e^2x: tanh x is (e^2x - 1) / (e^2x + 1)
VEC_INLINE
W(VecExp) W(tanh_exp)(const W(Vec) x)
{
  const W(VecScale) by = {W(set)(VEC_TANH_LIMIT), W(set)(VEC_TANH_FACTOR)};
  return W(exp)(x, by);
}

/// 1 / (1 + e^-x) for every x; NaN gives NaN
VEC_INLINE
W(Vec) W(sigmoid)(const W(Vec) x)
{
  return W(reciprocal)(W(exp_plus)(W(sigmoid_exp)(x), 1.0f));
}

/// tanh x for every x, small ones to their last digits; NaN gives NaN
VEC_INLINE
W(Vec) W(tanh)(const W(Vec) x)
{
  const W(VecExp) e = W(tanh_exp)(x);
  return W(quotient)(W(exp_plus)(e, -1.0f), W(exp_plus)(e, 1.0f));
}
