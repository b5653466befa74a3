// SPDX-License-Identifier: ISC

/// Backpropagation through whole sequences: layers that read in both
/// directions, initial states that are learned, and decoders with attention.
/// What only reads forward, and for long, goes by windows: bptt/bptt.h.
///
/// A batch is S sequences side by side, padded to T steps, [T, S, I] for short.
/// What a net makes of padding is never seen: states are taken at a sequence's
/// own end, backward layers begin there, attention leaves padding out, and
/// lessons give its outputs no gradient.

#ifndef REM_OFFLINE_TRAINER_SEQUENCE_SEQUENCE_H
#define REM_OFFLINE_TRAINER_SEQUENCE_SEQUENCE_H

#include "dsp/encoder.h"
#include "dsp/model.h"
#include "dsp/net.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Shape of what learns whole sequences: a net, or a decoder with its encoder.
/// Parameters are the net's, then the encoder's, then query, key and energy.
typedef struct {
  RemNetSpec net;
  RemNetSpec encoder;     ///< n_hidden is 0 where there is none
  uint32_t   n_attention; ///< A, 0 for none
} RemSequenceSpec;

/// Return the number of parameters
size_t
rem_sequence_n_params(const RemSequenceSpec* spec);

/// Return where the parameters of the encoder, and of attention, begin
size_t
rem_sequence_encoder_at(const RemSequenceSpec* spec);
size_t
rem_sequence_attention_at(const RemSequenceSpec* spec);

/// Refuse what cannot be, such as a decoder that reads in both directions
RemStatus
rem_sequence_spec_check(const RemSequenceSpec* spec, RemError* error);

/// Weights packed for training; shared by runs, changed between updates
typedef struct RemSequenceNet RemSequenceNet;

/// Return room for weights of a shape that is checked, or NULL without memory
RemSequenceNet*
rem_sequence_net_new(const RemSequenceSpec* spec);

/// Free weights that no run uses any more; NULL is allowed
void
rem_sequence_net_free(RemSequenceNet* net);

/// Pack `params` [rem_sequence_n_params()].  No run may be under way.
void
rem_sequence_net_set(RemSequenceNet* net, const float* params);

/// Return the length of a gradient in the order that runs add to it
size_t
rem_sequence_net_n_gradient(const RemSequenceNet* net);

/// Copy a packed gradient to `grad` in the parameters' order
void
rem_sequence_net_unpack(const RemSequenceNet* net,
                        const float*          packed,
                        float*                grad);

/// What one thread needs for a batch, whichever comes next
typedef struct RemSequenceRun RemSequenceRun;

/// Sequences to fill before a forward pass; arrays belong to the run
typedef struct {
  uint32_t  n;               ///< S, at most the run's
  uint32_t  n_steps;         ///< T, the longest of `lengths`
  uint32_t* lengths;         ///< [S] 1 or more
  float*    x;               ///< [T, S, I] without the columns of attention
  float*    condition;       ///< [S, n_condition] where the net begins from a
                             ///< vector and has no encoder, else NULL
  uint32_t  n_encoder_steps; ///< T', likewise of the encoder
  uint32_t* encoder_lengths;
  float*    encoder_x; ///< [T', S, I']
} RemSequenceBatch;

/**
   Return a run, or NULL without memory.  One thread at a time may use it.

   @param max_streams       Most sequences of a batch.
   @param max_steps         Most steps of the net.
   @param max_encoder_steps Most steps of the encoder, 0 without.
*/
RemSequenceRun*
rem_sequence_run_new(const RemSequenceNet* net,
                     uint32_t              max_streams,
                     uint32_t              max_steps,
                     uint32_t              max_encoder_steps);

/// Free a run; NULL is allowed
void
rem_sequence_run_free(RemSequenceRun* run);

/// Let the head of the net see only a part of its features, as
/// rem_window_set_dropout(); returns false without memory
bool
rem_sequence_set_dropout(RemSequenceRun* run, double share);

/// Set what the next pass drops by; passes of one seed drop the same
void
rem_sequence_set_seed(RemSequenceRun* run, uint64_t seed);

/// Return the batch to fill
RemSequenceBatch*
rem_sequence_batch(RemSequenceRun* run);

/// What may put a net's own output in place of the next input: called when step
/// `t` is done, y [S, O] of it, before x [S, I] of step t + 1 is read
typedef struct {
  void* handle;
  void (*choose)(void* handle, uint32_t t, const float* y, float* x);
} RemSequenceFeedback;

/// Run the net over the batch and keep what rem_sequence_backward() needs;
/// `feedback` may be NULL, and needs a net that reads forward
void
rem_sequence_forward(RemSequenceRun* run, const RemSequenceFeedback* feedback);

/// Return what the last forward pass gave: [T, S, O], or [S, O] of nets with
/// one output for a whole sequence
const float*
rem_sequence_output(const RemSequenceRun* run);

/// Return the derivative of the loss by every output, of the same shape, to
/// fill before a backward pass
float*
rem_sequence_output_gradient(RemSequenceRun* run);

/// Return how much each step of the decoder looked at each of the encoder:
/// [T, S, T'], rows of sum 1; NULL without attention
const float*
rem_sequence_attention(const RemSequenceRun* run);

/// Add the gradient of the loss by every parameter to `packed`, in a fixed
/// order
void
rem_sequence_backward(RemSequenceRun* run, float* packed);

/**
   Sum, while going back, squares of dL/dh of the last forward layer by the
   distance from the last step of each sequence.

   @param squares [max_steps] added to, index 0 the last step; NULL for none.
*/
void
rem_sequence_probe(RemSequenceRun* run, double* squares);

/**
   Return the model of parameters that were learned: the net, its encoder and
   the initial state, without words and symbols; NULL without memory.
*/
RemModel*
rem_sequence_model(const RemSequenceSpec* spec, const float* params);

/// Copy a model's parameters to `params` in the order of `spec`, its own
void
rem_sequence_params(const RemModel* model, float* params);

#endif // REM_OFFLINE_TRAINER_SEQUENCE_SEQUENCE_H
