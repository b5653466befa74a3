// SPDX-License-Identifier: ISC

/// A character model of a book

#include "dsp/head/draw.h"
#include "dsp/modelfile/file.h"
#include "offline_trainer/recipe/book.h"
#include "offline_trainer/recipe/draw.h"
#include "offline_trainer/recipe/recipes.h"
#include "offline_trainer/recipe/training.h"
#include "offline_trainer/text/ngram.h"
#include "offline_trainer/text/token_lesson.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LN2 0.69314718055994530942
#define HELD_OUT 0.1    ///< Of the book, its end
#define N_SAMPLED 1200U ///< Characters that the net writes
#define WARM 0.8f       ///< Temperature of them
#define MOST_BITS 1.82  ///< Of the default book
#define BRIEF_BYTES 100000U
#define BYTES 1000000U

/// What is learned, and what came out
typedef struct {
  const RemRecipeRun* run;
  RemTokens*          training;
  RemTokens*          held_out;
  RemTrainSpec        spec;
  RemTrainLimits      limits;
  RemTrainer*         trainer;
  RemModel*           model;
  double              bits; ///< Per character that is held out
  bool                stopped;
} Charlm;

static void
clear(Charlm* const c)
{
  rem_tokens_free(c->training);
  rem_tokens_free(c->held_out);
  rem_trainer_free(c->trainer);
  rem_model_free(c->model);
}

/// Read the book and choose a net for it
static RemStatus
prepare(Charlm* const c, RemError* const error)
{
  const RemRecipeRun* const run   = c->run;
  const RemTextRules        rules = {REM_SYMBOLS_CHARACTERS, 0U, NULL};
  char                      path[REM_BOOK_PATH];
  const char* const         paths[] = {path};
  const size_t              most    = run->brief ? BRIEF_BYTES : BYTES;
  RemStatus                 st      = REM_SUCCESS;
  if ((st = rem_book_write(run, most, path, error)) ||
      (st = rem_tokens_read(paths, 1U, &rules, &c->training, error))) {
    return st;
  }
  c->held_out = rem_tokens_hold_out(c->training, HELD_OUT);
  if (!c->held_out) {
    return rem_fail(error, REM_NO_MEMORY, path, "Out of memory for a book");
  }
  c->spec              = rem_token_train_default();
  c->spec.net.n_hidden = run->brief ? 48U : 128U;
  c->spec.seed         = run->seed;
  c->limits.epochs     = run->brief ? 4U : 12U;
  if (run->brief) { // More updates of less
    c->spec.n_streams = 8U;
    c->spec.rate      = 0.01;
  }
  rem_token_net(c->training->symbols, &c->spec.net);
  return REM_SUCCESS;
}

static bool
go_on(void* const handle, const RemTrainNews* const news)
{
  Charlm* const c = (Charlm*)handle;
  char          doing[96];
  (void)snprintf(doing,
                 sizeof(doing),
                 "%.3f bits in training, %.3f held out",
                 news->loss / LN2,
                 news->best / LN2);
  c->stopped = !c->run->go_on(c->run->handle, 0.95 * news->done, doing);
  return !c->stopped;
}

/// Make the model of the best parameters
static RemStatus
take_model(Charlm* const c, RemError* const error)
{
  const float* const best  = rem_trainer_best(c->trainer);
  RemModel* const    model = best ? rem_model_new(&c->spec.net) : NULL;
  c->model                 = model;
  if (!model) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "There is no net");
  }
  memcpy(model->params, best, rem_net_n_params(&c->spec.net) * sizeof(float));
  model->kind    = REM_FRAME_SYMBOL;
  model->symbols = rem_symbols_copy(c->training->symbols);
  model->labels  = rem_symbols_copy(c->training->symbols);
  return model->symbols && model->labels
           ? rem_recipe_save(c->run, model, "book.safetensors", error)
           : rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for a net");
}

/// Train
static RemStatus
learn(Charlm* const c, RemError* const error)
{
  const RemTrainWatch watch  = {.handle = c, .go_on = go_on};
  RemLesson           lesson = {.handle = NULL};
  RemTrainEnd         end    = REM_END_LIMIT;
  RemStatus           st     = REM_SUCCESS;
  (void)((st = rem_token_lesson_open(&c->spec,
                                     c->training,
                                     c->held_out,
                                     c->run->n_threads,
                                     &lesson,
                                     error)) ||
         (st = rem_trainer_new(&c->spec, &lesson, &c->trainer, error)) ||
         (st = rem_train(c->trainer, &c->limits, &watch, &end, error)));
  if (!st && c->stopped) {
    st = rem_fail(error, REM_INTERRUPTED, NULL, "Stopped on request");
  }
  if (!st) {
    size_t                       n       = 0U;
    const RemHistoryPoint* const history = rem_trainer_history(c->trainer, &n);
    c->bits                              = INFINITY;
    for (size_t i = 0; i < n; ++i) {
      c->bits = fmin(c->bits, history[i].figure / LN2);
    }
    st = take_model(c, error);
  }
  rem_trainer_free(c->trainer);
  c->trainer = NULL;
  rem_lesson_clear(&lesson);
  return st;
}

/// Put figures into the table, and hold the net to them
static RemStatus
note(const Charlm* const c, RemError* const error)
{
  static const char* const what = "bits per character";
  RemRecipeTable* const    t    = c->run->table;
  double                   bits[REM_MAX_ORDER + 1U];
  for (uint32_t order = 0U; order <= REM_MAX_ORDER; ++order) {
    RemNgram* const chain = rem_ngram_new(c->training, order);
    char            name[48];
    if (!chain) {
      return rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for counts");
    }
    bits[order] = rem_ngram_nats(chain, c->held_out) / LN2;
    (void)snprintf(name, sizeof(name), "Markov chain of order %u", order);
    rem_recipe_note(t, what, name, bits[order]);
    rem_ngram_free(chain);
  }
  rem_recipe_hold(t,
                  what,
                  c->run->brief ? "LSTM of 48" : "LSTM of 128",
                  c->bits,
                  c->run->brief || c->run->data ? bits[1] : MOST_BITS,
                  true);
  return REM_SUCCESS;
}

/// Let the net write, and show it
static RemStatus
sample(const Charlm* const c, RemError* const error)
{
  const RemSymbols* const symbols = c->training->symbols;
  RemNet* const           net =
    c->model ? rem_net_new(&c->model->spec, c->model->params) : NULL;
  RemNetState* const state  = net ? rem_net_state_new(net) : NULL;
  float* const       logits = (float*)malloc(symbols->n * sizeof(float));
  uint32_t* const    said   = (uint32_t*)malloc(N_SAMPLED * sizeof(uint32_t));
  const RemDraw      how    = {WARM, 0U, NULL};
  RemRandom          random = {c->run->seed};
  char*              text   = NULL;
  const bool         good   = state && logits && said;
  float              x      = (float)rem_symbols_find(symbols, " ");
  for (uint32_t t = 0; good && t < N_SAMPLED; ++t) {
    rem_net_block(net, state, &x, logits, 1U);
    said[t] = rem_draw(logits, symbols->n, &how, &random);
    x       = (float)said[t];
  }
  text = good ? rem_symbols_text(symbols, said, N_SAMPLED) : NULL;
  if (text) {
    rem_recipe_text(c->run->table, "What it writes, at temperature 0.8", text);
  }
  const bool done = text;
  free(text);
  free(said);
  free(logits);
  rem_net_state_free(state);
  rem_net_free(net);
  return done ? REM_SUCCESS
              : rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory for a net");
}

/// Write down what tests/bench/torch_charlm.py needs to do the same
static RemStatus
write_about(const Charlm* const c, RemError* const error)
{
  char                      path[REM_BOOK_PATH];
  const RemTrainSpec* const spec  = &c->spec;
  json_t* const             names = json_array();
  RemStatus                 st =
    rem_recipe_path(c->run, "charlm.json", path, sizeof(path), error);
  for (uint32_t k = 0; k < c->training->symbols->n; ++k) {
    (void)json_array_append_new(names,
                                json_string(c->training->symbols->names[k]));
  }
  json_t* const about = json_pack("{so* si si si si si sf sf sf sf si sI sf}",
                                  "names",
                                  names,
                                  "held_out",
                                  (int)rem_tokens_n(c->held_out),
                                  "hidden",
                                  (int)spec->net.n_hidden,
                                  "streams",
                                  (int)spec->n_streams,
                                  "steps",
                                  (int)spec->n_steps,
                                  "warm_up",
                                  (int)spec->n_warm_up,
                                  "memory",
                                  spec->memory,
                                  "rate",
                                  spec->rate,
                                  "clip",
                                  spec->clip,
                                  "keep",
                                  spec->keep,
                                  "epochs",
                                  (int)c->limits.epochs,
                                  "seed",
                                  (json_int_t)spec->seed,
                                  "bits",
                                  c->bits);
  char* const   text  = about ? json_dumps(about, JSON_INDENT(1)) : NULL;
  if (!st) {
    st = text ? rem_file_write(path, text, strlen(text), error)
              : rem_fail(error, REM_NO_MEMORY, path, "Out of memory");
  }
  free(text);
  json_decref(about);
  return st;
}

static RemStatus
run_charlm(const RemRecipeRun* const run, RemError* const error)
{
  Charlm    c  = {.run = run};
  RemStatus st = REM_SUCCESS;
  (void)((st = prepare(&c, error)) || (st = learn(&c, error)) ||
         (st = note(&c, error)) || (st = sample(&c, error)) ||
         (st = write_about(&c, error)));
  clear(&c);
  return st;
}

const RemRecipe rem_recipe_charlm = {
  "charlm",
  "a character model of a book: what comes next?",
  "An LSTM of 128 units reads the first million characters of the King James\n"
  "Bible, which Debian's package bible-kjv brings, 12 times, and is tested on\n"
  "the last tenth of them, beside Markov chains that look back at up to three\n"
  "characters. Then it writes. `--data FILE` takes another book.\n"
  "\n"
  "The same by hand:\n"
  "\n"
  "    remanence train --text book.txt --hidden 128 --epochs 12 \\\n"
  "      -o book.safetensors\n"
  "    remanence generate book.safetensors --temperature 0.8\n"
  "\n"
  "tests/bench/torch_charlm.py of the sources trains the same net with\n"
  "PyTorch, from the same weights, on the same windows, by as many updates.\n",
  "  1.82 bits per character or less; of another book, and briefly,\n"
  "  no more than a Markov chain of order 1\n",
  run_charlm};
