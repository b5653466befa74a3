// SPDX-License-Identifier: ISC

/// Examples: what goes in, and what should come out, as symbols.  One line of a
/// file of tab-separated values each.

#ifndef REM_OFFLINE_TRAINER_EXAMPLES_EXAMPLES_H
#define REM_OFFLINE_TRAINER_EXAMPLES_EXAMPLES_H

#include "dsp/status.h"
#include "dsp/symbols.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What is learned of an example
typedef enum {
  REM_TASK_TAG,       ///< One label for each symbol that goes in
  REM_TASK_CLASSIFY,  ///< One label for the whole sequence
  REM_TASK_TRANSLATE, ///< A sequence from a sequence: encoder and decoder
  REM_TASK_COMPLETE,  ///< How a sequence goes on, by one net: it hears what
                      ///< goes in, the start symbol, then its own answer, up
                      ///< to the end symbol; only the answer is learned
  REM_TASK_CAPTION,   ///< A sequence from a vector of numbers
} RemExampleTask;

/// One example.  Tag and classify: `out` are labels.  Translate, complete and
/// caption: `out` ends with the end symbol.
typedef struct {
  uint32_t  n_in;
  uint32_t* in; ///< [n_in] of `symbols`; none of a caption
  uint32_t  n_out;
  uint32_t* out;    ///< [n_out] of `labels`
  float*    vector; ///< [n_vector] of a caption
} RemExample;

/// Examples and what their numbers stand for
typedef struct {
  RemExampleTask task;
  RemSymbols*    symbols; ///< What goes in; of a caption the labels again, as a
                          ///< decoder hears its own answer
  RemSymbols* labels;     ///< What comes out; to complete, the symbols again
  uint32_t    n_vector;   ///< Of a caption
  size_t      n;
  RemExample* examples; ///< [n]
} RemExamples;

/// Return the word for a task in options and model files: tag, classify,
/// translate, complete, caption
const char*
rem_task_name(RemExampleTask task);

/// Set `task` to what `name` means; false if nothing
bool
rem_task_find(const char* name, RemExampleTask* task);

/// How a file is read
typedef struct {
  RemExampleTask     task;
  RemSymbolKind      in;   ///< How what goes in becomes symbols
  RemSymbolKind      out;  ///< And what comes out; names for labels
  uint32_t           most; ///< Symbols that are kept, the commonest; 0 for all
  const RemExamples* like; ///< Take these symbols, those of the training set;
                           ///< NULL to make them from this file
} RemExamplesRules;

/**
   Read examples: `in TAB out` a line; of a caption numbers between blanks, TAB,
   out.  Empty lines and lines that begin with # are skipped.

   Vocabularies have the unknown symbol first, then start and end where the task
   needs them.

   Labels that are names stand between blanks.

   @param out To free with rem_examples_free(), NULL on failure.
   @return #REM_NO_FILE or another failure, with the line that is wrong.
*/
RemStatus
rem_examples_read(const char*             path,
                  const RemExamplesRules* rules,
                  RemExamples**           out,
                  RemError*               error);

/**
   Return no examples yet, with room for `n`, or NULL without memory.

   @param symbols, labels Copied; to complete and to caption `labels` says both.
*/
RemExamples*
rem_examples_new(RemExampleTask    task,
                 const RemSymbols* symbols,
                 const RemSymbols* labels,
                 uint32_t          n_vector,
                 size_t            n);

/**
   Add an example behind the others, for which there must be room.

   @param example Copied.  What comes out of translate, complete and caption
                  lacks the end symbol, which is added.
   @return false without memory.
*/
bool
rem_examples_add(RemExamples* examples, const RemExample* example);

/// Free examples; NULL is allowed
void
rem_examples_free(RemExamples* examples);

/**
   Move every k-th example, k = 1 / share, to another set.

   @param share Of what is held out, up to 1/2; at least one example is.
   @return The other set, to free; NULL without memory or with one example.
*/
RemExamples*
rem_examples_hold_out(RemExamples* examples, double share);

#endif // REM_OFFLINE_TRAINER_EXAMPLES_EXAMPLES_H
