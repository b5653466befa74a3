// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/report.h"

#include "dsp/modelfile/file.h"
#include "offline_trainer/report/markup.h"
#include "offline_trainer/report/page_style.h"

#include <jansson.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PICTURE ((size_t)64 << 20U) ///< Bytes
#define MAX_PATH 4096U

/// Columns of the plain table
enum { WHAT, OF, FIGURE, MUST, N_COLUMNS };

/// One cell of it
typedef char Cell[128];

/// Write a figure as people do
static void
write_number(const double value, Cell cell)
{
  const bool whole = value == floor(value) && fabs(value) < 1e9;
  (void)snprintf(cell, sizeof(Cell), whole ? "%.0f" : "%.4g", value);
}

/// Write what a row says into its cells
static void
write_row(const RemRecipeRow* const row, Cell cells[N_COLUMNS])
{
  Cell bound;
  (void)snprintf(cells[WHAT], sizeof(Cell), "%s", row->what ? row->what : "");
  (void)snprintf(cells[OF], sizeof(Cell), "%s", row->of ? row->of : "");
  write_number(row->value, cells[FIGURE]);
  write_number(row->bound, bound);
  if (isnan(row->bound)) {
    *cells[MUST] = '\0';
  } else {
    (void)snprintf(cells[MUST],
                   sizeof(Cell),
                   "%s %.64s",
                   row->at_most ? "at most" : "at least",
                   bound);
  }
}

/// Return what to say of a row at its end
static const char*
verdict(const RemRecipeRow* const row)
{
  return isnan(row->bound)         ? ""
         : rem_recipe_reached(row) ? "reached"
                                   : "MISSED";
}

/// Append a row of the plain table; the last cell is never padded
static void
add_line(RemText* const    text,
         Cell              cells[N_COLUMNS],
         const int         widths[N_COLUMNS],
         const char* const end)
{
  char  line[N_COLUMNS * sizeof(Cell) + 64U];
  char* last = line;
  (void)snprintf(line,
                 sizeof(line),
                 "%-*s  %-*s  %*s  %-*s  %s",
                 widths[WHAT],
                 cells[WHAT],
                 widths[OF],
                 cells[OF],
                 widths[FIGURE],
                 cells[FIGURE],
                 widths[MUST],
                 cells[MUST],
                 end);
  for (char* c = line; *c; ++c) {
    last = *c == ' ' ? last : c + 1;
  }
  *last = '\0';
  rem_text_add(text, line);
  rem_text_add(text, "\n");
}

void
rem_recipe_table_text(RemText* const text, const RemRecipeTable* const table)
{
  Cell cells[N_COLUMNS]  = {"what", "of", "figure", "must be"};
  int  widths[N_COLUMNS] = {4, 2, 6, 7};
  Cell row[N_COLUMNS];
  for (size_t i = 0; i < table->n; ++i) {
    write_row(&table->rows[i], row);
    for (int c = 0; c < N_COLUMNS; ++c) {
      const int width = (int)strlen(row[c]);
      widths[c]       = width > widths[c] ? width : widths[c];
    }
  }
  add_line(text, cells, widths, "");
  for (size_t i = 0; i < table->n; ++i) {
    write_row(&table->rows[i], row);
    add_line(text, row, widths, verdict(&table->rows[i]));
  }
}

/// Append the start of the page
static void
add_head(RemText* const page, const RemRecipeDone* const done)
{
  rem_text_add(page, REM_PAGE_HEAD "<title>");
  rem_markup_escaped(page, done->recipe->name);
  rem_text_add(page, "</title>\n" REM_PAGE_STYLE "</head>\n<body>\n<main>\n");
  rem_text_add(page, "<header><h1>");
  rem_markup_escaped(page, done->recipe->name);
  rem_text_add(page, ": ");
  rem_markup_escaped(page, done->recipe->about);
  rem_markup_format(page,
                    "</h1>\n<p class=\"soft\">%s run of %.1f seconds, seed "
                    "%llu</p></header>\n<section><pre>",
                    done->run->brief ? "Brief" : "Full",
                    done->seconds,
                    (unsigned long long)done->run->seed);
  rem_markup_escaped(page, done->recipe->steps);
  rem_text_add(page, "</pre>\n</section>\n");
}

/// Append the table
static void
add_table(RemText* const page, const RemRecipeTable* const table)
{
  rem_text_add(page,
               "<section>\n<table>\n<thead><tr><th scope=\"col\">Figure</th>"
               "<th scope=\"col\">Of</th><th scope=\"col\" class=\"n\">Value"
               "</th><th scope=\"col\">Must be</th><th scope=\"col\"></th>"
               "</tr></thead>\n<tbody>\n");
  for (size_t i = 0; i < table->n; ++i) {
    Cell cells[N_COLUMNS];
    write_row(&table->rows[i], cells);
    for (int c = 0; c < N_COLUMNS; ++c) {
      rem_text_add(page,
                   c == WHAT     ? "<tr><th scope=\"row\">"
                   : c == FIGURE ? "<td class=\"n\">"
                                 : "<td>");
      rem_markup_escaped(page, cells[c]);
      rem_text_add(page, c == WHAT ? "</th>" : "</td>");
    }
    rem_markup_format(page, "<td>%s</td></tr>\n", verdict(&table->rows[i]));
  }
  rem_text_add(page, "</tbody>\n</table>\n</section>\n");
}

/// Append a picture; all have a ground of their own
static RemStatus
add_picture(RemText* const              page,
            const RemRecipeRun* const   run,
            const RemRecipeShown* const shown,
            RemError* const             error)
{
  char      path[MAX_PATH];
  void*     bytes = NULL;
  size_t    size  = 0U;
  RemStatus st = rem_recipe_path(run, shown->file, path, sizeof(path), error);
  if (st || (st = rem_file_read(path, MAX_PICTURE, &bytes, &size, error))) {
    return st;
  }
  rem_text_add(page, "<section><figure>\n<img alt=\"");
  rem_markup_escaped(page, shown->caption);
  rem_text_add(page, "\" src=\"data:image/svg+xml;base64,");
  rem_markup_base64(page, bytes, size);
  rem_text_add(page, "\">\n<figcaption>");
  rem_markup_escaped(page, shown->caption);
  rem_text_add(page, "</figcaption></figure></section>\n");
  free(bytes);
  return REM_SUCCESS;
}

/// Append pictures and texts
static RemStatus
add_shown(RemText* const             page,
          const RemRecipeDone* const done,
          RemError* const            error)
{
  RemStatus st = REM_SUCCESS;
  for (size_t i = 0; !st && i < done->table->n_shown; ++i) {
    const RemRecipeShown* const shown = &done->table->shown[i];
    if (shown->file) {
      st = add_picture(page, done->run, shown, error);
    } else {
      rem_text_add(page, "<section><h2>");
      rem_markup_escaped(page, shown->caption);
      rem_text_add(page, "</h2>\n<pre style=\"white-space: pre-wrap\">");
      rem_markup_escaped(page, shown->text);
      rem_text_add(page, "</pre></section>\n");
    }
  }
  return st;
}

/// Write `text` to `name` in the folder, and clear it
static RemStatus
write_text(RemText* const            text,
           const RemRecipeRun* const run,
           const char* const         name,
           RemError* const           error)
{
  char      path[MAX_PATH];
  void*     bytes = NULL;
  size_t    size  = 0U;
  RemStatus st    = rem_text_finish(text, &bytes, &size, error);
  if (!st && !(st = rem_recipe_path(run, name, path, sizeof(path), error))) {
    st = rem_file_write(path, bytes, size, error);
  }
  free(bytes);
  return st;
}

static RemStatus
write_page(const RemRecipeDone* const done, RemError* const error)
{
  RemText page = {NULL, 0U, 0U, false};
  add_head(&page, done);
  add_table(&page, done->table);
  const RemStatus st = add_shown(&page, done, error);
  rem_text_add(&page,
               "<footer>Written by remanence. This file holds everything it"
               " shows.</footer>\n</main>\n</body>\n</html>\n");
  if (st) {
    rem_markup_clear(&page);
    return st;
  }
  return write_text(&page, done->run, "report.html", error);
}

/// Return a figure for programs; null is what JSON has no number for
static json_t*
json_figure(const RemRecipeRow* const row)
{
  json_t* const figure =
    json_pack("{ss ss so*}",
              "what",
              row->what,
              "of",
              row->of,
              "value",
              isfinite(row->value) ? json_real(row->value) : json_null());
  if (figure && !isnan(row->bound)) {
    (void)json_object_set_new(figure, "bound", json_real(row->bound));
    (void)json_object_set_new(figure, "at_most", json_boolean(row->at_most));
    (void)json_object_set_new(
      figure, "reached", json_boolean(rem_recipe_reached(row)));
  }
  return figure;
}

static RemStatus
write_json(const RemRecipeDone* const done, RemError* const error)
{
  RemText       text    = {NULL, 0U, 0U, false};
  json_t* const figures = json_array();
  for (size_t i = 0; i < done->table->n; ++i) {
    (void)json_array_append_new(figures, json_figure(&done->table->rows[i]));
  }
  json_t* const root = json_pack("{ss sb sI sf sb so*}",
                                 "recipe",
                                 done->recipe->name,
                                 "brief",
                                 done->run->brief,
                                 "seed",
                                 (json_int_t)done->run->seed,
                                 "seconds",
                                 done->seconds,
                                 "reached",
                                 !rem_recipe_n_missed(done->table),
                                 "figures",
                                 figures);
  rem_text_add_json(&text, root);
  rem_text_add(&text, "\n");
  json_decref(root);
  return write_text(&text, done->run, "table.json", error);
}

RemStatus
rem_recipe_report(const RemRecipeDone* const done, RemError* const error)
{
  if (done->table->failed) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for the table");
  }
  const RemStatus st = write_json(done, error);
  return st ? st : write_page(done, error);
}
