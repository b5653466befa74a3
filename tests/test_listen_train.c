// SPDX-License-Identifier: ISC

/// Nets learn to hear: forward and in both directions, labels and curves, the
/// same with any number of threads

#include "offline_trainer/spectra/clips.h"
#include "offline_trainer/spectra/hear.h"
#include "offline_trainer/spectra/learn.h"
#include "offline_trainer/spectra/listen_lesson.h"
#include "tests/check.h"

#include <string.h>

enum { RATE = 16000, SECONDS = 4, N = RATE * SECONDS, N_TAKES = 12 };

/// Add a burst of hiss, or of a low tone
static void
add_burst(float* const    x,
          const uint32_t  at,
          const bool      tone,
          uint32_t* const seed)
{
  for (uint32_t t = 0U; at + t < N && t < RATE / 5U; ++t) {
    const float level = 0.4f * expf(-(float)t / 1000.0f);
    x[at + t] += level * (tone ? sinf(0.08f * (float)t) : noise(seed));
  }
}

/// Return takes of bursts over soft noise, or of one swelling hiss
static RemClips
make_clips(const bool curve, uint32_t seed)
{
  RemClips clips        = {.spectra = rem_spectra_default(), .curve = curve};
  clips.spectra.rate    = RATE;
  clips.spectra.n_bands = 16U;
  clips.spectra.highest = 7500.0f;
  clips.labels          = rem_symbols_new(REM_SYMBOLS_NAMES, curve ? 1U : 2U);
  CHECK(clips.labels && rem_symbols_name(clips.labels, 0U, "hiss"));
  CHECK(curve || rem_symbols_name(clips.labels, 1U, "tone"));
  for (uint32_t i = 0U; i < N_TAKES; ++i) {
    RemSound  sound  = {RATE, N, malloc(N * sizeof(float))};
    RemLabels labels = {0U, 0U, NULL};
    for (uint32_t t = 0U; t < N; ++t) {
      const float swell = 0.01f + 0.1f * (1.0f + sinf(3e-4f * (float)t));
      sound.x[t]        = (curve ? swell : 0.01f) * noise(&seed);
      RemLabel point    = {.begin = (double)t / RATE, .value = (double)swell};
      CHECK(!curve || t % 500U || rem_labels_add(&labels, &point));
    }
    for (uint32_t at = RATE / 4U; !curve && at < N - RATE / 2U;
         at += RATE / 4U + (uint32_t)((1.0f + noise(&seed)) * 3000.0f)) {
      const bool tone  = noise(&seed) > 0.0f;
      RemLabel   label = {.begin = (double)at / RATE, .end = (double)at / RATE};
      (void)snprintf(label.name, sizeof(label.name), tone ? "tone" : "hiss");
      add_burst(sound.x, at, tone, &seed);
      CHECK(rem_labels_add(&labels, &label));
    }
    CHECK(!rem_clips_add(&clips, "take", &sound, &labels, NULL));
    rem_labels_clear(&labels);
    rem_sound_clear(&sound);
  }
  return clips;
}

static RemModel*
learn(const RemClips* const training,
      const RemClips* const held_out,
      const bool            both,
      const uint32_t        n_threads,
      const uint32_t        n_epochs)
{
  RemTrainSpec         spec   = rem_listen_train_default(training, both);
  RemModel*            model  = NULL;
  RemError             error  = {REM_SUCCESS, "", ""};
  const RemTrainLimits limits = {.epochs = n_epochs};
  spec.net.n_hidden           = 12U;
  spec.n_steps                = 100U;
  spec.n_warm_up              = 10U;
  spec.n_streams              = 8U;
  if (rem_listen_learn(
        &spec, &limits, training, held_out, n_threads, NULL, &model, &error)) {
    fprintf(stderr, "%s\n", error.text);
    exit(1);
  }
  return model;
}

static void
open_clips(const bool curve, RemClips* const training, RemClips* const held_out)
{
  *training = make_clips(curve, 77U);
  CHECK(!rem_clips_split(training, held_out, NULL));
  CHECK(training->n == 10U && held_out->n == 2U);
  rem_clips_normalise(training);
  rem_clips_normalise_as(held_out, &training->spectra);
}

static void
test_labels(const bool both)
{
  RemClips       training, held_out;
  RemListenProof proof;
  open_clips(false, &training, &held_out);
  RemModel* const model = learn(&training, &held_out, both, 2U, 20U);
  CHECK(!rem_listen_prove(model, &held_out, 0.5, 0.05, &proof, NULL));
  printf("%s: F %.3f of %zu\n",
         both ? "both" : "forward",
         rem_score_f(&proof.score),
         proof.score.n_there);
  CHECK(proof.score.n_there > 10U && rem_score_f(&proof.score) > 0.9);
  CHECK(!rem_hear_check(model, "x", NULL));
  RemSound sound = {RATE, 2U * RATE, calloc(2U * RATE, sizeof(float))};
  RemHeard heard;
  CHECK(!rem_hear(model, &sound, NULL, &heard, NULL));
  CHECK(heard.n_columns == 2U && heard.x[2U * 100U] < 0.5f);
  rem_heard_clear(&heard);
  rem_sound_clear(&sound);
  rem_model_free(model);
  rem_clips_clear(&training);
  rem_clips_clear(&held_out);
}

static void
test_curve(void)
{
  RemClips       training, held_out;
  RemListenProof proof;
  open_clips(true, &training, &held_out);
  RemModel* const model = learn(&training, &held_out, false, 2U, 20U);
  CHECK(!rem_listen_prove(model, &held_out, 0.5, 0.05, &proof, NULL));
  printf("curve: %.5f of %.5f\n", proof.error, proof.variance);
  CHECK(proof.error < 0.1 * proof.variance);
  rem_model_free(model);
  rem_clips_clear(&training);
  rem_clips_clear(&held_out);
}

static void
test_threads(void)
{
  RemClips training, held_out;
  open_clips(false, &training, &held_out);
  RemModel* const one   = learn(&training, &held_out, true, 1U, 3U);
  RemModel* const three = learn(&training, &held_out, true, 3U, 3U);
  CHECK(!memcmp(
    one->params, three->params, rem_net_n_params(&one->spec) * sizeof(float)));
  rem_model_free(one);
  rem_model_free(three);
  rem_clips_clear(&training);
  rem_clips_clear(&held_out);
}

int
main(void)
{
  test_labels(false);
  test_labels(true);
  test_curve();
  test_threads();
  return 0;
}
