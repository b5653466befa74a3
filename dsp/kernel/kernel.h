// SPDX-License-Identifier: ISC

/// The arithmetic of a layer for one instruction set, and its packed weights.
/// Internal to dsp/: dsp/net.h is what others call.

#ifndef REM_DSP_KERNEL_KERNEL_H
#define REM_DSP_KERNEL_KERNEL_H

#include "dsp/net.h"
#include "dsp/rt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_ALIGN 64U     ///< Bytes; the widest vector, a cache line
#define REM_N_GATES 4U    ///< Of an LSTM: i, f, g, o
#define REM_MAX_LSTM 3U   ///< Whole unit vectors in a block of an LSTM
#define REM_MAX_GRU 4U    ///< Likewise of a GRU
#define REM_MAX_RNN 8U    ///< Likewise of an RNN
#define REM_ROW_UNIT 4U   ///< Rows of a block's weights are a multiple of this
#define REM_MAX_DIRECT 4U ///< Most inputs that a step takes as they come

/// Memory of one stream for one step of one layer
typedef struct {
  const float* z;     ///< [row] what the gates start from
  const float* x;     ///< [n_x] inputs that are not in z yet
  const float* h;     ///< [P] before
  float*       c;     ///< [P] second memory, updated in place
  float*       h_new; ///< [P] after
} RemStepFrame;

typedef struct RemBlock RemBlock;

/**
   Advance the units of one block by one step of one or two streams.

   @param frames    One per stream.
   @param backwards Walk the weights from the last row to the first.
*/
typedef void (*RemStep)(const RemBlock*     block,
                        const RemStepFrame* frames,
                        bool                backwards);

/**
   Some hidden units of a layer, and all weights that lead to them from h.

   Units stand in vectors of V: first whole ones, then, as the layer's last
   units, perhaps half a vector.  A row of weights holds, gate after gate, the
   whole vectors; then two vectors for the half one: [i f] and [g o], or [r z]
   and [n 0].  Row k is multiplied by h_k; there are as many rows as units in
   the layer, rounded up to #REM_ROW_UNIT by rows of zeros, or none where a
   layer does not look at h.  Padded units have zero weights, and their h does
   not matter: rows of padding are zero, too.
*/
struct RemBlock {
  RemStep      step[2]; ///< For one stream, for two
  RemCell      cell;
  uint32_t     at;     ///< First unit
  uint32_t     column; ///< First column in a row of z
  uint32_t     n_gates;
  uint32_t     n_vectors;
  bool         half;   ///< Has half a vector
  uint32_t     n_rows; ///< K
  const float* u;      ///< [K, n_gates * n_vectors * V + (half ? 2V : 0)]
  uint32_t     n_x;    ///< Inputs to take from x, 0 if z has them all
  uint32_t     w_row;  ///< Columns from one row of w to the next
  const float* w;      ///< [n_x] rows of the layer's w, this block's columns
  const float* b_hn;   ///< One row of u: what n's sums of U h start from, in
                       ///< n's columns; only of a GRU
};

/// Packed weights of a layer
typedef struct {
  uint32_t     n_in;     ///< Inputs that are multiplied: a symbol is not
  uint32_t     n_hidden; ///< H
  uint32_t     row;      ///< Columns of all blocks together: gates of a frame
  bool         direct;   ///< Steps take x as it comes: there is no project()
  const float* w;        ///< [n_in, row] input weights
  uint32_t     n_symbols;
  const float* b;    ///< [row] bias; [n_symbols, row] of it and the symbol's
                     ///< column where the first input is a symbol
  const float* b_hn; ///< [row], see the block
  uint32_t     n_blocks;
  RemBlock*    blocks; ///< [n_blocks]
} RemLayer;

/// A linear head
typedef struct {
  uint32_t     n_in;     ///< I of the net, for the skip
  uint32_t     n_out;    ///< O
  uint32_t     n_padded; ///< Features that there are, padding included
  bool         skip;     ///< Add the first O inputs
  const float* v;        ///< [O, n_padded] padded by zeros
  const float* d;        ///< [O]
} RemLinear;

/// One instruction set's code.  No result depends on how a stream is cut into
/// calls.  Thread: audio.
typedef struct RemKernel RemKernel;
struct RemKernel {
  const char*      isa;
  uint32_t         width; ///< V, floats in a vector
  const RemKernel* half;  ///< The same on vectors of half the width, or NULL

  /// z [n, row] = base + W x for frames x [n], `stride` floats apart; base [n]
  /// points to a row each
  void (*project)(const RemLayer*     layer,
                  const float* const* base,
                  const float*        x,
                  ptrdiff_t           stride,
                  float*              z,
                  uint32_t            n);

  /// By streams less one, whole vectors, and whether there is half a vector
  RemStep lstm[2][REM_MAX_LSTM + 1][2];
  RemStep gru[2][REM_MAX_GRU + 1][2];

  /// By streams less one, whole vectors, and whether units are tanh; for layers
  /// without U too
  RemStep rnn[2][REM_MAX_RNN + 1][2];

  /// y [n, O] = d + V h, and x [n, I] if skipped, for h [n, n_padded]; `y` may
  /// be `x` where I = O
  void (*head)(const RemLinear* head,
               const float*     h,
               const float*     x,
               float*           y,
               uint32_t         n);

  /// Activations in place, for tests: x [n] aligned, n a multiple of V
  void (*tanh)(float* x, size_t n);
  void (*sigmoid)(float* x, size_t n);
};

/**
   Return the best code for this processor.

   The environment variable REMANENCE_ISA names another one, if the processor
   has it: avx512, avx2, neon, generic.

   Thread: any but audio.
*/
const RemKernel*
rem_kernel_select(void);

/// Return the code for the instruction set `isa`, or NULL if it was not built
/// or this processor lacks it
const RemKernel*
rem_kernel_find(const char* isa);

#endif // REM_DSP_KERNEL_KERNEL_H
