// SPDX-License-Identifier: ISC

/// Shared by net.c (weights), window.c (memory, forward) and backward.c; no one
/// else

#ifndef REM_OFFLINE_TRAINER_BPTT_BPTT_INTERNAL_H
#define REM_OFFLINE_TRAINER_BPTT_BPTT_INTERNAL_H

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_kernel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One layer's weights; rows of 4Q are in the order of RemBpttKernel's gates.
/// With RemBpttNet.panels, what leads from h, from x unless it is a symbol, and
/// back is in panels each (panels.h).
typedef struct {
  uint32_t n_in;    ///< I, or H above the first layer
  float*   forward; ///< [H + n_in + 1, 4Q] by h_(t-1), by x_t, bias
  float*   by_h;    ///< [4Q, Q] what leads back to h_(t-1)
  float*   by_x;    ///< [4Q, Q] and to the layer below; NULL in the first
} RemBpttLayer;

/// Units from which on nets have panels.  Weights are then far from the
/// first-level cache, and it is no gain to read those of both inputs together.
#define REM_PANELS_FROM 128U

struct RemBpttNet {
  RemNetSpec           spec;
  const RemBpttKernel* kernel;
  bool                 symbols;  ///< x is one of n_in symbols
  bool                 panels;   ///< Inputs go ahead of h, a block at once
  uint32_t             n_units;  ///< Q: H rounded up to 4
  uint32_t             n_padded; ///< P: H rounded up to 16
  RemBpttLayer         layers[REM_MAX_LAYERS];
  float*               head;      ///< [O, P] weights, padded with zeros
  float*               head_bias; ///< [O]
  float*               wide_head; ///< [H, O], or NULL if outputs are few
  uint32_t*            columns; ///< [4H] where row g * H + j of a tensor stands
  float*               data;    ///< What all of the above points to
};

/// Where a layer's part of a packed gradient begins: [H + n_in + 1, 4Q] like
/// RemBpttLayer.forward.  That of layer L is the head's: [O, Q], then [O].
size_t
rem_bptt_gradient_at(const RemBpttNet* net, uint32_t layer);

/// What one layer keeps of T steps of S streams
typedef struct {
  float* h;         ///< [T + 1, S, P] the first is before the first step
  float* c;         ///< [T + 1, S, Q] likewise
  float* gates;     ///< [T, S, 4Q] activations; the way back leaves dz there
  float* dh_before; ///< [S, Q] gradient by h before the steps gone back over
  float* dc_before; ///< [S, Q] and by c
} RemTape;

struct RemWindow {
  const RemBpttNet* net;
  uint32_t          max_streams;
  uint32_t          max_steps;
  uint32_t          tape_steps; ///< That tapes have room for
  uint32_t          n_streams;  ///< S, of the last forward pass
  uint32_t          n_steps;
  uint32_t          begin; ///< Step of the window that tapes begin with
  RemTape           tapes[REM_MAX_LAYERS];
  float*            before; ///< [segments, S, L, 2, H] states that they began
                            ///< with
  float*    x;              ///< [T, S, I], or NULL
  uint32_t* symbols;        ///< [T, S] instead of x, or NULL
  float*    scratch;        ///< For rem_panels_gradient(), or NULL
  float*    y;              ///< [T, S, O]
  float*    dy;             ///< [T, S, O]
  float*    db;             ///< [4Q] gradient by a layer's bias, of one block
  float*    dh;             ///< [block, S, Q] gradient by a layer's outputs
};

/// Return `n` floats, aligned and zero, or NULL without memory
float*
rem_bptt_floats(size_t n);

/// Steps of a window that tapes have room for together
typedef struct {
  uint32_t begin;
  uint32_t n;
} RemSegment;

/// Return into how many segments the present window falls
uint32_t
rem_window_n_segments(const RemWindow* window);

/// Return segment `index` of the present window
RemSegment
rem_window_segment(const RemWindow* window, uint32_t index);

/// Run one segment forward, from `state` to `state`
void
rem_window_run(RemWindow* window, RemSegment segment, float* state);

/// Return the input of a layer, frames or h of the layer below, from the step
/// on that tapes begin with
const float*
rem_window_below(const RemWindow* window, uint32_t layer);

/// Return step `t` of the tape of a layer, as its cells read and write it
RemCellRows
rem_window_cells(const RemWindow* window, uint32_t layer, size_t t);

/// c = from + a b with the weights b of a layer; the second factor is for nets
/// without panels
void
rem_window_product(const RemWindow* window, const RemProduct* product);

/// c += a b with a sum over the rows of a block, which `a` has side by side
void
rem_window_gradient(const RemWindow* window, const RemProduct* product);

/// Steps first..end-1 of layer `l` of a net with panels: gates = W x + b
void
rem_window_take_input(const RemWindow* window,
                      uint32_t         l,
                      uint32_t         first,
                      uint32_t         end);

/// Add the gradient of W for symbols of steps first..end-1 to `grad` [I, 4Q]
void
rem_window_scatter(const RemWindow* window,
                   uint32_t         first,
                   uint32_t         end,
                   float*           grad);

/// y [n, O] = d + V h for outputs that are many: h [n, P]
void
rem_bptt_wide_head(const RemBpttNet* net, const float* h, float* y, size_t n);

/// Return how many steps are worked on at once, so that what one part of the
/// work leaves is still in the second-level cache for the next
uint32_t
rem_window_block(const RemWindow* window);

#endif // REM_OFFLINE_TRAINER_BPTT_BPTT_INTERNAL_H
