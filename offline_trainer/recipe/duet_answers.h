// SPDX-License-Identifier: ISC

#ifndef REM_OFFLINE_TRAINER_RECIPE_DUET_ANSWERS_H
#define REM_OFFLINE_TRAINER_RECIPE_DUET_ANSWERS_H

#include "offline_trainer/recipe/recipe.h"

/// Train a net to answer calls by rule, save it as answers.safetensors, and put
/// its figures into the table
RemStatus
rem_duet_answers(const RemRecipeRun* run, RemError* error);

#endif // REM_OFFLINE_TRAINER_RECIPE_DUET_ANSWERS_H
