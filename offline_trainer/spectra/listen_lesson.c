// SPDX-License-Identifier: ISC

#include "offline_trainer/spectra/listen_lesson.h"

#include "offline_trainer/binary_cross_entropy.h"
#include "offline_trainer/spectra/hear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAR_OFF 4.0     ///< Times the best figure: another place
#define WEIGHT 2.0      ///< Of a frame with a label
#define LEAST_PART 1e-4 ///< Of frames that have a label, for first biases

/// A stretch of a recording
typedef struct {
  uint32_t clip;
  uint32_t begin; ///< Frame
  uint32_t n;
} Stretch;

/// What hides behind the lesson's handle
typedef struct {
  RemTrainSpec    spec;
  const RemClips* training;
  const RemClips* held_out;
  double          factor;    ///< Of a frame's loss: 1 / those of a batch
  uint64_t        seed;      ///< Of the present epoch
  size_t          n;         ///< Stretches of an epoch
  Stretch*        stretches; ///< [n]
  size_t          n_frames;
  size_t*         ends; ///< [training->n] Frames of recordings, added up
} Listen;

RemTrainSpec
rem_listen_train_default(const RemClips* const clips, const bool both)
{
  const RemTrainSpec spec = {
    .net       = {.cell     = REM_CELL_LSTM,
                  .head     = clips->curve ? REM_HEAD_LINEAR : REM_HEAD_SIGMOID,
                  .n_in     = clips->spectra.n_bands,
                  .n_hidden = 24U,
                  .n_layers = 1U,
                  .n_out    = rem_clips_n_out(clips),
                  .both     = both},
    .n_streams = 8U,
    .n_steps   = 250U,
    .n_warm_up = 25U,
    .memory    = 60.0,
    .rate      = 0.01,
    .decay     = 0.0,
    .clip      = 1.0,
    .keep      = 0.99,
    .seed      = 1U};
  return spec;
}

static void
free_listen(void* const handle)
{
  Listen* const self = (Listen*)handle;
  free(self->stretches);
  free(self->ends);
  free(self);
}

/// Cut the stretches of an epoch: recordings by their length, any place in them
static void
cut(Listen* const self)
{
  RemRandom random = {self->seed};
  for (size_t i = 0U; i < self->n; ++i) {
    Stretch* const s = &self->stretches[i];
    const size_t   at =
      (size_t)(rem_random_uniform(&random) * (double)self->n_frames);
    uint32_t c = 0U;
    while (c + 1U < self->training->n && at >= self->ends[c]) {
      ++c;
    }
    const size_t n    = self->training->clips[c].n;
    const size_t most = self->spec.n_steps;
    const double room = n > most ? (double)(n - most) : 0.0;
    s->clip           = c;
    s->n              = (uint32_t)(n < most ? n : most);
    s->begin          = (uint32_t)round(rem_random_uniform(&random) * room);
  }
}

static void
draw(void* const handle, RemRandom* const random)
{
  Listen* const self = (Listen*)handle;
  self->seed         = random->state;
  (void)rem_random_uniform(random);
  cut(self);
}

/// All places follow from one number
static void
get_places(void* const handle, uint64_t* const places)
{
  const Listen* const self = (const Listen*)handle;
  memset(places, 0, (size_t)2U * self->spec.n_streams * sizeof(uint64_t));
  places[0] = self->seed;
}

static bool
set_places(void* const handle, const uint64_t* const places)
{
  Listen* const self = (Listen*)handle;
  self->seed         = places[0];
  cut(self);
  return true;
}

/// Return a stretch of a batch
static const Stretch*
stretch_at(const Listen* const self,
           const uint32_t      window,
           const uint32_t      stream)
{
  return &self->stretches[(size_t)window * self->spec.n_streams + stream];
}

/// Return how often a label is there, of all frames
static double
part_of(const Listen* const self, const uint32_t output)
{
  const uint32_t n_out = rem_clips_n_out(self->training);
  double         sum   = 0.0;
  for (size_t i = 0U; i < self->training->n; ++i) {
    const RemClip* const clip = &self->training->clips[i];
    for (size_t k = 0U; k < clip->n; ++k) {
      sum += (double)clip->targets[k * n_out + output];
    }
  }
  return sum / (double)self->n_frames;
}

/// Begin with what is usual
static void
prepare(void* const handle, float* const params)
{
  const Listen* const self = (const Listen*)handle;
  float* const        bias = params + rem_net_head_at(&self->spec.net).bias;
  for (uint32_t o = 0U; o < self->spec.net.n_out; ++o) {
    const double p = part_of(self, o);
    const double q = fmin(fmax(p, LEAST_PART), 1.0 - LEAST_PART);
    bias[o]        = (float)(self->training->curve ? p : log(q / (1.0 - q)));
  }
}

static void
fill_batch(void* const             handle,
           const uint32_t          thread,
           const RemStreamRange    range,
           const uint32_t          window,
           RemSequenceBatch* const batch)
{
  (void)thread;
  const Listen* const self    = (const Listen*)handle;
  const size_t        n_bands = self->spec.net.n_in;
  batch->n_steps              = 0U;
  for (uint32_t s = 0U; s < range.n; ++s) {
    const Stretch* const stretch = stretch_at(self, window, range.first + s);
    const float* const   frames =
      self->training->clips[stretch->clip].frames + stretch->begin * n_bands;
    for (uint32_t t = 0U; t < stretch->n; ++t) {
      memcpy(batch->x + ((size_t)t * range.n + s) * n_bands,
             frames + t * n_bands,
             n_bands * sizeof(float));
    }
    batch->lengths[s] = stretch->n;
    if (stretch->n > batch->n_steps) {
      batch->n_steps = stretch->n;
    }
  }
}

/// Compare one frame; returns its loss times the factor
static double
compare_frame(const Listen* const self,
              const float* const  y,
              const float* const  target,
              float* const        dy)
{
  const uint32_t n   = self->spec.net.n_out;
  double         sum = 0.0;
  for (uint32_t o = 0U; o < n; ++o) {
    const double f = self->factor;
    if (self->training->curve) {
      const double d = (double)y[o] - (double)target[o];
      dy[o]          = (float)(2.0 * f * d);
      sum += f * d * d;
    } else {
      const double w = f * (1.0 + (WEIGHT - 1.0) * (double)target[o]);
      sum += w * rem_binary_cross_entropy(y + o, target + o, 1U, 1U, w, dy + o);
    }
  }
  return sum;
}

static double
compare(void* const          handle,
        const uint32_t       thread,
        const RemStreamRange range,
        const uint32_t       window,
        const float* const   y,
        float* const         dy)
{
  (void)thread;
  const Listen* const self  = (const Listen*)handle;
  const size_t        n_out = self->spec.net.n_out;
  const uint32_t      warm  = self->spec.n_warm_up;
  double              sum   = 0.0;
  for (uint32_t s = 0U; s < range.n; ++s) {
    const Stretch* const stretch = stretch_at(self, window, range.first + s);
    const RemClip* const clip    = &self->training->clips[stretch->clip];
    const uint32_t       first   = stretch->begin ? warm : 0U;
    const bool           goes_on = stretch->begin + stretch->n < clip->n;
    const uint32_t       last    = self->spec.net.both && goes_on ? warm : 0U;
    for (uint32_t t = 0U; t < stretch->n; ++t) {
      const size_t at = ((size_t)t * range.n + s) * n_out;
      if (t < first || t + last >= stretch->n) {
        memset(dy + at, 0, n_out * sizeof(float));
      } else {
        sum += compare_frame(
          self, y + at, clip->targets + (stretch->begin + t) * n_out, dy + at);
      }
    }
  }
  return sum;
}

/// Add the losses of one recording that is held out
static bool
validate_clip(const Listen* const  self,
              const float* const   params,
              const RemClip* const clip,
              double* const        sum)
{
  const size_t n_out = self->spec.net.n_out;
  RemError     error = {REM_SUCCESS, "", ""};
  float* const y = (float*)malloc(2U * (clip->n * n_out + 1U) * sizeof(float));
  const bool   good =
    y &&
    !rem_hear_net(&self->spec.net, params, clip->frames, clip->n, y, &error);
  for (size_t k = 0U; good && k < clip->n; ++k) {
    *sum += compare_frame(self,
                          y + k * n_out,
                          clip->targets + k * n_out,
                          y + (clip->n + k) * n_out);
  }
  free(y);
  return good;
}

static double
validate(void* const handle, RemPool* const pool, const float* const params)
{
  (void)pool;
  const Listen* const self = (const Listen*)handle;
  double              sum  = 0.0;
  for (size_t i = 0U; i < self->held_out->n; ++i) {
    if (!validate_clip(self, params, &self->held_out->clips[i], &sum)) {
      return INFINITY;
    }
  }
  const double n = (double)rem_clips_n_frames(self->held_out);
  return isfinite(sum) ? sum / self->factor / n : (double)INFINITY;
}

static bool
is_far(const double figure, const double best)
{
  return figure > FAR_OFF * best;
}

/// Make room for the stretches of an epoch; false without memory
static bool
open_stretches(Listen* const self)
{
  const size_t n_steps = self->spec.n_steps;
  size_t       sum     = 0U;
  self->n_frames       = rem_clips_n_frames(self->training);
  self->n    = (self->n_frames + n_steps - 1U) / n_steps + self->spec.n_streams;
  self->n    = self->n / self->spec.n_streams * self->spec.n_streams;
  self->ends = (size_t*)malloc((self->training->n + 1U) * sizeof(size_t));
  self->stretches = (Stretch*)calloc(self->n, sizeof(Stretch));
  for (size_t i = 0U; self->ends && i < self->training->n; ++i) {
    self->ends[i] = sum += self->training->clips[i].n;
  }
  self->factor = 1.0 / (double)(self->spec.n_streams * n_steps);
  return self->ends && self->stretches;
}

static RemStatus
check(const RemTrainSpec* const spec,
      const RemClips* const     training,
      const RemClips* const     held_out,
      RemError* const           error)
{
  const RemStatus st = rem_train_spec_check(spec, error);
  if (st) {
    return st;
  }
  if (!rem_clips_n_frames(training) || !rem_clips_n_frames(held_out)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "There is no sound to learn from, or to test with");
  }
  return spec->n_warm_up < spec->n_steps / 2U
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_ARGUMENT,
                      NULL,
                      "Stretches of %u frames are too short to warm up for %u",
                      spec->n_steps,
                      spec->n_warm_up);
}

RemStatus
rem_listen_lesson_open(const RemTrainSpec* const spec,
                       const RemClips* const     training,
                       const RemClips* const     held_out,
                       const uint32_t            n_threads,
                       RemLesson* const          out,
                       RemError* const           error)
{
  const RemStatus st = check(spec, training, held_out, error);
  *out               = (RemLesson){.handle = NULL};
  if (st) {
    return st;
  }
  Listen* const self = (Listen*)calloc(1U, sizeof(Listen));
  if (self) {
    self->spec     = *spec;
    self->training = training;
    self->held_out = held_out;
  }
  if (!self || !open_stretches(self)) {
    if (self) {
      free_listen(self);
    }
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the lesson");
  }
  *out = (RemLesson){.handle      = self,
                     .figure      = training->curve ? "MSE" : "loss",
                     .n_threads   = n_threads,
                     .n_windows   = (uint32_t)(self->n / spec->n_streams),
                     .n_learned   = (size_t)spec->n_streams * spec->n_steps,
                     .n_validated = rem_clips_n_frames(held_out),
                     .max_steps   = spec->n_steps,
                     .free        = free_listen,
                     .prepare     = prepare,
                     .draw        = draw,
                     .get_places  = get_places,
                     .set_places  = set_places,
                     .fill_batch  = fill_batch,
                     .compare     = compare,
                     .validate    = validate,
                     .is_far      = is_far};
  return REM_SUCCESS;
}
