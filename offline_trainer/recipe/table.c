// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Return a copy of a text, or note that memory ran out
static char*
copy(RemRecipeTable* const table, const char* const text)
{
  const size_t size  = strlen(text) + 1U;
  char* const  bytes = (char*)malloc(size);
  if (bytes) {
    memcpy(bytes, text, size);
  }
  table->failed = table->failed || !bytes;
  return bytes;
}

/// Add a row
static void
add(RemRecipeTable* const table,
    const char* const     what,
    const char* const     of,
    const double          value,
    const double          bound,
    const bool            at_most)
{
  RemRecipeRow* const rows =
    (RemRecipeRow*)realloc(table->rows, (table->n + 1U) * sizeof(*rows));
  if (!rows) {
    table->failed = true;
    return;
  }
  table->rows = rows;
  rows[table->n++] =
    (RemRecipeRow){copy(table, what), copy(table, of), value, bound, at_most};
}

void
rem_recipe_note(RemRecipeTable* const table,
                const char* const     what,
                const char* const     of,
                const double          value)
{
  add(table, what, of, value, NAN, false);
}

void
rem_recipe_hold(RemRecipeTable* const table,
                const char* const     what,
                const char* const     of,
                const double          value,
                const double          bound,
                const bool            at_most)
{
  add(table, what, of, value, bound, at_most);
}

/// Add what the report shows
static void
show(RemRecipeTable* const table, const RemRecipeShown shown)
{
  RemRecipeShown* const all = (RemRecipeShown*)realloc(
    table->shown, (table->n_shown + 1U) * sizeof(*all));
  if (!all) {
    free(shown.file);
    free(shown.caption);
    free(shown.text);
    table->failed = true;
    return;
  }
  table->shown          = all;
  all[table->n_shown++] = shown;
}

void
rem_recipe_picture(RemRecipeTable* const table,
                   const char* const     file,
                   const char* const     caption)
{
  show(table, (RemRecipeShown){copy(table, file), copy(table, caption), NULL});
}

void
rem_recipe_text(RemRecipeTable* const table,
                const char* const     caption,
                const char* const     text)
{
  show(table, (RemRecipeShown){NULL, copy(table, caption), copy(table, text)});
}

void
rem_recipe_table_clear(RemRecipeTable* const table)
{
  for (size_t i = 0; i < table->n; ++i) {
    free(table->rows[i].what);
    free(table->rows[i].of);
  }
  for (size_t i = 0; i < table->n_shown; ++i) {
    free(table->shown[i].file);
    free(table->shown[i].caption);
    free(table->shown[i].text);
  }
  free(table->rows);
  free(table->shown);
  *table = (RemRecipeTable){.n = 0U};
}

bool
rem_recipe_reached(const RemRecipeRow* const row)
{
  return isnan(row->bound) ||
         (row->at_most ? row->value <= row->bound : row->value >= row->bound);
}

size_t
rem_recipe_n_missed(const RemRecipeTable* const table)
{
  size_t n = 0U;
  for (size_t i = 0; i < table->n; ++i) {
    n += !rem_recipe_reached(&table->rows[i]);
  }
  return n;
}

RemStatus
rem_recipe_path(const RemRecipeRun* const run,
                const char* const         name,
                char* const               path,
                const size_t              size,
                RemError* const           error)
{
  const int length = snprintf(path, size, "%s/%s", run->out, name);
  return length < 0 || (size_t)length >= size
           ? rem_fail(error, REM_CANNOT_WRITE, run->out, "The path is too long")
           : REM_SUCCESS;
}

RemStatus
rem_recipe_go_on(const RemRecipeRun* const run,
                 const double              done,
                 const char* const         doing,
                 RemError* const           error)
{
  return run->go_on(run->handle, done, doing)
           ? REM_SUCCESS
           : rem_fail(error, REM_INTERRUPTED, NULL, "Stopped on request");
}
