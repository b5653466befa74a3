// SPDX-License-Identifier: ISC

/// Nets that learn from examples: one function to train one, one to measure it,
/// one to let it answer.  Commands and recipes alike call these.

#ifndef REM_OFFLINE_TRAINER_EXAMPLES_LEARN_H
#define REM_OFFLINE_TRAINER_EXAMPLES_LEARN_H

#include "dsp/model.h"
#include "offline_trainer/examples/examples.h"
#include "offline_trainer/train.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How to learn from examples
typedef struct {
  RemTrainSpec spec; ///< Of `net`, cell, n_hidden, n_layers, take and both are
                     ///< read, and of `encoder`, to translate, the same but
                     ///< take (as the net's, but both, if n_hidden is 0): the
                     ///< examples say the rest, as rem_learn_spec() does.
                     ///< n_streams sequences are a batch.
  RemTrainLimits limits;
  uint32_t       n_threads;
  double         own; ///< Part of the next inputs that a decoder takes from its
                      ///< own likeliest outputs, not from the answer: scheduled
  ///< sampling, Bengio et al. 2015, arXiv:1506.03099.  It rises
  ///< from 0 over five epochs.  0 is teacher forcing.
  bool vector_at_every_step; ///< Caption: the vector stands beside every
                             ///< symbol, else the state that the net begins
                             ///< from is a function of it
  const RemModel* begin;     ///< Of the same shape, to begin from; or NULL
} RemLearn;

/// Who is told
typedef struct {
  void* handle;
  /// After every update; returns whether to go on.  May be NULL.
  bool (*go_on)(void* handle, const RemTrainNews* news);
} RemLearnWatch;

/// What came out
typedef struct {
  RemModel*        model;   ///< Owned
  double           nats;    ///< Per symbol that comes out, of what is held out
  double           seconds; ///< Of training and validation
  uint32_t         epochs;
  size_t           n_updates;
  size_t           n_history;
  RemHistoryPoint* history; ///< [n_history] every validation; owned
} RemLearned;

/// Return how to learn a task: LSTM, one layer of 128, an encoder that reads in
/// both directions, batches of 32, learning rate 0.005, all processors; no
/// limits
RemLearn
rem_learn_default(RemExampleTask task);

/**
   Complete the shape of a net by what examples say: vocabularies, head, one
   output for a sequence, initial state, encoder.

   @param learn `spec` is changed.
   @return What is wrong with the shape, such as a decoder that reads in both
   directions.
*/
RemStatus
rem_learn_spec(const RemExamples* examples, RemLearn* learn, RemError* error);

/**
   Train a net on examples.

   @param training Learned from.
   @param held_out Tells which net is best; of the same symbols.
   @param watch    May be NULL.
   @param out      To clear with rem_learned_clear(); empty on failure.
   @return What rem_train() does, and #REM_BAD_SHAPE, #REM_NO_MEMORY.
*/
RemStatus
rem_examples_learn(const RemExamples*   training,
                   const RemExamples*   held_out,
                   const RemLearn*      learn,
                   const RemLearnWatch* watch,
                   RemLearned*          out,
                   RemError*            error);

/// Free what was learned and empty it
void
rem_learned_clear(RemLearned* learned);

/// How well a net answers
typedef struct {
  size_t n;         ///< Examples
  size_t n_symbols; ///< That come out
  double nats;      ///< Per symbol that comes out, those before it given
  double accuracy;  ///< Share of symbols that were likeliest, likewise
  double exact; ///< Share of examples whose whole answer, taken greedily from
                ///< the net's own outputs, is right
} RemExamplesFigures;

/**
   Measure a net on examples.

   @param right [examples->n] set to whether each whole answer is right, to
                count by length or nesting; NULL for none.
   @return #REM_BAD_SHAPE where the net is not one for such examples,
   #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_examples_evaluate(const RemModel*     model,
                      const RemExamples*  examples,
                      uint32_t            n_threads,
                      bool*               right,
                      RemExamplesFigures* out,
                      RemError*           error);

/// What a net answers, and where it looked
typedef struct {
  uint32_t  n;
  uint32_t* symbols;   ///< [n] of the model's labels, without the end; owned
  uint32_t  n_in;      ///< That were read
  float*    attention; ///< [n + 1, n_in] rows of sum 1, the last one that of
                       ///< the end, or NULL; owned
} RemAnswer;

/**
   Let a net answer one example, always by what it finds likeliest.

   @param example Of it, what goes in.
   @param most    Symbols of an answer that does not end.
   @param out     To clear with rem_answer_clear(); empty on failure.
*/
RemStatus
rem_examples_answer(const RemModel*   model,
                    const RemExample* example,
                    uint32_t          most,
                    RemAnswer*        out,
                    RemError*         error);

/// Free what an answer owns and empty it
void
rem_answer_clear(RemAnswer* answer);

/// Return the model of parameters that learned examples, with its symbols, but
/// without names and words; NULL without memory.  `spec` is complete.
RemModel*
rem_examples_model(const RemExamples*  examples,
                   const RemTrainSpec* spec,
                   const float*        params);

/// Return the length of the vector that a model captions, 0 of other models
uint32_t
rem_model_n_vector(const RemModel* model);

/// Return no examples of the kind that a model learned, to be read as
/// RemExamplesRules.like; NULL without memory or if rem_model_task() knows none
RemExamples*
rem_examples_like(const RemModel* model);

/// Set `task` to what a model has learned, as far as its shape tells; false if
/// it is no model of symbols
bool
rem_model_task(const RemModel* model, RemExampleTask* task);

#endif // REM_OFFLINE_TRAINER_EXAMPLES_LEARN_H
