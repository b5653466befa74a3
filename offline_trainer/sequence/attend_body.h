// SPDX-License-Identifier: ISC

/// The code behind RemAttendKernel, compiled once per instruction set: a file
/// that includes this defines REM_ATTEND_KERNEL (the struct's name).
///
/// Idea: four rows at a time, so that their sums are independent and one
/// shuffle adds up several.

#include "dsp/kernel/vec_widest.h"
#include "offline_trainer/sequence/attend.h"

#include <stddef.h>

/// Store sums of four rows of which `n` are there
VEC_INLINE void
store_sums(const Vec* const acc, float* const y, const size_t n)
{
  const Vec4 sums = vec_sums(acc);
  for (size_t i = 0; i < 4U && i < n; ++i) {
    y[i] = sums[i];
  }
}

/// Return row `j + i` of `n`, or the last one
VEC_INLINE size_t
row_of(const size_t j, const size_t i, const size_t n)
{
  return j + i < n ? j + i : n - 1U;
}

static void
energies(const RemAttendRow* const row, float* const e)
{
  for (size_t j = 0; j < row->n; j += 4U) {
    Vec acc[4];
    for (size_t i = 0; i < 4U; ++i) {
      acc[i] = W(set)(0.0f);
    }
    for (size_t k = 0; k < row->n_attention; k += WIDTH) {
      const Vec q = W(load)(row->query + k);
      const Vec v = W(load)(row->energy + k);
      for (size_t i = 0; i < 4U; ++i) {
        const size_t at = row_of(j, i, row->n) * row->key_row + k;
        acc[i] = W(fma)(v, W(tanh)(q + W(load)(row->key + at)), acc[i]);
      }
    }
    store_sums(acc, e + j, row->n - j);
  }
}

static void
gradient(const RemAttendRow* const row,
         const float* const        de,
         float* const              dquery,
         float* const              dkey,
         float* const              denergy)
{
  const Vec one = W(set)(1.0f);
  for (size_t k = 0; k < row->n_attention; k += WIDTH) {
    const Vec q  = W(load)(row->query + k);
    const Vec v  = W(load)(row->energy + k);
    Vec       dq = W(load)(dquery + k);
    Vec       dv = W(load)(denergy + k);
    for (size_t j = 0; j < row->n; ++j) {
      const size_t at = j * row->key_row + k;
      const Vec    u  = W(tanh)(q + W(load)(row->key + at));
      const Vec    d  = W(set)(de[j]);
      const Vec    dz = d * v * (one - u * u);
      dv              = W(fma)(d, u, dv);
      dq              = dq + dz;
      W(store)(dkey + at, W(load)(dkey + at) + dz);
    }
    W(store)(dquery + k, dq);
    W(store)(denergy + k, dv);
  }
}

static void
dots(const float* const x,
     const float* const rows,
     const size_t       row,
     const size_t       n_terms,
     const size_t       n,
     float* const       y)
{
  for (size_t j = 0; j < n; j += 4U) {
    Vec acc[4];
    for (size_t i = 0; i < 4U; ++i) {
      acc[i] = W(set)(0.0f);
    }
    for (size_t k = 0; k < n_terms; k += WIDTH) {
      const Vec x_k = W(load)(x + k);
      for (size_t i = 0; i < 4U; ++i) {
        const float* const at = rows + row_of(j, i, n) * row + k;
        acc[i]                = W(fma)(x_k, W(load)(at), acc[i]);
      }
    }
    store_sums(acc, y + j, n - j);
  }
}

const RemAttendKernel REM_ATTEND_KERNEL = {energies, gradient, dots};
