// SPDX-License-Identifier: ISC

/// One step of a GRU layer, compiled once per instruction set
///
/// Idea: U h of n stands apart from W x of n, which r does not multiply: its
/// sums start from the bias alone, and W x comes in where r does.  So a row has
/// three gates, of U and of W.
/// Cost: after the product the chain r, n, h: about as long as an LSTM's.

#ifndef REM_DSP_KERNEL_KERNEL_GRU_H
#define REM_DSP_KERNEL_KERNEL_GRU_H

#include "dsp/kernel/kernel.h"
#include "dsp/kernel/kernel_cell.h"
#include "dsp/kernel/kernel_sums.h"
#include "dsp/kernel/vec_widest.h"

#include <stdbool.h>

enum { GRU_GATES = 3 };

VEC_INLINE uint32_t
gru_row(const uint32_t n_vectors, const bool half)
{
  return GRU_GATES * n_vectors + (half ? 2 : 0);
}

/// Start from z, with the inputs that are not in it, but for n
VEC_INLINE void
start_gru(Sums* const               sums,
          const RemBlock* const     block,
          const RemStepFrame* const frame,
          const uint32_t            n_vectors,
          const bool                half)
{
  const uint32_t n_row = gru_row(n_vectors, half);
  start_sums(sums, frame->z + block->column, n_row, sets_of(n_row));
  add_inputs(sums, block, frame->x, n_row);
  VEC_UNROLL
  for (uint32_t v = 0; v < n_vectors; ++v) {
    const uint32_t n = 2 * n_vectors + v;
    sums->sum[n]     = W(load)(block->b_hn + n * WIDTH);
  }
  if (half) {
    sums->sum[n_row - 1] = W(load)(block->b_hn + (n_row - 1) * WIDTH);
  }
}

/// W x of n, vector `v` of the row; in time before r is there
VEC_INLINE
Vec
input_of_n(const RemBlock* const     block,
           const RemStepFrame* const frame,
           const uint32_t            v)
{
  const float* w   = block->w + v * WIDTH;
  Vec          sum = W(load)(frame->z + block->column + v * WIDTH);
  for (uint32_t j = 0; j < block->n_x; ++j, w += block->w_row) {
    sum = W(fma)(W(set)(frame->x[j]), W(load)(w), sum);
  }
  return sum;
}

/// Units of one block up to n
VEC_INLINE void
open_gru(const RemBlock* const     block,
         const RemStepFrame* const frame,
         const Sums* const         sums,
         const uint32_t            n_vectors,
         const bool                half,
         GruRest* const            rest)
{
  VEC_UNROLL
  for (uint32_t v = 0; v < n_vectors; ++v) {
    const Vec x_n = input_of_n(block, frame, 2 * n_vectors + v);
    rest[v]       = gru_whole(sums->sum + v, n_vectors, x_n);
  }
  if (half) {
    const uint32_t n   = GRU_GATES * n_vectors;
    const Vec      x_n = input_of_n(block, frame, n + 1);
    rest[n_vectors]    = gru_half(sums->sum + n, x_n);
  }
}

/// Units of one block from n on
VEC_INLINE void
close_gru(const RemBlock* const     block,
          const RemStepFrame* const frame,
          const uint32_t            n_vectors,
          const bool                half,
          const GruRest* const      rest)
{
  const float* const old = frame->h + block->at;
  float* const       h   = frame->h_new + block->at;
  VEC_UNROLL
  for (uint32_t v = 0; v < n_vectors; ++v) {
    W(store)
    (h + v * WIDTH, gru_finish(rest[v], W(load)(old + v * WIDTH)));
  }
  if (half) {
    const Vec before = vec_load_half(old + n_vectors * WIDTH);
    vec_store_half(h + n_vectors * WIDTH, gru_finish(rest[n_vectors], before));
  }
}

/// One step of a block, as step_lstm()
VEC_INLINE void
step_gru(const RemBlock* const     block,
         const RemStepFrame* const frames,
         const bool                backwards,
         const uint32_t            n_streams,
         const uint32_t            n_vectors,
         const bool                half)
{
  Sums    sums[MAX_STREAMS];
  GruRest rest[MAX_STREAMS][REM_MAX_GRU + 1];

  VEC_UNROLL
  for (uint32_t s = 0; s < n_streams; ++s) {
    start_gru(&sums[s], block, &frames[s], n_vectors, half);
  }
  add_rows(sums, block, frames, n_streams, gru_row(n_vectors, half), backwards);
  VEC_UNROLL
  for (uint32_t s = 0; s < n_streams; ++s) {
    open_gru(block, &frames[s], &sums[s], n_vectors, half, rest[s]);
  }
  VEC_UNROLL
  for (uint32_t s = 0; s < n_streams; ++s) {
    close_gru(block, &frames[s], n_vectors, half, rest[s]);
  }
}

#define STEP(N, HALF) STEP_FUNCTIONS(gru, N, HALF, gru_row(N, HALF))

STEP(0, 1)
STEP(1, 0)
STEP(1, 1)
STEP(2, 0)
STEP(2, 1)
STEP(3, 0)
STEP(3, 1)
STEP(4, 0)
STEP(4, 1)

#undef STEP

#endif // REM_DSP_KERNEL_KERNEL_GRU_H
