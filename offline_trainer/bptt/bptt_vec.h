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

/// Every lane `x`
VEC_INLINE
W(Vec) W(set)(const float x)
{
#if WIDTH == 16
  return _mm512_set1_ps(x);
#elif WIDTH == 8
  return _mm256_set1_ps(x);
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
#if WIDTH == 16
  return _mm512_fmadd_ps(a, b, c);
#elif WIDTH == 8
  return _mm256_fmadd_ps(a, b, c);
#elif defined(__FMA__)
  return _mm_fmadd_ps(a, b, c);
#elif defined(__aarch64__)
  return vfmaq_f32(c, a, b);
#else
  return a * b + c;
#endif
}

/// x held between the limits; NaN stays NaN
VEC_INLINE
W(Vec) W(clamp)(const W(Vec) x, const float low, const float high)
{
#if WIDTH == 16
  return _mm512_min_ps(W(set)(high), _mm512_max_ps(W(set)(low), x));
#elif WIDTH == 8
  return _mm256_min_ps(W(set)(high), _mm256_max_ps(W(set)(low), x));
#elif defined(__SSE2__)
  return _mm_min_ps(W(set)(high), _mm_max_ps(W(set)(low), x));
#elif defined(__aarch64__)
  return vminq_f32(W(set)(high), vmaxq_f32(W(set)(low), x));
#else
  const W(VecInt) below = x < W(set)(low);
  const W(VecInt) above = x > W(set)(high);
  const W(VecInt) kept  = (W(VecInt))x & ~(below | above);
  return (W(Vec))(kept | ((W(VecInt))W(set)(low) & below) |
                  ((W(VecInt))W(set)(high) & above));
#endif
}

/// 1 / x to 1.2e-7, for x from 1 to 2^126
VEC_INLINE
W(Vec) W(reciprocal)(const W(Vec) x)
{
#if WIDTH == 16
  const W(Vec) r = _mm512_rcp14_ps(x); // One Newton step: 14 bits, then 28
  return W(fma)(r, W(fma)(-x, r, W(set)(1.0f)), r);
#else
  return W(set)(1.0f) / x;
#endif
}

/// Return 2^n, and q = 2^f - 1, for z = n + f within +-126: the arithmetic of
/// vec_exp2_parts() in dsp/kernel/vec.h
VEC_INLINE
W(Vec) W(exp2_parts)(const W(Vec) z, W(Vec) * const q)
{
  const W(Vec) magic = W(set)(12582912.0f);
  const W(Vec) whole = z + magic;
  const W(Vec) f     = z - (whole - magic);

  W(Vec) p = W(set)(0x1.4308fap-13f);
  p        = W(fma)(p, f, W(set)(0x1.5f07b4p-10f));
  p        = W(fma)(p, f, W(set)(0x1.3b2ba0p-7f));
  p        = W(fma)(p, f, W(set)(0x1.c6af6ep-5f));
  p        = W(fma)(p, f, W(set)(0x1.ebfbdep-3f));
  p        = W(fma)(p, f, W(set)(0x1.62e430p-1f));
  *q       = p * f;
  return (W(Vec))(((W(VecInt))whole << 23) + (W(VecInt))W(set)(1.0f));
}

/// 1 / (1 + e^-x) for every x; NaN gives NaN
VEC_INLINE
W(Vec) W(sigmoid)(const W(Vec) x)
{
  W(Vec) q;
  const W(Vec) z = W(clamp)(x * W(set)(-1.44269504f), -126.0f, 126.0f);
  const W(Vec) s = W(exp2_parts)(z, &q);
  return W(reciprocal)(W(fma)(s, q, s) + W(set)(1.0f));
}

/// tanh x = t / (t + 2) with t = e^2x - 1; NaN gives NaN
VEC_INLINE
W(Vec) W(tanh)(const W(Vec) x)
{
  W(Vec) q;
  const W(Vec) z = W(clamp)(x * W(set)(2.88539008f), -28.0f, 28.0f);
  const W(Vec) s = W(exp2_parts)(z, &q);
  const W(Vec) t = W(fma)(s, q, s - W(set)(1.0f));
  return t * W(reciprocal)(t + W(set)(2.0f));
}
