// SPDX-License-Identifier: ISC

/// The arithmetic of a training window for one instruction set.  Internal to
/// offline_trainer/bptt/: bptt.h is what others call.
///
/// Everything is a row of #REM_LANES floats, one per stream.  A layer's rows
/// come in units of 4 (Q is H rounded up to 4; padded units have zero weights).

#ifndef REM_OFFLINE_TRAINER_BPTT_BPTT_KERNEL_H
#define REM_OFFLINE_TRAINER_BPTT_BPTT_KERNEL_H

#include "offline_trainer/bptt/bptt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
   One layer's weights for training.

   Input frame, state and bias are one vector a_t = [x_t; h_(t-1); 1] of
   K = n_in + Q + 1 rows, so that one product gives the gates, and one product
   their gradient.  Row 4j + g of the gates is gate g (i, f, g, o) of unit j.
*/
typedef struct {
  uint32_t n_in;     ///< Rows of x: I, or Q above the first layer
  uint32_t n_units;  ///< Q
  uint32_t n_rows;   ///< K
  uint32_t stride;   ///< Rows from a_t to a_(t+1): K rounded up to 4
  float*   forward;  ///< [Q / tile, K, 4 * tile] weights by tiles of units
  float*   backward; ///< [K / tile, 4Q, tile] the same, transposed
} RemBpttLayer;

/// What one layer keeps of a window of T steps; owned by the window
typedef struct {
  float* a;      ///< [T + 1, stride] a_t; row 0 bears the state before
  float* gates;  ///< [T, 4Q] activations; the backward pass leaves dz there
  float* c;      ///< [T + 1, Q] row 0 is the state before
  float* tanh_c; ///< [T, Q]
  float* grad;   ///< [4Q, stride] floats, not rows: gradient by the weights
} RemBpttTape;

/// Gradients on their way down and back; owned by the window
typedef struct {
  float* dh;     ///< [T, Q] by the outputs of a layer, then by its inputs
  float* dh_rec; ///< [Q] by h_(t-1), from step t
  float* dc;     ///< [Q] by c_(t-1), from step t
} RemBpttFlow;

/// One instruction set's code
typedef struct {
  const char* isa;
  uint32_t    units_per_tile; ///< Of RemBpttLayer.forward
  uint32_t    rows_per_tile; ///< Of RemBpttLayer.backward; the last may be less

  /// Steps 0..n-1: fill gates, c, tanh_c and h of the tape; `above`, if not
  /// NULL, is the next layer's a [T + 1, above_stride], whose x is filled
  void (*forward)(const RemBpttLayer* layer,
                  const RemBpttTape*  tape,
                  float*              above,
                  uint32_t            above_stride,
                  uint32_t            n);

  /// Steps end-1 down to first: gates become dz, dh becomes dx where the layer
  /// has one below (`to_input`)
  void (*backward)(const RemBpttLayer* layer,
                   const RemBpttTape*  tape,
                   const RemBpttFlow*  flow,
                   bool                to_input,
                   uint32_t            first,
                   uint32_t            end);

  /// grad += dz a' over steps first..end-1
  void (*weights)(const RemBpttLayer* layer,
                  const RemBpttTape*  tape,
                  uint32_t            first,
                  uint32_t            end);

  /// y [n, O] = V h + d; v [O, Q + 1] with d last; h rows `stride` apart, each
  /// followed by a row of ones
  void (*head)(const float* v,
               uint32_t     n_units,
               uint32_t     n_out,
               const float* h,
               uint32_t     stride,
               float*       y,
               uint32_t     n);

  /// dh [n, Q] = V' dy, and grad [O, grad_stride] += dy [h; 1]'
  void (*head_backward)(const float* v,
                        uint32_t     n_units,
                        uint32_t     n_out,
                        const float* h,
                        uint32_t     stride,
                        const float* dy,
                        float*       dh,
                        float*       grad,
                        uint32_t     grad_stride,
                        uint32_t     n);
} RemBpttKernel;

extern const RemBpttKernel rem_bptt_kernel_generic; ///< SSE2 or plain C
extern const RemBpttKernel rem_bptt_kernel_avx2;    ///< AVX2 and FMA
extern const RemBpttKernel rem_bptt_kernel_avx512;  ///< AVX-512 F, DQ, VL
extern const RemBpttKernel rem_bptt_kernel_neon;    ///< AArch64

#endif // REM_OFFLINE_TRAINER_BPTT_BPTT_KERNEL_H
