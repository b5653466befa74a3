// SPDX-License-Identifier: ISC

/// Examples side by side, as nets read them and as outputs are compared with
/// them.  For files of this folder only.

#ifndef REM_OFFLINE_TRAINER_EXAMPLES_BATCH_H
#define REM_OFFLINE_TRAINER_EXAMPLES_BATCH_H

#include "offline_trainer/examples/examples.h"
#include "offline_trainer/sequence/sequence.h"

#include <stdbool.h>
#include <stdint.h>

/// Return how many steps the net, or the decoder, takes for an example
uint32_t
rem_example_steps(const RemExamples* all, const RemExample* example);

/// Return the step whose output is the first symbol that comes out; those of an
/// answer follow it one by one
uint32_t
rem_example_first(const RemExamples* all, const RemExample* example);

/// Return the most steps that the net, or the encoder, takes for any example;
/// at least 1
uint32_t
rem_examples_max_steps(const RemExamples* all);
uint32_t
rem_examples_max_encoder_steps(const RemExamples* all);

/// Return the columns of the net's frames but those of attention
uint32_t
rem_examples_n_own(const RemSequenceSpec* spec);

/**
   Fill a batch with examples, side by side.

   @param n_in   rem_examples_n_own(); above 1 a caption's vector stands beside
                 the symbols.
   @param places [batch->n] of `all`.
   @param batch  All but `n` is filled.
*/
void
rem_examples_fill(const RemExamples* all,
                  uint32_t           n_in,
                  const uint32_t*    places,
                  RemSequenceBatch*  batch);

/**
   Say what outputs should be.

   @param n_steps Of the batch.
   @param targets [n_steps, n], or [n] of one output for a sequence;
                  #REM_NO_TARGET where nothing is said.
   @return The number of rows.
*/
size_t
rem_examples_targets(const RemExamples* all,
                     const uint32_t*    places,
                     uint32_t           n,
                     uint32_t           n_steps,
                     uint32_t*          targets);

#endif // REM_OFFLINE_TRAINER_EXAMPLES_BATCH_H
