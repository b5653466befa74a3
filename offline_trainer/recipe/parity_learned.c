// SPDX-License-Identifier: ISC

/// Parity by training: short sequences, then longer ones, then far longer ones
/// than were ever learned from

#include "offline_trainer/recipe/by_length.h"
#include "offline_trainer/recipe/draw.h"
#include "offline_trainer/recipe/recipes.h"

#include <stdio.h>

static const uint32_t stages[] = {4U, 10U, 20U, 50U};
static const uint32_t tests[]  = {10U, 50U, 100U, 300U, 1000U};

enum {
  N_STAGES = sizeof(stages) / sizeof(*stages),
  N_TESTS  = sizeof(tests) / sizeof(*tests),
  N_PUPILS = 2
};

static const RemPupil pupils[N_PUPILS] = {
  {"RNN", REM_CELL_RNN_TANH, 16U, 0.005, 10.0, 16U, 0.0, 0.4},
  {"LSTM", REM_CELL_LSTM, 16U, 0.01, 10.0, 16U, 0.4, 0.9}};

/// Draw how many labels are right by length
static RemStatus
draw(const RemRecipeRun* const run,
     const RemSchooled* const  schooled,
     RemError* const           error)
{
  double         x[N_TESTS];
  double         y[N_PUPILS][N_TESTS];
  RemRecipeCurve curves[N_PUPILS];
  for (uint32_t i = 0; i < N_PUPILS; ++i) {
    for (uint32_t t = 0; t < N_TESTS; ++t) {
      x[t]    = tests[t];
      y[i][t] = 100.0 * schooled[i].right[t];
    }
    curves[i] = (RemRecipeCurve){pupils[i].name, N_TESTS, x, y[i]};
  }
  return rem_recipe_curves(run,
                           "parity.svg",
                           "Labels that are right on sequences far longer than "
                           "the 50 bits that were learned from",
                           (RemAxis){"Bits", 10.0, 1000.0, true},
                           (RemAxis){"Right, %", 40.0, 100.0, false},
                           curves,
                           N_PUPILS,
                           error);
}

/// Put one net's figures into the table
static void
note(const RemRecipeRun* const run,
     const RemPupil* const     pupil,
     const RemSchooled* const  schooled)
{
  for (uint32_t t = 0; t < N_TESTS; ++t) {
    char what[64];
    (void)snprintf(what, sizeof(what), "right of %u bits, %%", tests[t]);
    const double right = 100.0 * schooled->right[t];
    if (tests[t] == (run->brief ? 50U : 1000U)) {
      rem_recipe_hold(run->table, what, pupil->name, right, 100.0, false);
    } else {
      rem_recipe_note(run->table, what, pupil->name, right);
    }
  }
}

static RemStatus
run_parity(const RemRecipeRun* const run, RemError* const error)
{
  const bool        brief              = run->brief;
  const RemByLength what               = {.name      = "bits",
                                          .task      = REM_TASK_TAG,
                                          .make      = rem_data_parity,
                                          .n_stages  = N_STAGES,
                                          .stages    = stages,
                                          .n_learned = brief ? 2000U : 4000U,
                                          .epochs    = 60U,
                                          .enough    = 0.001,
                                          .n_tests   = N_TESTS,
                                          .tests     = tests,
                                          .n_tested  = brief ? 20U : 100U};
  RemSchooled       schooled[N_PUPILS] = {{.model = NULL}};
  RemStatus         st                 = REM_SUCCESS;
  for (uint32_t i = 0; !st && i < N_PUPILS; ++i) {
    st = rem_by_length_teach(run, &what, &pupils[i], &schooled[i], error);
  }
  for (uint32_t i = 0; i < N_PUPILS; ++i) {
    if (!st) {
      note(run, &pupils[i], &schooled[i]);
    }
    rem_model_free(schooled[i].model);
  }
  return st ? st : draw(run, schooled, error);
}

const RemRecipe rem_recipe_parity_learned = {
  "parity-learned",
  "parity by training on 50 bits at most, tested on 1000",
  "A vanilla RNN and an LSTM tag bits: are the ones so far odd or even? Each\n"
  "learns from sequences of up to 4 bits, then of up to 10, 20 and 50, and is\n"
  "tested on 100 sequences of 1000 bits. One slip anywhere makes all that\n"
  "follow wrong. A guess is right in 50 %.\n"
  "\n"
  "The first stage by hand:\n"
  "\n"
  "    remanence train --examples bits-4-train.tsv --task tag --cell rnn \\\n"
  "      --hidden 16 --validation bits-4-valid.tsv --epochs 60 \\\n"
  "      -o rnn.safetensors\n",
  "  every label right at 1000 bits, of both nets\n",
  run_parity};
