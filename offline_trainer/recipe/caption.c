// SPDX-License-Identifier: ISC

/// A vector to a sequence: what is written for the sound of a drum

#include "offline_trainer/recipe/data.h"
#include "offline_trainer/recipe/recipes.h"
#include "offline_trainer/recipe/trial.h"

#include <math.h>
#include <string.h>

#define EXACT "bars that are right, per cent"
#define MUST_REACH 95.0
#define MUST_REACH_BRIEF 20.0 ///< One bar in forty is right by chance

/// Return the squared distance of two vectors
static double
distance(const float* const a, const float* const b, const uint32_t n)
{
  double sum = 0.0;
  for (uint32_t i = 0; i < n; ++i) {
    const double d = (double)a[i] - (double)b[i];
    sum += d * d;
  }
  return sum;
}

static bool
is_same(const RemExample* const a, const RemExample* const b)
{
  return a->n_out == b->n_out &&
         !memcmp(a->out, b->out, a->n_out * sizeof(*a->out));
}

/// Return the share of tests whose nearest training vector has the right bar
static double
nearest_share(const RemExamples* const training, const RemExamples* const test)
{
  size_t right = 0U;
  for (size_t i = 0; i < test->n; ++i) {
    const RemExample* nearest = &training->examples[0];
    double            least   = INFINITY;
    for (size_t k = 0; k < training->n; ++k) {
      const double d = distance(
        training->examples[k].vector, test->examples[i].vector, test->n_vector);
      if (d < least) {
        least   = d;
        nearest = &training->examples[k];
      }
    }
    right += is_same(nearest, &test->examples[i]);
  }
  return (double)right / (double)test->n;
}

static RemStatus
try_way(const RemRecipeRun* const run,
        const RemRecipeSet* const set,
        const bool                at_every_step,
        RemError* const           error)
{
  static const char* const ways[]  = {"vector as initial state",
                                      "vector at every step"};
  static const char* const files[] = {"drums-initial.safetensors",
                                      "drums-every-step.safetensors"};
  const double             at      = at_every_step ? 0.5 : 0.0;
  RemRecipeTrial  trial = {.stage = {.doing = ways[at_every_step], .from = at},
                           .file  = files[at_every_step],
                           .learn = rem_learn_default(REM_TASK_CAPTION)};
  RemLearn* const learn = &trial.learn;
  RemExamplesFigures figures;
  trial.stage.to              = at + 0.5;
  learn->spec.net.n_hidden    = 32U;
  learn->spec.n_streams       = run->brief ? 16U : 32U;
  learn->spec.rate            = 0.01;
  learn->spec.seed            = run->seed;
  learn->limits.epochs        = run->brief ? 12U : 20U;
  learn->n_threads            = run->n_threads;
  learn->vector_at_every_step = at_every_step;
  const RemStatus st = rem_recipe_try(run, &trial, set, NULL, &figures, error);
  if (!st) {
    rem_recipe_hold(run->table,
                    EXACT,
                    trial.stage.doing,
                    100.0 * figures.exact,
                    run->brief ? MUST_REACH_BRIEF : MUST_REACH,
                    false);
    rem_recipe_note(run->table,
                    "steps that are right, those before given, per cent",
                    trial.stage.doing,
                    100.0 * figures.accuracy);
  }
  return st;
}

static RemStatus
make_drums(const RemDataSet* const set, RemError* const error)
{
  RemDataDrums* const drums = rem_data_drums_new();
  const RemStatus     st =
    drums ? rem_data_write(set, rem_data_drum, drums, error)
              : rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for drums");
  rem_data_drums_free(drums);
  return st;
}

static RemStatus
run_caption(const RemRecipeRun* const run, RemError* const error)
{
  static const RemExamplesRules rules = {
    REM_TASK_CAPTION, REM_SYMBOLS_CHARACTERS, REM_SYMBOLS_CHARACTERS, 0U, NULL};
  RemDataSet   data = {run->out, "drums", run->seed, {8000U, 500U, 1000U}};
  RemRecipeSet set;
  if (run->brief) {
    data.sizes[REM_PART_TRAIN] = 1500U;
    data.sizes[REM_PART_VALID] = 100U;
    data.sizes[REM_PART_TEST]  = 200U;
  }
  RemStatus st = make_drums(&data, error);
  st           = st ? st : rem_recipe_read_set(&data, &rules, &set, error);
  if (st) {
    return st;
  }
  rem_recipe_note(
    run->table,
    EXACT,
    "nearest sound that was learned from",
    100.0 * nearest_share(set.parts[REM_PART_TRAIN], set.parts[REM_PART_TEST]));
  st = try_way(run, &set, false, error);
  st = st ? st : try_way(run, &set, true, error);
  rem_recipe_set_clear(&set);
  return st;
}

const RemRecipe rem_recipe_caption = {
  "caption",
  "the spectrum of a drum sound to the bar written for it",
  "Sounds of kicks, snares, toms, hats and cymbals are synthesised by\n"
  "rule, each high or low, short or long, loud or soft. 16 mel bands of\n"
  "three stretches of each, 48 numbers, go in; out comes the bar that is\n"
  "written for such a sound, letter by letter: where its kind is struck, X\n"
  "where loud, a dash where it rings on, a step later where it is high.\n"
  "\n"
  "An LSTM of 32 units gets the vector in two ways: its initial state is a\n"
  "linear function of it, or it stands beside every letter. Beside them:\n"
  "the bar of the most similar sound of those that were learned from.\n"
  "\n"
  "The same by hand, with what the run leaves in its folder:\n"
  "\n"
  "    remanence train --examples drums-train.tsv --task caption \\\n"
  "        --validation drums-valid.tsv --labels characters \\\n"
  "        --hidden 32 --batch 32 --learning-rate 0.01 --epochs 20 \\\n"
  "        -o drums.safetensors\n"
  "    remanence eval drums.safetensors --examples drums-test.tsv\n",
  "  95 of 100 bars right to the last letter, both ways\n",
  run_caption};
