// SPDX-License-Identifier: ISC

/// What a vanilla RNN forgets and an LSTM does not: a letter, then T bits of no
/// meaning; which letter was it?
///
/// Source: Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735,
/// section 5; gradients as in Pascanu, Mikolov and Bengio 2013,
/// arXiv:1211.5063.

#include "offline_trainer/recipe/by_length.h"
#include "offline_trainer/recipe/draw.h"
#include "offline_trainer/recipe/recipes.h"
#include "offline_trainer/sequence/sequence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define N_PROBED 16U  ///< Sequences
#define MAX_GAP 1000U ///< T
#define LOWEST 1e-12  ///< Of gradients on the picture

static const uint32_t stages[]       = {10U, 30U, 100U, 300U, MAX_GAP};
static const uint32_t brief_stages[] = {5U, 20U};

enum { N_PUPILS = 3, RNN = 0, LSTM = 2 };

static const RemPupil pupils[N_PUPILS] = {
  {"RNN", REM_CELL_RNN_TANH, 32U, 0.003, 1000.0, 32U, 0.1, 0.3},
  {"GRU", REM_CELL_GRU, 32U, 0.005, 1000.0, 32U, 0.3, 0.6},
  {"LSTM", REM_CELL_LSTM, 32U, 0.01, 2000.0, 32U, 0.6, 1.0}};

/// Norms of dL/dh by the distance from the loss
typedef struct {
  size_t n;
  double x[MAX_GAP + 1U];
  double squares[MAX_GAP + 1U];
  double norm[MAX_GAP + 1U];
} Health;

/// Fill a batch with the first examples
static void
fill(const RemExamples* const examples, RemSequenceBatch* const batch)
{
  batch->n       = N_PROBED;
  batch->n_steps = 0U;
  for (uint32_t s = 0; s < N_PROBED; ++s) {
    const RemExample* const example = &examples->examples[s];
    batch->lengths[s]               = example->n_in;
    batch->n_steps =
      example->n_in > batch->n_steps ? example->n_in : batch->n_steps;
    for (uint32_t t = 0; t < example->n_in; ++t) {
      batch->x[(size_t)t * N_PROBED + s] = (float)example->in[t];
    }
  }
}

/// Set the gradient of the cross-entropy by every logit
static void
differentiate(const RemExamples* const examples,
              const float* const       y,
              float* const             dy)
{
  const uint32_t n = examples->labels->n;
  for (uint32_t s = 0; s < N_PROBED; ++s) {
    double sum = 0.0;
    for (uint32_t k = 0; k < n; ++k) {
      sum += exp((double)y[s * n + k]);
    }
    for (uint32_t k = 0; k < n; ++k) {
      const bool right = examples->examples[s].out[0] == k;
      dy[s * n + k]    = (float)(exp((double)y[s * n + k]) / sum - right);
    }
  }
}

/// Set norms from sums of squares
static void
take_norms(Health* const health, const uint32_t n_steps)
{
  health->n = n_steps;
  for (uint32_t t = 0; t < n_steps; ++t) {
    health->x[t]    = t;
    health->norm[t] = fmax(LOWEST, sqrt(health->squares[t] / N_PROBED));
  }
}

/// Go forward and back once, and see how much of the gradient arrives where
static RemStatus
probe(const RemModel* const    model,
      const RemExamples* const examples,
      Health* const            health,
      RemError* const          error)
{
  const RemSequenceSpec spec = {.net = model->spec};
  RemSequenceNet* const net  = rem_sequence_net_new(&spec);
  RemSequenceRun* const run =
    net ? rem_sequence_run_new(net, N_PROBED, MAX_GAP + 1U, 0U) : NULL;
  float* const packed =
    net ? (float*)calloc(rem_sequence_net_n_gradient(net), sizeof(float))
        : NULL;
  const bool good = run && packed;
  *health         = (Health){.n = 0U};
  if (good) {
    rem_sequence_net_set(net, model->params);
    fill(examples, rem_sequence_batch(run));
    rem_sequence_forward(run, NULL);
    differentiate(
      examples, rem_sequence_output(run), rem_sequence_output_gradient(run));
    rem_sequence_probe(run, health->squares);
    rem_sequence_backward(run, packed);
    take_norms(health, rem_sequence_batch(run)->n_steps);
  }
  free(packed);
  rem_sequence_run_free(run);
  rem_sequence_net_free(net);
  return good ? REM_SUCCESS
              : rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for a net");
}

/// What three nets were seen to do
typedef struct {
  const RemRecipeRun* run;
  RemByLength         begin;   ///< One update, so a net as it begins
  RemByLength         once;    ///< The longest gap at once
  RemByLength         lengths; ///< From one gap to the next
  Health              before[N_PUPILS];
  Health              after[N_PUPILS];
} Gap;

/// Draw the gradients of all nets over the longest gap
static RemStatus
draw(const Gap* const    gap,
     const Health* const health,
     const char* const   file,
     const char* const   caption,
     RemError* const     error)
{
  RemRecipeCurve curves[N_PUPILS];
  double         high = 1e-3;
  for (uint32_t i = 0; i < N_PUPILS; ++i) {
    curves[i] = (RemRecipeCurve){
      pupils[i].name, health[i].n, health[i].x, health[i].norm};
    for (size_t t = 0; t < health[i].n; ++t) {
      high = fmax(high, health[i].norm[t]);
    }
  }
  return rem_recipe_curves(
    gap->run,
    file,
    caption,
    (RemAxis){"Steps before the loss", 0.0, (double)health[0].n - 1.0, false},
    (RemAxis){"|dL/dh|", LOWEST, high, true},
    curves,
    N_PUPILS,
    error);
}

/// Put one net's figures into the table
static void
note(const Gap* const         gap,
     const RemByLength* const what,
     const RemPupil* const    pupil,
     const RemSchooled* const schooled)
{
  RemRecipeTable* const table = gap->run->table;
  const double          least = gap->run->brief ? 90.0 : 99.0;
  const bool            once  = what == &gap->once;
  for (uint32_t t = 0; t < what->n_tests; ++t) {
    char         text[64];
    const double right = 100.0 * schooled->right[t];
    (void)snprintf(text,
                   sizeof(text),
                   "right at T = %u%s, %%",
                   what->tests[t],
                   once ? "" : ", step by step");
    if (once && pupil->cell == REM_CELL_LSTM) {
      rem_recipe_hold(table, text, pupil->name, right, least, false);
    } else {
      rem_recipe_note(table, text, pupil->name, right);
    }
  }
}

/// Teach one net, note how it went, and see where its gradients go
static RemStatus
teach(const Gap* const         gap,
      const RemByLength* const what,
      const RemPupil* const    pupil,
      Health* const            health,
      RemError* const          error)
{
  RemSchooled    schooled = {.model = NULL};
  RemExamples*   longest  = NULL;
  const uint32_t length   = gap->once.stages[0];
  RemStatus st = rem_by_length_teach(gap->run, what, pupil, &schooled, error);
  if (!st) {
    note(gap, what, pupil, &schooled);
  }
  if (!st && health) { // Data of one seed and rule: labels in the same order
    (void)((st = rem_by_length_read(
              gap->run, what, REM_PART_TRAIN, length, NULL, &longest, error)) ||
           (st = probe(schooled.model, longest, health, error)));
  }
  rem_examples_free(longest);
  rem_model_free(schooled.model);
  return st;
}

/// All three nets
static RemStatus
teach_all(Gap* const gap, RemError* const error)
{
  RemPupil  rnn = pupils[RNN];
  RemStatus st  = REM_SUCCESS;
  rnn.from      = 0.0;
  rnn.to        = pupils[RNN].from;
  for (uint32_t i = 0; !st && i < N_PUPILS; ++i) {
    RemPupil begin = pupils[i];
    begin.to       = begin.from;
    (void)((st = teach(gap, &gap->begin, &begin, &gap->before[i], error)) ||
           (st = teach(gap, &gap->once, &pupils[i], &gap->after[i], error)));
  }
  st = st ? st : teach(gap, &gap->lengths, &rnn, NULL, error);
  (void)(st ||
         (st = draw(gap,
                    gap->before,
                    "before.svg",
                    "Before training: norm of the loss's derivative by h, as "
                    "many steps before the loss. What reaches the right end "
                    "is what a net can learn the letter from; 1e-12 stands "
                    "for all below it.",
                    error)) ||
         (st = draw(gap,
                    gap->after,
                    "after.svg",
                    "After training, as far as each net came",
                    error)));
  return st;
}

/// Fill in what is learned
static void
plan(Gap* const gap)
{
  const bool        brief = gap->run->brief;
  const RemByLength once  = {.name      = "gap",
                             .task      = REM_TASK_CLASSIFY,
                             .make      = rem_data_gap,
                             .exact     = true,
                             .n_stages  = 1U,
                             .stages    = brief ? &brief_stages[1] : &stages[4],
                             .n_learned = brief ? 1000U : 2000U,
                             .epochs    = brief ? 20U : 40U,
                             .last_enough = brief ? 0.1 : 0.01,
                             .n_tests     = 1U,
                             .tests    = brief ? &brief_stages[1] : &stages[4],
                             .n_tested = 100U};
  gap->once               = once;
  gap->begin              = once;
  gap->begin.name         = "begin";
  gap->begin.n_learned    = 32U;
  gap->begin.epochs       = 1U;
  gap->begin.n_tests      = 0U;
  gap->lengths            = once;
  gap->lengths.name       = "steps";
  gap->lengths.n_stages   = brief ? 2U : 5U;
  gap->lengths.stages     = brief ? brief_stages : stages;
  gap->lengths.enough     = once.last_enough;
  gap->lengths.epochs     = brief ? 60U : 40U;
}

static RemStatus
run_memory_gap(const RemRecipeRun* const run, RemError* const error)
{
  Gap* const gap = (Gap*)calloc(1U, sizeof(*gap));
  if (!gap) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for gradients");
  }
  gap->run = run;
  plan(gap);
  const RemStatus st = teach_all(gap, error);
  free(gap);
  return st;
}

const RemRecipe rem_recipe_memory_gap = {
  "memory-gap",
  "remember a letter over T steps of noise: RNN, GRU, LSTM",
  "A net hears one of eight letters, then T = 1000 bits of no meaning, and\n"
  "says which letter it was. LSTM and GRU begin with gates that keep for 1\n"
  "to 1000 steps or more (Tallec and Ollivier 2018, arXiv:1804.11188). A\n"
  "guess is right in 12.5 %. Then the RNN learns with T = 10, 30, 100, 300\n"
  "and 1000, one after the other.\n"
  "\n"
  "The first picture shows why: the norm of the loss's derivative by h, by\n"
  "the distance from the loss. A vanilla RNN that begins sees nothing of a\n"
  "letter beyond some 50 steps; led from gap to gap it learns to hold one,\n"
  "of some seeds up to the longest.\n"
  "\n"
  "The same by hand, with another picture of the gradients:\n"
  "\n"
  "    remanence train --examples gap-1000-train.tsv --task classify \\\n"
  "      --cell gru --hidden 32 --memory 1000 --gradients gru \\\n"
  "      -o gru.safetensors\n",
  "  99 % or more of letters right at T = 1000, of the LSTM\n",
  run_memory_gap};
