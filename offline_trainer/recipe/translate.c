// SPDX-License-Identifier: ISC

/// A sequence from a sequence, with attention and without: number words to
/// digits, and letters turned round

#include "offline_trainer/recipe/data.h"
#include "offline_trainer/recipe/recipes.h"
#include "offline_trainer/recipe/translate_draw.h"
#include "offline_trainer/recipe/trial.h"

#include <stdio.h>

#define EXACT "answers that are right to the end, per cent"
#define MUST_REACH 99.0
#define MOST_OUT 64U   ///< Of an answer that does not end
#define MOST_DRAWN 16U ///< Symbols that are read, on a picture

/// One of the two sets
typedef struct {
  const char*   name;
  const char*   about;
  RemSymbolKind in;
  RemDataMake   make;
  const void*   handle;
  size_t        sizes[REM_N_PARTS];
  uint32_t      n_hidden;
  uint32_t      n_attention;
  uint32_t      epochs;
  double        rate;
  double        brief; ///< What a brief run must reach, per cent
  uint32_t      brief_epochs;
  size_t        brief_sizes[REM_N_PARTS];
} Language;

static const RemDataLetters letters = {30, 10, true};
static const RemDataLetters few     = {4, 10, true};

static const Language languages[] = {
  {.name         = "numbers",
   .about        = "number words",
   .in           = REM_SYMBOLS_WORDS,
   .make         = rem_data_number,
   .sizes        = {16000U, 500U, 2000U},
   .n_hidden     = 48U,
   .n_attention  = 32U,
   .epochs       = 6U,
   .rate         = 0.01,
   .brief        = 40.0,
   .brief_epochs = 5U,
   .brief_sizes  = {3000U, 100U, 200U}},
  {.name         = "reverse",
   .about        = "letters turned round",
   .in           = REM_SYMBOLS_CHARACTERS,
   .make         = rem_data_letters,
   .handle       = &letters,
   .sizes        = {16000U, 500U, 2000U},
   .n_hidden     = 48U,
   .n_attention  = 32U,
   .epochs       = 6U,
   .rate         = 0.01,
   .brief        = 60.0,
   .brief_epochs = 6U,
   .brief_sizes  = {2000U, 50U, 100U}},
};

enum { N_LANGUAGES = sizeof(languages) / sizeof(*languages) };

/// Return the longest example of up to #MOST_DRAWN symbols, or the first
static const RemExample*
choose_example(const RemExamples* const test)
{
  const RemExample* chosen = NULL;
  for (size_t i = 0U; i < test->n; ++i) {
    const RemExample* const e = &test->examples[i];
    if (e->n_in <= MOST_DRAWN && (!chosen || e->n_in > chosen->n_in)) {
      chosen = e;
    }
  }
  return chosen ? chosen : &test->examples[0];
}

/// Draw where the net looks while it answers a test
static RemStatus
draw_attention(const RemRecipeRun* const run,
               const Language* const     language,
               const RemModel* const     model,
               const RemExamples* const  test,
               RemError* const           error)
{
  const RemExample* const chosen = choose_example(test);
  RemAnswer               answer;
  RemStatus st = rem_examples_answer(model, chosen, MOST_OUT, &answer, error);
  if (!st) {
    const RemAttentionPicture picture = {
      chosen, test->symbols, test->labels, &answer};
    st =
      rem_draw_attention(run, language->name, language->about, &picture, error);
    rem_answer_clear(&answer);
  }
  return st;
}

static RemLearn
learn_of(const RemRecipeRun* const run,
         const Language* const     language,
         const bool                attention)
{
  RemLearn            learn = rem_learn_default(REM_TASK_TRANSLATE);
  RemTrainSpec* const spec  = &learn.spec;
  spec->net.n_hidden        = language->n_hidden;
  spec->encoder.cell        = REM_CELL_LSTM;
  spec->encoder.n_hidden    = language->n_hidden;
  spec->encoder.n_layers    = 1U;
  spec->encoder.both        = true;
  spec->n_attention         = attention ? language->n_attention : 0U;
  spec->n_streams           = 32U;
  spec->rate                = language->rate;
  spec->seed                = run->seed;
  learn.n_threads           = run->n_threads;
  learn.limits.epochs = run->brief ? language->brief_epochs : language->epochs;
  return learn;
}

/// Train one net and put what it reaches into the table
static RemStatus
try_net(const RemRecipeRun* const run,
        const Language* const     language,
        const RemRecipeSet* const set,
        const bool                attention,
        RemError* const           error)
{
  const double done = (double)(language - languages) / N_LANGUAGES;
  const double from = done + (attention ? 0.0 : 0.5 / N_LANGUAGES);
  char         name[80];
  char         file[80];
  RemModel*    model = NULL;
  (void)snprintf(name,
                 sizeof(name),
                 "%s, %s attention",
                 language->about,
                 attention ? "with" : "without");
  (void)snprintf(file,
                 sizeof(file),
                 "%s-%s.safetensors",
                 language->name,
                 attention ? "attention" : "plain");
  const RemRecipeTrial trial = {
    .stage = {.doing = name, .from = from, .to = from + 0.5 / N_LANGUAGES},
    .file  = file,
    .learn = learn_of(run, language, attention)};
  RemExamplesFigures figures;
  RemStatus st = rem_recipe_try(run, &trial, set, &model, &figures, error);
  if (st) {
    return st;
  }
  if (attention) {
    const double bound = run->brief ? language->brief : MUST_REACH;
    rem_recipe_hold(
      run->table, EXACT, name, 100.0 * figures.exact, bound, false);
    st = draw_attention(run, language, model, set->parts[REM_PART_TEST], error);
  } else {
    rem_recipe_note(run->table, EXACT, name, 100.0 * figures.exact);
  }
  rem_model_free(model);
  return st;
}

static RemStatus
run_language(const RemRecipeRun* const run,
             const Language* const     language,
             RemError* const           error)
{
  const RemExamplesRules rules = {
    REM_TASK_TRANSLATE, language->in, REM_SYMBOLS_CHARACTERS, 0U, NULL};
  const size_t* const sizes =
    run->brief ? language->brief_sizes : language->sizes;
  const RemDataSet data = {
    run->out, language->name, run->seed, {sizes[0], sizes[1], sizes[2]}};
  const void* const handle =
    run->brief && language->handle ? &few : language->handle;
  RemRecipeSet set;
  RemStatus    st = rem_data_write(&data, language->make, handle, error);
  st              = st ? st : rem_recipe_read_set(&data, &rules, &set, error);
  if (st) {
    return st;
  }
  st = try_net(run, language, &set, true, error);
  st = st ? st : try_net(run, language, &set, false, error);
  rem_recipe_set_clear(&set);
  return st;
}

static RemStatus
run_translate(const RemRecipeRun* const run, RemError* const error)
{
  RemStatus st = REM_SUCCESS;
  for (size_t i = 0U; !st && i < N_LANGUAGES; ++i) {
    st = run_language(run, &languages[i], error);
  }
  return st;
}

const RemRecipe rem_recipe_translate = {
  "translate",
  "number words to digits, letters reversed; attention drawn",
  "An encoder reads a sequence, a decoder writes another one until its end\n"
  "symbol. Twice: `two hundred and seven` to `207`, numbers of one to six\n"
  "digits; and 1 to 30 letters, of ten kinds, to the same letters from\n"
  "last to first.\n"
  "\n"
  "The encoder is a bidirectional LSTM. Without attention the decoder has\n"
  "nothing but a linear function of the encoder's last state: all 30\n"
  "letters must fit into that. With attention (Bahdanau, Cho and Bengio\n"
  "2015) it looks back at every symbol that was read and chooses; the\n"
  "pictures show where.\n"
  "\n"
  "The same by hand, with what the run leaves in its folder:\n"
  "\n"
  "    remanence train --examples numbers-train.tsv --task translate \\\n"
  "        --validation numbers-valid.tsv --tokens words \\\n"
  "        --labels characters --both --attention 32 --hidden 48 \\\n"
  "        --batch 32 --learning-rate 0.01 --epochs 6 \\\n"
  "        -o numbers.safetensors\n"
  "    remanence eval numbers.safetensors --examples numbers-test.tsv\n",
  "  99 of 100 answers right to the last symbol, with attention, both sets\n",
  run_translate};
