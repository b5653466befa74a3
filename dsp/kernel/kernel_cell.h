// SPDX-License-Identifier: ISC

/// The chain gates, c, tanh c, h of an LSTM cell, compiled once per instruction
/// set
///
/// Idea: i tanh(g) and o tanh(c) cost one division each, as a / ((1 + e^x) b);
/// what waits for nothing is between what waits.
/// Cost: about 110 to 130 cycles for one vector of units alone, 70 for each of
/// many.

#ifndef REM_DSP_KERNEL_KERNEL_CELL_H
#define REM_DSP_KERNEL_KERNEL_CELL_H

#include "dsp/kernel/vec.h"

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
  const VecExp g  = vec_tanh_exp(z[2 * stride]);
  const Vec    i1 = vec_exp_plus(vec_sigmoid_exp(z[0]), 1.0f);
  const Vec    f  = vec_sigmoid(z[stride]);
  const Vec    ig =
    vec_quotient(vec_exp_plus(g, -1.0f), i1 * vec_exp_plus(g, 1.0f));
  const Vec next = vec_fma(f, vec_load(c), ig);
  vec_store(c, next);
  return (Rest){next, vec_exp_plus(vec_sigmoid_exp(z[3 * stride]), 1.0f)};
}

/// The same for half a vector, from [i f] and [g o]: two gates at a time
VEC_INLINE Rest
start_half(const Vec* const z, float* const c)
{
  const VecScale by = {
    vec_join(vec_set(VEC_TANH_LIMIT), vec_set(VEC_SIGMOID_LIMIT)),
    vec_join(vec_set(VEC_TANH_FACTOR), vec_set(VEC_SIGMOID_FACTOR))};
  const Vec    one  = vec_set(1.0f);
  const VecExp go   = vec_exp(z[1], by);
  const Vec    go1  = vec_exp_plus(go, 1.0f);
  const Vec    if1  = vec_exp_plus(vec_sigmoid_exp(z[0]), 1.0f);
  const Vec    ig_f = vec_quotient(vec_join(vec_exp_plus(go, -1.0f), one),
                                if1 * vec_join(go1, one));
  const Vec    next = vec_fma(vec_swap(ig_f), vec_load_half(c), ig_f);
  vec_store_half(c, next);
  return (Rest){next, vec_swap(go1)};
}

/// h = o tanh(c), by one division
VEC_INLINE Vec
finish(const Rest rest)
{
  const VecExp t = vec_tanh_exp(rest.c);
  return vec_quotient(vec_exp_plus(t, -1.0f), rest.o1 * vec_exp_plus(t, 1.0f));
}

#endif // REM_DSP_KERNEL_KERNEL_CELL_H
