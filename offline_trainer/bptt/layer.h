// SPDX-License-Identifier: ISC

/// One recurrent layer in training: weights packed for products, a step of many
/// rows forward, the same step back, and gradients.  What windows and whole
/// sequences are made of.  Internal to offline_trainer/: bptt.h and sequence.h
/// are what others call.
///
/// A row is one stream at one step.  Of every row there are, in floats:
///
///     x      [N], or [1 + N] where a symbol's number comes first
///     gates  [R] what cells are told and make of it; on the way back dz
///     h      [P] of which H count
///     c      [Q] second memory
///     dh     [Q] and dc [Q], dh_old [Q] derivatives of the loss
///     dx     [D] derivative by x without the symbol, of which N count
///
/// Rows of padding (units from H on) are never seen by products.

#ifndef REM_OFFLINE_TRAINER_BPTT_LAYER_H
#define REM_OFFLINE_TRAINER_BPTT_LAYER_H

#include "dsp/net.h"
#include "offline_trainer/bptt/bptt_kernel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Units from which on layers have panels (panels.h).  Weights are then far
/// from the first-level cache, and it is no gain to read those of both inputs
/// together.
#define REM_PANELS_FROM 128U

/// Shape of a layer
typedef struct {
  RemCell  cell;      ///< Any but #REM_CELL_RNN_THRESHOLD
  uint32_t n_hidden;  ///< H
  uint32_t n_symbols; ///< S, 0 for none: what is no number below counts as 0
  uint32_t n_in;      ///< N, columns of W besides those of symbols, 0 and up
  bool     back;      ///< There will be a dx
  bool     panels;    ///< Weights stand in panels: from #REM_PANELS_FROM on
} RemBpttLayerSpec;

/// One layer's weights.  Gates of a row: W leads to the first `n_products`, U
/// to the last (of #REM_CELL_FORWARD to none), b to all.
typedef struct {
  RemBpttLayerSpec     spec;
  const RemBpttKernel* kernel;
  uint32_t             n_units;    ///< Q: H rounded up to 4
  uint32_t             n_padded;   ///< P: H rounded up to 16
  uint32_t             n_dx;       ///< D: N rounded up to 4
  uint32_t             n_gates;    ///< R: 4Q of LSTM and GRU, else Q
  uint32_t             n_products; ///< G Q
  uint32_t             n_back;     ///< Rows of `u`: H, or 0 without U
  size_t               bias_at;    ///< Where a gradient has that of b, [R]
  size_t               n_gradient; ///< Length of a packed gradient
  float*               u;          ///< [n_back, n_products]
  float*               w;          ///< [S, n_products] as rows, then
  float*               w_in;       ///< [N, n_products]
  float*               b;          ///< [R]
  float*               by_h;       ///< [n_products, Q] back to h
  float*               by_x;       ///< [n_products, D] back to x, or NULL
  uint32_t*            columns;    ///< [G H] where a tensor's rows stand
  float*               data;       ///< What the above points to
} RemBpttLayer;

/// Return `n` floats, aligned and zero, or NULL without memory
float*
rem_bptt_floats(size_t n);

/// Return the code for the instruction set that the engine plays with
const RemBpttKernel*
rem_bptt_kernel(void);

/// Make room for a layer's weights; returns false without memory.  In any case
/// to be cleared.
bool
rem_bptt_layer_make(RemBpttLayer* layer, const RemBpttLayerSpec* spec);

/// Free what a layer points to; one of zeros is allowed
void
rem_bptt_layer_clear(RemBpttLayer* layer);

/// Pack the weights that stand in `params` where `at` says.  No one may use the
/// layer meanwhile.
void
rem_bptt_layer_set(RemBpttLayer*     layer,
                   const float*      params,
                   const RemLayerAt* at);

/// Copy a packed gradient [n_gradient] to `grad` where `at` says
void
rem_bptt_layer_unpack(const RemBpttLayer* layer,
                      const float*        packed,
                      float*              grad,
                      const RemLayerAt*   at);

/**
   Set gates to what they get from x and b, of any number of steps at once.

   @param x     [m] rows `x_row` apart.
   @param gates [m, R]

   Cost: m * n_products * N multiply-adds.
*/
void
rem_bptt_layer_input(const RemBpttLayer* layer,
                     const float*        x,
                     size_t              x_row,
                     size_t              m,
                     float*              gates);

/**
   One step forward: h and c of every row from those before it.

   Without panels and symbols x may come in the same go, which saves a way to
   the memory and back.

   @param rows Gates as rem_bptt_layer_input() left them, or any with `x`.
   @param x    [n_rows] rows `x_row` apart, or NULL if gates have it already.
*/
void
rem_bptt_layer_step(const RemBpttLayer* layer,
                    const RemCellRows*  rows,
                    const float*        x,
                    size_t              x_row);

/**
   One step back: gates become dz.

   @param rows   As rem_bptt_layer_step() left them.
   @param dh     [n_rows, Q] by h.
   @param dc     [n_rows, Q] in, by c (only of an LSTM there is any); out, by
                 c_old.  Of an RNN without c_old it is left alone, of a GRU
                 always.
   @param dh_old [n_rows, Q] by h_old, added to.
   @param db     [R] by b, added to; may be gradient + bias_at.
*/
void
rem_bptt_layer_step_back(const RemBpttLayer* layer,
                         const RemCellRows*  rows,
                         const float*        dh,
                         float*              dc,
                         float*              dh_old,
                         float*              db);

/// Rows that a gradient is summed over: any number of steps, one after another
typedef struct {
  size_t       n;
  const float* x; ///< [n] rows `x_row` apart
  size_t       x_row;
  const float* h_old; ///< [n] rows `h_row` apart
  size_t       h_row;
  const float* dz; ///< [n, R]
} RemBpttTerms;

/// Return how many floats of scratch memory a gradient needs, 0 for none
size_t
rem_bptt_layer_n_scratch(const RemBpttLayer* layer);

/// Add the gradient of W and U to `packed` [n_gradient], in a fixed order;
/// `scratch` [rem_bptt_layer_n_scratch()] is overwritten
void
rem_bptt_layer_gradient(const RemBpttLayer* layer,
                        const RemBpttTerms* terms,
                        float*              scratch,
                        float*              packed);

/// dx [m, D] = W' dz, without symbols, for a layer with `back`
void
rem_bptt_layer_dx(const RemBpttLayer* layer,
                  const float*        dz,
                  size_t              m,
                  float*              dx);

#endif // REM_OFFLINE_TRAINER_BPTT_LAYER_H
