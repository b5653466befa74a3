// SPDX-License-Identifier: ISC

/// A label for every word: parts of speech, read forward and in both directions

#include "offline_trainer/recipe/data.h"
#include "offline_trainer/recipe/recipes.h"
#include "offline_trainer/recipe/trial.h"

#include <math.h>
#include <stdlib.h>

#define RIGHT "tags that are right, per cent"
#define MOST_WORDS 1000U

/// What PyTorch's same nets reach on the same data, mean of seeds 1 to 3:
///
///     tests/bench/torch_examples.py tag --data OUT/words --most 1000
///       --hidden 32 --batch 32 --rate 0.01 --epochs 5 --seeds 1,2,3 [--both]
#define PYTORCH_FORWARD 87.1  ///< 87.0 to 87.2
#define PYTORCH_BOTH 87.6     ///< 87.5 to 87.7
#define WITHIN 0.3            ///< Of either net
#define WITHIN_MARGIN 0.2     ///< Of how far one is ahead
#define MUST_REACH_BRIEF 70.0 ///< By so few updates

/// Return how many labels of a sequence are right if every symbol gets the
/// label that it has most often; `counts` [n_symbols, n_labels]
static size_t
count_right(const RemExample* const e,
            const uint32_t* const   counts,
            const size_t            n_labels)
{
  size_t right = 0U;
  for (uint32_t t = 0; t < e->n_in; ++t) {
    const uint32_t* const row  = counts + e->in[t] * n_labels;
    size_t                best = 0U;
    for (size_t k = 1U; k < n_labels; ++k) {
      best = row[k] > row[best] ? k : best;
    }
    right += best == e->out[t];
  }
  return right;
}

/// Return the share of labels that are right likewise; NaN without memory
static double
commonest_share(const RemExamples* const training,
                const RemExamples* const test)
{
  const size_t    n = training->labels->n;
  uint32_t* const counts =
    (uint32_t*)calloc(training->symbols->n * n, sizeof(uint32_t));
  size_t right = 0U;
  size_t all   = 0U;
  if (!counts) {
    return (double)NAN;
  }
  for (size_t i = 0; i < training->n; ++i) {
    const RemExample* const e = &training->examples[i];
    for (uint32_t t = 0; t < e->n_in; ++t) {
      ++counts[e->in[t] * n + e->out[t]];
    }
  }
  for (size_t i = 0; i < test->n; ++i) {
    right += count_right(&test->examples[i], counts, n);
    all += test->examples[i].n_in;
  }
  free(counts);
  return (double)right / (double)all;
}

static RemStatus
try_net(const RemRecipeRun* const run,
        const RemRecipeSet* const set,
        const bool                both,
        double* const             percent,
        RemError* const           error)
{
  RemRecipeTrial trial = {
    .stage = {.doing = both ? "bidirectional LSTM of 2 x 32" : "LSTM of 32",
              .from  = both ? 0.5 : 0.0,
              .to    = both ? 1.0 : 0.5},
    .file  = both ? "words-both.safetensors" : "words-forward.safetensors",
    .learn = rem_learn_default(REM_TASK_TAG)};
  RemLearn* const    learn = &trial.learn;
  RemExamplesFigures figures;
  learn->spec.net.n_hidden = 32U;
  learn->spec.net.both     = both;
  learn->spec.n_streams    = run->brief ? 8U : 32U;
  learn->spec.memory       = 3.0; // Words that tell a tag are near
  learn->spec.rate         = 0.01;
  learn->spec.seed         = run->seed;
  learn->limits.epochs     = run->brief ? 4U : 5U;
  learn->n_threads         = run->n_threads;
  const RemStatus st = rem_recipe_try(run, &trial, set, NULL, &figures, error);
  *percent           = st ? 0.0 : 100.0 * figures.accuracy;
  return st;
}

static void
note_figures(const RemRecipeRun* const run,
             const double              forward,
             const double              both)
{
  static const char* const ahead  = "ahead of the forward net, per cent";
  RemRecipeTable* const    table  = run->table;
  const double             low    = MUST_REACH_BRIEF;
  const double             first  = run->brief ? low : PYTORCH_FORWARD - WITHIN;
  const double             second = run->brief ? low : PYTORCH_BOTH - WITHIN;
  const double             margin = PYTORCH_BOTH - PYTORCH_FORWARD;
  rem_recipe_hold(table, RIGHT, "LSTM of 32", forward, first, false);
  rem_recipe_note(table, RIGHT, "the same net in PyTorch", PYTORCH_FORWARD);
  rem_recipe_hold(
    table, RIGHT, "bidirectional LSTM of 2 x 32", both, second, false);
  rem_recipe_note(table, RIGHT, "that net in PyTorch", PYTORCH_BOTH);
  rem_recipe_hold(table,
                  ahead,
                  "bidirectional LSTM of 2 x 32",
                  both - forward,
                  run->brief ? 0.0 : margin - WITHIN_MARGIN,
                  false);
  rem_recipe_note(table, ahead, "that net in PyTorch", margin);
}

static RemStatus
run_tag_words(const RemRecipeRun* const run, RemError* const error)
{
  static const RemExamplesRules rules = {
    REM_TASK_TAG, REM_SYMBOLS_WORDS, REM_SYMBOLS_NAMES, MOST_WORDS, NULL};
  const RemDataSet data = {run->out, "words", run->seed, {0U, 0U, 0U}};
  RemRecipeSet     set;
  double           percents[2];
  RemStatus        st = rem_recipe_go_on(run, 0.0, "parts of speech", error);
  st = st ? st : rem_data_tags(&data, run->brief ? 1000U : 100000U, error);
  st = st ? st : rem_recipe_read_set(&data, &rules, &set, error);
  if (st) {
    return st;
  }
  rem_recipe_note(run->table,
                  RIGHT,
                  "the commonest tag of each word",
                  100.0 * commonest_share(set.parts[REM_PART_TRAIN],
                                          set.parts[REM_PART_TEST]));
  for (int both = 0; !st && both < 2; ++both) {
    st = try_net(run, &set, both, &percents[both], error);
  }
  rem_recipe_set_clear(&set);
  if (!st) {
    note_figures(run, percents[0], percents[1]);
  }
  return st;
}

const RemRecipe rem_recipe_tag_words = {
  "tag-words",
  "parts of speech, read forward and in both directions",
  "Text is that of Debian's package fortunes: 10 000 sentences. Their\n"
  "parts of speech are Lingua::EN::Tagger's, a hidden Markov model that\n"
  "looks at what comes before and behind; the nets learn to do as it does.\n"
  "What is after a word often says what it is: only a net that reads in\n"
  "both directions can know. The 1000 commonest words are symbols, others\n"
  "are unknown.\n"
  "\n"
  "An LSTM of 32 units reads forward, another one of 2 x 32 in both\n"
  "directions. Beside them: the commonest tag of each word, and PyTorch's\n"
  "same nets on the same data.\n"
  "\n"
  "The same by hand, with what the run leaves in its folder:\n"
  "\n"
  "    remanence train --examples words-train.tsv --task tag \\\n"
  "        --validation words-valid.tsv --tokens words --labels names \\\n"
  "        --vocabulary 1000 --both --hidden 32 --memory 3 \\\n"
  "        --batch 32 --learning-rate 0.01 --epochs 5 \\\n"
  "        -o words.safetensors\n"
  "    remanence eval words.safetensors --examples words-test.tsv\n",
  "  at most 0.3 of 100 tags below PyTorch's same nets, each, and the\n"
  "  bidirectional one ahead by PyTorch's margin, 0.5, less 0.2 at most\n",
  run_tag_words};
