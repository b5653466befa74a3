// SPDX-License-Identifier: ISC

/// One step of a layer without gates, with U or without, compiled once per
/// instruction set
///
/// Cost: after the product one activation: about 50 cycles.

#ifndef REM_DSP_KERNEL_KERNEL_RNN_H
#define REM_DSP_KERNEL_KERNEL_RNN_H

#include "dsp/kernel/kernel.h"
#include "dsp/kernel/kernel_sums.h"
#include "dsp/kernel/vec_widest.h"

#include <stdbool.h>

/// Take the second memory into the sums, once: it is zero from then on
VEC_INLINE void
take_offset(Sums* const sums, float* const c, const uint32_t n_vectors)
{
  VEC_UNROLL
  for (uint32_t v = 0; v < n_vectors; ++v) {
    sums->sum[v] += W(load)(c + v * WIDTH);
    W(store)(c + v * WIDTH, W(set)(0.0f));
  }
}

/// 1 above 0, else 0
VEC_INLINE
Vec
threshold(const Vec x)
{
  const VecInt above = x > W(set)(0.0f);
  return (Vec)(above & (VecInt)W(set)(1.0f));
}

VEC_INLINE
Vec
activate(const RemCell cell, const Vec x)
{
  switch (cell) {
  case REM_CELL_RNN_SIGMOID:
    return W(sigmoid)(x);
  case REM_CELL_RNN_THRESHOLD:
    return threshold(x);
  case REM_CELL_RNN_LINEAR:
    return x;
  case REM_CELL_LSTM:
  case REM_CELL_GRU:
  case REM_CELL_RNN_TANH:
  case REM_CELL_FORWARD:
    break;
  }
  return W(tanh)(x);
}

/// Activate all units of a block; all but the first two are constants
VEC_INLINE void
close_rnn(float* const      h,
          const Sums* const sums,
          const uint32_t    n_vectors,
          const RemCell     cell)
{
  VEC_UNROLL
  for (uint32_t v = 0; v < n_vectors; ++v) {
    W(store)(h + v * WIDTH, activate(cell, sums->sum[v]));
  }
}

/// The same, for the cell of the block, whatever it is
VEC_INLINE void
finish_rnn(const RemBlock* const     block,
           const RemStepFrame* const frame,
           const Sums* const         sums,
           const uint32_t            n_vectors)
{
  float* const h = frame->h_new + block->at;
  switch (block->cell) {
  case REM_CELL_RNN_SIGMOID:
    close_rnn(h, sums, n_vectors, REM_CELL_RNN_SIGMOID);
    break;
  case REM_CELL_RNN_THRESHOLD:
    close_rnn(h, sums, n_vectors, REM_CELL_RNN_THRESHOLD);
    break;
  case REM_CELL_RNN_LINEAR:
    close_rnn(h, sums, n_vectors, REM_CELL_RNN_LINEAR);
    break;
  case REM_CELL_LSTM:
  case REM_CELL_GRU:
  case REM_CELL_RNN_TANH:
  case REM_CELL_FORWARD:
    close_rnn(h, sums, n_vectors, REM_CELL_RNN_TANH);
    break;
  }
}

/// One step of a block, as step_lstm()
VEC_INLINE void
step_rnn(const RemBlock* const     block,
         const RemStepFrame* const frames,
         const bool                backwards,
         const uint32_t            n_streams,
         const uint32_t            n_vectors,
         const bool                is_tanh)
{
  Sums sums[MAX_STREAMS];

  VEC_UNROLL
  for (uint32_t s = 0; s < n_streams; ++s) {
    const float* const z = frames[s].z + block->column;
    start_sums(&sums[s], z, n_vectors, sets_of(n_vectors));
    add_inputs(&sums[s], block, frames[s].x, n_vectors);
    if (block->n_rows) {
      take_offset(&sums[s], frames[s].c + block->at, n_vectors);
    }
  }
  if (block->n_rows) {
    add_rows(sums, block, frames, n_streams, n_vectors, backwards);
  }
  VEC_UNROLL
  for (uint32_t s = 0; s < n_streams; ++s) {
    if (is_tanh) {
      float* const h = frames[s].h_new + block->at;
      close_rnn(h, &sums[s], n_vectors, REM_CELL_RNN_TANH);
    } else {
      finish_rnn(block, &frames[s], &sums[s], n_vectors);
    }
  }
}

#define STEP(N, TANH) STEP_FUNCTIONS(rnn, N, TANH, N)

STEP(1, 0)
STEP(1, 1)
STEP(2, 0)
STEP(2, 1)
STEP(3, 0)
STEP(3, 1)
STEP(4, 0)
STEP(4, 1)
STEP(5, 0)
STEP(5, 1)
STEP(6, 0)
STEP(6, 1)
STEP(7, 0)
STEP(7, 1)
STEP(8, 0)
STEP(8, 1)

#undef STEP

#endif // REM_DSP_KERNEL_KERNEL_RNN_H
