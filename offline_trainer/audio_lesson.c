// SPDX-License-Identifier: ISC

#include "offline_trainer/audio_lesson.h"

#include "offline_trainer/streams.h"
#include "offline_trainer/validate.h"

#include <stdlib.h>

#define FAR_OFF 1.5 ///< Times the best ESR: worse is another place

/// What one thread works with
typedef struct {
  RemLoss* loss;
  float*   y;  ///< [T] output of one stream
  float*   dy; ///< [T] and its gradient
} Desk;

/// What hides behind the lesson's handle
typedef struct {
  RemTrainSpec    spec;
  const RemSplit* split;
  RemStreams      streams;
  RemValidation*  validation;
  RemLossNorm     norm; ///< Of an average batch
  uint32_t        n_desks;
  Desk*           desks; ///< [n_desks]
} Audio;

static void
free_audio(void* const handle)
{
  Audio* const audio = (Audio*)handle;
  for (uint32_t i = 0; audio->desks && i < audio->n_desks; ++i) {
    rem_loss_free(audio->desks[i].loss);
    free(audio->desks[i].y);
    free(audio->desks[i].dy);
  }
  free(audio->desks);
  rem_validation_free(audio->validation);
  rem_streams_clear(&audio->streams);
  free(audio);
}

/// Without a bias the output begins in the middle
static void
prepare(void* const handle, float* const params)
{
  const Audio* const audio                       = (const Audio*)handle;
  params[rem_net_head_at(&audio->spec.net).bias] = 0.0f;
}

static void
draw(void* const handle, RemRandom* const random)
{
  rem_streams_draw(&((Audio*)handle)->streams, random);
}

static void
get_places(void* const handle, uint64_t* const places)
{
  const Audio* const audio = (const Audio*)handle;
  for (size_t i = 0; i < audio->spec.n_streams; ++i) {
    const RemStream* const s = &audio->streams.streams[i];
    places[2U * i]           = (uint64_t)(s->stretch - audio->split->training);
    places[2U * i + 1U]      = s->begin;
  }
}

/// Return whether a stream can begin at sample `begin` of stretch `at`
static bool
is_place(const Audio* const audio, const uint64_t at, const uint64_t begin)
{
  const size_t length = (size_t)audio->streams.n_windows * audio->spec.n_steps;
  return at < audio->split->n_training &&
         begin >= audio->split->training[at].begin &&
         begin <= audio->split->training[at].end - length;
}

static bool
set_places(void* const handle, const uint64_t* const places)
{
  Audio* const audio = (Audio*)handle;
  for (size_t i = 0; i < audio->spec.n_streams; ++i) {
    if (!is_place(audio, places[2U * i], places[2U * i + 1U])) {
      return false;
    }
  }
  for (size_t i = 0; i < audio->spec.n_streams; ++i) {
    audio->streams.streams[i] = (RemStream){
      &audio->split->training[places[2U * i]], (size_t)places[2U * i + 1U]};
  }
  return true;
}

static void
fill(void* const          handle,
     const RemStreamRange range,
     const int64_t        at,
     const uint32_t       n,
     float* const         input)
{
  rem_streams_fill(
    &((Audio*)handle)->streams, range.first, range.n, at, n, input);
}

static double
compare(void* const          handle,
        const uint32_t       thread,
        const RemStreamRange range,
        const uint32_t       window,
        const float* const   y,
        float* const         dy)
{
  const Audio* const audio   = (const Audio*)handle;
  const Desk* const  desk    = &audio->desks[thread];
  const uint32_t     n_steps = audio->spec.n_steps;
  double             share   = 0.0;
  for (uint32_t s = 0; s < range.n; ++s) {
    const float* const target =
      rem_streams_target(&audio->streams, range.first + s, window);
    for (uint32_t t = 0; t < n_steps; ++t) {
      desk->y[t] = y[(size_t)t * range.n + s];
    }
    share +=
      rem_loss_gradient(desk->loss, desk->y, target, &audio->norm, desk->dy);
    for (uint32_t t = 0; t < n_steps; ++t) {
      dy[(size_t)t * range.n + s] = desk->dy[t];
    }
  }
  return share;
}

static double
validate(void* const handle, RemPool* const pool, const float* const params)
{
  return rem_validation_esr(((Audio*)handle)->validation, pool, params);
}

static bool
is_far(const double figure, const double best)
{
  return figure > FAR_OFF * best;
}

/// Refuse what cannot be learned
static RemStatus
check_spec(const RemTrainSpec* const spec,
           const RemLossSpec* const  loss,
           const RemSplit* const     split,
           RemError* const           error)
{
  if (!split->n_training || !split->n_held_out ||
      !rem_stretches_length(split->held_out, split->n_held_out)) {
    return rem_fail(error,
                    REM_BAD_AUDIO,
                    NULL,
                    "The recording is too short to hold a part of it out");
  }
  if (spec->net.n_in != 1U + split->training->pair->n_knobs ||
      spec->net.n_out != 1U) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "A net for these recordings has %u inputs and 1 output",
                    1U + split->training->pair->n_knobs);
  }
  if (loss->stft_weight != 0.0f && spec->n_steps < REM_STFT_MIN) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "The spectral loss needs windows of %u samples or more",
                    REM_STFT_MIN);
  }
  return REM_SUCCESS;
}

static bool
open_desk(Desk* const              desk,
          const RemLossSpec* const loss,
          const uint32_t           n_steps)
{
  desk->loss = rem_loss_new(loss, n_steps);
  desk->y    = (float*)calloc(n_steps, sizeof(float));
  desk->dy   = (float*)calloc(n_steps, sizeof(float));
  return desk->loss && desk->y && desk->dy;
}

/// Allocate all but the streams; false without memory
static bool
allocate(Audio* const             audio,
         const RemLossSpec* const loss,
         const uint32_t           n_threads)
{
  audio->validation = rem_validation_new(
    &audio->spec.net, audio->split->held_out, audio->split->n_held_out);
  audio->desks   = (Desk*)calloc(n_threads, sizeof(Desk));
  audio->n_desks = n_threads;
  bool good      = audio->validation && audio->desks;
  for (uint32_t i = 0; good && i < n_threads; ++i) {
    good = open_desk(&audio->desks[i], loss, audio->spec.n_steps);
  }
  return good;
}

/**
   Set what losses are relative to: the energy of an average batch.

   That of the batch at hand would give quiet batches as large a gradient as
   loud ones, which is not what an ESR over a whole recording asks for.
*/
static void
measure_recording(Audio* const audio)
{
  const uint32_t n_steps = audio->spec.n_steps;
  RemLossNorm    all     = {0.0, 0.0, 0U};
  for (uint32_t i = 0; i < audio->split->n_training; ++i) {
    const RemStretch* const s = &audio->split->training[i];
    for (size_t t = s->begin; t + n_steps <= s->end; t += n_steps) {
      rem_loss_measure(audio->desks->loss, s->pair->target + t, &all);
    }
  }
  const double share = (double)audio->spec.n_streams / (double)(all.n_streams);
  audio->norm.energy = share * all.energy;
  audio->norm.energy_emphasised = share * all.energy_emphasised;
  audio->norm.n_streams         = audio->spec.n_streams;
}

/// Return the lesson around `audio`
static RemLesson
wrap(Audio* const audio)
{
  const RemTrainSpec* const spec = &audio->spec;
  return (RemLesson){.handle      = audio,
                     .figure      = "ESR",
                     .n_threads   = audio->n_desks,
                     .n_windows   = audio->streams.n_windows,
                     .n_learned   = (size_t)spec->n_streams * spec->n_steps,
                     .n_validated = rem_validation_length(audio->validation),
                     .free        = free_audio,
                     .prepare     = prepare,
                     .draw        = draw,
                     .get_places  = get_places,
                     .set_places  = set_places,
                     .fill        = fill,
                     .compare     = compare,
                     .validate    = validate,
                     .is_far      = is_far};
}

RemStatus
rem_audio_lesson_open(const RemTrainSpec* const spec,
                      const RemLossSpec* const  loss,
                      const RemSplit* const     split,
                      const uint32_t            n_threads,
                      RemLesson* const          out,
                      RemError* const           error)
{
  RemStatus st = rem_train_spec_check(spec, error);
  *out         = (RemLesson){.handle = NULL};
  if (st || (st = check_spec(spec, loss, split, error))) {
    return st;
  }
  Audio* const audio = (Audio*)calloc(1, sizeof(Audio));
  if (!audio) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
  }
  audio->spec  = *spec;
  audio->split = split;
  st           = rem_streams_open(split->training,
                        split->n_training,
                        spec->n_streams,
                        spec->n_steps,
                        &audio->streams,
                        error);
  if (!st && !allocate(audio, loss, n_threads)) {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the recordings");
  }
  if (st) {
    free_audio(audio);
    return st;
  }
  measure_recording(audio);
  *out = wrap(audio);
  return REM_SUCCESS;
}
