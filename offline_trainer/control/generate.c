// SPDX-License-Identifier: ISC

#include "offline_trainer/control/generate.h"

#include "dsp/denormal.h"
#include "dsp/duet.h"
#include "dsp/predictor.h"
#include "offline_trainer/command.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void
rem_gestures_clear(RemGestures* const gestures)
{
  free(gestures->time);
  free(gestures->x);
  memset(gestures, 0, sizeof(*gestures));
}

/// Make room for `capacity` events; false without memory, with all as before
static bool
make_room(RemGestures* const gestures, const size_t capacity)
{
  double* const time =
    (double*)realloc(gestures->time, capacity * sizeof(double));
  gestures->time = time ? time : gestures->time;
  float* const x =
    (float*)realloc(gestures->x, capacity * gestures->n_dims * sizeof(float));
  gestures->x = x ? x : gestures->x;
  return time && x;
}

/// Append an event; false without memory
static bool
add(RemGestures* const gestures, const double time, const float* const x)
{
  const size_t n = gestures->n;
  const size_t d = gestures->n_dims;
  if (!(n & (n - 1U)) && !make_room(gestures, n ? 2U * n : 1U)) {
    return false;
  }
  gestures->time[n] = time;
  memcpy(gestures->x + n * d, x, d * sizeof(float));
  ++gestures->n;
  return true;
}

/// Return what a person played as frames, to be freed; NULL without memory
static float*
frames_of(const RemLog* const log, size_t* const n)
{
  float* const frames =
    (float*)calloc((log->n_rows + 1U) * (1U + log->n_dims), sizeof(float));
  *n = frames ? rem_log_frames(log, REM_LOG_INTERFACE, frames) : 0U;
  return frames;
}

bool
rem_gestures_of_log(const RemLog* const log, RemGestures* const out)
{
  size_t       n      = 0U;
  double       time   = 0.0;
  float* const frames = frames_of(log, &n);
  bool         good   = frames;
  *out                = (RemGestures){log->n_dims, 0U, NULL, NULL};
  for (size_t t = 0U; good && t < n; ++t) {
    const float* const frame = frames + t * (1U + log->n_dims);
    time += (double)frame[0];
    good = add(out, time, frame + 1);
  }
  free(frames);
  if (!good) {
    rem_gestures_clear(out);
  }
  return good;
}

/// Let the net hear what a person played
static RemStatus
hear(RemPredictor* const predictor,
     const RemLog* const prime,
     RemError* const     error)
{
  size_t       n      = 0U;
  float* const frames = frames_of(prime, &n);
  if (!frames) {
    return rem_fail(error, REM_NO_MEMORY, prime->path, "Out of memory");
  }
  for (size_t t = 0U; t < n; ++t) {
    rem_predictor_hear(predictor, frames + t * (1U + prime->n_dims));
  }
  free(frames);
  return REM_SUCCESS;
}

/// Let the net play
static RemStatus
play(RemPredictor* const      predictor,
     const RemGenerate* const how,
     RemGestures* const       out,
     RemError* const          error)
{
  RemRandom random = {how->seed};
  double    time   = 0.0;
  for (;;) {
    float frame[REM_MAX_FRAME];
    rem_predictor_draw(predictor, &how->temper, &random, frame);
    time += fmax((double)frame[0] * how->timescale, REM_DUET_SPACING);
    if (time >= how->seconds) {
      return REM_SUCCESS;
    }
    if (!add(out, time, frame + 1)) {
      return rem_fail(error,
                      REM_NO_MEMORY,
                      NULL,
                      "No memory for more than %zu events",
                      out->n);
    }
    if (command_interrupted()) {
      return rem_fail(error, REM_INTERRUPTED, NULL, "Stopped");
    }
    rem_predictor_hear(predictor, frame);
  }
}

/// Refuse what cannot be played
static RemStatus
check(const RemModel* const model,
      const RemLog* const   prime,
      RemError* const       error)
{
  if (!model->frames) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "This is a model of sound; only those of `remanence train "
                    "--control` make gestures");
  }
  if (prime && prime->n_dims != model->frames->n_dims) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    prime->path,
                    "The log has %u dimensions, the model %u",
                    prime->n_dims,
                    model->frames->n_dims);
  }
  return REM_SUCCESS;
}

RemStatus
rem_generate(const RemModel* const    model,
             const RemLog* const      prime,
             const RemGenerate* const how,
             RemGestures* const       out,
             RemError* const          error)
{
  RemStatus st = check(model, prime, error);
  memset(out, 0, sizeof(*out));
  if (st || (st = rem_model_check_streams(model, NULL, error))) {
    return st;
  }
  RemPredictor* const predictor = rem_predictor_new(model);
  if (!predictor) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the net");
  }
  const RemFloatMode mode = rem_denormals_off();
  out->n_dims             = model->frames->n_dims;
  (void)((prime && (st = hear(predictor, prime, error))) ||
         (st = play(predictor, how, out, error)));
  rem_denormals_restore(mode);
  rem_predictor_free(predictor);
  if (st) {
    rem_gestures_clear(out);
  }
  return st;
}
