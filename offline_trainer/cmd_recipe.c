// SPDX-License-Identifier: ISC

#include "offline_trainer/command.h"
#include "offline_trainer/folder.h"
#include "offline_trainer/progress.h"
#include "offline_trainer/recipe/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_RECIPES 64U
#define MAX_THREADS 256L
#define MAX_SEED 9007199254740992.0 ///< Numbers stay whole up to here
#define MAX_PATH 4096U

static const char help_text[] =
  "Usage: remanence recipe list\n"
  "       remanence recipe show NAME\n"
  "       remanence recipe run NAME... [OPTION]...\n"
  "Show what recurrent nets can do. A recipe prepares its data, trains,\n"
  "measures beside a baseline, and says whether it reached what it must.\n"
  "\n"
  "      --out DIR        where results go, a folder for each [recipes]\n"
  "      --brief          a run of seconds, that must reach less\n"
  "      --data PATH      learn from this file or folder, where a recipe says\n"
  "                       in `show` what it takes\n"
  "      --threads N      [all cores]\n"
  "      --seed N         of all its chance [1]\n"
  "  -q, --quiet          no line about progress\n"
  "  -h, --help           show this\n"
  "\n"
  "NAME is `all` for every one. Each prints a table of figures, and writes\n"
  "DIR/NAME/report.html with pictures, table.json for programs, and the "
  "models\n"
  "and data it made. Exit status 1: a figure missed what it must be.\n"
  "\n"
  "  remanence recipe list\n"
  "  remanence recipe show parity\n"
  "  remanence recipe run parity memory-gap --out results\n";

static const struct option options[] = {
  {"out", required_argument, NULL, 'o'},
  {"brief", no_argument, NULL, 'b'},
  {"data", required_argument, NULL, 'd'},
  {"threads", required_argument, NULL, 't'},
  {"seed", required_argument, NULL, 's'},
  {"quiet", no_argument, NULL, 'q'},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

/// A command line
typedef struct {
  const char*  command; ///< "recipe"
  const char*  out;
  const char*  given; ///< Name of an option that only `run` takes, or NULL
  bool         quiet;
  RemRecipeRun run;
} Recipes;

/// What is told while a recipe runs
typedef struct {
  const char* name;
  Progress    progress;
  bool        quiet;
} Teller;

/// Return the name of the option with this letter
static const char*
name_of(const int letter)
{
  const struct option* o = options;
  while (o->name && o->val != letter) {
    ++o;
  }
  return o->name;
}

/// Take in an option; return the exit status
static int
take_option(Recipes* const r, const int letter)
{
  long   n    = 0;
  double seed = 0.0;
  switch (letter) {
  case 'o':
    r->out = optarg;
    return REM_EXIT_DONE;
  case 'd':
    r->run.data = optarg;
    return REM_EXIT_DONE;
  case 'b':
    r->run.brief = true;
    return REM_EXIT_DONE;
  case 'q':
    r->quiet = true;
    return REM_EXIT_DONE;
  case 't':
    if (!command_integer(optarg, 1, MAX_THREADS, &n)) {
      return command_usage(r->command,
                           "--threads wants a number from 1 to %ld, not `%s`",
                           MAX_THREADS,
                           optarg);
    }
    r->run.n_threads = (uint32_t)n;
    return REM_EXIT_DONE;
  default:
    if (!command_number(optarg, 0.0, MAX_SEED, &seed)) {
      return command_usage(
        r->command, "--seed wants a number from 0 up, not `%s`", optarg);
    }
    r->run.seed = (uint64_t)seed;
    return REM_EXIT_DONE;
  }
}

/// Return the recipe of this name, or NULL
static const RemRecipe*
find(const char* const name)
{
  const RemRecipe* recipe = NULL;
  for (uint32_t i = 0; (recipe = rem_recipe_at(i)); ++i) {
    if (!strcmp(recipe->name, name)) {
      return recipe;
    }
  }
  return NULL;
}

/// Say that there is no recipe `name`, and which one may have been meant
static int
unknown(const char* const command, const char* const name)
{
  const RemRecipe* recipe             = NULL;
  const char*      names[MAX_RECIPES] = {NULL};
  size_t           n                  = 0U;
  for (uint32_t i = 0; n < MAX_RECIPES && (recipe = rem_recipe_at(i)); ++i) {
    names[n++] = recipe->name;
  }
  const char* const near = command_nearest(name, names, n);
  return near ? command_usage(command,
                              "there is no recipe `%s`; did you mean `%s`?",
                              name,
                              near)
              : command_usage(command,
                              "there is no recipe `%s`: see `remanence recipe "
                              "list`",
                              name);
}

static int
list(void)
{
  const RemRecipe* recipe = NULL;
  for (uint32_t i = 0; (recipe = rem_recipe_at(i)); ++i) {
    printf("%-15s %s\n", recipe->name, recipe->about);
  }
  return REM_EXIT_DONE;
}

static void
show(const RemRecipe* const recipe)
{
  printf("%s: %s\n\n%s\nIt must reach:\n%s",
         recipe->name,
         recipe->about,
         recipe->steps,
         recipe->must);
}

/// Tell of progress; return whether to go on
static bool
go_on(void* const handle, const double done, const char* const doing)
{
  Teller* const t = (Teller*)handle;
  if (!t->quiet && progress_due(&t->progress)) {
    progress_say(
      &t->progress, "%s: %3.0f %%, %s", t->name, 100.0 * done, doing);
  }
  return !command_interrupted();
}

/// Make the folder of a recipe and write its name to `path`
static RemStatus
make_folder(const Recipes* const   r,
            const RemRecipe* const recipe,
            char                   path[MAX_PATH],
            RemError* const        error)
{
  const int length = snprintf(path, MAX_PATH, "%s/%s", r->out, recipe->name);
  if (length < 0 || (size_t)length >= MAX_PATH) {
    return rem_fail(error, REM_CANNOT_WRITE, r->out, "The path is too long");
  }
  return rem_folder_make(path, error);
}

/// Print the table, and how it went
static int
print_done(const Recipes* const       r,
           const RemRecipeDone* const done,
           RemError* const            error)
{
  RemText      text   = {NULL, 0U, 0U, false};
  const size_t missed = rem_recipe_n_missed(done->table);
  rem_recipe_table_text(&text, done->table);
  if (text.failed || !text.bytes) {
    free(text.bytes);
    (void)rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the table");
    return command_failed(r->command, error);
  }
  printf("%s: %s (%.1f s)\n",
         done->recipe->name,
         done->recipe->about,
         done->seconds);
  (void)fwrite(
    text.bytes, 1U, text.size, stdout); // main() sees what goes wrong
  printf("%s/report.html has all of it.\n", done->run->out);
  free(text.bytes);
  if (missed) {
    fprintf(stderr,
            "remanence %s: %s: %zu of its figures missed what they must be\n",
            r->command,
            done->recipe->name,
            missed);
  }
  return missed ? REM_EXIT_FAILED : REM_EXIT_DONE;
}

/// Run one recipe; return the exit status
static int
run_one(const Recipes* const r, const RemRecipe* const recipe)
{
  char           path[MAX_PATH];
  RemError       error  = {REM_SUCCESS, "", ""};
  RemRecipeTable table  = {.n = 0U};
  Teller         teller = {recipe->name, progress_start(0.5), r->quiet};
  RemRecipeRun   run    = r->run;
  const double   begun  = progress_clock();
  run.out               = path;
  run.table             = &table;
  run.go_on             = go_on;
  run.handle            = &teller;

  RemStatus st = make_folder(r, recipe, path, &error);
  st           = st ? st : recipe->run(&run, &error);
  progress_end(&teller.progress, false);
  const RemRecipeDone done = {recipe, &run, &table, progress_clock() - begun};
  st                       = st ? st : rem_recipe_report(&done, &error);
  int status               = REM_EXIT_FAILED;
  if (!st) {
    status = print_done(r, &done, &error);
  } else if (st != REM_INTERRUPTED) { // run_all() tells of that
    if (!*error.place) {
      (void)snprintf(error.place, sizeof(error.place), "%s", recipe->name);
    }
    (void)command_failed(r->command, &error);
  }
  rem_recipe_table_clear(&table);
  return status;
}

/// Run the recipes that were named, up to the first that was stopped
static int
run_all(const Recipes* const r, char** const names, const int n)
{
  const RemRecipe* recipe = NULL;
  int              status = REM_EXIT_DONE;
  const bool       all    = n == 1 && !strcmp(names[0], "all");
  command_hold_interrupts();
  for (uint32_t i = 0; !command_interrupted(); ++i) {
    recipe = all ? rem_recipe_at(i) : i < (uint32_t)n ? find(names[i]) : NULL;
    if (!recipe) {
      return status;
    }
    const int one = run_one(r, recipe);
    status        = one ? one : status;
    (void)fflush(stdout);
  }
  RemError error = {REM_SUCCESS, "", ""};
  (void)rem_fail(&error, REM_INTERRUPTED, NULL, "Stopped on request");
  return command_failed(r->command, &error);
}

/// Refuse data for a recipe whose text does not say what it takes
static int
check_data(const Recipes* const r, char** const names, const int n)
{
  for (int i = 0; r->run.data && i < n; ++i) {
    const RemRecipe* const recipe = find(names[i]);
    if (!recipe || !strstr(recipe->steps, "--data")) {
      return command_usage(r->command,
                           "--data means nothing to %s: see `remanence recipe "
                           "show NAME` for what a recipe takes",
                           names[i]);
    }
  }
  return REM_EXIT_DONE;
}

/// Refuse names that are none, and all for `show`
static int
check_names(const Recipes* const r,
            const bool           is_run,
            char** const         names,
            const int            n)
{
  for (int i = 0; i < n; ++i) {
    const bool all = is_run && n == 1 && !strcmp(names[i], "all");
    if (!all && !find(names[i])) {
      return unknown(r->command, names[i]);
    }
  }
  return is_run ? check_data(r, names, n) : REM_EXIT_DONE;
}

/// Do what the word says
static int
dispatch(const Recipes* const r, char** const words, const int n)
{
  if (!n) {
    return command_usage(r->command, "wants list, show or run");
  }
  const bool is_run = !strcmp(words[0], "run");
  if (!is_run && r->given) {
    return command_usage(r->command, "--%s goes with run", r->given);
  }
  if (!strcmp(words[0], "list") && n == 1) {
    return list();
  }
  if (!is_run && strcmp(words[0], "show") != 0) {
    return command_usage(
      r->command, "wants list, show NAME or run NAME..., not `%s`", words[0]);
  }
  if (n < 2) {
    return command_usage(r->command, "%s which recipe?", words[0]);
  }
  const int status = check_names(r, is_run, words + 1, n - 1);
  if (status || is_run) {
    return status ? status : run_all(r, words + 1, n - 1);
  }
  for (int i = 1; i < n; ++i) {
    show(find(words[i]));
  }
  return REM_EXIT_DONE;
}

int
cmd_recipe(const int argc, char** const argv)
{
  const long n_cores = sysconf(_SC_NPROCESSORS_ONLN);
  const bool known   = n_cores > 0 && n_cores <= MAX_THREADS;
  Recipes    r = {.command = argv[0], .out = "recipes", .run = {.seed = 1U}};
  int        letter = 0;
  r.run.n_threads   = known ? (uint32_t)n_cores : 1U;
  while ((letter = command_option(argc, argv, "qh", options)) != -1) {
    if (letter == 'h') {
      fputs(help_text, stdout);
      return REM_EXIT_DONE;
    }
    const int status = letter == '?' ? command_bad_option(argv, options)
                                     : take_option(&r, letter);
    if (status) {
      return status;
    }
    r.given = name_of(letter);
  }
  return dispatch(&r, argv + optind, argc - optind);
}
