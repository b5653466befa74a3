// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/training.h"

#include <math.h>
#include <stdio.h>

#define MAX_PATH 4096U

/// What is told while a net learns
typedef struct {
  const RemRecipeRun*   run;
  const RemRecipeStage* stage;
  bool                  stopped;
} Teller;

static bool
go_on(void* const handle, const RemTrainNews* const news)
{
  Teller* const               t     = (Teller*)handle;
  const RemRecipeStage* const stage = t->stage;
  char                        doing[160];
  (void)snprintf(doing, sizeof(doing), "%s", stage->doing);
  if (isfinite(news->figure)) {
    (void)snprintf(doing,
                   sizeof(doing),
                   "%.100s: %.4g nats after %u epochs",
                   stage->doing,
                   news->figure,
                   news->epoch);
  }
  t->stopped =
    !t->run->go_on(t->run->handle,
                   stage->from + (stage->to - stage->from) * news->done,
                   doing);
  return !t->stopped && !(news->best < stage->enough);
}

RemStatus
rem_recipe_learn(const RemRecipeRun* const   run,
                 const RemRecipeStage* const stage,
                 const RemExamples* const    training,
                 const RemExamples* const    held_out,
                 const RemLearn* const       learn,
                 RemLearned* const           out,
                 RemError* const             error)
{
  Teller              teller = {run, stage, false};
  const RemLearnWatch watch  = {&teller, go_on};
  const RemStatus     st =
    rem_examples_learn(training, held_out, learn, &watch, out, error);
  if (!st && teller.stopped) {
    rem_learned_clear(out);
    return rem_fail(error, REM_INTERRUPTED, NULL, "Stopped on request");
  }
  return st;
}

RemStatus
rem_recipe_read(const RemRecipeRun* const     run,
                const char* const             file,
                const RemExamplesRules* const rules,
                RemExamples** const           out,
                RemError* const               error)
{
  char            path[MAX_PATH];
  const RemStatus st = rem_recipe_path(run, file, path, sizeof(path), error);
  *out               = NULL;
  return st ? st : rem_examples_read(path, rules, out, error);
}
