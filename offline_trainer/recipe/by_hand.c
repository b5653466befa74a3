// SPDX-License-Identifier: ISC

/// Nets whose weights are set by hand: sum, compare, parity.
///
/// Source: Grosse, CSC321 Winter 2017, lecture notes 14, Recurrent Neural
/// Networks, section 2; there the output of parity goes back into the hidden
/// units, here it is folded into their weights.

#include "dsp/modelfile/modelfile.h"
#include "dsp/random.h"
#include "offline_trainer/recipe/draw.h"
#include "offline_trainer/recipe/recipes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PATH 4096U
#define MAX_IN 2U
#define LONGEST 10000U   ///< Steps
#define N_SEQUENCES 200U ///< Lengths even by their logarithm
#define N_DRAWN 60U      ///< Steps on the picture

/// One net, and what it should say
typedef struct {
  const char*  file;
  const char*  name;
  RemNetSpec   spec;
  const float* params;
  const float* rest; ///< [n_state], NULL for zeros
  uint32_t     low;  ///< Inputs are whole numbers: so many values
  uint32_t     n_values;
  float        first; ///< Sum or parity before the first step
  /// Return what the output should be, and go on with `memory`
  float (*answer)(float* memory, const float* x);
  bool logit; ///< An output above 0 means 1, another 0
} ByHand;

/// Inputs, right answers and what the net says
typedef struct {
  float x[LONGEST * MAX_IN];
  float y[LONGEST];
  float answers[LONGEST];
} Sequence;

static float
answer_sum(float* const memory, const float* const x)
{
  return *memory += x[0];
}

static float
answer_compare(float* const memory, const float* const x)
{
  *memory += x[0] - x[1];
  return *memory > 0.0f ? 1.0f : 0.0f;
}

static float
answer_parity(float* const memory, const float* const x)
{
  return *memory = *memory == x[0] ? 0.0f : 1.0f;
}

/// Draw inputs, and answer them
static void
draw_sequence(const ByHand* const net,
              RemRandom* const    random,
              Sequence* const     s,
              const uint32_t      n)
{
  float memory = net->first;
  for (uint32_t i = 0; i < n * net->spec.n_in; ++i) {
    s->x[i] = (float)floor(net->n_values * rem_random_uniform(random)) -
              (float)net->low;
  }
  for (uint32_t t = 0; t < n; ++t) {
    s->answers[t] = net->answer(&memory, s->x + (size_t)t * net->spec.n_in);
  }
}

/// Run a net over a sequence from its rest state; return how often it is wrong
static uint32_t
run_sequence(const ByHand* const   by_hand,
             const RemModel* const model,
             const RemNet* const   net,
             RemNetState* const    state,
             Sequence* const       s,
             const uint32_t        n)
{
  uint32_t wrong = 0U;
  rem_net_state_set(net, state, model->rest);
  rem_net_block(net, state, s->x, s->y, n);
  for (uint32_t t = 0; t < n; ++t) {
    s->y[t] = by_hand->logit ? (float)(s->y[t] > 0.0f) : s->y[t];
    wrong += s->y[t] != s->answers[t];
  }
  return wrong;
}

/// What a net made of all sequences
typedef struct {
  double wrong;
  double all;
  double y[N_DRAWN];
} Made;

/// Run the net of a model over the same random sequences as any other
static RemStatus
run_model(const ByHand* const   by_hand,
          const RemModel* const model,
          const uint64_t        seed,
          Made* const           made,
          RemError* const       error)
{
  RemRandom          random = {seed};
  Sequence* const    s      = (Sequence*)malloc(sizeof(*s));
  RemNet* const      net    = rem_net_new(&model->spec, model->params);
  RemNetState* const state  = net ? rem_net_state_new(net) : NULL;
  const bool         good   = s && state;
  *made                     = (Made){.wrong = 0.0};
  for (uint32_t i = 0; good && i < N_SEQUENCES; ++i) {
    const double   part = (double)i / (N_SEQUENCES - 1U);
    const uint32_t n    = (uint32_t)lrint(pow(LONGEST, part));
    draw_sequence(by_hand, &random, s, n);
    made->wrong += run_sequence(by_hand, model, net, state, s, n);
    made->all += n;
  }
  for (uint32_t t = 0; good && t < N_DRAWN; ++t) { // Of the longest
    made->y[t] = (double)s->y[t];
  }
  rem_net_state_free(state);
  rem_net_free(net);
  free(s);
  return good ? REM_SUCCESS
              : rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for a net");
}

/// Write the model file of a net, and read it again
static RemStatus
make_model(const RemRecipeRun* const run,
           const ByHand* const       by_hand,
           RemModel** const          out,
           RemError* const           error)
{
  char            path[MAX_PATH];
  RemModel* const model = rem_model_new(&by_hand->spec);
  RemStatus st = rem_recipe_path(run, by_hand->file, path, sizeof(path), error);
  *out         = NULL;
  if (!model) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for a net");
  }
  model->kind = REM_FRAME_VECTOR;
  memcpy(model->params,
         by_hand->params,
         rem_net_n_params(&by_hand->spec) * sizeof(float));
  if (by_hand->rest) {
    memcpy(model->rest,
           by_hand->rest,
           rem_net_n_state(&by_hand->spec) * sizeof(float));
  }
  st = st ? st : rem_model_write(model, REM_FORMAT_NATIVE, path, error);
  rem_model_free(model);
  return st ? st : rem_model_read(path, out, NULL, error);
}

/// Draw the beginning of the last sequence
static RemStatus
draw(const RemRecipeRun* const run,
     const ByHand* const       by_hand,
     const Made* const         net,
     const Made* const         without,
     RemError* const           error)
{
  double x[N_DRAWN];
  double low = 0.0, high = 1.0;
  char   file[64];
  for (uint32_t t = 0; t < N_DRAWN; ++t) {
    x[t] = t + 1.0;
    low  = fmin(low, fmin(net->y[t], without->y[t]));
    high = fmax(high, fmax(net->y[t], without->y[t]));
  }
  const RemRecipeCurve curves[] = {
    {by_hand->name, N_DRAWN, x, net->y},
    {"without its memory", N_DRAWN, x, without->y}};
  (void)snprintf(file, sizeof(file), "%s.svg", by_hand->name);
  return rem_recipe_curves(run,
                           file,
                           "What the net says, step by step, and what it says "
                           "without its weights from step to step",
                           (RemAxis){"Step", 1.0, N_DRAWN, false},
                           (RemAxis){"Output", low, high, false},
                           curves,
                           2U,
                           error);
}

/// Run one net, and the same without its memory
static RemStatus
run_net(const RemRecipeRun* const run,
        const ByHand* const       by_hand,
        RemError* const           error)
{
  RemModel*          model   = NULL;
  Made               made    = {.wrong = 0.0};
  Made               without = {.wrong = 0.0};
  const RemLayerAt   at      = rem_net_layer_at(&by_hand->spec, 0U);
  static const char* what    = "wrong answers, %, lengths 1 to 10000";
  RemStatus          st      = make_model(run, by_hand, &model, error);
  if (!st && model &&
      !(st = run_model(by_hand, model, run->seed, &made, error))) {
    memset(model->params + at.weight_hh,
           0,
           (at.bias - at.weight_hh) * sizeof(float));
    st = run_model(by_hand, model, run->seed, &without, error);
  }
  rem_model_free(model);
  if (st) {
    return st;
  }
  rem_recipe_hold(
    run->table, what, by_hand->name, 100.0 * made.wrong / made.all, 0.0, true);
  rem_recipe_note(run->table,
                  what,
                  "without its memory",
                  100.0 * without.wrong / without.all);
  return draw(run, by_hand, &made, &without, error);
}

static RemStatus
run_sum(const RemRecipeRun* const run, RemError* const error)
{
  static const float params[] = {1.0f, 1.0f, 0.0f, 1.0f, 0.0f};
  const ByHand       net      = {.file     = "sum.safetensors",
                                 .name     = "sum",
                                 .spec     = {.cell     = REM_CELL_RNN_LINEAR,
                                              .n_in     = 1U,
                                              .n_hidden = 1U,
                                              .n_layers = 1U,
                                              .n_out    = 1U},
                                 .params   = params,
                                 .low      = 100U,
                                 .n_values = 201U,
                                 .answer   = answer_sum};
  return run_net(run, &net, error);
}

static RemStatus
run_compare(const RemRecipeRun* const run, RemError* const error)
{
  static const float params[] = {1.0f, -1.0f, 1.0f, 0.0f, 10.0f, -5.0f};
  const ByHand       net      = {.file     = "compare.safetensors",
                                 .name     = "compare",
                                 .spec     = {.cell     = REM_CELL_RNN_LINEAR,
                                              .head     = REM_HEAD_SIGMOID,
                                              .n_in     = 2U,
                                              .n_hidden = 1U,
                                              .n_layers = 1U,
                                              .n_out    = 1U},
                                 .params   = params,
                                 .low      = 100U,
                                 .n_values = 201U,
                                 .answer   = answer_compare,
                                 .logit    = true};
  return run_net(run, &net, error);
}

static RemStatus
run_parity(const RemRecipeRun* const run, RemError* const error)
{
  static const float params[] = {
    1.0f, 1.0f, 1.0f, -1.0f, 1.0f, -1.0f, -0.5f, -1.5f, 1.0f, -1.0f, 0.0f};
  static const float rest[] = {0.0f, 0.0f, 1.0f, 1.0f};
  ByHand             net    = {.file     = "parity.safetensors",
                               .name     = "parity",
                               .spec     = {.cell     = REM_CELL_RNN_THRESHOLD,
                                            .n_in     = 1U,
                                            .n_hidden = 2U,
                                            .n_layers = 1U,
                                            .n_out    = 1U},
                               .params   = params,
                               .n_values = 2U,
                               .answer   = answer_parity};
  const RemStatus    st     = run_net(run, &net, error);
  if (st) {
    return st;
  }
  net.file  = "even.safetensors";
  net.name  = "even";
  net.rest  = rest;
  net.first = 1.0f;
  return run_net(run, &net, error);
}

#define MUST                                                               \
  "  not one wrong answer at any step of 200 random sequences of length\n" \
  "  1 to 10000\n"

const RemRecipe rem_recipe_sum = {
  "sum",
  "a net with weights set by hand that adds up what it hears",
  "One linear unit whose weights from the input and from itself are 1:\n"
  "\n"
  "    h' = x + h        y = h\n"
  "\n"
  "Nothing is trained. The net is written to sum.safetensors, read again and\n"
  "run by the engine that plugins run, over whole numbers from -100 to 100,\n"
  "whose sums floats hold exactly. `remanence info` shows what is in the "
  "file.\n",
  MUST,
  run_sum};

const RemRecipe rem_recipe_compare = {
  "compare",
  "a net set by hand that says which of two inputs is ahead",
  "One linear unit adds the first input and takes off the second; a logistic\n"
  "output says how likely the first total is larger:\n"
  "\n"
  "    h' = x_1 - x_2 + h        y = sigmoid(10 h - 5)\n"
  "\n"
  "For whole numbers that is 0.993 or more where the first total is larger,\n"
  "and 0.007 or less where it is not.\n",
  MUST,
  run_compare};

const RemRecipe rem_recipe_parity = {
  "parity",
  "a net set by hand that tells odd from even, two threshold units",
  "Parity so far, p, is XOR of the parity before and the new bit, x. No "
  "single\n"
  "unit can tell it, two can: one for `p or x`, one for `p and x`, and parity\n"
  "is the first less the second. So p goes back into both as h_1 - h_2:\n"
  "\n"
  "    h_1' = [x + h_1 - h_2 > 0.5]        h_2' = [x + h_1 - h_2 > 1.5]\n"
  "    y = h_1 - h_2\n"
  "\n"
  "even.safetensors is the same net with a bias of its own for the first "
  "step,\n"
  "1 more, as if an odd number of ones had been heard: it says `even`.\n"
  "The recipe parity-learned finds such nets by training.\n",
  MUST,
  run_parity};
