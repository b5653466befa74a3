// SPDX-License-Identifier: ISC

/// A net that goes on from songs, beside Markov chains

#include "dsp/head/draw.h"
#include "dsp/mind.h"
#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/midi/improvise.h"
#include "offline_trainer/midi/songs.h"
#include "offline_trainer/recipe/data.h"
#include "offline_trainer/recipe/data_songs.h"
#include "offline_trainer/recipe/duet_answers.h"
#include "offline_trainer/recipe/recipes.h"
#include "offline_trainer/text/ngram.h"
#include "offline_trainer/text/token_lesson.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define N_SONGS 300U
#define N_PAIRS 4U
#define HELD_OUT 0.1
#define LOWER (-5)
#define HIGHER 6
#define MUST 0.75       ///< Of the best chain's nats: a quarter less
#define BRIEF_MUST 0.95 ///< A run of seconds has less of a margin
#define PLAYED 30.0     ///< Seconds that the net plays

/// What is learned, and what came out
typedef struct {
  const RemRecipeRun* run;
  RemTokens*          training;
  RemTokens*          held_out;
  RemTrainSpec        spec;
  RemTrainLimits      limits;
  double              chains[REM_MAX_ORDER + 1U];
  double              best; ///< Nats per event that is held out
  bool                stopped;
} Duet;

static RemStatus
fail_memory(RemError* const error)
{
  return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the songs");
}

/// Read the songs, or make some
static RemStatus
read_songs(Duet* const d, RemError* const error)
{
  const RemRecipeRun* const run = d->run;
  char                      path[REM_DATA_PATH];
  const char*               paths[] = {run->data ? run->data : path};
  RemStatus                 st      = REM_SUCCESS;
  if (!run->data) {
    if ((st = rem_recipe_path(run, "songs", path, sizeof(path), error))) {
      return st;
    }
    if (mkdir(path, 0777) && errno != EEXIST) {
      return rem_fail(error, REM_CANNOT_WRITE, path, "cannot be made");
    }
    st = rem_data_songs(
      path, run->brief ? N_SONGS / 5U : N_SONGS, N_PAIRS, run->seed, error);
  }
  if (st || (st = rem_songs_read(paths, 1U, &d->training, error))) {
    return st;
  }
  d->held_out = rem_songs_hold_out(d->training, HELD_OUT);
  return d->held_out ? REM_SUCCESS
                     : rem_fail(error,
                                REM_BAD_ARGUMENT,
                                paths[0],
                                "holds one song; expected two or more");
}

/// Measure what counting alone foretells, of the very songs that the net learns
static RemStatus
measure_chains(Duet* const d, RemError* const error)
{
  for (uint32_t order = 1U; order <= REM_MAX_ORDER; ++order) {
    RemNgram* const chain = rem_ngram_new(d->training, order);
    if (!chain) {
      return fail_memory(error);
    }
    d->chains[order] = rem_ngram_nats(chain, d->held_out);
    rem_ngram_free(chain);
  }
  return REM_SUCCESS;
}

/// Choose a net
static void
choose(Duet* const d)
{
  const bool brief     = d->run->brief;
  d->spec              = rem_token_train_default();
  d->spec.net.cell     = REM_CELL_GRU;
  d->spec.net.n_hidden = brief ? 32U : 96U;
  d->spec.n_streams    = brief ? 16U : 32U;
  d->spec.n_steps      = brief ? 32U : 64U;
  d->spec.rate         = brief ? 0.02 : 0.006;
  d->spec.seed         = d->run->seed;
  d->limits.epochs     = brief ? 45U : 5U;
  rem_token_net(d->training->symbols, &d->spec.net);
}

static bool
go_on(void* const handle, const RemTrainNews* const news)
{
  Duet* const d = (Duet*)handle;
  char        doing[96];
  (void)snprintf(doing,
                 sizeof(doing),
                 "%.3f nats in training, %.3f held out",
                 news->loss,
                 news->best);
  d->stopped = !d->run->go_on(d->run->handle, 0.5 * news->done, doing);
  return !d->stopped;
}

/// Return the model of the best parameters, or NULL without memory
static RemModel*
model_of(const Duet* const d, const float* const params)
{
  RemModel* const model = params ? rem_model_new(&d->spec.net) : NULL;
  if (!model) {
    return NULL;
  }
  memcpy(model->params, params, rem_net_n_params(&d->spec.net) * sizeof(float));
  model->kind    = REM_FRAME_SYMBOL;
  model->symbols = rem_symbols_copy(d->training->symbols);
  model->labels  = rem_symbols_copy(d->training->symbols);
  if (!model->symbols || !model->labels) {
    rem_model_free(model);
    return NULL;
  }
  return model;
}

/// Write the model, and what it plays
static RemStatus
save(const Duet* const d, const float* const params, RemError* const error)
{
  char            path[REM_DATA_PATH];
  RemModel* const model = model_of(d, params);
  RemSong         song  = {0U, NULL};
  RemImprovise    how   = rem_improvise_default();
  RemStatus       st    = model ? REM_SUCCESS : fail_memory(error);
  how.seconds           = PLAYED;
  how.seed              = d->run->seed;
  (void)(st ||
         (st = rem_recipe_path(
            d->run, "duet.safetensors", path, sizeof(path), error)) ||
         (st = rem_model_write(model, REM_FORMAT_NATIVE, path, error)) ||
         (st = rem_improvise(model, NULL, &how, &song, error)) ||
         (st =
            rem_recipe_path(d->run, "played.mid", path, sizeof(path), error)) ||
         (st = rem_song_write(&song, path, error)));
  rem_song_clear(&song);
  rem_model_free(model);
  return st;
}

/// Train
static RemStatus
learn(Duet* const d, RemError* const error)
{
  const RemTrainWatch watch   = {.handle = d, .go_on = go_on};
  RemLesson           lesson  = {.handle = NULL};
  RemTrainer*         trainer = NULL;
  RemTrainEnd         end     = REM_END_LIMIT;
  RemStatus           st      = REM_SUCCESS;
  (void)((st = rem_token_lesson_open(&d->spec,
                                     d->training,
                                     d->held_out,
                                     d->run->n_threads,
                                     &lesson,
                                     error)) ||
         (st = rem_trainer_new(&d->spec, &lesson, &trainer, error)) ||
         (st = rem_train(trainer, &d->limits, &watch, &end, error)));
  if (!st && d->stopped) {
    st = rem_fail(error, REM_INTERRUPTED, NULL, "Stopped on request");
  }
  if (!st) {
    size_t                       n       = 0U;
    const RemHistoryPoint* const history = rem_trainer_history(trainer, &n);
    d->best                              = INFINITY;
    for (size_t i = 0U; i < n; ++i) {
      d->best = fmin(d->best, history[i].figure);
    }
    st = save(d, rem_trainer_best(trainer), error);
  }
  rem_trainer_free(trainer);
  rem_lesson_clear(&lesson);
  return st;
}

/// Put figures into the table, and hold the net to them
static void
note(const Duet* const d)
{
  RemRecipeTable* const table = d->run->table;
  double                best  = INFINITY;
  for (uint32_t order = 1U; order <= REM_MAX_ORDER; ++order) {
    char of[32];
    (void)snprintf(of, sizeof(of), "chain of order %u", order);
    rem_recipe_note(table, "nats per event", of, d->chains[order]);
    best = fmin(best, d->chains[order]);
  }
  rem_recipe_hold(table,
                  "nats per event",
                  "net",
                  d->best,
                  d->run->data ? best
                               : (d->run->brief ? BRIEF_MUST : MUST) * best,
                  true);
}

static RemStatus
run_duet(const RemRecipeRun* const run, RemError* const error)
{
  Duet      d  = {.run = run};
  RemStatus st = REM_SUCCESS;
  if (!(st = read_songs(&d, error))) {
    if (!run->brief && !rem_songs_transpose(d.training, LOWER, HIGHER)) {
      st = fail_memory(error);
    }
  }
  if (!st && d.training && !(st = measure_chains(&d, error))) {
    choose(&d);
    st = learn(&d, error);
  }
  if (!st) {
    note(&d);
    st = run->data ? REM_SUCCESS : rem_duet_answers(run, error);
  }
  rem_tokens_free(d.training);
  rem_tokens_free(d.held_out);
  return st;
}

const RemRecipe rem_recipe_duet = {
  .name  = "duet",
  .about = "songs continued, for urn:remanence:notes to play with you",
  .steps =
    "Writes songs by rule as MIDI files: calls of two bars and answers that\n"
    "come home to the tonic. Or takes the songs in the folder of --data. A\n"
    "net learns to foretell every event of them, in all keys: which key is\n"
    "struck or let go, how hard, and how long to wait.\n"
    "  remanence train --midi songs --transpose --cell gru --hidden 96 \\\n"
    "    -o duet.safetensors\n"
    "  remanence generate duet.safetensors -o played.mid\n"
    "Another net hears a call and answers it as the rule does: an encoder\n"
    "that hears as the player plays, and a decoder that looks back at it.\n",
  .must =
    "Of songs by rule: at most 0.75 times the nats per event of the best\n"
    "Markov chain of order 1 to 3. Of other songs: fewer than it.\n"
    "Of calls by rule: 80 % of answers wholly right.\n",
  .run = run_duet};
