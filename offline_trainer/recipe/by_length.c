// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/by_length.h"

#include "offline_trainer/recipe/training.h"

#include <stdio.h>

/// Rows of a part
static size_t
size_of(const RemByLength* const what, const RemDataPart part)
{
  return part == REM_PART_TRAIN ? what->n_learned : what->n_tested;
}

RemStatus
rem_by_length_read(const RemRecipeRun* const run,
                   const RemByLength* const  what,
                   const RemDataPart         part,
                   const uint32_t            length,
                   const RemExamples* const  like,
                   RemExamples** const       out,
                   RemError* const           error)
{
  char                   name[64];
  char                   path[REM_DATA_PATH];
  const bool             exact = part == REM_PART_TEST || what->exact;
  const RemDataBits      bits  = {exact ? (long)length : 1L, (long)length};
  const RemExamplesRules rules = {
    what->task, REM_SYMBOLS_CHARACTERS, REM_SYMBOLS_NAMES, 0U, like};
  (void)snprintf(name, sizeof(name), "%s-%u", what->name, length);
  RemDataSet set     = {run->out, name, run->seed + length, {0U}};
  set.sizes[part]    = size_of(what, part);
  const RemStatus st = rem_data_write(&set, what->make, &bits, error);
  rem_data_path(&set, part, path);
  *out = NULL;
  return st ? st : rem_examples_read(path, &rules, out, error);
}

/// One stage: from `schooled->model`, unless that is NULL, to a better one
static RemStatus
teach_stage(const RemRecipeRun* const run,
            const RemByLength* const  what,
            const RemPupil* const     pupil,
            const uint32_t            stage,
            const RemExamples* const  training,
            const RemExamples* const  held_out,
            RemSchooled* const        schooled,
            RemError* const           error)
{
  char         doing[96];
  RemLearned   learned;
  const double step       = (pupil->to - pupil->from) / what->n_stages;
  const double from       = pupil->from + step * stage;
  RemLearn     learn      = rem_learn_default(what->task);
  learn.spec.net.cell     = pupil->cell;
  learn.spec.net.n_hidden = pupil->n_hidden;
  learn.spec.n_streams    = pupil->n_streams;
  learn.spec.rate         = pupil->rate;
  learn.spec.memory       = pupil->memory;
  learn.spec.seed         = run->seed;
  learn.limits.epochs     = what->epochs;
  learn.n_threads         = run->n_threads;
  learn.begin             = schooled->model;
  (void)snprintf(
    doing, sizeof(doing), "%s, length %u", pupil->name, what->stages[stage]);
  const bool           last = stage + 1U == what->n_stages;
  const RemRecipeStage told = {
    doing, from, from + step, last ? what->last_enough : what->enough};
  const RemStatus st =
    rem_recipe_learn(run, &told, training, held_out, &learn, &learned, error);
  if (!st) {
    rem_model_free(schooled->model);
    schooled->model = learned.model;
    schooled->seconds += learned.seconds;
    schooled->stage += learned.nats < what->enough;
    learned.model = NULL;
    rem_learned_clear(&learned);
  }
  return st;
}

/// Stages, up to the first that is too much; `first` are the examples that made
/// the symbols
static RemStatus
teach(const RemRecipeRun* const run,
      const RemByLength* const  what,
      const RemPupil* const     pupil,
      const RemExamples* const  first,
      RemSchooled* const        out,
      RemError* const           error)
{
  RemStatus st = REM_SUCCESS;
  for (uint32_t i = 0; !st && i < what->n_stages && out->stage == i; ++i) {
    const uint32_t length   = what->stages[i];
    RemExamples*   training = NULL;
    RemExamples*   held_out = NULL;
    (void)((st = rem_by_length_read(
              run, what, REM_PART_TRAIN, length, first, &training, error)) ||
           (st = rem_by_length_read(
              run, what, REM_PART_VALID, length, first, &held_out, error)) ||
           (st = teach_stage(
              run, what, pupil, i, training, held_out, out, error)));
    rem_examples_free(training);
    rem_examples_free(held_out);
  }
  return st;
}

/// All tests
static RemStatus
test(const RemRecipeRun* const run,
     const RemByLength* const  what,
     const RemExamples* const  first,
     RemSchooled* const        out,
     RemError* const           error)
{
  RemStatus st = REM_SUCCESS;
  for (uint32_t i = 0; !st && i < what->n_tests; ++i) {
    RemExamples*       examples = NULL;
    RemExamplesFigures figures;
    (void)((st = rem_recipe_go_on(run, 1.0, "testing", error)) ||
           (st = rem_by_length_read(run,
                                    what,
                                    REM_PART_TEST,
                                    what->tests[i],
                                    first,
                                    &examples,
                                    error)) ||
           (st = rem_examples_evaluate(
              out->model, examples, run->n_threads, NULL, &figures, error)));
    out->right[i] = st ? 0.0 : figures.accuracy;
    rem_examples_free(examples);
  }
  return st;
}

RemStatus
rem_by_length_teach(const RemRecipeRun* const run,
                    const RemByLength* const  what,
                    const RemPupil* const     pupil,
                    RemSchooled* const        out,
                    RemError* const           error)
{
  char         file[96];
  RemExamples* first = NULL;
  RemStatus    st    = REM_SUCCESS;
  *out               = (RemSchooled){.model = NULL};
  (void)snprintf(
    file, sizeof(file), "%s-%s.safetensors", what->name, pupil->name);
  (void)((st = rem_by_length_read(
            run, what, REM_PART_TRAIN, what->stages[0], NULL, &first, error)) ||
         (st = teach(run, what, pupil, first, out, error)) ||
         (st = rem_recipe_save(run, out->model, file, error)) ||
         (st = test(run, what, first, out, error)));
  rem_examples_free(first);
  if (st) {
    rem_model_free(out->model);
    *out = (RemSchooled){.model = NULL};
  }
  return st;
}
