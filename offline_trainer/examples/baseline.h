// SPDX-License-Identifier: ISC

/// What counting foretells of examples, to stand beside a net

#ifndef REM_OFFLINE_TRAINER_EXAMPLES_BASELINE_H
#define REM_OFFLINE_TRAINER_EXAMPLES_BASELINE_H

#include "offline_trainer/examples/examples.h"

/// How well counting does
typedef struct {
  const char* name;     ///< What it counts
  double      nats;     ///< Per symbol that comes out
  double      accuracy; ///< Share of symbols that were likeliest
} RemExamplesBaseline;

/**
   Measure what counting does: to classify, how common labels are; to tag, which
   labels a symbol has; of answers, a chain of order 3 over them alone.

   @param tested Of the same symbols as `training`.
   @param out    NaN where there is too much to count.
*/
RemStatus
rem_examples_baseline(const RemExamples*   training,
                      const RemExamples*   tested,
                      RemExamplesBaseline* out,
                      RemError*            error);

#endif // REM_OFFLINE_TRAINER_EXAMPLES_BASELINE_H
