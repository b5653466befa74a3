// SPDX-License-Identifier: ISC

/// Tests of programs by how long and how deep they are

#ifndef REM_OFFLINE_TRAINER_RECIPE_EXECUTE_CELLS_H
#define REM_OFFLINE_TRAINER_RECIPE_EXECUTE_CELLS_H

#include "offline_trainer/recipe/trial.h"

#define REM_PROGRAM_LENGTH 2   ///< Digits of the longest numbers
#define REM_PROGRAM_NESTING 2  ///< Operations of the deepest programs
#define REM_N_PROGRAM_CELLS 4U ///< Lengths times nestings

/// A test for every length and nesting, the hardest last
typedef struct {
  RemExamples* symbols; ///< Programs in which every symbol stands
  RemExamples* tests[REM_N_PROGRAM_CELLS];
} RemProgramCells;

/// Write the files of all tests, `n` programs each, and read them; empty on
/// failure
RemStatus
rem_program_cells_make(RemProgramCells*    cells,
                       const RemRecipeRun* run,
                       size_t              n,
                       RemError*           error);

/// Free tests and empty the struct
void
rem_program_cells_clear(RemProgramCells* cells);

/// Read what is learned from, with the tests' symbols: no test is in it.  To
/// clear with rem_recipe_set_clear().
RemStatus
rem_program_cells_read(const RemProgramCells* cells,
                       const RemDataSet*      data,
                       RemRecipeSet*          out,
                       RemError*              error);

/// Set `percent` to how many characters of the hardest programs' output are
/// right, those before given
RemStatus
rem_program_cells_hardest(const RemProgramCells* cells,
                          const RemRecipeRun*    run,
                          const RemModel*        model,
                          double*                percent,
                          RemError*              error);

/// Put into the table what a model reaches on every test
RemStatus
rem_program_cells_note(const RemProgramCells* cells,
                       const RemRecipeRun*    run,
                       const RemModel*        model,
                       const char*            name,
                       RemError*              error);

#endif // REM_OFFLINE_TRAINER_RECIPE_EXECUTE_CELLS_H
