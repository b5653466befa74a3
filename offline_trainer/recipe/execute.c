// SPDX-License-Identifier: ISC

/// Learning to execute: programs are read letter by letter, what they print is
/// written; four ways to go from easy ones to hard ones.
///
/// Source: Zaremba and Sutskever 2014, arXiv:1410.4615.

#include "offline_trainer/recipe/draw.h"
#include "offline_trainer/recipe/execute_cells.h"
#include "offline_trainer/recipe/recipes.h"

#include <stdio.h>

#define N_STAGES REM_N_PROGRAM_CELLS
#define N_CURRICULA 4U

/// A curriculum: what each of the stages is made of
typedef struct {
  const char* name;
  bool        naive; ///< Length and nesting rise, else they are the hardest
  double      mix;   ///< Share of programs of any length and nesting
} Curriculum;

static const Curriculum curricula[N_CURRICULA] = {
  {"baseline", false, 0.0},
  {"naive", true, 0.0},
  {"mix", false, 1.0},
  {"combined", true, 0.5},
};

/// How much is learned
typedef struct {
  size_t   programs; ///< Of a stage
  size_t   held_out; ///< Likewise
  uint32_t n_hidden;
  uint32_t epochs; ///< Of a stage
  size_t   copies;
  uint32_t copy_epochs;
  long     copy_length;      ///< Letters
  double   least_characters; ///< Must be reached, per cent
  double   least_copies;
} Amount;

static const Amount whole = {24000U, 500U, 64U, 4U, 20000U, 5U, 10, 55.0, 95.0};
static const Amount brief = {1000U, 50U, 32U, 2U, 4000U, 4U, 3, 30.0, 40.0};

/// A curriculum on its way
typedef struct {
  const RemRecipeRun*    run;
  const Amount*          amount;
  const RemProgramCells* cells;
  const Curriculum*      curriculum;
  double                 from; ///< Progress of the recipe
  RemModel*              model;
  double                 reached[N_STAGES]; ///< Characters of the hardest
} Course;

/// Return the rule of a stage: as in the source, length rises first, and begins
/// anew with every nesting
static RemDataPrograms
rule_of(const Curriculum* const curriculum, const uint32_t stage)
{
  const bool naive = curriculum->naive;
  return (RemDataPrograms){
    naive ? 1L + stage % REM_PROGRAM_LENGTH : REM_PROGRAM_LENGTH,
    naive ? 1L + stage / REM_PROGRAM_LENGTH : REM_PROGRAM_NESTING,
    curriculum->mix,
    REM_PROGRAM_LENGTH,
    REM_PROGRAM_NESTING};
}

static RemLearn
learn_of(const RemRecipeRun* const run, const Amount* const amount)
{
  RemLearn learn          = rem_learn_default(REM_TASK_COMPLETE);
  learn.spec.net.n_hidden = amount->n_hidden;
  learn.spec.n_streams    = 8U;
  learn.spec.rate         = 0.01;
  learn.spec.seed         = run->seed;
  learn.limits.epochs     = amount->epochs;
  learn.n_threads         = run->n_threads;
  return learn;
}

/// Write the programs of a stage, learn from them, and see how far that goes
static RemStatus
run_stage(Course* const course, const uint32_t stage, RemError* const error)
{
  const Amount* const   amount = course->amount;
  const RemDataPrograms rule   = rule_of(course->curriculum, stage);
  char                  name[64];
  char                  doing[64];
  (void)snprintf(
    name, sizeof(name), "execute-%s-%u", course->curriculum->name, stage + 1U);
  (void)snprintf(doing,
                 sizeof(doing),
                 "%s, stage %u of %u",
                 course->curriculum->name,
                 stage + 1U,
                 N_STAGES);
  const RemDataSet     data  = {course->run->out,
                                name,
                                course->run->seed + stage,
                                {amount->programs, amount->held_out, 0U}};
  const RemRecipeStage part  = {.doing = doing,
                                .from  = course->from + stage * 0.2 / N_STAGES,
                                .to =
                                  course->from + (stage + 1U) * 0.2 / N_STAGES};
  RemLearn             learn = learn_of(course->run, amount);
  RemRecipeSet         set   = {{NULL}};
  RemLearned           learned;
  learn.begin  = course->model;
  RemStatus st = rem_data_write(&data, rem_data_program, &rule, error);
  st = st ? st : rem_program_cells_read(course->cells, &data, &set, error);
  if (st) {
    return st;
  }
  st = rem_recipe_learn(course->run,
                        &part,
                        set.parts[REM_PART_TRAIN],
                        set.parts[REM_PART_VALID],
                        &learn,
                        &learned,
                        error);
  rem_recipe_set_clear(&set);
  if (st) {
    return st;
  }
  rem_model_free(course->model);
  course->model = learned.model;
  learned.model = NULL;
  rem_learned_clear(&learned);
  return rem_program_cells_hardest(
    course->cells, course->run, course->model, &course->reached[stage], error);
}

/// Go through all stages of a curriculum, and measure what it leads to
static RemStatus
run_course(Course* const course, RemError* const error)
{
  const char* const name = course->curriculum->name;
  RemStatus         st   = REM_SUCCESS;
  char              file[64];
  (void)snprintf(file, sizeof(file), "execute-%s.safetensors", name);
  for (uint32_t stage = 0U; !st && stage < N_STAGES; ++stage) {
    st = run_stage(course, stage, error);
  }
  st = st ? st : rem_recipe_save(course->run, course->model, file, error);
  st = st ? st
          : rem_program_cells_note(
              course->cells, course->run, course->model, name, error);
  rem_model_free(course->model);
  course->model = NULL;
  return st;
}

/// Draw what the curricula reach after each stage
static RemStatus
draw(const RemRecipeRun* const run,
     const Amount* const       amount,
     const Course* const       courses,
     RemError* const           error)
{
  double         x[N_STAGES];
  RemRecipeCurve curves[N_CURRICULA];
  for (uint32_t i = 0U; i < N_STAGES; ++i) {
    x[i] = (double)((i + 1U) * amount->programs * amount->epochs) / 1000.0;
  }
  for (uint32_t i = 0U; i < N_CURRICULA; ++i) {
    curves[i] =
      (RemRecipeCurve){curricula[i].name, N_STAGES, x, courses[i].reached};
  }
  const RemAxis programs = {
    "Thousands of programs", x[0], x[N_STAGES - 1], false};
  const RemAxis percent = {"Characters right, %", 0.0, 100.0, false};
  return rem_recipe_curves(run,
                           "curricula.svg",
                           "The hardest programs, after every stage of each "
                           "curriculum",
                           programs,
                           percent,
                           curves,
                           N_CURRICULA,
                           error);
}

/// The copy task: say again what was heard
static RemStatus
copy(const RemRecipeRun* const run,
     const Amount* const       amount,
     RemError* const           error)
{
  static const RemExamplesRules rules   = {REM_TASK_COMPLETE,
                                           REM_SYMBOLS_CHARACTERS,
                                           REM_SYMBOLS_CHARACTERS,
                                           0U,
                                           NULL};
  const RemDataLetters          letters = {amount->copy_length, 10, false};
  const RemDataSet              data    = {
                    run->out,
                    "copy",
                    run->seed,
                    {amount->copies, amount->held_out, amount->held_out}};
  RemRecipeTrial trial = {.stage = {.doing = "copy", .from = 0.8, .to = 1.0},
                          .file  = "copy.safetensors",
                          .learn = learn_of(run, amount)};
  RemRecipeSet   set;
  RemExamplesFigures figures;
  trial.learn.limits.epochs = amount->copy_epochs;
  RemStatus st = rem_data_write(&data, rem_data_letters, &letters, error);
  st           = st ? st : rem_recipe_read_set(&data, &rules, &set, error);
  if (st) {
    return st;
  }
  st = rem_recipe_try(run, &trial, &set, NULL, &figures, error);
  rem_recipe_set_clear(&set);
  if (!st) {
    rem_recipe_hold(run->table,
                    "copies that are right, per cent",
                    "LSTM",
                    100.0 * figures.exact,
                    amount->least_copies,
                    false);
  }
  return st;
}

static RemStatus
run_execute(const RemRecipeRun* const run, RemError* const error)
{
  const Amount* const amount = run->brief ? &brief : &whole;
  RemProgramCells     cells;
  Course              courses[N_CURRICULA];
  RemStatus st = rem_program_cells_make(&cells, run, amount->held_out, error);
  for (uint32_t i = 0U; !st && i < N_CURRICULA; ++i) {
    courses[i] =
      (Course){run, amount, &cells, &curricula[i], 0.2 * i, NULL, {0.0}};
    st = run_course(&courses[i], error);
  }
  rem_program_cells_clear(&cells);
  if (st) {
    return st;
  }
  rem_recipe_hold(run->table,
                  "characters of the hardest that are right, per cent",
                  "combined",
                  courses[N_CURRICULA - 1U].reached[N_STAGES - 1U],
                  amount->least_characters,
                  false);
  st = draw(run, amount, courses, error);
  return st ? st : copy(run, amount, error);
}

const RemRecipe rem_recipe_execute = {
  "execute",
  "programs to what they print, four curricula; the copy task",
  "Short programs in the manner of Python are read letter by letter: sums,\n"
  "differences, products with a small number, assignments, conditions and\n"
  "loops, such as\n"
  "\n"
  "    c=((47+39)*4);print(c)        344\n"
  "\n"
  "They are 1 or 2 long, digits of their numbers, and 1 or 2 deep,\n"
  "operations in each other. One LSTM reads, then writes what is printed.\n"
  "Four stages of programs are learned from, in four ways (Zaremba and\n"
  "Sutskever 2014): baseline, always the hardest; naive, from the shortest\n"
  "on; mix, any; and combined, half naive and half mix. A picture shows\n"
  "what each reaches on the hardest programs after every stage. Characters\n"
  "are counted with those before them given, as in the source; answers\n"
  "without help.\n"
  "\n"
  "In so short a time baseline is ahead on the hardest programs, which are\n"
  "all that it sees; mix and combined are far ahead on all others.\n"
  "\n"
  "At the end the same net learns to say 1 to 10 letters again: the copy\n"
  "task.\n"
  "\n"
  "The same by hand, with what the run leaves in its folder:\n"
  "\n"
  "    remanence train --examples execute-mix-1-train.tsv \\\n"
  "        --task complete --validation execute-mix-1-valid.tsv \\\n"
  "        --tokens characters --hidden 64 --batch 8 \\\n"
  "        --learning-rate 0.01 --epochs 4 -o execute.safetensors\n"
  "    remanence eval execute.safetensors --examples execute-2-2-test.tsv\n",
  "  combined: 55 of 100 characters of the hardest programs; 95 of 100\n"
  "  copies\n",
  run_execute};
