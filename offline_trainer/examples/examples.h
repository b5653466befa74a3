// SPDX-License-Identifier: ISC

/// Examples: what goes in, and what should come out, as symbols.  One line of a
/// file of tab-separated values each.

#ifndef REM_OFFLINE_TRAINER_EXAMPLES_EXAMPLES_H
#define REM_OFFLINE_TRAINER_EXAMPLES_EXAMPLES_H

#include "dsp/status.h"
#include "dsp/symbols.h"

#include <stddef.h>
#include <stdint.h>

/// What is learned of an example
typedef enum {
  REM_TASK_TAG,       ///< One label for each symbol that goes in
  REM_TASK_CLASSIFY,  ///< One label for the whole sequence
  REM_TASK_TRANSLATE, ///< A sequence from a sequence: encoder and decoder
  REM_TASK_COMPLETE,  ///< How a sequence goes on, by one net: it hears what
                      ///< goes in, then its own answer, up to the end symbol
  REM_TASK_CAPTION,   ///< A sequence from a vector of numbers
} RemTask;

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
  RemTask     task;
  RemSymbols* symbols;  ///< What goes in; of a caption the labels again, as a
                        ///< decoder hears its own answer
  RemSymbols* labels;   ///< What comes out; to complete, the symbols again
  uint32_t    n_vector; ///< Of a caption
  size_t      n;
  RemExample* examples; ///< [n]
} RemExamples;

/// How a file is read
typedef struct {
  RemTask            task;
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

   @param out To free with rem_examples_free(), NULL on failure.
   @return #REM_NO_FILE or another failure, with the line that is wrong.
*/
RemStatus
rem_examples_read(const char*             path,
                  const RemExamplesRules* rules,
                  RemExamples**           out,
                  RemError*               error);

/// Free examples; NULL is allowed
void
rem_examples_free(RemExamples* examples);

#endif // REM_OFFLINE_TRAINER_EXAMPLES_EXAMPLES_H
