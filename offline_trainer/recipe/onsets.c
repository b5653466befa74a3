// SPDX-License-Identifier: ISC

/// Where does a sound begin?  A net that hears only what was, against one that
/// hears what comes as well, against aubio's onset detector.
///
/// Source: Eyben, Böck, Schuller and Graves 2010, "Universal onset detection
/// with bidirectional long short-term memory neural networks", ISMIR.

#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/recipe/draw.h"
#include "offline_trainer/recipe/onsets_aubio.h"
#include "offline_trainer/recipe/onsets_data.h"
#include "offline_trainer/recipe/recipes.h"
#include "offline_trainer/spectra/hear.h"
#include "offline_trainer/spectra/learn.h"
#include "offline_trainer/spectra/listen_lesson.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_PATH 4096U
#define SHOWN 3.0 ///< Seconds on the picture

enum { FORWARD, BOTH, N_NETS };

static const char* const names[N_NETS] = {"forward", "both ways"};
static const char* const files[N_NETS] = {"onsets-forward.safetensors",
                                          "onsets-both.safetensors"};

/// What a run works on
typedef struct {
  const RemRecipeRun* run;
  char                train[MAX_PATH]; ///< Folders
  char                test[MAX_PATH];
  RemClips            training;
  RemClips            held_out;
  RemClips            tested;
  RemModel*           models[N_NETS];
} Onsets;

/// How far a net is
typedef struct {
  const RemRecipeRun* run;
  double              from;
  double              to;
  const char*         doing;
} Stage;

static bool
go_on(void* const handle, const RemTrainNews* const news)
{
  const Stage* const stage = (const Stage*)handle;
  const double done = stage->from + (stage->to - stage->from) * news->done;
  return !rem_recipe_go_on(stage->run, done, stage->doing, NULL);
}

/// Make a folder of takes
static RemStatus
make_takes(const Onsets* const self,
           const char* const   folder,
           const bool          test,
           RemError* const     error)
{
  const bool          brief = self->run->brief;
  const RemOnsetsData data  = {folder,
                               test,
                              brief ? 8U : (test ? 12U : 60U),
                              brief ? 8U : 20U,
                               self->run->seed + (test ? 1000U : 0U)};
  if (mkdir(folder, 0777) && errno != EEXIST) {
    return rem_fail(error, REM_CANNOT_WRITE, folder, "%s", strerror(errno));
  }
  return rem_onsets_write(&data, error);
}

/// Say where takes are, and make them unless they are the user's
static RemStatus
prepare(Onsets* const self, RemError* const error)
{
  RemStatus st = REM_SUCCESS;
  if (self->run->data) {
    (void)snprintf(self->train, MAX_PATH, "%s", self->run->data);
    (void)snprintf(self->test, MAX_PATH, "%s", self->run->data);
    return st;
  }
  (void)((st = rem_recipe_path(
            self->run, "train", self->train, MAX_PATH, error)) ||
         (st =
            rem_recipe_path(self->run, "test", self->test, MAX_PATH, error)) ||
         (st = rem_recipe_go_on(self->run, 0.0, "takes", error)) ||
         (st = make_takes(self, self->train, false, error)) ||
         (st = make_takes(self, self->test, true, error)));
  return st;
}

/// Read takes, those to learn from, to stop by and to test with
static RemStatus
read_takes(Onsets* const self, RemError* const error)
{
  const RemSpectra spectra = rem_spectra_default();
  RemStatus        st =
    rem_clips_read(self->train, &spectra, false, NULL, &self->training, error);
  if (st) {
    return st;
  }
  st = self->run->data ? rem_clips_split(&self->training, &self->tested, error)
                       : rem_clips_read(self->test,
                                        &spectra,
                                        false,
                                        self->training.labels,
                                        &self->tested,
                                        error);
  if (st || (st = rem_clips_split(&self->training, &self->held_out, error))) {
    return st;
  }
  rem_clips_normalise(&self->training);
  rem_clips_normalise_as(&self->held_out, &self->training.spectra);
  rem_clips_normalise_as(&self->tested, &self->training.spectra);
  return REM_SUCCESS;
}

/// Say in a model what it is
static RemStatus
name_model(RemModel* const model, const char* const way, RemError* const error)
{
  char name[64];
  (void)snprintf(name, sizeof(name), "Onsets, %s", way);
  model->name = strdup(name);
  return model->name ? REM_SUCCESS
                     : rem_fail(error, REM_NO_MEMORY, NULL, "No memory");
}

/// Train one net and keep it
static RemStatus
train(Onsets* const self, const int net, RemError* const error)
{
  const RemRecipeRun* const run = self->run;
  Stage stage = {run, net ? 0.5 : 0.05, net ? 0.9 : 0.5, names[net]};
  const RemTrainWatch  watch  = {&stage, go_on, NULL, NULL};
  const RemTrainLimits limits = {.epochs = run->brief ? 30U : 100U};
  RemTrainSpec spec = rem_listen_train_default(&self->training, net == BOTH);
  char         path[MAX_PATH];
  spec.n_streams     = run->brief ? 4U : 16U;
  spec.seed          = run->seed;
  RemModel** const m = &self->models[net];
  RemStatus        st;
  (void)((st = rem_listen_learn(&spec,
                                &limits,
                                &self->training,
                                &self->held_out,
                                run->n_threads,
                                &watch,
                                m,
                                error)) ||
         (st = name_model(*m, names[net], error)) ||
         (st = rem_model_make_check(*m, error)) ||
         (st = rem_recipe_path(run, files[net], path, MAX_PATH, error)) ||
         (st = rem_model_write(*m, REM_FORMAT_NATIVE, path, error)));
  return st ? st : rem_recipe_go_on(run, stage.to, "test", error);
}

/// Put a score into the table
static void
note(const Onsets* const self, const char* const of, const RemScore* const s)
{
  RemRecipeTable* const table = self->run->table;
  rem_recipe_note(table, "precision within 50 ms", of, rem_score_precision(s));
  rem_recipe_note(table, "recall within 50 ms", of, rem_score_recall(s));
}

/// Measure the nets
static RemStatus
measure(const Onsets* const self, double f[N_NETS], RemError* const error)
{
  const bool brief = self->run->brief;
  for (int i = 0; i < N_NETS; ++i) {
    RemListenProof  proof;
    const RemStatus st = rem_listen_prove(self->models[i],
                                          &self->tested,
                                          REM_HEAR_THRESHOLD,
                                          REM_HEAR_APART,
                                          &proof,
                                          error);
    if (st) {
      return st;
    }
    f[i] = rem_score_f(&proof.score);
    rem_recipe_hold(self->run->table,
                    "F-measure within 50 ms",
                    names[i],
                    f[i],
                    brief ? 0.7 : 0.87,
                    false);
    note(self, names[i], &proof.score);
  }
  return REM_SUCCESS;
}

/// Measure aubio beside them, if it is there
static RemStatus
measure_aubio(const Onsets* const self,
              const double        f[N_NETS],
              RemError* const     error)
{
  RemRecipeTable* const table = self->run->table;
  RemAubioScores        aubio;
  const RemStatus       st =
    rem_aubio_score(self->run, self->test, &self->tested, &aubio, error);
  if (st) {
    return st;
  }
  if (!aubio.there) {
    rem_recipe_text(table,
                    "aubio",
                    "aubioonset is not there: install Debian's package "
                    "aubio-tools to compare with it.");
    return st;
  }
  rem_recipe_note(table,
                  "F-measure within 50 ms",
                  "aubio as it is",
                  rem_score_f(&aubio.usual));
  note(self, "aubio as it is", &aubio.usual);
  rem_recipe_note(table,
                  "F-measure within 50 ms",
                  "aubio's best setting for these takes",
                  rem_score_f(&aubio.best));
  rem_recipe_text(table, "aubio's best setting", aubio.setting);
  if (!self->run->brief) {
    rem_recipe_hold(table,
                    "F-measure, ahead of aubio's best",
                    names[FORWARD],
                    f[FORWARD] - rem_score_f(&aubio.best),
                    0.05,
                    false);
  }
  return st;
}

/// What is on the picture: times, and a curve for each net and for the truth
typedef struct {
  size_t  n;
  double* y; ///< [2 + N_NETS, n]
} Picture;

/// Fill the curve of a net
static RemStatus
fill_curve(const RemModel* const model,
           const RemClip* const  clip,
           const size_t          n,
           double* const         y,
           RemError* const       error)
{
  float* const z  = (float*)malloc((clip->n + 1U) * sizeof(float));
  RemStatus    st = REM_SUCCESS;
  if (!z) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the picture");
  }
  st =
    rem_hear_net(&model->spec, model->params, clip->frames, clip->n, z, error);
  for (size_t k = 0U; !st && k < n; ++k) {
    y[k] = 1.0 / (1.0 + exp(-(double)z[k]));
  }
  free(z);
  return st;
}

/// Fill times and a line up at each onset
static void
fill_truth(const Onsets* const  self,
           const RemClip* const clip,
           const Picture* const picture)
{
  double* const truth = picture->y + (1U + N_NETS) * picture->n;
  for (size_t k = 0U; k < picture->n; ++k) {
    const bool onset = clip->targets[k] > 0.9f;
    picture->y[k]    = rem_spectra_time(&self->training.spectra, (double)k);
    truth[k]         = onset ? 1.0 : (double)NAN;
    if (k && onset) {
      truth[k - 1U] = 0.0;
    }
  }
}

static RemStatus
draw_curves(const Onsets* const  self,
            const Picture* const p,
            RemError* const      error)
{
  const RemRecipeCurve curves[] = {{"onsets", p->n, p->y, p->y + 3U * p->n},
                                   {names[FORWARD], p->n, p->y, p->y + p->n},
                                   {names[BOTH], p->n, p->y, p->y + 2U * p->n}};
  return rem_recipe_curves(
    self->run,
    "strengths.svg",
    "How strong an onset is to both nets in a take that neither has learned "
    "from, of sounds that neither has heard, and where onsets are.",
    (RemAxis){"Seconds", 0.0, p->y[p->n - 1U], false},
    (RemAxis){"Strength", 0.0, 1.0, false},
    curves,
    3U,
    error);
}

/// Draw how strong an onset is to both nets, and where onsets are
static RemStatus
draw(const Onsets* const self, RemError* const error)
{
  const RemSpectra* const s    = &self->training.spectra;
  const RemClip* const    clip = &self->tested.clips[0];
  const size_t            most = (size_t)(SHOWN * s->rate / s->hop);
  Picture                 p    = {clip->n < most ? clip->n : most, NULL};
  RemStatus               st   = REM_SUCCESS;
  p.y = (double*)calloc((2U + N_NETS) * p.n, sizeof(double));
  if (!p.y) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the picture");
  }
  fill_truth(self, clip, &p);
  for (size_t i = 0U; !st && i < N_NETS; ++i) {
    st = fill_curve(self->models[i], clip, p.n, p.y + (1U + i) * p.n, error);
  }
  if (!st) {
    st = draw_curves(self, &p, error);
  }
  free(p.y);
  return st;
}

static void
clear(Onsets* const self)
{
  rem_clips_clear(&self->training);
  rem_clips_clear(&self->held_out);
  rem_clips_clear(&self->tested);
  rem_model_free(self->models[FORWARD]);
  rem_model_free(self->models[BOTH]);
  free(self);
}

static RemStatus
run_onsets(const RemRecipeRun* const run, RemError* const error)
{
  Onsets* const self      = (Onsets*)calloc(1U, sizeof(Onsets));
  double        f[N_NETS] = {0.0, 0.0};
  RemStatus     st        = REM_SUCCESS;
  if (!self) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the recipe");
  }
  self->run = run;
  (void)((st = prepare(self, error)) || (st = read_takes(self, error)) ||
         (st = train(self, FORWARD, error)) ||
         (st = train(self, BOTH, error)) || (st = measure(self, f, error)) ||
         (st = measure_aubio(self, f, error)) || (st = draw(self, error)));
  clear(self);
  return st;
}

const RemRecipe rem_recipe_onsets = {
  "onsets",
  "where sounds begin, live and with a look ahead",
  "Throws struck and plucked sounds of the Debian package sonic-pi-samples\n"
  "together, over noise and swelling chords, at times that are known, and\n"
  "trains two LSTMs of 24 units on mel frames: one reads forward, as the\n"
  "plugin urn:remanence:listener must, one in both directions. The test has\n"
  "sounds that neither has heard. With --data FOLDER takes are your own:\n"
  "take.wav beside take.csv, `seconds,label` a line.\n"
  "\n"
  "  remanence train --listen OUT/train -o onsets.safetensors\n"
  "  remanence train --listen OUT/train --both -o both.safetensors\n"
  "  remanence eval both.safetensors --listen OUT/test\n"
  "  remanence tag onsets.safetensors OUT/test/01.flac -o 01.txt\n"
  "  aubioonset -i OUT/test/01.flac\n",
  "F-measure within 50 ms: 0.87 for both nets, and the one that reads forward\n"
  "0.05 ahead of aubio's onset detector in its best setting for these takes.\n",
  run_onsets};
