// SPDX-License-Identifier: ISC

/// The chains gates, c, tanh c, h of an LSTM cell and r, n, h of a GRU,
/// compiled once per instruction set
///
/// Idea: i tanh(g) and o tanh(c) cost one division each, as a / ((1 + e^x) b);
/// what waits for nothing is between what waits.
/// Cost: about 110 to 130 cycles for one vector of units alone, 70 for each of
/// many.

#ifndef REM_DSP_KERNEL_KERNEL_CELL_H
#define REM_DSP_KERNEL_KERNEL_CELL_H

#include "dsp/kernel/vec_widest.h"

#include <stddef.h>

/// What is left to do for some units when c is there
typedef struct {
  Vec c;
  Vec o1; ///< 1 / o
} Rest;

/// c of a whole vector from its four sums, `stride` vectors apart
VEC_INLINE Rest
start_whole(const Vec* const z, const size_t stride, float* const c)
{
  const VecExp g  = W(tanh_exp)(z[2 * stride]);
  const Vec    i1 = W(exp_plus)(W(sigmoid_exp)(z[0]), 1.0f);
  const Vec    f  = W(sigmoid)(z[stride]);
  const Vec ig = W(quotient)(W(exp_plus)(g, -1.0f), i1 * W(exp_plus)(g, 1.0f));
  const Vec next = W(fma)(f, W(load)(c), ig);
  W(store)(c, next);
  return (Rest){next, W(exp_plus)(W(sigmoid_exp)(z[3 * stride]), 1.0f)};
}

/// The same for half a vector, from [i f] and [g o]: two gates at a time
VEC_INLINE Rest
start_half(const Vec* const z, float* const c)
{
  const VecScale by = {
    vec_join(W(set)(VEC_TANH_LIMIT), W(set)(VEC_SIGMOID_LIMIT)),
    vec_join(W(set)(VEC_TANH_FACTOR), W(set)(VEC_SIGMOID_FACTOR))};
  const Vec    one  = W(set)(1.0f);
  const VecExp go   = W(exp)(z[1], by);
  const Vec    go1  = W(exp_plus)(go, 1.0f);
  const Vec    if1  = W(exp_plus)(W(sigmoid_exp)(z[0]), 1.0f);
  const Vec    ig_f = W(quotient)(vec_join(W(exp_plus)(go, -1.0f), one),
                               if1 * vec_join(go1, one));
  const Vec    next = W(fma)(vec_swap(ig_f), vec_load_half(c), ig_f);
  vec_store_half(c, next);
  return (Rest){next, vec_swap(go1)};
}

/// h = o tanh(c), by one division
VEC_INLINE
Vec
finish(const Rest rest)
{
  const VecExp t = W(tanh_exp)(rest.c);
  return W(quotient)(W(exp_plus)(t, -1.0f), rest.o1 * W(exp_plus)(t, 1.0f));
}

/// What is left to do for some units of a GRU when r is there
typedef struct {
  Vec n; ///< What tanh makes n of
  Vec z;
} GruRest;

/// Units of a whole vector up to n, from the sums of r, z and U h, `stride`
/// vectors apart, and W x
VEC_INLINE GruRest
gru_whole(const Vec* const sums, const size_t stride, const Vec x_n)
{
  const Vec r1 = W(exp_plus)(W(sigmoid_exp)(sums[0]), 1.0f);
  const Vec n  = W(quotient_plus)(sums[2 * stride], r1, x_n);
  return (GruRest){n, W(sigmoid)(sums[stride])};
}

/// The same for half a vector, from [r z] and [n 0]
VEC_INLINE GruRest
gru_half(const Vec* const sums, const Vec x_n)
{
  const Vec rz1 = W(exp_plus)(W(sigmoid_exp)(sums[0]), 1.0f);
  const Vec n   = W(quotient_plus)(sums[1], rz1, x_n);
  return (GruRest){n, vec_swap(W(reciprocal)(rz1))};
}

/// h, where nothing is lost of an old one that z keeps
VEC_INLINE
Vec
gru_finish(const GruRest rest, const Vec h)
{
  const VecExp t = W(tanh_exp)(rest.n);
  const Vec    n = W(quotient)(W(exp_plus)(t, -1.0f), W(exp_plus)(t, 1.0f));
  return W(fma)(W(set)(1.0f) - rest.z, n, rest.z * h);
}

#endif // REM_DSP_KERNEL_KERNEL_CELL_H
