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

#define N_PROBED 16U     ///< Sequences
#define MAX_GAP 1000U    ///< T
#define LOWEST 1e-12     ///< Of gradients on the picture
#define AT_ONCE_PART 0.3 ///< Of a net's time: learning the long gap at once

static const uint32_t stages[]       = {10U, 30U, 100U, 300U, MAX_GAP};
static const uint32_t brief_stages[] = {5U, 20U};
enum { N_PUPILS = 3, LSTM = 2, AT_ONCE = 4, LAST = 4 };

static const RemPupil pupils[N_PUPILS] = {
  {"RNN", REM_CELL_RNN_TANH, 32U, 0.003, 1000.0, 32U, 0.0, 0.2},
  {"GRU", REM_CELL_GRU, 32U, 0.005, 1000.0, 32U, 0.2, 0.5},
  {"LSTM", REM_CELL_LSTM, 32U, 0.005, 1000.0, 32U, 0.5, 1.0}};

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
  RemByLength         lengths; ///< From one to the next
  RemByLength         once;    ///< The one of `at_once` without the others
  RemByLength         begin;   ///< One update, so a net as it begins
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
     const uint32_t           i,
     const RemSchooled* const schooled)
{
  const bool   brief = gap->run->brief;
  const double least = brief ? 90.0 : 99.0;
  for (uint32_t t = 0; t < what->n_tests; ++t) {
    char         text[64];
    const double right = 100.0 * schooled->right[t];
    const bool   last  = t + 1U == what->n_stages;
    (void)snprintf(text,
                   sizeof(text),
                   "right at T = %u%s, %%",
                   what->tests[t],
                   what == &gap->once ? ", learned at once" : "");
    if (i == LSTM && last && what == &gap->lengths) {
      rem_recipe_hold(
        gap->run->table, text, pupils[i].name, right, least, false);
    } else {
      rem_recipe_note(gap->run->table, text, pupils[i].name, right);
    }
  }
}

/// Teach one net, note how it went, and see where its gradients go
static RemStatus
teach(const Gap* const         gap,
      const RemByLength* const what,
      const uint32_t           i,
      Health* const            health,
      RemError* const          error)
{
  RemSchooled    schooled = {.model = NULL};
  RemExamples*   first    = NULL;
  RemExamples*   longest  = NULL;
  const uint32_t length   = gap->begin.stages[0];
  RemPupil       pupil    = pupils[i];
  const double   cut      = pupil.from + AT_ONCE_PART * (pupil.to - pupil.from);
  pupil.from              = what == &gap->lengths ? cut : pupil.from;
  pupil.to                = what == &gap->lengths ? pupil.to : cut;
  RemStatus st = rem_by_length_teach(gap->run, what, &pupil, &schooled, error);
  if (!st) {
    note(gap, what, i, &schooled);
  }
  if (!st && health) {
    (void)((st = rem_by_length_read(gap->run,
                                    what,
                                    REM_PART_TRAIN,
                                    what->stages[0],
                                    NULL,
                                    &first,
                                    error)) ||
           (st = rem_by_length_read(
              gap->run, what, REM_PART_TEST, length, first, &longest, error)) ||
           (st = probe(schooled.model, longest, health, error)));
  }
  rem_examples_free(first);
  rem_examples_free(longest);
  rem_model_free(schooled.model);
  return st;
}

/// All three nets
static RemStatus
teach_all(Gap* const gap, RemError* const error)
{
  RemStatus st = REM_SUCCESS;
  for (uint32_t i = 0; !st && i < N_PUPILS; ++i) {
    (void)((st = teach(gap, &gap->begin, i, &gap->before[i], error)) ||
           (st = teach(gap, &gap->once, i, NULL, error)) ||
           (st = teach(gap, &gap->lengths, i, &gap->after[i], error)));
  }
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

static RemStatus
run_memory_gap(const RemRecipeRun* const run, RemError* const error)
{
  const bool        brief = run->brief;
  const RemByLength what  = {.name        = "gap",
                             .task        = REM_TASK_CLASSIFY,
                             .make        = rem_data_gap,
                             .exact       = true,
                             .n_stages    = brief ? 2U : 5U,
                             .stages      = brief ? brief_stages : stages,
                             .n_learned   = brief ? 500U : 1000U,
                             .epochs      = brief ? 40U : 30U,
                             .enough      = brief ? 0.1 : 0.01,
                             .last_enough = brief ? 0.1 : 0.01,
                             .n_tests     = brief ? 2U : 5U,
                             .tests       = brief ? brief_stages : stages,
                             .n_tested    = 100U};
  Gap* const        gap   = (Gap*)calloc(1U, sizeof(*gap));
  if (!gap) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for gradients");
  }
  *gap                 = (Gap){run, what, what, what, {{0U}}, {{0U}}};
  gap->once.name       = "once";
  gap->once.stages     = brief ? &brief_stages[1] : &stages[AT_ONCE];
  gap->once.tests      = gap->once.stages;
  gap->once.n_stages   = 1U;
  gap->once.n_tests    = 1U;
  gap->once.epochs     = brief ? 20U : 40U;
  gap->once.n_learned  = brief ? 1000U : 2000U;
  gap->begin           = gap->once;
  gap->begin.name      = "begin";
  gap->begin.stages    = brief ? &brief_stages[1] : &stages[LAST];
  gap->begin.n_tests   = 0U;
  gap->begin.n_learned = 32U;
  gap->begin.epochs    = 1U;
  const RemStatus st   = teach_all(gap, error);
  free(gap);
  return st;
}

const RemRecipe rem_recipe_memory_gap = {
  "memory-gap",
  "remember a letter over T steps of noise: RNN, GRU, LSTM",
  "A net hears one of eight letters, then T bits of no meaning, and says "
  "which\n"
  "letter it was. It learns with T = 10, then with 30, 100, 300 and 1000, up "
  "to\n"
  "the first that it does not learn; beside that, another one learns T = 100 "
  "at\n"
  "once. LSTM and GRU begin with gates that keep for 1 to 1000 steps (Tallec "
  "and\n"
  "Ollivier 2018, arXiv:1804.11188). A guess is right in 12.5 %.\n"
  "\n"
  "The pictures show why: the norm of the loss's derivative by h, by the\n"
  "distance from the loss. A vanilla RNN that begins sees nothing of the "
  "letter\n"
  "beyond some steps; step by step it can still be led to hold one.\n"
  "`remanence train --gradients DIR` draws such a picture for any training.\n"
  "\n"
  "The first stage by hand:\n"
  "\n"
  "    remanence train --classify gap-10-train.tsv --cell lstm --hidden 32 \\\n"
  "                    -o lstm.safetensors\n",
  "  99 % or more of letters right at T = 1000, of the LSTM\n",
  run_memory_gap};
