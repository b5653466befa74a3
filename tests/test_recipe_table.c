// SPDX-License-Identifier: ISC

/// What recipes say at their end: figures, bounds, and the files

#include "dsp/modelfile/file.h"
#include "offline_trainer/recipe/draw.h"
#include "offline_trainer/recipe/report.h"
#include "tests/check.h"

#include <jansson.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static RemStatus
do_nothing(const RemRecipeRun* const run, RemError* const error)
{
  (void)run;
  (void)error;
  return REM_SUCCESS;
}

static const RemRecipe recipe = {"tea",
                                 "water <hot>, leaves",
                                 "Boil & pour.\n",
                                 "95 degrees\n",
                                 do_nothing};

static void
fill(RemRecipeTable* const table)
{
  rem_recipe_note(table, "leaves, grams", "tin", 2.5);
  rem_recipe_hold(table, "water, degrees", "kettle", 95.0, 95.0, false);
  rem_recipe_hold(table, "minutes", "clock", 4.25, 4.0, true);
  rem_recipe_hold(table, "taste", "cup", NAN, 0.0, false);
  rem_recipe_hold(table, "crumbs", "", 12345678.0, 2e7, true);
}

/// Columns are aligned, and no line ends in blanks
static void
test_text(const RemRecipeTable* const table)
{
  static const char said[] =
    "what            of        figure  must be\n"
    "leaves, grams   tin          2.5\n"
    "water, degrees  kettle        95  at least 95       reached\n"
    "minutes         clock       4.25  at most 4         MISSED\n"
    "taste           cup          nan  at least 0        MISSED\n"
    "crumbs                  12345678  at most 20000000  reached\n";
  RemText text = {NULL, 0U, 0U, false};
  rem_recipe_table_text(&text, table);
  CHECK(!text.failed);
  fprintf(stderr, "%.*s", (int)text.size, text.bytes);
  CHECK(text.size == strlen(said) && !memcmp(text.bytes, said, text.size));
  free(text.bytes);
}

/// What misses is counted: NaN misses every bound
static void
test_missed(const RemRecipeTable* const table)
{
  static const bool reached[] = {true, true, false, false, true};
  CHECK(table->n == 5U && rem_recipe_n_missed(table) == 2U);
  for (size_t i = 0; i < table->n; ++i) {
    CHECK(rem_recipe_reached(&table->rows[i]) == reached[i]);
  }
}

/// Return what is in a file
static char*
read_text(const char* const path)
{
  void*  bytes = NULL;
  size_t size  = 0U;
  CHECK(!rem_file_read(path, (size_t)1 << 20U, &bytes, &size, NULL));
  return (char*)bytes;
}

static void
draw(void* const           handle,
     cairo_t* const        cr,
     const RemStyle* const style,
     const RemBox          box)
{
  (void)handle;
  (void)style;
  cairo_rectangle(cr, box.x, box.y, box.width, box.height);
  cairo_fill(cr);
}

/// The page holds table, pictures and texts; the JSON has numbers and null
static void
test_files(RemRecipeTable* const table)
{
  const RemRecipeRun  run  = {.out = ".", .seed = 7U, .table = table};
  const RemRecipeDone done = {&recipe, &run, table, 1.5};
  RemError            error;
  CHECK(!rem_recipe_draw(&run, "cup.svg", "A cup", 100.0, draw, NULL, NULL));
  rem_recipe_text(table, "Said", "a <b> & c");
  CHECK(!rem_recipe_report(&done, &error));

  char* const page = read_text("report.html");
  CHECK(strstr(page, "water &lt;hot&gt;") && strstr(page, "Boil &amp; pour"));
  CHECK(strstr(page, "data:image/svg+xml;base64,PD94bWw"));
  CHECK(strstr(page, "a &lt;b&gt; &amp; c") && strstr(page, "MISSED"));
  free(page);

  json_t* const root    = json_load_file("table.json", 0U, NULL);
  const char*   name    = NULL;
  int           good    = true;
  json_t*       figures = NULL;
  CHECK(root && !json_unpack(root,
                             "{ss sb so}",
                             "recipe",
                             &name,
                             "reached",
                             &good,
                             "figures",
                             &figures));
  CHECK(!strcmp(name, "tea") && !good && json_array_size(figures) == 5U);
  CHECK(!json_object_get(json_array_get(figures, 0), "bound"));
  CHECK(json_is_true(json_object_get(json_array_get(figures, 1), "reached")));
  CHECK(json_is_null(json_object_get(json_array_get(figures, 3), "value")));
  json_decref(root);

  rem_recipe_picture(table, "none.svg", "");
  CHECK(rem_recipe_report(&done, &error) == REM_NO_FILE);
}

int
main(void)
{
  RemRecipeTable table = {.n = 0U};
  fill(&table);
  test_text(&table);
  test_missed(&table);
  test_files(&table);
  rem_recipe_table_clear(&table);
  CHECK(!table.n && !table.rows && !table.shown);
  return 0;
}
