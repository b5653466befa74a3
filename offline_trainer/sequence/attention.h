// SPDX-License-Identifier: ISC

/// Attention between an encoder and a decoder that are trained: the equations
/// of dsp/encoder.h.  Internal to offline_trainer/sequence/.

#ifndef REM_OFFLINE_TRAINER_SEQUENCE_ATTENTION_H
#define REM_OFFLINE_TRAINER_SEQUENCE_ATTENTION_H

#include "offline_trainer/sequence/attend.h"
#include "offline_trainer/sequence/stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Weights packed for products.  A gradient is [H, A], [F, A], [A].
typedef struct {
  const RemBpttKernel*   kernel;
  const RemAttendKernel* attend;
  uint32_t               n_attention; ///< A
  uint32_t               n_padded;    ///< A rounded up to 16
  uint32_t               n_query;     ///< H of the decoder
  uint32_t               n_features;  ///< F of the encoder
  float*                 query;       ///< [H, A] Q'
  float*                 query_back;  ///< [A, Q] Q
  float*                 key;         ///< [F, A] K'
  float*                 key_back;    ///< [A, feature_row] K
  float*                 energy;      ///< [A] v
  float*                 data;        ///< What the above points to
} RemAttention;

/// Make room for attention of `decoder` to `encoder`; returns false without
/// memory.  In any case to be cleared.
bool
rem_attention_make(RemAttention*   attention,
                   uint32_t        n_attention,
                   const RemStack* encoder,
                   const RemStack* decoder);

/// Free what it points to; one of zeros is allowed
void
rem_attention_clear(RemAttention* attention);

/// Pack query [A, H], key [A, F] and energy [A], one after the other
void
rem_attention_set(RemAttention* attention, const float* params);

/// Return the length of a packed gradient
size_t
rem_attention_n_gradient(const RemAttention* attention);

/// Copy a packed gradient to `grad`, in the order of rem_attention_set()
void
rem_attention_unpack(const RemAttention* attention,
                     const float*        packed,
                     float*              grad);

/// What one thread needs for a batch
typedef struct {
  const RemAttention* attention;
  RemStackRun*        encoder;
  RemStackRun*        decoder;
  float*              keys;     ///< [T', S, A] K h_j
  float*              dkeys;    ///< [T', S, A]
  float*              queries;  ///< [T, S, A] Q s; on the way back its gradient
  float*              weights;  ///< [T, S, T'] a
  float*              context;  ///< [S, F] of a step, rows as features
  float*              dcontext; ///< [T, S, F]
  float*              dquery;   ///< [A] of one sequence at one step
  float*              energies; ///< [T'] likewise; of one sequence at one step
} RemAttentionRun;

/// Make memory for batches; returns false without.  In any case to be cleared.
bool
rem_attention_run_make(RemAttentionRun*    run,
                       const RemAttention* attention,
                       RemStackRun*        encoder,
                       RemStackRun*        decoder);

/// Free what a run points to; one of zeros is allowed
void
rem_attention_run_clear(RemAttentionRun* run);

/// Take what is looked at from the encoder, which has run
void
rem_attention_begin(RemAttentionRun* run);

/// Look before step `t` of the decoder: the last columns of its frames become
/// the context
void
rem_attention_step(RemAttentionRun* run, uint32_t t);

/// Nothing has a gradient yet
void
rem_attention_back_begin(RemAttentionRun* run);

/// The way back through what rem_attention_step() did, from the decoder's dx
void
rem_attention_back_step(RemAttentionRun* run, uint32_t t, float* packed);

/// The way back to weights, and to the encoder's features, after all steps
void
rem_attention_back_end(RemAttentionRun* run, float* packed);

#endif // REM_OFFLINE_TRAINER_SEQUENCE_ATTENTION_H
