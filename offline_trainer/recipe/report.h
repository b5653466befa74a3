// SPDX-License-Identifier: ISC

/// What a recipe leaves behind: its table for people, as a page, and for
/// programs

#ifndef REM_OFFLINE_TRAINER_RECIPE_REPORT_H
#define REM_OFFLINE_TRAINER_RECIPE_REPORT_H

#include "offline_trainer/recipe/table.h"

#include "dsp/modelfile/text.h"

/// A run that is over
typedef struct {
  const RemRecipe*      recipe;
  const RemRecipeRun*   run;
  const RemRecipeTable* table;
  double                seconds; ///< It took
} RemRecipeDone;

/// Append the table as plain text, columns aligned
void
rem_recipe_table_text(RemText* text, const RemRecipeTable* table);

/**
   Write `out`/report.html, one page with the table, pictures and texts, and
   `out`/table.json, an object with recipe, brief, seed, seconds, reached and
   figures, an array of objects with what, of, value, and where something is
   asked bound, at_most and reached.

   @return #REM_NO_FILE if a picture that the recipe named is not there,
   #REM_CANNOT_WRITE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_recipe_report(const RemRecipeDone* done, RemError* error);

#endif // REM_OFFLINE_TRAINER_RECIPE_REPORT_H
