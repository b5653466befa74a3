// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/trial.h"

#include <stddef.h>

RemStatus
rem_recipe_read_set(const RemDataSet* const       set,
                    const RemExamplesRules* const rules,
                    RemRecipeSet* const           out,
                    RemError* const               error)
{
  RemExamplesRules how = *rules;
  *out                 = (RemRecipeSet){{NULL}};
  how.like             = NULL;
  for (size_t i = 0U; i < REM_N_PARTS; ++i) {
    char path[REM_DATA_PATH];
    rem_data_path(set, (RemDataPart)i, path);
    const RemStatus st = rem_examples_read(path, &how, &out->parts[i], error);
    if (st) {
      rem_recipe_set_clear(out);
      return st;
    }
    how.like = out->parts[REM_PART_TRAIN];
  }
  return REM_SUCCESS;
}

void
rem_recipe_set_clear(RemRecipeSet* const set)
{
  for (size_t i = 0U; i < REM_N_PARTS; ++i) {
    rem_examples_free(set->parts[i]);
    set->parts[i] = NULL;
  }
}

RemStatus
rem_recipe_try(const RemRecipeRun* const   run,
               const RemRecipeTrial* const trial,
               const RemRecipeSet* const   set,
               RemModel** const            model,
               RemExamplesFigures* const   out,
               RemError* const             error)
{
  RemLearned learned;
  RemStatus  st = rem_recipe_learn(run,
                                  &trial->stage,
                                  set->parts[REM_PART_TRAIN],
                                  set->parts[REM_PART_VALID],
                                  &trial->learn,
                                  &learned,
                                  error);
  if (st) {
    return st;
  }
  st = rem_recipe_save(run, learned.model, trial->file, error);
  st = st ? st
          : rem_examples_evaluate(learned.model,
                                  set->parts[REM_PART_TEST],
                                  trial->learn.n_threads,
                                  NULL,
                                  out,
                                  error);
  if (!st && model) {
    *model        = learned.model;
    learned.model = NULL;
  }
  rem_learned_clear(&learned);
  return st;
}
