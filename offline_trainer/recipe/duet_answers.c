// SPDX-License-Identifier: ISC

/// A net that answers calls: the second half of the recipe duet

#include "offline_trainer/recipe/duet_answers.h"

#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/examples/learn.h"
#include "offline_trainer/midi/calls.h"
#include "offline_trainer/midi/songs.h"
#include "offline_trainer/recipe/data.h"
#include "offline_trainer/recipe/data_songs.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#define N_SONGS 2000U
#define N_BRIEF 100U
#define HELD_OUT 0.1
#define MUST 0.8        ///< Of answers, exactly as the rule has them
#define BRIEF_MUST 0.25 ///< Of symbols, in a run of seconds

/// What is learned, and what came out
typedef struct {
  const RemRecipeRun* run;
  RemExamples*        training;
  RemExamples*        held_out;
} Answers;

static RemStatus
fail_memory(RemError* const error)
{
  return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the songs");
}

/// Make songs of one call and its answer each
static RemStatus
make_calls(Answers* const a, RemError* const error)
{
  const RemRecipeRun* const run = a->run;
  char                      path[REM_DATA_PATH];
  const char*               paths[] = {path};
  RemTokens*                songs   = NULL;
  RemTokens*                apart   = NULL;
  RemStatus st = rem_recipe_path(run, "calls", path, sizeof(path), error);
  if (st) {
    return st;
  }
  if (mkdir(path, 0777) && errno != EEXIST) {
    return rem_fail(error, REM_CANNOT_WRITE, path, "cannot be made");
  }
  const uint32_t n = run->brief ? N_BRIEF : N_SONGS;
  if (!(st = rem_data_songs(path, n, 1U, run->seed + 1U, error)) &&
      !(st = rem_songs_read(paths, 1U, &songs, error))) {
    apart       = rem_songs_hold_out(songs, HELD_OUT);
    a->training = rem_songs_calls(songs, REM_PHRASE_SECONDS);
    a->held_out = apart ? rem_songs_calls(apart, REM_PHRASE_SECONDS) : NULL;
    st          = a->training && a->held_out ? REM_SUCCESS : fail_memory(error);
  }
  rem_tokens_free(songs);
  rem_tokens_free(apart);
  return st;
}

static bool
go_on(void* const handle, const RemTrainNews* const news)
{
  const RemRecipeRun* const run = (const RemRecipeRun*)handle;
  char                      doing[96];
  (void)snprintf(doing,
                 sizeof(doing),
                 "answers: %.3f nats in training, %.3f held out",
                 news->loss,
                 news->best);
  return run->go_on(run->handle, 0.5 + 0.5 * news->done, doing);
}

/// Return how to learn: an encoder that hears as a player plays, and attention
static RemLearn
how(const RemRecipeRun* const run)
{
  RemLearn learn              = rem_learn_default(REM_TASK_TRANSLATE);
  learn.spec.net.cell         = REM_CELL_GRU;
  learn.spec.net.n_hidden     = run->brief ? 24U : 48U;
  learn.spec.encoder.cell     = REM_CELL_GRU;
  learn.spec.encoder.n_hidden = run->brief ? 24U : 48U;
  learn.spec.encoder.n_layers = 1U;
  learn.spec.encoder.both     = false;
  learn.spec.n_attention      = run->brief ? 16U : 32U;
  learn.spec.n_streams        = run->brief ? 8U : 16U;
  learn.spec.rate             = run->brief ? 0.02 : 0.008;
  learn.spec.clip             = 8.0;
  learn.spec.seed             = run->seed;
  learn.limits.epochs         = run->brief ? 40U : 50U;
  learn.n_threads             = run->n_threads;
  return learn;
}

/// Put figures into the table, and hold the net to them
static RemStatus
note(const Answers* const a, const RemModel* const model, RemError* const error)
{
  const RemRecipeRun* const run = a->run;
  RemExamplesFigures        f;
  const RemStatus           st =
    rem_examples_evaluate(model, a->held_out, run->n_threads, NULL, &f, error);
  if (st) {
    return st;
  }
  const char* const net = "encoder and decoder";
  rem_recipe_note(run->table, "nats per event of an answer", net, f.nats);
  if (run->brief) {
    rem_recipe_hold(run->table,
                    "events of answers that are right",
                    net,
                    f.accuracy,
                    BRIEF_MUST,
                    false);
  } else {
    rem_recipe_hold(
      run->table, "answers that are right", net, f.exact, MUST, false);
  }
  return REM_SUCCESS;
}

/// Train, measure and save
static RemStatus
learn_answers(const Answers* const a, RemError* const error)
{
  RemRecipeRun        run     = *a->run;
  const RemLearnWatch watch   = {.handle = &run, .go_on = go_on};
  const RemLearn      learn   = how(&run);
  RemLearned          learned = {.model = NULL};
  char                path[REM_DATA_PATH];
  RemStatus           st = REM_SUCCESS;
  (void)((st = rem_examples_learn(
            a->training, a->held_out, &learn, &watch, &learned, error)) ||
         (st = rem_recipe_go_on(&run, 1.0, "saving", error)) ||
         (st = rem_recipe_path(
            &run, "answers.safetensors", path, sizeof(path), error)) ||
         (st =
            rem_model_write(learned.model, REM_FORMAT_NATIVE, path, error)) ||
         (st = note(a, learned.model, error)));
  rem_learned_clear(&learned);
  return st;
}

RemStatus
rem_duet_answers(const RemRecipeRun* const run, RemError* const error)
{
  Answers   a  = {.run = run};
  RemStatus st = make_calls(&a, error);
  if (!st) {
    st = learn_answers(&a, error);
  }
  rem_examples_free(a.training);
  rem_examples_free(a.held_out);
  return st;
}
