// SPDX-License-Identifier: ISC

/// The next chord of chorales and folk tunes, every key a switch

#include "offline_trainer/recipe/draw.h"
#include "offline_trainer/recipe/recipes.h"
#include "offline_trainer/rolls/roll_lesson.h"
#include "offline_trainer/rolls/rolls.h"
#include "offline_trainer/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PATH 4096U
#define ENOUGH_FRAMES ((size_t)200000) ///< To learn from, of few songs
#define MIDI_STEP 0.25                 ///< Seconds from frame to frame
#define BY_RULE 0.65                   ///< Of what habits of single keys leave

enum { N_CELLS = 3, N_PARTS = 3 };

static const struct {
  const char* name;
  RemCell     cell;
} cells[N_CELLS] = {{"LSTM", REM_CELL_LSTM},
                    {"GRU", REM_CELL_GRU},
                    {"RNN", REM_CELL_RNN_TANH}};

/// Pieces to learn from, to hold out, and to test with
typedef enum { PART_TRAIN, PART_VALID, PART_TEST } Part;

static const char* const parts[N_PARTS] = {"train", "valid", "test"};

/// A collection, and how it is learned
typedef struct {
  const char* name;
  const char* file;  ///< Its files are FILE-train.txt and so on
  double      bound; ///< That the LSTM must reach, nats per frame
  uint32_t    n_hidden;
  uint32_t    epochs;
  uint32_t    n_streams;
  uint32_t    n_steps;
  double      dropout;
  double      rate;
  double      decay;
} Collection;

static const Collection collections[] = {
  {"JSB chorales", "jsb", 8.40, 128U, 40U, 8U, 64U, 0.5, 0.016, 0.1},
  {"Nottingham", "nottingham", 3.29, 200U, 14U, 16U, 64U, 0.5, 0.016, 0.05}};

enum { N_COLLECTIONS = sizeof(collections) / sizeof(*collections) };

static const Collection by_rule =
  {"cadences by rule", "cadences", 0.0, 48U, 20U, 8U, 32U, 0.1, 0.03, 0.0};

static const Collection of_midi =
  {"songs", "songs", 0.0, 128U, 20U, 8U, 64U, 0.5, 0.016, 0.05};

/// What a recipe's run works on
typedef struct {
  const RemRecipeRun* run;
  const Collection*   collection;
  RemRolls            rolls[N_PARTS];
  double              from; ///< Of the whole recipe's progress
  double              to;
  const char*         doing;
  bool                stopped;
} Work;

static bool
go_on(void* const handle, const RemTrainNews* const news)
{
  Work* const w = (Work*)handle;
  char        doing[160];
  char        held_out[64] = "";
  if (isfinite(news->best)) {
    (void)snprintf(
      held_out, sizeof(held_out), ", held out %.3f nats a frame", news->best);
  }
  (void)snprintf(doing,
                 sizeof(doing),
                 "%s, %s: epoch %u%s",
                 w->collection->name,
                 w->doing,
                 news->epoch + 1U,
                 held_out);
  w->stopped = !w->run->go_on(
    w->run->handle, w->from + (w->to - w->from) * news->done, doing);
  return !w->stopped;
}

/// Return how often to go through the pieces: few songs more often
static uint32_t
epochs_of(const Work* const w)
{
  const uint32_t more =
    (uint32_t)(ENOUGH_FRAMES / rem_rolls_n_foretold(&w->rolls[PART_TRAIN]));
  return w->collection->epochs + (w->collection == &of_midi ? more : 0U);
}

/// Train a net; `params` [n] are the best it had
static RemStatus
train(Work* const               w,
      const RemTrainSpec* const spec,
      float** const             params,
      RemError* const           error)
{
  const RemTrainLimits limits  = {.epochs = epochs_of(w)};
  const RemTrainWatch  watch   = {.handle = w, .go_on = go_on};
  RemLesson            lesson  = {.handle = NULL};
  RemTrainer*          trainer = NULL;
  RemTrainEnd          end     = REM_END_LIMIT;
  RemStatus            st      = REM_SUCCESS;
  const size_t         n       = rem_net_n_params(&spec->net);
  *params                      = (float*)calloc(n, sizeof(float));
  if (!*params) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for a net");
  }
  (void)((st = rem_roll_lesson_open(spec,
                                    &w->rolls[PART_TRAIN],
                                    &w->rolls[PART_VALID],
                                    w->run->n_threads,
                                    &lesson,
                                    error)) ||
         (st = rem_trainer_new(spec, &lesson, &trainer, error)) ||
         (st = rem_train(trainer, &limits, &watch, &end, error)));
  if (!st && w->stopped) {
    st = rem_fail(error, REM_INTERRUPTED, NULL, "Stopped on request");
  } else if (!st && rem_trainer_best(trainer)) {
    memcpy(*params, rem_trainer_best(trainer), n * sizeof(float));
  }
  rem_trainer_free(trainer);
  rem_lesson_clear(&lesson);
  return st;
}

/// A piece, and how sure a net was of it
typedef struct {
  const uint8_t* keys;
  const float*   chances;
  size_t         n;
} Roll;

/// Draw chances as shades, and what came as dots
static void
draw_roll(void* const           handle,
          cairo_t* const        cr,
          const RemStyle* const style,
          const RemBox          box)
{
  const Roll* const roll = (const Roll*)handle;
  const RemAxis     x    = {"Frame", 0.0, (double)roll->n, false};
  const RemAxis     y    = {"Pitch", 36.0, 96.0, false};
  const RemPlot     plot = rem_plot_begin(cr, style, box, x, y);
  const double      wide = rem_plot_x(&plot, 1.0) - rem_plot_x(&plot, 0.0);
  const double      high = rem_plot_y(&plot, 0.0) - rem_plot_y(&plot, 1.0);
  for (size_t t = 0; t < roll->n; ++t) {
    for (uint32_t k = 36U - REM_ROLL_LOWEST; k < 96U - REM_ROLL_LOWEST; ++k) {
      const size_t at = t * REM_ROLL_KEYS + k;
      const double px = rem_plot_x(&plot, (double)t);
      const double py = rem_plot_y(&plot, (double)(REM_ROLL_LOWEST + k) + 1.0);
      cairo_set_source_rgba(cr,
                            style->model.red,
                            style->model.green,
                            style->model.blue,
                            (double)roll->chances[at]);
      cairo_rectangle(cr, px, py, wide, high);
      cairo_fill(cr);
      if (roll->keys[at]) {
        cairo_set_source_rgb(
          cr, style->ink.red, style->ink.green, style->ink.blue);
        cairo_arc(
          cr, px + 0.5 * wide, py + 0.5 * high, 0.3 * fmin(wide, high), 0., 7.);
        cairo_fill(cr);
      }
    }
  }
}

/// Draw the beginning of the first piece that the LSTM is tested with
static RemStatus
draw(const Work* const         w,
     const RemTrainSpec* const spec,
     const float* const        params,
     RemError* const           error)
{
  const RemRolls* const test = &w->rolls[PART_TEST];
  const size_t          n    = test->begins[1];
  float* const chances       = (float*)calloc(n, REM_ROLL_KEYS * sizeof(float));
  char         file[64];
  RemStatus    st = REM_SUCCESS;
  (void)snprintf(file, sizeof(file), "%s.svg", w->collection->file);
  if (chances && rem_rolls_foretell(&spec->net, params, test, 0U, chances)) {
    Roll roll = {test->keys, chances, n < 64U ? n : 64U};
    st        = rem_recipe_draw(w->run,
                         file,
                         "How sure the LSTM was of every key of the next frame "
                                "(shades), and what came (dots)",
                         420.0,
                         draw_roll,
                         &roll,
                         error);
  } else {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for a picture");
  }
  free(chances);
  return st;
}

/// Teach and test one net
static RemStatus
run_cell(Work* const     w,
         const uint32_t  i,
         RemPool* const  pool,
         const double    bound,
         RemError* const error)
{
  const Collection* const c      = w->collection;
  float*                  params = NULL;
  char                    what[96];
  RemTrainSpec spec = rem_roll_train_default(cells[i].cell, c->n_hidden);
  spec.dropout      = c->dropout;
  spec.rate         = c->rate;
  spec.decay        = c->decay;
  spec.n_streams    = c->n_streams;
  spec.n_steps      = c->n_steps;
  spec.seed         = w->run->seed;
  w->doing          = cells[i].name;
  RemStatus st      = train(w, &spec, &params, error);
  if (!st) {
    const double nll =
      rem_rolls_nll(&spec.net, params, &w->rolls[PART_TEST], pool);
    (void)snprintf(what, sizeof(what), "%s, nats per frame", c->name);
    if (cells[i].cell == REM_CELL_LSTM && bound > 0.0) {
      rem_recipe_hold(w->run->table, what, cells[i].name, nll, bound, true);
    } else {
      rem_recipe_note(w->run->table, what, cells[i].name, nll);
    }
    if (cells[i].cell == REM_CELL_LSTM) {
      st = draw(w, &spec, params, error);
    }
  }
  free(params);
  return st;
}

/// Teach and test all nets on a collection that is read
static RemStatus
run_collection(Work* const w, RemError* const error)
{
  const Collection* const c    = w->collection;
  RemPool* const          pool = rem_pool_new(w->run->n_threads);
  const double            from = w->from, all = w->to - w->from;
  const double            habits =
    rem_rolls_markov(&w->rolls[PART_TRAIN], &w->rolls[PART_TEST]);
  const double part  = c == &by_rule ? BY_RULE : 0.0; // Of songs, none
  const double bound = c->bound > 0.0 ? c->bound : part * habits;
  char         what[96];
  RemStatus    st =
    pool ? REM_SUCCESS
            : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for threads");
  (void)snprintf(what, sizeof(what), "%s, nats per frame", c->name);
  rem_recipe_note(w->run->table, what, "habits of single keys", habits);
  for (uint32_t i = 0; !st && i < N_CELLS; ++i) {
    w->from = from + all * i / N_CELLS;
    w->to   = from + all * (i + 1U) / N_CELLS;
    st      = run_cell(w, i, pool, bound, error);
  }
  rem_pool_free(pool);
  return st;
}

/// Make or read one part of a collection
static RemStatus
take_part(const Work* const w,
          const Part        part,
          RemRolls* const   out,
          RemError* const   error)
{
  char        name[96];
  char        path[MAX_PATH];
  const bool  made   = w->collection == &by_rule;
  const char* folder = made ? w->run->out : w->run->data;
  RemStatus   st     = REM_SUCCESS;
  (void)snprintf(
    name, sizeof(name), "%s-%s.txt", w->collection->file, parts[part]);
  if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
      (int)sizeof(path)) {
    return rem_fail(error, REM_BAD_ARGUMENT, NULL, "This path is too long");
  }
  if (made) {
    const size_t n = part == PART_TRAIN ? 100U : 30U;
    st             = rem_rolls_make(n, w->run->seed + part, out, error);
    return st ? st : rem_rolls_write(out, path, error);
  }
  return rem_rolls_read(path, out, error);
}

/// Take all parts of a folder of MIDI files
static RemStatus
take_songs(Work* const w, RemError* const error)
{
  RemRolls  all;
  RemStatus st = rem_rolls_read_midi(w->run->data, MIDI_STEP, &all, error);
  st           = st ? st : rem_rolls_deal(&all, w->rolls, error);
  rem_rolls_clear(&all);
  return st;
}

/// One collection: read or make it, teach, test
static RemStatus
run_one(Work* const w, RemError* const error)
{
  const bool midi = w->collection == &of_midi;
  RemStatus  st   = midi ? take_songs(w, error) : REM_SUCCESS;
  for (uint32_t p = 0; !midi && !st && p < N_PARTS; ++p) {
    st = take_part(w, (Part)p, &w->rolls[p], error);
  }
  if (!st) {
    st = run_collection(w, error);
  }
  for (uint32_t p = 0; p < N_PARTS; ++p) {
    rem_rolls_clear(&w->rolls[p]);
  }
  return st;
}

static RemStatus
run_chords(const RemRecipeRun* const run, RemError* const error)
{
  Work      one = {.run = run, .collection = &by_rule, .to = 1.0};
  char      path[MAX_PATH];
  RemStatus st = REM_SUCCESS;
  if (!run->data) {
    return run_one(&one, error);
  }
  (void)snprintf(path, sizeof(path), "%s/jsb-train.txt", run->data);
  if (access(path, F_OK)) {
    one.collection = &of_midi;
    return run_one(&one, error);
  }
  for (uint32_t i = 0; !st && i < N_COLLECTIONS; ++i) {
    Work work = {.run        = run,
                 .collection = &collections[i],
                 .from       = (double)i / N_COLLECTIONS,
                 .to         = (i + 1.0) / N_COLLECTIONS};
    st        = run_one(&work, error);
  }
  return st;
}

const RemRecipe rem_recipe_chords = {
  "chords",
  "the next chord of chorales and folk tunes",
  "A net hears a piece as frames of 88 keys, on or off, and says of every key\n"
  "how sure it is to sound in the next frame: 88 sigmoids, binary\n"
  "cross-entropy summed over the keys. LSTM, GRU and RNN of 128 units, 200\n"
  "for folk tunes, with a learned beginning, half of the head's input dropped\n"
  "while they learn.\n"
  "\n"
  "With --data DIR it reads DIR/jsb-train.txt, -valid and -test, and\n"
  "DIR/nottingham-... likewise: a frame a line, MIDI pitches between blanks,\n"
  "lines that begin with # between pieces (Boulanger-Lewandowski, Bengio and\n"
  "Vincent 2012, arXiv:1206.6392). A folder of MIDI files will do, four\n"
  "frames a second. Without --data it makes cadences of four voices\n"
  "by rule. Habits of single keys are the baseline: how often a key goes on\n"
  "and off.\n",
  "  JSB chorales: 8.40 nats per frame or less, of the LSTM\n"
  "  Nottingham: 3.29 or less (Bai, Kolter and Koltun 2018, arXiv:1803.01271)\n"
  "  cadences by rule: 0.65 of what habits of single keys leave\n"
  "  songs of one's own: nothing\n",
  run_chords};
