// SPDX-License-Identifier: ISC

/// Vectors of WIDTH floats (16, 8 or 4) and the activations on them.  A file
/// that includes this once per width defines WIDTH first; W(name) is the name
/// for that width: W(fma) is fma_16.  Nothing here has to be aligned.

#define VEC_JOIN_(name, width) name##_##width
#define VEC_JOIN(name, width) VEC_JOIN_(name, width)
#define W(name) VEC_JOIN(name, WIDTH)

typedef float   W(Vec) __attribute__((vector_size(WIDTH * 4)));
typedef int32_t W(VecInt) __attribute__((vector_size(WIDTH * 4)));

VEC_INLINE
W(Vec) W(load)(const float* const p)
{
  W(Vec) x;
  memcpy(&x, p, sizeof(x));
  return x;
}

VEC_INLINE void
W(store)(float* const p, const W(Vec) x)
{
  memcpy(p, &x, sizeof(x));
}

// Intel's functions for this width
#if WIDTH == 16
#  define MM(name) _mm512_##name
#elif WIDTH == 8
#  define MM(name) _mm256_##name
#else
#  define MM(name) _mm_##name
#endif

/// Every lane `x`
VEC_INLINE
W(Vec) W(set)(const float x)
{
#if defined(__x86_64__)
  return MM(set1_ps)(x);
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
  return MM(fmadd_ps)(a, b, c);
#elif defined(__aarch64__)
  return vfmaq_f32(c, a, b);
#else
  return a * b + c;
#endif
}

/// x held within +-`most`, which AVX-512 needs on one side only: W(scale) goes
/// down to zero there.  NaN stays NaN.
VEC_INLINE
W(Vec) W(limit)(const W(Vec) x, const float most)
{
#if defined(__AVX512VL__)
  return MM(min_ps)(W(set)(most), x);
#elif defined(__x86_64__)
  return MM(min_ps)(W(set)(most), MM(max_ps)(W(set)(-most), x));
#elif defined(__aarch64__)
  return vminq_f32(W(set)(most), vmaxq_f32(W(set)(-most), x));
#else
  const W(VecInt) below = x < W(set)(-most);
  const W(VecInt) above = x > W(set)(most);
  const W(VecInt) kept  = (W(VecInt))x & ~(below | above);
  return (W(Vec))(kept | ((W(VecInt))W(set)(-most) & below) |
                  ((W(VecInt))W(set)(most) & above));
#endif
}

/// x, or `least` where that is more
VEC_INLINE
W(Vec) W(at_least)(const W(Vec) x, const float least)
{
#if defined(__x86_64__)
  return MM(max_ps)(W(set)(least), x);
#elif defined(__aarch64__)
  return vmaxq_f32(W(set)(least), x);
#else
  const W(VecInt) kept = x > W(set)(least);
  return (W(Vec))(((W(VecInt))x & kept) | ((W(VecInt))W(set)(least) & ~kept));
#endif
}

/// 1 / x to 1.2e-7, for x from 2^-126 to 2^126
VEC_INLINE
W(Vec) W(reciprocal)(const W(Vec) x)
{
#if defined(__AVX512VL__)
  const W(Vec) r = MM(rcp14_ps)(x); // One Newton step: 14 bits, then 28
  return W(fma)(r, W(fma)(-x, r, W(set)(1.0f)), r);
#else
  return W(set)(1.0f) / x;
#endif
}

/// Split z into n + f, n whole and f within +-0.5; n goes to W(scale).  Adding
/// 1.5 * 2^23 rounds to the nearest whole number and leaves it in the low bits.
VEC_INLINE
W(Vec) W(split)(const W(Vec) z, W(Vec) * const n)
{
#if defined(__AVX512VL__)
  *n = MM(roundscale_ps)(z, 0);
  return z - *n;
#else
  const W(Vec) magic = W(set)(12582912.0f);
  *n                 = z + magic;
  return z - (*n - magic);
#endif
}

/// x * 2^n for x between 0.5 and 2, by the exponent's bits
VEC_INLINE
W(Vec) W(scale)(const W(Vec) x, const W(Vec) n)
{
#if defined(__AVX512VL__)
  return MM(scalef_ps)(x, n);
#else
  return (W(Vec))((W(VecInt))x + ((W(VecInt))n << 23));
#endif
}

/// (2^f - 1) / f for f within +-0.5: the minimax polynomial of dsp/kernel/vec.h
VEC_INLINE
W(Vec) W(exp2_slope)(const W(Vec) f)
{
  W(Vec) p = W(set)(0x1.4308fap-13f);
  p        = W(fma)(p, f, W(set)(0x1.5f07b4p-10f));
  p        = W(fma)(p, f, W(set)(0x1.3b2ba0p-7f));
  p        = W(fma)(p, f, W(set)(0x1.c6af6ep-5f));
  p        = W(fma)(p, f, W(set)(0x1.ebfbdep-3f));
  return W(fma)(p, f, W(set)(0x1.62e430p-1f));
}

/// 1 / (1 + e^-x); NaN gives NaN
VEC_INLINE
W(Vec) W(sigmoid)(const W(Vec) x)
{
  W(Vec) n;
  const W(Vec) one = W(set)(1.0f);
  const W(Vec) z   = W(limit)(x * W(set)(-1.44269504f), 126.0f);
  const W(Vec) f   = W(split)(z, &n);
  const W(Vec) e   = W(scale)(W(fma)(W(exp2_slope)(f), f, one), n);
  return W(reciprocal)(e + one);
}

/// tanh x = t / (t + 2) with t = e^2x - 1, which keeps small x exact too; NaN
/// gives NaN
VEC_INLINE
W(Vec) W(tanh)(const W(Vec) x)
{
  W(Vec) n;
  const W(Vec) one = W(set)(1.0f);
  const W(Vec) z   = W(limit)(x * W(set)(2.88539008f), 28.0f);
  const W(Vec) f   = W(split)(z, &n);
  const W(Vec) s   = W(scale)(one, n);
  const W(Vec) t   = W(fma)(s, W(exp2_slope)(f) * f, s - one);
  return t * W(reciprocal)(t + W(set)(2.0f));
}

#undef MM
