// SPDX-License-Identifier: ISC

/// The product of a step, U h, shared by all cells, compiled once per
/// instruction set
///
/// Idea: one broadcast of h_k feeds all gates of a block, whose sums stay in
/// registers; every weight is read once, in the order of memory.
/// Cost: K * row FMAs at one or two a cycle.

#ifndef REM_DSP_KERNEL_KERNEL_SUMS_H
#define REM_DSP_KERNEL_KERNEL_SUMS_H

#include "dsp/kernel/kernel.h"
#include "dsp/kernel/vec_widest.h"

#include <stdbool.h>
#include <stddef.h>

enum {
  MAX_ROW     = REM_N_GATES * REM_MAX_LSTM + 2, ///< Vectors of a row
  MAX_STREAMS = 2,
  MAX_SETS    = REM_ROW_UNIT
};

/// Sums of one stream: sets that take rows in turn, which hides the latency of
/// the FMA where a row has few vectors
typedef struct {
  Vec sum[MAX_SETS * MAX_ROW];
} Sums;

/// Rows of weights and of h, in the order of the walk
typedef struct {
  const float* u;
  ptrdiff_t    u_step;
  ptrdiff_t    at; ///< Of h
  ptrdiff_t    step;
} Walk;

VEC_INLINE Walk
start_walk(const RemBlock* const block,
           const uint32_t        n_row,
           const bool            backwards)
{
  const ptrdiff_t row  = (ptrdiff_t)n_row * WIDTH;
  const ptrdiff_t last = (ptrdiff_t)block->n_rows - 1;
  return backwards ? (Walk){block->u + last * row, -row, last, -1}
                   : (Walk){block->u, row, 0, 1};
}

/// Add one row times its h to the sums of every stream
VEC_INLINE void
add_row(Sums* const               sums,
        const RemStepFrame* const frames,
        const uint32_t            n_streams,
        const Walk* const         walk,
        const uint32_t            n_row,
        const uint32_t            set)
{
  Vec h[MAX_STREAMS];
  VEC_UNROLL
  for (uint32_t s = 0; s < n_streams; ++s) {
    h[s] = W(set)(frames[s].h[walk->at]);
  }
  VEC_UNROLL
  for (uint32_t v = 0; v < n_row; ++v) {
    Vec u = W(load)(walk->u + v * WIDTH);
    if (n_streams > 1) {
      VEC_KEEP(u);
    }
    VEC_UNROLL
    for (uint32_t s = 0; s < n_streams; ++s) {
      Vec* const sum = &sums[s].sum[set * n_row + v];
      *sum           = W(fma)(h[s], u, *sum);
    }
  }
}

/// Start the sums from z, the first set, and zero
VEC_INLINE void
start_sums(Sums* const        sums,
           const float* const z,
           const uint32_t     n_row,
           const uint32_t     n_sets)
{
  VEC_UNROLL
  for (uint32_t v = 0; v < n_row * n_sets; ++v) {
    sums->sum[v] = v < n_row ? W(load)(z + v * WIDTH) : W(set)(0.0f);
  }
}

/// Add the inputs that are not in z; nothing here waits for h
VEC_INLINE void
add_inputs(Sums* const           sums,
           const RemBlock* const block,
           const float* const    x,
           const uint32_t        n_row)
{
  const float* w = block->w;
  for (uint32_t j = 0; j < block->n_x; ++j, w += block->w_row) {
    const Vec x_j = W(set)(x[j]);
    VEC_UNROLL
    for (uint32_t v = 0; v < n_row; ++v) {
      sums->sum[v] = W(fma)(x_j, W(load)(w + v * WIDTH), sums->sum[v]);
    }
  }
}

/// Add up the sets, 1, 2 or 4
VEC_INLINE void
join_sums(Sums* const sums, const uint32_t n_row, const uint32_t n_sets)
{
  VEC_UNROLL
  for (uint32_t n = n_sets / 2 * n_row; n >= n_row; n /= 2) {
    VEC_UNROLL
    for (uint32_t v = 0; v < n; ++v) {
      sums->sum[v] += sums->sum[n + v];
    }
  }
}

/// How many sets of sums hide the latency of the FMA: 4 to 5 cycles times two
/// FMAs a cycle ask for about eight of them
VEC_INLINE uint32_t
sets_of(const uint32_t n_row)
{
  return n_row < 4 ? 4 : n_row < 7 ? 2 : 1;
}

/// Add U h to the sums of all streams, and the sets up; all but the first two
/// and the last are constants
VEC_INLINE void
add_rows(Sums* const               sums,
         const RemBlock* const     block,
         const RemStepFrame* const frames,
         const uint32_t            n_streams,
         const uint32_t            n_row,
         const bool                backwards)
{
  const uint32_t n_sets = sets_of(n_row);
  Walk           walk   = start_walk(block, n_row, backwards);
  uint32_t       left   = block->n_rows;

  do {
    VEC_UNROLL
    for (uint32_t set = 0; set < n_sets; ++set) {
      add_row(sums, frames, n_streams, &walk, n_row, set);
      walk.u += walk.u_step;
      walk.at += walk.step;
    }
    left -= n_sets;
  } while (left);
  VEC_UNROLL
  for (uint32_t s = 0; s < n_streams; ++s) {
    join_sums(&sums[s], n_row, n_sets);
  }
}

/// Most sums that stay in registers, with what else must be there
#if defined(__AVX512F__) || defined(__aarch64__)
enum { MAX_SUMS = 28 };
#else
enum { MAX_SUMS = 12 };
#endif

/// Whether the sums of two streams fit the registers, or streams go in turn
VEC_INLINE bool
fits_pair(const uint32_t n_row)
{
  return 2 * n_row * sets_of(n_row) <= MAX_SUMS;
}

/// Define a step of its own name, for the table
#define STEP_FUNCTION(NAME, CALL)                              \
  REM_RT static void NAME(const RemBlock* const     block,     \
                          const RemStepFrame* const frames,    \
                          const bool                backwards) \
  {                                                            \
    CALL;                                                      \
  }

/// Define the steps of a block of N vectors for one stream and for two, which
/// go side by side where the sums of rows of N_ROW vectors fit, or else in
/// turn. step_CELL() does the work; KIND is its last argument.
#define STEP_FUNCTIONS(CELL, N, KIND, N_ROW)                       \
  STEP_FUNCTION(step_##CELL##_##N##_##KIND,                        \
                step_##CELL(block, frames, backwards, 1, N, KIND)) \
  STEP_FUNCTION(                                                   \
    pair_##CELL##_##N##_##KIND,                                    \
    if (fits_pair(N_ROW)) {                                        \
      step_##CELL(block, frames, backwards, 2, N, KIND);           \
    } else {                                                       \
      step_##CELL(block, frames, backwards, 1, N, KIND);           \
      step_##CELL(block, frames + 1, backwards, 1, N, KIND);       \
    })

#endif // REM_DSP_KERNEL_KERNEL_SUMS_H
