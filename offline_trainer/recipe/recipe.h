// SPDX-License-Identifier: ISC

/// Recipes: what recurrent nets can do, each made from nothing in one run: data
/// prepared, net trained, measured beside its baseline, held to what it must
/// reach.

#ifndef REM_OFFLINE_TRAINER_RECIPE_RECIPE_H
#define REM_OFFLINE_TRAINER_RECIPE_RECIPE_H

#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The table that a recipe prints at its end
typedef struct RemRecipeTable RemRecipeTable;

/// What a run is given
typedef struct {
  const char*     out;   ///< Folder that exists: data, models, pictures, report
  bool            brief; ///< A run of seconds, with bounds of its own
  const char*     data;  ///< File or folder of one's own to learn from, or NULL
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
  const char* about; ///< Of 60 letters at most, no capital, no final period
  const char* steps; ///< What it does, and the commands that do the same: lines
                     ///< of 72 letters at most, each with its '\n'
  const char* must;  ///< What it must reach, likewise
  RemStatus (*run)(const RemRecipeRun* run, RemError* error);
} RemRecipe;

/**
   Add a figure.

   @param what What was measured, with its unit; copied, as `of` is.
   @param of   Of which net or baseline.

   Thread: the one that runs the recipe.  Without memory the run fails at its
   end.
*/
void
rem_recipe_note(RemRecipeTable* table,
                const char*     what,
                const char*     of,
                double          value);

/// As rem_recipe_note(), of a figure that must be `bound` or less (`at_most`),
/// or `bound` or more; one that misses, as NaN does, makes the run fail at its
/// end, with the table printed all the same
void
rem_recipe_hold(RemRecipeTable* table,
                const char*     what,
                const char*     of,
                double          value,
                double          bound,
                bool            at_most);

/// Name a picture for the report, an SVG in the folder `out`; texts are copied
void
rem_recipe_picture(RemRecipeTable* table,
                   const char*     file,
                   const char*     caption);

/// Show a text in the report as it stands, such as one that a net wrote; texts
/// are copied
void
rem_recipe_text(RemRecipeTable* table, const char* caption, const char* text);

/// Set `path` [size] to `name` in the folder `out`
RemStatus
rem_recipe_path(const RemRecipeRun* run,
                const char*         name,
                char*               path,
                size_t              size,
                RemError*           error);

/// Tell of progress, 0 to 1; return #REM_INTERRUPTED if the user asked to stop
RemStatus
rem_recipe_go_on(const RemRecipeRun* run,
                 double              done,
                 const char*         doing,
                 RemError*           error);

/// Return recipe `i`, NULL behind the last
const RemRecipe*
rem_recipe_at(uint32_t i);

#endif // REM_OFFLINE_TRAINER_RECIPE_RECIPE_H
