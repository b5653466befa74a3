// SPDX-License-Identifier: ISC

/// The linear head over a window: forward, backward, gradient of its weights

#ifndef REM_OFFLINE_TRAINER_BPTT_BPTT_HEAD_H
#define REM_OFFLINE_TRAINER_BPTT_BPTT_HEAD_H

#include "offline_trainer/bptt/bptt_kernel.h"
#include "offline_trainer/bptt/bptt_rows.h"

#include <stddef.h>
#include <stdint.h>

/// One output of `m` steps at once, 1 or 4, so that their sums are independent
VEC_INLINE void
head_steps(const float* const v,
           const uint32_t     n_units,
           const float* const h,
           const size_t       h_step,
           float* const       y,
           const size_t       y_step,
           const uint32_t     m)
{
  Vec acc[4][ROW_VECTORS];
  for (uint32_t t = 0; t < m; ++t) {
    for (uint32_t i = 0; i < ROW_VECTORS; ++i) {
      acc[t][i] = vec_set(v[n_units]);
    }
  }
  for (uint32_t k = 0; k < n_units; ++k) {
    const Vec v_k = vec_set(v[k]);
    for (uint32_t t = 0; t < m; ++t) {
      for (uint32_t i = 0; i < ROW_VECTORS; ++i) {
        acc[t][i] = vec_fma(v_k, load_row(h + t * h_step, k, i), acc[t][i]);
      }
    }
  }
  for (uint32_t t = 0; t < m; ++t) {
    for (uint32_t i = 0; i < ROW_VECTORS; ++i) {
      store_row(y + t * y_step, 0, i, acc[t][i]);
    }
  }
}

static void
head(const float* const v,
     const uint32_t     n_units,
     const uint32_t     n_out,
     const float* const h,
     const uint32_t     stride,
     float* const       y,
     const uint32_t     n)
{
  const size_t h_step = (size_t)stride * REM_LANES;
  const size_t y_step = (size_t)n_out * REM_LANES;

  for (size_t o = 0; o < n_out; ++o) {
    const float* const v_o = v + o * (n_units + 1U);
    float* const       y_o = y + o * REM_LANES;
    size_t             t   = 0;
    for (; t + 4 <= n; t += 4) {
      head_steps(
        v_o, n_units, h + t * h_step, h_step, y_o + t * y_step, y_step, 4);
    }
    for (; t < n; ++t) {
      head_steps(
        v_o, n_units, h + t * h_step, h_step, y_o + t * y_step, y_step, 1);
    }
  }
}

/// dh [Q] of one step
VEC_INLINE void
head_input_gradient(const float* const v,
                    const uint32_t     n_units,
                    const uint32_t     n_out,
                    const float* const dy,
                    float* const       dh)
{
  for (uint32_t k = 0; k < n_units; ++k) {
    for (uint32_t i = 0; i < ROW_VECTORS; ++i) {
      Vec sum = vec_set(0.0f);
      for (uint32_t o = 0; o < n_out; ++o) {
        const float v_ok = v[(size_t)o * (n_units + 1U) + k];
        sum              = vec_fma(vec_set(v_ok), load_row(dy, o, i), sum);
      }
      store_row(dh, k, i, sum);
    }
  }
}

/// grad [VEC_WIDTH] += sum over steps and lanes of dy h' for that many rows
VEC_INLINE void
head_weight_tile(const float* const h,
                 const size_t       h_step,
                 const float* const dy,
                 const size_t       dy_step,
                 float* const       grad,
                 const size_t       n)
{
  Vec   acc[VEC_WIDTH];
  float sum[VEC_WIDTH];

  for (uint32_t k = 0; k < VEC_WIDTH; ++k) {
    acc[k] = vec_set(0.0f);
  }
  for (size_t t = 0; t < n; ++t) {
    for (uint32_t v = 0; v < ROW_VECTORS; ++v) {
      const Vec dy_t = load_row(dy + t * dy_step, 0, v);
      for (uint32_t k = 0; k < VEC_WIDTH; ++k) {
        acc[k] = vec_fma(dy_t, load_row(h + t * h_step, k, v), acc[k]);
      }
    }
  }
  const Vec s = sums_of(acc);
  memcpy(sum, &s, sizeof(s));
  for (uint32_t k = 0; k < VEC_WIDTH; ++k) {
    grad[k] += sum[k];
  }
}

static void
head_backward(const float* const v,
              const uint32_t     n_units,
              const uint32_t     n_out,
              const float* const h,
              const uint32_t     stride,
              const float* const dy,
              float* const       dh,
              float* const       grad,
              const uint32_t     grad_stride,
              const uint32_t     n)
{
  const size_t h_step  = (size_t)stride * REM_LANES;
  const size_t dy_step = (size_t)n_out * REM_LANES;

  for (size_t t = 0; t < n; ++t) {
    head_input_gradient(
      v, n_units, n_out, dy + t * dy_step, dh + t * n_units * REM_LANES);
  }
  for (size_t o = 0; o < n_out; ++o) {
    for (size_t k = 0; k < n_units + 1U; k += VEC_WIDTH) {
      head_weight_tile(h + k * REM_LANES,
                       h_step,
                       dy + o * REM_LANES,
                       dy_step,
                       grad + o * grad_stride + k,
                       n);
    }
  }
}

#endif // REM_OFFLINE_TRAINER_BPTT_BPTT_HEAD_H
