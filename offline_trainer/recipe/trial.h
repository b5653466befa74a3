// SPDX-License-Identifier: ISC

/// Trials within recipes: a net that learns from one part of a set, is chosen
/// by the second and tested on the third

#ifndef REM_OFFLINE_TRAINER_RECIPE_TRIAL_H
#define REM_OFFLINE_TRAINER_RECIPE_TRIAL_H

#include "offline_trainer/recipe/data.h"
#include "offline_trainer/recipe/training.h"

/// A set that was read; all parts have the symbols of the first
typedef struct {
  RemExamples* parts[REM_N_PARTS]; ///< Owned
} RemRecipeSet;

/**
   Read a set that lies in its folder.

   @param rules `like` is not read.
   @param out   To clear with rem_recipe_set_clear(); empty on failure.
*/
RemStatus
rem_recipe_read_set(const RemDataSet*       set,
                    const RemExamplesRules* rules,
                    RemRecipeSet*           out,
                    RemError*               error);

/// Free what a set owns and empty it
void
rem_recipe_set_clear(RemRecipeSet* set);

/// One net of a recipe
typedef struct {
  RemRecipeStage stage;
  const char*    file; ///< Of the model, in the recipe's folder
  RemLearn       learn;
} RemRecipeTrial;

/**
   Train a net, write its model, and test it.

   @param model To free; NULL if it is not wanted.
   @return What rem_recipe_learn() and rem_examples_evaluate() do.
*/
RemStatus
rem_recipe_try(const RemRecipeRun*   run,
               const RemRecipeTrial* trial,
               const RemRecipeSet*   set,
               RemModel**            model,
               RemExamplesFigures*   out,
               RemError*             error);

#endif // REM_OFFLINE_TRAINER_RECIPE_TRIAL_H
