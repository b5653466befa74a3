// SPDX-License-Identifier: ISC

/// Recipes: what recurrent nets can do, each made from nothing in one run: data
/// prepared, net trained, measured beside its baseline, held to what it must
/// reach.

#ifndef REM_OFFLINE_TRAINER_RECIPE_RECIPE_H
#define REM_OFFLINE_TRAINER_RECIPE_RECIPE_H

#include "dsp/status.h"

#include <stdbool.h>
#include <stdint.h>

/// The table that a recipe prints at its end
typedef struct RemRecipeTable RemRecipeTable;

/// What a run is given
typedef struct {
  const char*     out;   ///< Folder that exists: data, models, pictures, report
  bool            brief; ///< A run of seconds, with bounds of its own
  const char*     data;  ///< Folder of recordings of one's own, or NULL
  uint32_t        n_threads;
  uint64_t        seed;
  RemRecipeTable* table;
  /// Tell of progress, 0 to 1, and what is done; returns whether to go on
  bool (*go_on)(void* handle, double done, const char* doing);
  void* handle;
} RemRecipeRun;

/// One recipe; texts are printed as they stand
typedef struct {
  const char* name;
  const char* about; ///< One line
  const char* steps; ///< What it does, and the commands that do the same
  const char* must;  ///< What it must reach
  RemStatus (*run)(const RemRecipeRun* run, RemError* error);
} RemRecipe;

/// Add a figure; `what` and `of` are copied
void
rem_recipe_note(RemRecipeTable* table,
                const char*     what,
                const char*     of,
                double          value);

/// Add a figure that must be `bound` or less (`at_most`), or or more; what
/// misses makes the run fail at its end, with the table printed all the same
void
rem_recipe_hold(RemRecipeTable* table,
                const char*     what,
                const char*     of,
                double          value,
                double          bound,
                bool            at_most);

/// Name a picture (SVG, within `out`) for the report
void
rem_recipe_picture(RemRecipeTable* table,
                   const char*     file,
                   const char*     caption);

/// Return recipe `i`, NULL behind the last
const RemRecipe*
rem_recipe_at(uint32_t i);

#endif // REM_OFFLINE_TRAINER_RECIPE_RECIPE_H
