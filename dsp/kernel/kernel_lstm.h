// SPDX-License-Identifier: ISC

/// One step of an LSTM layer, compiled once per instruction set
///
/// Idea: all sums are done before the first activation, so that the chains of
/// all units run side by side.
/// Cost: after the product the chain gates, c, tanh, h: about 130 cycles, in
/// which nothing else can be done for this stream.

#ifndef REM_DSP_KERNEL_KERNEL_LSTM_H
#define REM_DSP_KERNEL_KERNEL_LSTM_H

#include "dsp/kernel/kernel.h"
#include "dsp/kernel/kernel_cell.h"
#include "dsp/kernel/kernel_sums.h"
#include "dsp/kernel/vec_widest.h"

#include <stdbool.h>

VEC_INLINE uint32_t
lstm_row(const uint32_t n_vectors, const bool half)
{
  return REM_N_GATES * n_vectors + (half ? 2 : 0);
}

/// Units of one block up to c
VEC_INLINE void
start_lstm(const RemBlock* const     block,
           const RemStepFrame* const frame,
           const Sums* const         sums,
           const uint32_t            n_vectors,
           const bool                half,
           Rest* const               rest)
{
  float* const c = frame->c + block->at;
  VEC_UNROLL
  for (uint32_t v = 0; v < n_vectors; ++v) {
    rest[v] = start_whole(sums->sum + v, n_vectors, c + v * WIDTH);
  }
  if (half) {
    rest[n_vectors] =
      start_half(sums->sum + REM_N_GATES * n_vectors, c + n_vectors * WIDTH);
  }
}

/// Units of one block from c on
VEC_INLINE void
finish_lstm(const RemBlock* const     block,
            const RemStepFrame* const frame,
            const uint32_t            n_vectors,
            const bool                half,
            const Rest* const         rest)
{
  float* const h = frame->h_new + block->at;
  VEC_UNROLL
  for (uint32_t v = 0; v < n_vectors; ++v) {
    W(store)(h + v * WIDTH, finish(rest[v]));
  }
  if (half) {
    vec_store_half(h + n_vectors * WIDTH, finish(rest[n_vectors]));
  }
}

/// One step of a block; all but the first three are constants.  Each phase is
/// done for all streams before the next, so that the processor finds their
/// chains side by side.
VEC_INLINE void
step_lstm(const RemBlock* const     block,
          const RemStepFrame* const frames,
          const bool                backwards,
          const uint32_t            n_streams,
          const uint32_t            n_vectors,
          const bool                half)
{
  const uint32_t n_row = lstm_row(n_vectors, half);
  Sums           sums[MAX_STREAMS];
  Rest           rest[MAX_STREAMS][REM_MAX_LSTM + 1];

  VEC_UNROLL
  for (uint32_t s = 0; s < n_streams; ++s) {
    start_sums(&sums[s], frames[s].z + block->column, n_row, sets_of(n_row));
    add_inputs(&sums[s], block, frames[s].x, n_row);
  }
  add_rows(sums, block, frames, n_streams, n_row, backwards);
  VEC_UNROLL
  for (uint32_t s = 0; s < n_streams; ++s) {
    start_lstm(block, &frames[s], &sums[s], n_vectors, half, rest[s]);
  }
  VEC_UNROLL
  for (uint32_t s = 0; s < n_streams; ++s) {
    finish_lstm(block, &frames[s], n_vectors, half, rest[s]);
  }
}

#define STEP(N, HALF) STEP_FUNCTIONS(lstm, N, HALF, lstm_row(N, HALF))

STEP(0, 1)
STEP(1, 0)
STEP(1, 1)
STEP(2, 0)
STEP(2, 1)
STEP(3, 0)
STEP(3, 1)

#undef STEP

#endif // REM_DSP_KERNEL_KERNEL_LSTM_H
