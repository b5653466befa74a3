// SPDX-License-Identifier: ISC

#include "offline_trainer/spectra/learn.h"

#include "dsp/ear.h"
#include "offline_trainer/spectra/hear.h"
#include "offline_trainer/spectra/listen_lesson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FEWEST 5U     ///< Events that a threshold is found by
#define N_TRIED 41U   ///< Thresholds that are tried
#define FARTHEST 5.0f ///< Logit of the highest

/// Add what events of one label a model finds in one recording
static bool
score_label(const RemModel* const    model,
            const RemHeard* const    heard,
            const RemPeakRule* const rule,
            const RemClip* const     clip,
            const char* const        name,
            RemScore* const          score)
{
  RemLabels  found = {0U, 0U, NULL};
  const bool good  = rem_hear_events(model, heard, rule, &found);
  if (good) {
    rem_score_add(score, &found, &clip->labels, name, REM_SCORE_TOLERANCE);
  }
  rem_labels_clear(&found);
  return good;
}

/// Let a model hear a clip
static RemStatus
hear_clip(const RemModel* const model,
          const RemClip* const  clip,
          RemHeard* const       out,
          RemError* const       error)
{
  const size_t n_out = model->spec.n_out;
  *out               = (RemHeard){clip->n, n_out, NULL};
  out->x             = (float*)malloc((clip->n * n_out + 1U) * sizeof(float));
  if (!out->x) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to listen");
  }
  const RemStatus st = rem_hear_net(
    &model->spec, model->params, clip->frames, clip->n, out->x, error);
  for (size_t k = 0U; !st && k < clip->n; ++k) {
    rem_ear_strengths(model->spec.head, out->x + k * n_out, (uint32_t)n_out);
  }
  if (st) {
    rem_heard_clear(out);
  }
  return st;
}

/// Add up a curve's errors, and its sum and squares
static void
add_curve(const RemClip* const  clip,
          const RemHeard* const heard,
          double                sums[3])
{
  for (size_t k = 0U; k < clip->n; ++k) {
    const double y = (double)clip->targets[k];
    const double d = (double)heard->x[k] - y;
    sums[0] += d * d;
    sums[1] += y;
    sums[2] += y * y;
  }
}

RemStatus
rem_listen_prove(const RemModel* const model,
                 const RemClips* const clips,
                 const double          threshold,
                 const double          apart,
                 RemListenProof* const out,
                 RemError* const       error)
{
  const RemPeakRule rule    = rem_hear_rule(model->spectra, threshold, apart);
  const double      n       = (double)rem_clips_n_frames(clips);
  double            sums[3] = {0.0, 0.0, 0.0};
  RemStatus         st      = REM_SUCCESS;
  *out                      = (RemListenProof){.error = NAN};
  for (size_t i = 0U; !st && i < clips->n; ++i) {
    const RemClip* const clip  = &clips->clips[i];
    RemHeard             heard = {0U, 0U, NULL};
    if ((st = hear_clip(model, clip, &heard, error))) {
      return st;
    }
    if (clips->curve) {
      add_curve(clip, &heard, sums);
    }
    for (uint32_t o = 0U; !clips->curve && o < clips->labels->n; ++o) {
      if (!score_label(
            model, &heard, &rule, clip, clips->labels->names[o], &out->score)) {
        st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for events");
      }
    }
    rem_heard_clear(&heard);
  }
  out->error    = clips->curve ? sums[0] / n : (double)NAN;
  out->variance = sums[2] / n - sums[1] * sums[1] / n / n;
  return st;
}

/// Return the logit of the threshold that does best for a label; 0 if there is
/// not enough to find it by
static float
best_threshold(const RemModel* const model,
               const RemClips* const clips,
               const RemHeard* const heard,
               const uint32_t        label)
{
  float  best   = 0.0f;
  double best_f = -1.0;
  for (uint32_t i = 0U; i < N_TRIED; ++i) {
    const float logit =
      FARTHEST * (2.0f * (float)i / (float)(N_TRIED - 1U) - 1.0f);
    const double      x    = 1.0 / (1.0 + exp(-(double)logit));
    const RemPeakRule rule = rem_hear_rule(model->spectra, x, REM_HEAR_APART);
    RemScore          s    = {0U, 0U, 0U};
    for (size_t k = 0U; k < clips->n; ++k) {
      (void)score_label(model,
                        &heard[k],
                        &rule,
                        &clips->clips[k],
                        clips->labels->names[label],
                        &s);
    }
    const double f = rem_score_f(&s);
    if (s.n_there >= FEWEST && f > best_f) {
      best_f = f;
      best   = logit;
    }
  }
  return best;
}

/// Move biases to where 0.5 is the best threshold
static RemStatus
calibrate(RemModel* const       model,
          const RemClips* const held_out,
          RemError* const       error)
{
  float* const    bias  = model->params + rem_net_head_at(&model->spec).bias;
  RemHeard* const heard = (RemHeard*)calloc(held_out->n + 1U, sizeof(RemHeard));
  RemStatus       st    = REM_SUCCESS;
  if (!heard) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to listen");
  }
  for (size_t i = 0U; !st && i < held_out->n; ++i) {
    st = hear_clip(model, &held_out->clips[i], &heard[i], error);
  }
  for (uint32_t o = 0U; !st && o < model->spec.n_out; ++o) {
    bias[o] -= best_threshold(model, held_out, heard, o);
  }
  for (size_t i = 0U; i < held_out->n; ++i) {
    rem_heard_clear(&heard[i]);
  }
  free(heard);
  return st;
}

/// Return a model without its calibration, or NULL without memory
static RemModel*
new_model(const RemNetSpec* const spec,
          const float* const      params,
          const RemClips* const   clips)
{
  RemModel* const model = rem_model_new(spec);
  if (!model) {
    return NULL;
  }
  model->kind        = REM_FRAME_SPECTRUM;
  model->spectra     = (RemSpectra*)malloc(sizeof(RemSpectra));
  model->labels      = rem_symbols_copy(clips->labels);
  model->sample_rate = clips->spectra.rate;
  model->rate_known  = true;
  if (!model->spectra || !model->labels) {
    rem_model_free(model);
    return NULL;
  }
  *model->spectra = clips->spectra;
  memcpy(model->params, params, rem_net_n_params(spec) * sizeof(float));
  return model;
}

RemStatus
rem_listen_model(const RemNetSpec* const spec,
                 const float* const      params,
                 const RemClips* const   held_out,
                 RemModel** const        out,
                 RemError* const         error)
{
  RemModel* const model = new_model(spec, params, held_out);
  *out                  = NULL;
  if (!model) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the model");
  }
  const RemStatus st =
    held_out->curve ? REM_SUCCESS : calibrate(model, held_out, error);
  if (st) {
    rem_model_free(model);
    return st;
  }
  *out = model;
  return REM_SUCCESS;
}

RemStatus
rem_listen_learn(const RemTrainSpec* const   spec,
                 const RemTrainLimits* const limits,
                 const RemClips* const       training,
                 const RemClips* const       held_out,
                 const uint32_t              n_threads,
                 const RemTrainWatch* const  watch,
                 RemModel** const            out,
                 RemError* const             error)
{
  const RemTrainWatch quiet =
    watch ? (RemTrainWatch){watch->handle, watch->go_on, NULL, NULL}
          : (RemTrainWatch){NULL, NULL, NULL, NULL};
  RemLesson   lesson  = {.handle = NULL};
  RemTrainer* trainer = NULL;
  RemTrainEnd end     = REM_END_LIMIT;
  RemStatus   st =
    rem_listen_lesson_open(spec, training, held_out, n_threads, &lesson, error);
  *out = NULL;
  (void)(st || (st = rem_trainer_new(spec, &lesson, &trainer, error)) ||
         (st = rem_train(trainer, limits, &quiet, &end, error)));
  const float* const best = trainer ? rem_trainer_best(trainer) : NULL;
  if (best) {
    st = rem_listen_model(&spec->net, best, held_out, out, error);
  } else if (!st) {
    st = rem_fail(
      error, REM_INTERRUPTED, NULL, "Stopped before there was a model");
  }
  rem_trainer_free(trainer);
  rem_lesson_clear(&lesson);
  return st;
}
