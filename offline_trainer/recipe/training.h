// SPDX-License-Identifier: ISC

/// Training within recipes: learning from examples, with progress and Ctrl-C

#ifndef REM_OFFLINE_TRAINER_RECIPE_TRAINING_H
#define REM_OFFLINE_TRAINER_RECIPE_TRAINING_H

#include "dsp/model.h"
#include "offline_trainer/examples/learn.h"
#include "offline_trainer/recipe/recipe.h"

/// What a training is within its recipe
typedef struct {
  const char* doing;  ///< What progress says: "LSTM, lengths up to 50"
  double      from;   ///< Progress of the recipe at its beginning, 0 to 1
  double      to;     ///< And at its end
  double      enough; ///< Nats that are good enough to end it; 0 for none
} RemRecipeStage;

/// As rem_examples_learn(), and #REM_INTERRUPTED if the user asked to stop
RemStatus
rem_recipe_learn(const RemRecipeRun*   run,
                 const RemRecipeStage* stage,
                 const RemExamples*    training,
                 const RemExamples*    held_out,
                 const RemLearn*       learn,
                 RemLearned*           out,
                 RemError*             error);

/// Write a model to the folder of a recipe as `file`
RemStatus
rem_recipe_save(const RemRecipeRun* run,
                const RemModel*     model,
                const char*         file,
                RemError*           error);

/// Read examples from a file in the folder of a recipe
RemStatus
rem_recipe_read(const RemRecipeRun*     run,
                const char*             file,
                const RemExamplesRules* rules,
                RemExamples**           out,
                RemError*               error);

#endif // REM_OFFLINE_TRAINER_RECIPE_TRAINING_H
