// SPDX-License-Identifier: ISC

/// A stack of layers that read padded sequences in one direction or both, its
/// initial state and its head: what a net, an encoder and a decoder are made
/// of.  Internal to offline_trainer/sequence/.
///
/// Rows are [T, S, ...]: the S sequences of a step follow each other.  A layer
/// of the way back has a time of its own, in which its sequences begin with
/// their last step; padding comes last in either.

#ifndef REM_OFFLINE_TRAINER_SEQUENCE_STACK_H
#define REM_OFFLINE_TRAINER_SEQUENCE_STACK_H

#include "dsp/net.h"
#include "offline_trainer/bptt/bptt_kernel.h"
#include "offline_trainer/bptt/layer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REM_STACK_LAYERS = REM_MAX_LAYERS * REM_MAX_DIRECTIONS };

/// Rows that a gradient is summed over in one go; then sums are summed, so that
/// errors do not grow with the batch
#define REM_STACK_TERMS 256U

/// Weights packed for products; layers are in the order of rem_net_layer_at()
typedef struct {
  RemNetSpec           spec;
  const RemBpttKernel* kernel;
  uint32_t             n_directions; ///< D
  uint32_t             n_layers;     ///< L D
  uint32_t             n_units;      ///< Q: H rounded up to 4
  uint32_t             n_padded;     ///< P: H rounded up to 16
  uint32_t             n_joined;     ///< J: D H rounded up to 16
  uint32_t             n_features;   ///< F
  uint32_t             feature_row;  ///< F rounded up to 16
  uint32_t             n_wide;       ///< O rounded up to 4
  uint32_t             n_state;      ///< Of a stream, rounded up to 4
  uint32_t             n_condition;  ///< That, rounded up to 4
  bool                 has_head;     ///< Else y is the features
  RemBpttLayer         layers[REM_STACK_LAYERS];
  float*               head;         ///< [F, n_wide] V'
  float*               head_bias;    ///< [n_wide]
  float*               head_back;    ///< [O, feature_row] V
  float*               initial;      ///< [n_condition, n_state], or NULL
  float*               initial_bias; ///< [n_state], or NULL
  float*               initial_back; ///< [n_state, n_condition], or NULL
  float*               data;         ///< What the above points to
} RemStack;

/// Where the parts of a packed gradient begin
typedef struct {
  size_t layers[REM_STACK_LAYERS];
  size_t head;         ///< [F, n_wide]
  size_t head_bias;    ///< [n_wide]
  size_t initial;      ///< [n_condition, n_state]
  size_t initial_bias; ///< [n_state]
  size_t end;
} RemStackAt;

/// Make room for the weights of a shape that is checked, with derivatives by
/// the input if `back`; returns false without memory.  In any case to be
/// cleared.
bool
rem_stack_make(RemStack* stack, const RemNetSpec* spec, bool back);

/// Free what a stack points to; one of zeros is allowed
void
rem_stack_clear(RemStack* stack);

/// Pack `params` [rem_net_n_params()]
void
rem_stack_set(RemStack* stack, const float* params);

/// Return where the parts of a packed gradient begin
RemStackAt
rem_stack_gradient_at(const RemStack* stack);

/// Copy a packed gradient to `grad` [rem_net_n_params()]
void
rem_stack_unpack(const RemStack* stack, const float* packed, float* grad);

/// What one layer keeps of T steps of S streams, in its own time; dh counts as
/// h does
typedef struct {
  float* x;      ///< [T, S, I] input of a layer of the way back, else NULL
  float* h;      ///< [T + 1, S, P] the first is before the first step
  float* c;      ///< [T + 1, S, Q] likewise of an LSTM, else [S, Q] the first
  float* gates;  ///< [T, S, R]
  float* dh;     ///< [T + 1, S, Q]
  float* dc;     ///< [S, Q]
  float* dc_end; ///< [S, Q] gradient by c after a sequence's own last step
} RemStackTape;

/// What one thread needs for a batch
typedef struct {
  const RemStack* stack;
  uint32_t        max_streams;
  uint32_t        max_steps;
  uint32_t        n;       ///< S
  uint32_t        n_steps; ///< T
  uint32_t*       lengths; ///< [S]
  float*          x;       ///< [T, S, I]
  RemStackTape    tapes[REM_STACK_LAYERS];
  float*          joined[REM_MAX_LAYERS]; ///< [T, S, J] both directions' h, or
                                          ///< NULL
  float* features;                        ///< [T, S, F], [S, F], or NULL where
                                          ///< they are the last layer's h
  float*   dfeatures;                     ///< Of the same shape
  float*   dx;                            ///< [T, S, D] of a layer
  float*   y;                             ///< [T, S, O] or [S, O]
  float*   dy;                            ///< Of the same shape
  float*   wide;                          ///< [T, S, n_wide], or NULL if O is
  float*   condition;  ///< [S, n_condition] as it is, or NULL
  float*   dcondition; ///< The same, rounded up, or NULL
  float*   state;      ///< [S, n_state]
  float*   scratch;    ///< Of rem_bptt_layer_gradient()
  double*  squares;    ///< Of rem_sequence_probe(), or NULL
  uint32_t dropped;    ///< As rem_drop(), 0 for none
  uint32_t seed;       ///< Of the next pass
} RemStackRun;

/// Make memory for batches; returns false without.  In any case to be cleared.
bool
rem_stack_run_make(RemStackRun*    run,
                   const RemStack* stack,
                   uint32_t        max_streams,
                   uint32_t        max_steps);

/// Let the head not see a share of the features, as rem_window_set_dropout()
bool
rem_stack_run_set_dropout(RemStackRun* run, double share);

/// Free what a run points to; one of zeros is allowed
void
rem_stack_run_clear(RemStackRun* run);

/// Return step `t` of the tape of a layer, as its cells read and write it
RemCellRows
rem_stack_cells(const RemStackRun* run, uint32_t index, size_t t);

/// Return the input of a layer and how far its rows are apart
const float*
rem_stack_below(const RemStackRun* run, uint32_t index, size_t* row);

/// Return the features and how far their rows are apart
const float*
rem_stack_features(const RemStackRun* run, size_t* row);

/// Return the column of the features where a layer's h begins, or UINT32_MAX if
/// it is not taken
uint32_t
rem_stack_feature_column(const RemStack* stack, uint32_t index);

/// Return the row, of [T, S], that a layer has at step `t` of sequence `s` of
/// the other direction's time if `reversed`
static inline size_t
rem_stack_row(const RemStackRun* const run,
              const bool               reversed,
              const uint32_t           t,
              const uint32_t           s)
{
  return (size_t)(reversed ? run->lengths[s] - 1U - t : t) * run->n + s;
}

/// Set every layer's state before the first step, of `condition` if any
void
rem_stack_start(RemStackRun* run);

/// Run all layers over all steps, and take the features
void
rem_stack_layers(RemStackRun* run);

/// Run all layers over step `t`, of a stack that reads forward; features are
/// yet to be taken
void
rem_stack_step(RemStackRun* run, uint32_t t);

/// Take the features of steps first..end-1, which need nothing of a stack that
/// gives its last layer's h; of all steps if it has one output
void
rem_stack_take(RemStackRun* run, uint32_t first, uint32_t end);

/// y of the features of steps first..end-1, or of all if it is one
void
rem_stack_head(RemStackRun* run, uint32_t first, uint32_t end);

/// Copy the last layer's states after the last step of every sequence to
/// `condition` [S, D 2 H], rows `row` apart
void
rem_stack_end(const RemStackRun* run, float* condition, size_t row);

/// Nothing has a gradient yet
void
rem_stack_back_begin(RemStackRun* run);

/// The way back through the head, from dy to dfeatures
void
rem_stack_back_head(RemStackRun* run, float* packed);

/// Give dfeatures to the layers that they are taken of
void
rem_stack_back_take(RemStackRun* run);

/// The way back to what rem_stack_end() copied
void
rem_stack_back_end(RemStackRun* run, const float* dcondition, size_t row);

/// The way back through all steps of all layers
void
rem_stack_back_layers(RemStackRun* run, float* packed);

/// The way back through step `t` of a stack that reads forward; run->dx
/// [S, D] is the gradient by its frames if it has one
void
rem_stack_back_step(RemStackRun* run, uint32_t t, float* packed);

/// Add the gradient by weights of all steps that rem_stack_back_step() went
/// through
void
rem_stack_back_weights(RemStackRun* run, float* packed);

/// The way back through the initial state, to dcondition
void
rem_stack_back_start(RemStackRun* run, float* packed);

/// c [m, n] += a' b, a sum over `n_terms` rows in a fixed order
void
rem_stack_add_product(const RemBpttKernel* kernel,
                      const float*         a,
                      size_t               a_row,
                      const float*         b,
                      size_t               b_row,
                      size_t               n_terms,
                      float*               c,
                      size_t               m,
                      size_t               n);

/// to [n] += from [n]
static inline void
rem_stack_add(float* const to, const float* const from, const size_t n)
{
  for (size_t i = 0; i < n; ++i) {
    to[i] += from[i];
  }
}

/// Return n rounded up to a multiple of `unit`
static inline uint32_t
rem_round_up(const uint32_t n, const uint32_t unit)
{
  return (n + unit - 1U) / unit * unit;
}

#endif // REM_OFFLINE_TRAINER_SEQUENCE_STACK_H
