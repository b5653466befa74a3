// SPDX-License-Identifier: ISC

/// The arithmetic of a training window for one instruction set.  Internal to
/// offline_trainer/bptt/: bptt.h is what others call.
///
/// Everything is a matrix of rows: a row is one stream at one step, S streams
/// make a step, steps follow each other.  Vectors run along a row, over hidden
/// units, so that any number of streams is as good as any other.
///
/// Q is H rounded up to 4; padded units have zero weights and stay at zero.
/// The R gates of a row, by cell:
///
/// - LSTM: 4Q, in blocks of units as wide as a vector: the widest first, then
///   one half as wide, and so on, to 4.  A block of w units has its i [w],
///   f [w], g [w], o [w] side by side, so that 4Q is dense, and activations
///   take whole vectors.
/// - GRU: 4Q, n [Q] as far as x goes, r [Q], z [Q], n [Q] as far as h goes: W
///   leads to the first three and U to the last three.
/// - RNN, and layers without memory: Q.

#ifndef REM_OFFLINE_TRAINER_BPTT_BPTT_KERNEL_H
#define REM_OFFLINE_TRAINER_BPTT_BPTT_KERNEL_H

#include "dsp/net.h"

#include <stddef.h>
#include <stdint.h>

/// One matrix product's factors: a [m, n_terms] and b [n_terms, n].  Strides
/// are in floats; b's columns are one after the other.
typedef struct {
  const float* a;
  size_t       a_row;
  size_t       a_term;
  const float* b;
  size_t       b_term;
  size_t       n_terms; ///< 0 for none
} RemFactors;

/**
   c [m, n] = from + (a0 b0 + a1 b1), added in this order: a long sum that goes
   on from block to block keeps more digits than one that grows term by term.

   With rows of `a` that are steps and terms that are units this is a product
   by weights; the other way round it is the gradient of weights.
*/
typedef struct {
  RemFactors   factors[2];
  const float* from; ///< [m, n], or [n] with `from_row` 0; NULL for zeros; may
                     ///< be c itself
  size_t from_row;
  float* c;
  size_t c_row;
  size_t m;
  size_t n; ///< Multiple of 4
} RemProduct;

/// Rows of S streams at one step of one layer
typedef struct {
  uint32_t n_rows;    ///< S
  uint32_t n_units;   ///< Q
  float*   gates;     ///< [S, R] before a step what activations are taken of;
                      ///< after it the activations (of a GRU n, r, z, and what
                      ///< h added to n; of an RNN left alone); after the step
                      ///< back dz
  const float* c_old; ///< [S, Q] c before this step; NULL for zeros, but of an
                      ///< LSTM
  float*       c;     ///< [S, Q] and after it; may be NULL but of an LSTM
  const float* h_old; ///< [S, P] h before it
  float*       h;     ///< [S, P] after it
  size_t       h_row; ///< P
} RemCellRows;

/// Derivatives of the loss at one step back
typedef struct {
  const float* dh; ///< [S, Q] by h
  float* dc;     ///< [S, Q] by c in, by c_old out; only an LSTM reads it, a GRU
                 ///< leaves it alone, and an RNN does without c_old
  float* dh_old; ///< [S, Q] by h_old: what does not lead by U is added (GRU)
  float* db;     ///< [R] added to: the sum of dz
} RemCellBack;

/// A cell's code.  A step forward sets h and c of every row, and gates to what
/// the step back needs; a step back sets gates to dz.  Cost per vector of
/// units: LSTM 5, GRU 3, RNN 1 times 20 operations forward; back 20 operations
/// and 14 loads and stores, GRU as much, RNN 4 and 3.
typedef struct {
  void (*step)(const RemCellRows* rows);
  void (*back)(const RemCellRows* rows, const RemCellBack* back);
} RemBpttCell;

/// One instruction set's code
typedef struct {
  const char* isa;
  uint32_t    width; ///< Floats in the widest vector

  /// See #RemProduct.  Cost: m * n * terms multiply-adds at 95 % of the peak,
  /// as long as b [terms, 2 vectors] fits the first-level cache.
  void (*product)(const RemProduct* product);

  /// By RemCell; none of #REM_CELL_RNN_THRESHOLD, which has no derivative
  RemBpttCell cells[REM_CELL_FORWARD + 1];

  /// y [n, O] = d + V h: v [O, P], d [O], h [n, P] with P a multiple of 16
  void (*head)(const float* v,
               const float* d,
               size_t       n_padded,
               size_t       n_out,
               const float* h,
               float*       y,
               size_t       n);
} RemBpttKernel;

extern const RemBpttKernel rem_bptt_kernel_generic; ///< SSE2 or plain C
extern const RemBpttKernel rem_bptt_kernel_avx2;    ///< AVX2 and FMA
extern const RemBpttKernel rem_bptt_kernel_avx512;  ///< AVX-512 F, DQ, VL
extern const RemBpttKernel rem_bptt_kernel_neon;    ///< AArch64

#endif // REM_OFFLINE_TRAINER_BPTT_BPTT_KERNEL_H
