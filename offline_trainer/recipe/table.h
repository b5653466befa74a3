// SPDX-License-Identifier: ISC

/// The table of a recipe, for those who print it

#ifndef REM_OFFLINE_TRAINER_RECIPE_TABLE_H
#define REM_OFFLINE_TRAINER_RECIPE_TABLE_H

#include "offline_trainer/recipe/recipe.h"

#include <stdbool.h>
#include <stddef.h>

/// One figure
typedef struct {
  char*  what; ///< Owned, as `of` is
  char*  of;
  double value;
  double bound; ///< NaN where nothing is asked
  bool   at_most;
} RemRecipeRow;

/// One picture or text of the report
typedef struct {
  char* file; ///< Owned, as all are; NULL of a text
  char* caption;
  char* text; ///< NULL of a picture
} RemRecipeShown;

struct RemRecipeTable {
  size_t          n;
  RemRecipeRow*   rows; ///< [n]
  size_t          n_shown;
  RemRecipeShown* shown;  ///< [n_shown]
  bool            failed; ///< Memory ran out
};

/// Free what a table owns and empty it
void
rem_recipe_table_clear(RemRecipeTable* table);

/// Return how many figures miss what they must be
size_t
rem_recipe_n_missed(const RemRecipeTable* table);

/// Return whether a figure is what it must be, or need not be anything
bool
rem_recipe_reached(const RemRecipeRow* row);

#endif // REM_OFFLINE_TRAINER_RECIPE_TABLE_H
