// SPDX-License-Identifier: ISC

/// How well parameters do on examples.  For files of this folder only.

#ifndef REM_OFFLINE_TRAINER_EXAMPLES_SCORE_H
#define REM_OFFLINE_TRAINER_EXAMPLES_SCORE_H

#include "offline_trainer/examples/learn.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/sequence/sequence.h"

/// Return the shape of a model as what learns whole sequences
RemSequenceSpec
rem_model_sequence_spec(const RemModel* model);

/// What is needed to score the same examples again and again
typedef struct RemScorer RemScorer;

/**
   Return a scorer, or NULL without memory.

   @param spec      A net for such examples.
   @param all       Must outlive the scorer.
   @param n_threads Of the pools that it is given.
*/
RemScorer*
rem_scorer_new(const RemSequenceSpec* spec,
               const RemExamples*     all,
               uint32_t               n_threads);

/// Free a scorer; NULL is allowed
void
rem_scorer_free(RemScorer* scorer);

/**
   Measure parameters, teacher forced.

   An answer that a net takes greedily from its own outputs is right if and only
   if every symbol is likeliest after the right ones: what it hears is the same
   as long as nothing is wrong.

   @param right [all->n] or NULL, as rem_examples_evaluate().
   @param out   `nats` is infinity if the net runs away.
*/
void
rem_scorer_run(RemScorer*          scorer,
               const float*        params,
               RemPool*            pool,
               bool*               right,
               RemExamplesFigures* out);

#endif // REM_OFFLINE_TRAINER_EXAMPLES_SCORE_H
