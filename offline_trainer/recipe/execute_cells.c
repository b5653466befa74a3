// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/execute_cells.h"

#include <stdio.h>

#define N_FOR_SYMBOLS 2000U

static const RemExamplesRules rules = {REM_TASK_COMPLETE,
                                       REM_SYMBOLS_CHARACTERS,
                                       REM_SYMBOLS_CHARACTERS,
                                       0U,
                                       NULL};

/// Write programs and read one part of them with the symbols of `like`
static RemStatus
make(const RemDataSet* const      data,
     const RemDataPrograms* const programs,
     const RemDataPart            part,
     const RemExamples* const     like,
     RemExamples** const          out,
     RemError* const              error)
{
  char             path[REM_DATA_PATH];
  RemExamplesRules how = rules;
  how.like             = like;
  *out                 = NULL;
  RemStatus st = rem_data_write(data, rem_data_program, programs, error);
  rem_data_path(data, part, path);
  return st ? st : rem_examples_read(path, &how, out, error);
}

static long
length_of(const uint32_t cell)
{
  return 1L + cell % REM_PROGRAM_LENGTH;
}

static long
nesting_of(const uint32_t cell)
{
  return 1L + cell / REM_PROGRAM_LENGTH;
}

RemStatus
rem_program_cells_make(RemProgramCells* const    cells,
                       const RemRecipeRun* const run,
                       const size_t              n,
                       RemError* const           error)
{
  const RemDataPrograms any = {
    1, 1, 1.0, REM_PROGRAM_LENGTH, REM_PROGRAM_NESTING};
  const RemDataSet all = {
    run->out, "execute-symbols", run->seed, {N_FOR_SYMBOLS, 0U, 0U}};
  *cells       = (RemProgramCells){NULL, {NULL}};
  RemStatus st = make(&all, &any, REM_PART_TRAIN, NULL, &cells->symbols, error);
  for (uint32_t i = 0U; !st && i < REM_N_PROGRAM_CELLS; ++i) {
    const RemDataPrograms just = {length_of(i), nesting_of(i), 0.0, 1, 1};
    char                  name[64];
    (void)snprintf(
      name, sizeof(name), "execute-%ld-%ld", just.length, just.nesting);
    const RemDataSet data = {run->out, name, run->seed + i, {0U, 0U, n}};
    st                    = make(
      &data, &just, REM_PART_TEST, cells->symbols, &cells->tests[i], error);
  }
  if (st) {
    rem_program_cells_clear(cells);
  }
  return st;
}

void
rem_program_cells_clear(RemProgramCells* const cells)
{
  for (uint32_t i = 0U; i < REM_N_PROGRAM_CELLS; ++i) {
    rem_examples_free(cells->tests[i]);
  }
  rem_examples_free(cells->symbols);
  *cells = (RemProgramCells){NULL, {NULL}};
}

RemStatus
rem_program_cells_read(const RemProgramCells* const cells,
                       const RemDataSet* const      data,
                       RemRecipeSet* const          out,
                       RemError* const              error)
{
  RemExamplesRules how = rules;
  RemStatus        st  = REM_SUCCESS;
  how.like             = cells->symbols;
  *out                 = (RemRecipeSet){{NULL}};
  for (size_t i = 0U; !st && i < REM_PART_TEST; ++i) {
    char path[REM_DATA_PATH];
    rem_data_path(data, (RemDataPart)i, path);
    st = rem_examples_read(path, &how, &out->parts[i], error);
  }
  if (st) {
    rem_recipe_set_clear(out);
  }
  return st;
}

RemStatus
rem_program_cells_hardest(const RemProgramCells* const cells,
                          const RemRecipeRun* const    run,
                          const RemModel* const        model,
                          double* const                percent,
                          RemError* const              error)
{
  RemExamplesFigures figures;
  const RemStatus    st =
    rem_examples_evaluate(model,
                          cells->tests[REM_N_PROGRAM_CELLS - 1U],
                          run->n_threads,
                          NULL,
                          &figures,
                          error);
  *percent = st ? 0.0 : 100.0 * figures.accuracy;
  return st;
}

RemStatus
rem_program_cells_note(const RemProgramCells* const cells,
                       const RemRecipeRun* const    run,
                       const RemModel* const        model,
                       const char* const            name,
                       RemError* const              error)
{
  for (uint32_t i = 0U; i < REM_N_PROGRAM_CELLS; ++i) {
    RemExamplesFigures figures;
    char               what[80];
    const RemStatus    st = rem_examples_evaluate(
      model, cells->tests[i], run->n_threads, NULL, &figures, error);
    if (st) {
      return st;
    }
    (void)snprintf(what,
                   sizeof(what),
                   "answers right, length %ld, nesting %ld, per cent",
                   length_of(i),
                   nesting_of(i));
    rem_recipe_note(run->table, what, name, 100.0 * figures.exact);
    (void)snprintf(what,
                   sizeof(what),
                   "characters right, length %ld, nesting %ld, per cent",
                   length_of(i),
                   nesting_of(i));
    rem_recipe_note(run->table, what, name, 100.0 * figures.accuracy);
  }
  return REM_SUCCESS;
}
