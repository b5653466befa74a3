// SPDX-License-Identifier: ISC

/// Shared by net.c (weights), window_make.c (memory), window.c (forward),
/// features.c and backward.c; no one else

#ifndef REM_OFFLINE_TRAINER_BPTT_BPTT_INTERNAL_H
#define REM_OFFLINE_TRAINER_BPTT_BPTT_INTERNAL_H

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_kernel.h"
#include "offline_trainer/bptt/layer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct RemBpttNet {
  RemNetSpec           spec;
  const RemBpttKernel* kernel;
  bool                 panels;     ///< Inputs go ahead of h, a block at once
  uint32_t             n_units;    ///< Q: H rounded up to 4
  uint32_t             n_padded;   ///< P: H rounded up to 16
  uint32_t             n_features; ///< F: what the head sees
  uint32_t             f_units;    ///< FQ: F rounded up to 4
  uint32_t             f_padded;   ///< FP: F rounded up to 16
  RemBpttLayer         layers[REM_MAX_LAYERS];
  float*               head;      ///< [O, FP] weights, padded with zeros
  float*               head_bias; ///< [O]
  float*               wide_head; ///< [F, O], or NULL if outputs are few
  float*               data;      ///< What the head's point to
};

/// Return the number of outputs that have weights of their own
static inline uint32_t
rem_bptt_n_head(const RemNetSpec* const spec)
{
  return spec->head == REM_HEAD_NONE ? 0U : spec->n_out;
}

/// Return whether cells have a second memory that lasts
static inline bool
rem_bptt_has_c(const RemBpttNet* const net)
{
  return net->spec.cell == REM_CELL_LSTM;
}

/// Where a layer's part of a packed gradient begins, RemBpttLayer.n_gradient
/// long.  That of layer L is the head's: [O, FQ], then [O].
size_t
rem_bptt_gradient_at(const RemBpttNet* net, uint32_t layer);

/// What one layer keeps of T steps of S streams
typedef struct {
  float* h;         ///< [T + 1, S, P] the first is before the first step
  float* c;         ///< [T + 1, S, Q] likewise; [S, Q] but of an LSTM
  float* gates;     ///< [T, S, R] activations; the way back leaves dz there
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
  uint32_t          begin;   ///< Step of the window that tapes begin with
  uint32_t          dropped; ///< Of 2^32 features that the head does not see
  uint32_t          seed;    ///< Which
  double*           squares; ///< As rem_window_probe(), or NULL
  RemTape           tapes[REM_MAX_LAYERS];
  float*            before; ///< [segments, S, L, 2, H] states that they began
                            ///< with
  float* x;                 ///< [T, S, I]
  float* scratch;           ///< For rem_panels_gradient(), or NULL
  float* y;                 ///< [T, S, O]
  float* dy;                ///< [T, S, O]
  float* db;                ///< [R] gradient by a layer's bias, of one block
  float* dh;                ///< [block, S, Q] gradient by a layer's outputs
  float* features;          ///< [block, S, FP] what the head sees, where that
                            ///< is not h of the last layer, or NULL
  float* df;                ///< [block, S, FQ] gradient by that, or NULL
};

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

/// Run one segment forward, from `state` on
void
rem_window_run(RemWindow* window, RemSegment segment, const float* state);

/// Return the input of a layer, frames or h of the layer below, from the step
/// on that tapes begin with
const float*
rem_window_below(const RemWindow* window, uint32_t layer);

/// Return how far apart its rows are
size_t
rem_window_below_row(const RemWindow* window, uint32_t layer);

/// Return step `t` of the tape of a layer, as its cells read and write it
RemCellRows
rem_window_cells(const RemWindow* window, uint32_t layer, size_t t);

/// Return what the head sees of steps first..end-1 of the tapes: rows of FP
const float*
rem_window_features(const RemWindow* window, uint32_t first, uint32_t end);

/// Take from `df` [n, FQ], of steps from `first` on, what the head did not see
void
rem_window_drop_gradient(const RemWindow* window, uint32_t first, size_t n);

/// Set `dh` [n, Q] to what the head's gradient `df` says of layer `l`, or add
/// that to it below the last
void
rem_window_feature_gradient(const RemWindow* window, uint32_t l, size_t n);

/// y [n, O] = d + V h for outputs that are many: h [n, FP]
void
rem_bptt_wide_head(const RemBpttNet* net, const float* h, float* y, size_t n);

/// Return how many steps are worked on at once, so that what one part of the
/// work leaves is still in the second-level cache for the next
uint32_t
rem_window_block(const RemWindow* window);

#endif // REM_OFFLINE_TRAINER_BPTT_BPTT_INTERNAL_H
