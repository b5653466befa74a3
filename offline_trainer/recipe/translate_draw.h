// SPDX-License-Identifier: ISC

/// Attention, drawn: where a decoder looked while it wrote

#ifndef REM_OFFLINE_TRAINER_RECIPE_TRANSLATE_DRAW_H
#define REM_OFFLINE_TRAINER_RECIPE_TRANSLATE_DRAW_H

#include "offline_trainer/examples/learn.h"
#include "offline_trainer/recipe/recipe.h"

/// An example, what its symbols are called, and what was answered
typedef struct {
  const RemExample* example;
  const RemSymbols* symbols; ///< Of what goes in
  const RemSymbols* labels;  ///< Of what comes out
  const RemAnswer*  answer;  ///< With attention
} RemAttentionPicture;

/**
   Draw a row for each symbol that was written, a column for each that was read:
   the lighter, the more it was looked at.  Written to attention-NAME.svg.

   @return What rem_recipe_draw() does.
*/
RemStatus
rem_draw_attention(const RemRecipeRun*        run,
                   const char*                name,
                   const char*                about,
                   const RemAttentionPicture* picture,
                   RemError*                  error);

#endif // REM_OFFLINE_TRAINER_RECIPE_TRANSLATE_DRAW_H
