// SPDX-License-Identifier: ISC

/// The lecture notes' word: a net that completes `d` to `deep`.
///
/// Source: Grosse, CSC321 Winter 2017, lecture notes 14, Recurrent Neural
/// Networks: what comes next depends on more than the letter before.

#include "offline_trainer/recipe/recipes.h"
#include "offline_trainer/recipe/training.h"

#include <math.h>
#include <stdio.h>

#define N_SYMBOLS 4U
#define N_STEPS 4U
#define CERTAIN 0.99

static const char* const names[N_SYMBOLS] = {"d", "e", "p", "stop"};
static const uint32_t    heard[N_STEPS]   = {0U, 1U, 1U, 2U};
static const uint32_t    next[N_STEPS]    = {1U, 1U, 2U, 3U};

/// What each step is called, and how often a table of pairs is right there
static const struct {
  const char* name;
  double      pairs;
} steps[N_STEPS] = {{"p(e | d)", 1.0},
                    {"p(e | d e)", 0.5},
                    {"p(p | d e e)", 0.5},
                    {"p(stop | d e e p)", 1.0}};

/// Return the only example, or NULL without memory
static RemExamples*
make_examples(void)
{
  RemSymbols* const symbols  = rem_symbols_new(REM_SYMBOLS_NAMES, N_SYMBOLS);
  RemExamples*      examples = NULL;
  uint32_t          in[N_STEPS];
  uint32_t          out[N_STEPS];
  bool              good = symbols;
  for (uint32_t k = 0; good && k < N_SYMBOLS; ++k) {
    good = rem_symbols_name(symbols, k, names[k]);
  }
  for (uint32_t t = 0; t < N_STEPS; ++t) {
    in[t]  = heard[t];
    out[t] = next[t];
  }
  const RemExample word = {N_STEPS, in, N_STEPS, out, NULL};
  if (good) {
    examples = rem_examples_new(REM_TASK_TAG, symbols, symbols, 0U, 1U);
  }
  if (examples && !rem_examples_add(examples, &word)) {
    rem_examples_free(examples);
    examples = NULL;
  }
  rem_symbols_free(symbols);
  return examples;
}

/// Set `y` [N_SYMBOLS] to the probabilities that logits mean
static void
softmax(float y[N_SYMBOLS])
{
  double sum = 0.0;
  for (uint32_t k = 0; k < N_SYMBOLS; ++k) {
    sum += exp((double)y[k]);
  }
  for (uint32_t k = 0; k < N_SYMBOLS; ++k) {
    y[k] = (float)(exp((double)y[k]) / sum);
  }
}

/// Let the net hear `d`, and then what it says itself until it stops
static void
complete(const RemNet* const net, RemNetState* const state, char text[32])
{
  uint32_t symbol = 0U;
  text[0]         = '\0';
  rem_net_state_set(net, state, NULL);
  for (uint32_t t = 0; t < 2U * N_STEPS && symbol != 3U; ++t) {
    float       y[N_SYMBOLS];
    const float x    = (float)symbol;
    const int   size = snprintf(NULL, 0U, "%s", text);
    (void)snprintf(text + size, 32U - (size_t)size, "%s", names[symbol]);
    rem_net_block(net, state, &x, y, 1U);
    symbol = 0U;
    for (uint32_t k = 1U; k < N_SYMBOLS; ++k) {
      symbol = y[k] > y[symbol] ? k : symbol;
    }
  }
}

/// Put every step's probability into the table
static RemStatus
measure(const RemRecipeRun* const run,
        const RemModel* const     model,
        RemError* const           error)
{
  RemNet* const      net   = rem_net_new(&model->spec, model->params);
  RemNetState* const state = net ? rem_net_state_new(net) : NULL;
  char               text[32];
  if (!state) {
    rem_net_free(net);
    return rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for a net");
  }
  for (uint32_t t = 0; t < N_STEPS; ++t) {
    float       y[N_SYMBOLS];
    const float x = (float)heard[t];
    rem_net_block(net, state, &x, y, 1U);
    softmax(y);
    rem_recipe_hold(run->table,
                    steps[t].name,
                    "RNN of 4 units",
                    (double)y[next[t]],
                    CERTAIN,
                    false);
    rem_recipe_note(
      run->table, steps[t].name, "table of pairs", steps[t].pairs);
  }
  complete(net, state, text);
  rem_recipe_text(run->table, "What it makes of d", text);
  rem_net_state_free(state);
  rem_net_free(net);
  return REM_SUCCESS;
}

static RemStatus
run_autocomplete(const RemRecipeRun* const run, RemError* const error)
{
  static const RemRecipeStage stage = {"RNN of 4 units", 0.0, 1.0, 0.0};
  RemExamples* const          word  = make_examples();
  RemLearn                    learn = rem_learn_default(REM_TASK_TAG);
  RemLearned                  learned;
  if (!word) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for a word");
  }
  learn.spec.net.cell     = REM_CELL_RNN_TANH;
  learn.spec.net.n_hidden = 4U;
  learn.spec.n_streams    = 1U;
  learn.spec.rate         = 0.02;
  learn.spec.seed         = run->seed;
  learn.limits.epochs     = 1000U;
  learn.n_threads         = 1U;
  RemStatus st =
    rem_recipe_learn(run, &stage, word, word, &learn, &learned, error);
  if (!st) {
    st = rem_recipe_save(run, learned.model, "deep.safetensors", error);
    st = st ? st : measure(run, learned.model, error);
    rem_learned_clear(&learned);
  }
  rem_examples_free(word);
  return st;
}

const RemRecipe rem_recipe_autocomplete = {
  "autocomplete",
  "the next letter of deep, over d, e, p and stop",
  "A vanilla RNN of 4 tanh units learns one word: it hears d, e, e, p, and\n"
  "says e, e, p, stop. After the first e another one comes, after the second\n"
  "a p: the net must remember more than the letter it hears. A table of\n"
  "which letter follows which is right half of the time there.\n"
  "\n"
  "The same by hand, of a file with one line, `deep`, tab, `e e p stop`:\n"
  "\n"
  "    remanence train --examples word.tsv --task tag --cell rnn \\\n"
  "      --hidden 4 --validation word.tsv --epochs 1000 \\\n"
  "      -o deep.safetensors\n",
  "  0.99 or more for every right symbol\n",
  run_autocomplete};
