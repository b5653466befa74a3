// SPDX-License-Identifier: ISC

#include "offline_trainer/control/control_lesson.h"

#include "offline_trainer/control/control_validate.h"
#include "offline_trainer/control/frames_loss.h"
#include "offline_trainer/control/rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FAR_OFF 0.5 ///< Nats above the best: another place
#define FIRST_RAW \
  (-2.0f) ///< Bias of raw deviations: gestures go in small steps

/// What changes when performances are added
typedef struct {
  RemRows       training;
  RemRows       held_out;
  RemRowStreams streams;
} Data;

/// What hides behind the lesson's handle
typedef struct {
  RemTrainSpec  spec;
  RemFrames     frames;
  RemFramesLoss loss;
  Data          data;
  uint64_t      seed;   ///< Of the present epoch's order
  float         weight; ///< Of one event: 1 / those of an average batch
} Control;

RemTrainSpec
rem_control_train_default(void)
{
  const RemTrainSpec spec = {.net       = {.head     = REM_HEAD_MDN,
                                           .n_in     = 0U,
                                           .n_hidden = 64U,
                                           .n_layers = 2U,
                                           .n_out    = 0U},
                             .n_streams = 32U,
                             .n_steps   = 16U,
                             .n_warm_up = 16U,
                             .memory    = 10.0,
                             .rate      = 0.005,
                             .decay     = 0.0,
                             .clip      = 1.0,
                             .keep      = 0.99,
                             .seed      = 1U,
                             .shift     = 0.5};
  return spec;
}

static void
clear_data(Data* const data)
{
  rem_rows_clear(&data->training);
  rem_rows_clear(&data->held_out);
  rem_row_streams_clear(&data->streams);
}

/// Encode a set; false without memory, with `out` empty
static bool
open_data(const Control* const       control,
          const RemControlSet* const set,
          Data* const                out)
{
  const RemTrainSpec* const spec = &control->spec;
  *out                           = (Data){.training = {.n = 0U}};
  const bool good =
    rem_rows_open(&control->frames, &set->training, &out->training) &&
    rem_rows_open(&control->frames, &set->held_out, &out->held_out) &&
    rem_row_streams_open(&out->training,
                         spec->n_streams,
                         spec->n_steps,
                         spec->shift,
                         &out->streams);
  if (!good) {
    clear_data(out);
  }
  return good;
}

static void
free_control(void* const handle)
{
  clear_data(&((Control*)handle)->data);
  free(handle);
}

/// Begin with narrow mixtures
static void
prepare(void* const handle, float* const params)
{
  const Control* const control = (const Control*)handle;
  const uint32_t n    = control->loss.n_mixtures * control->loss.n_continuous;
  float* const   bias = params + rem_net_head_at(&control->spec.net).bias;
  for (uint32_t k = 0U; k < n; ++k) {
    bias[control->loss.n_mixtures + n + k] = FIRST_RAW;
  }
}

static void
draw(void* const handle, RemRandom* const random)
{
  Control* const control = (Control*)handle;
  control->seed          = random->state;
  (void)rem_random_uniform(random);
  rem_row_streams_draw(
    &control->data.streams, &control->data.training, control->seed);
}

/// All places follow from one number
static void
get_places(void* const handle, uint64_t* const places)
{
  const Control* const control = (const Control*)handle;
  memset(places, 0, (size_t)2U * control->spec.n_streams * sizeof(uint64_t));
  places[0] = control->seed;
}

static bool
set_places(void* const handle, const uint64_t* const places)
{
  Control* const control = (Control*)handle;
  control->seed          = places[0];
  rem_row_streams_draw(
    &control->data.streams, &control->data.training, control->seed);
  return true;
}

/// Return the window of `stream` that begins at event `at`
static const RemRowWindow*
window_at(const Control* const control, const uint32_t stream, const int64_t at)
{
  const int64_t n_steps = control->spec.n_steps;
  assert(at % n_steps == 0);
  return rem_row_streams_at(&control->data.streams, stream, at / n_steps);
}

static void
rest(void* const          handle,
     const RemStreamRange range,
     const int64_t        at,
     float* const         state)
{
  const Control* const control = (const Control*)handle;
  const size_t         n_state = rem_net_n_state(&control->spec.net);
  for (uint32_t s = 0U; s < range.n; ++s) {
    const RemRowWindow* const w = window_at(control, range.first + s, at);
    if (!w || w->begins) {
      memset(state + s * n_state, 0, n_state * sizeof(float));
    }
  }
}

/// Where a window is over, the net hears zeros; nobody listens
static void
fill(void* const          handle,
     const RemStreamRange range,
     const int64_t        at,
     const uint32_t       n,
     float* const         input)
{
  const Control* const control = (const Control*)handle;
  const RemRows* const rows    = &control->data.training;
  const size_t         size    = rows->n_in * sizeof(float);
  for (uint32_t s = 0U; s < range.n; ++s) {
    const RemRowWindow* const w  = window_at(control, range.first + s, at);
    float*                    to = input + s * (size_t)rows->n_in;
    for (uint32_t t = 0U; t < n; ++t, to += (size_t)range.n * rows->n_in) {
      if (w && t < w->n) {
        rem_row_copy(rows, w, w->row + t, to);
      } else {
        memset(to, 0, size);
      }
    }
  }
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
  const Control* const control = (const Control*)handle;
  const RemRows* const rows    = &control->data.training;
  const size_t         n_out   = control->loss.n_out;
  double               sum     = 0.0;
  float                before[REM_MAX_IN], next[REM_MAX_IN];
  memset(dy, 0, n_out * range.n * control->spec.n_steps * sizeof(float));
  for (uint32_t s = 0U; s < range.n; ++s) {
    const RemRowWindow* const w =
      rem_row_streams_at(&control->data.streams, range.first + s, window);
    for (uint32_t t = 0U; t < w->n; ++t) {
      const size_t at = ((size_t)t * range.n + s) * n_out;
      rem_row_copy(rows, w, w->row + t, before);
      rem_row_copy(rows, w, w->row + t + 1U, next);
      sum += rem_frames_loss_gradient(
        &control->loss, y + at, before, next, control->weight, dy + at);
    }
  }
  return sum * (double)control->weight;
}

static double
validate(void* const handle, RemPool* const pool, const float* const params)
{
  const Control* const control = (const Control*)handle;
  return rem_control_validate(&control->frames,
                              &control->spec.net,
                              params,
                              &control->data.held_out,
                              pool);
}

static bool
is_far(const double figure, const double best)
{
  return figure > best + FAR_OFF;
}

static size_t
n_events(const RemRows* const rows)
{
  return rows->begins[rows->n] - rows->n;
}

/// Take `data` as what is learned from now on
static void
take(Control* const control, const Data* const data, RemLesson* const lesson)
{
  control->data       = *data;
  lesson->n_windows   = data->streams.n_windows;
  lesson->n_learned   = n_events(&data->training) / lesson->n_windows;
  lesson->n_validated = n_events(&data->held_out);
  control->weight = (float)lesson->n_windows / (float)n_events(&data->training);
}

static RemStatus
check_spec(const RemTrainSpec* const spec,
           const RemFrames* const    frames,
           RemError* const           error)
{
  const RemStatus st = rem_train_spec_check(spec, error);
  if (st) {
    return st;
  }
  if (spec->net.n_in != rem_frames_n_in(frames) ||
      spec->net.n_out != rem_frames_n_out(frames) ||
      spec->n_warm_up % spec->n_steps) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "A net for these frames has %u inputs, %u outputs and"
                    " warms up for whole windows of %u events",
                    rem_frames_n_in(frames),
                    rem_frames_n_out(frames),
                    spec->n_steps);
  }
  return REM_SUCCESS;
}

RemStatus
rem_control_lesson_open(const RemTrainSpec* const  spec,
                        const RemFrames* const     frames,
                        const RemControlSet* const set,
                        const uint32_t             n_threads,
                        RemLesson* const           out,
                        RemError* const            error)
{
  const RemStatus st = check_spec(spec, frames, error);
  *out               = (RemLesson){.handle = NULL};
  if (st) {
    return st;
  }
  Control* const control = (Control*)calloc(1, sizeof(Control));
  Data           data;
  if (control) {
    control->spec   = *spec;
    control->frames = *frames;
    control->loss   = rem_frames_loss(frames);
  }
  if (!control || !open_data(control, set, &data)) {
    free(control);
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for performances");
  }
  *out = (RemLesson){.handle     = control,
                     .figure     = frames->n_mixtures ? "NLL" : "error",
                     .n_threads  = n_threads,
                     .free       = free_control,
                     .prepare    = prepare,
                     .draw       = draw,
                     .get_places = get_places,
                     .set_places = set_places,
                     .rest       = rest,
                     .fill       = fill,
                     .compare    = compare,
                     .validate   = validate,
                     .is_far     = is_far};
  take(control, &data, out);
  return REM_SUCCESS;
}

RemStatus
rem_control_lesson_renew(RemLesson* const           lesson,
                         const RemControlSet* const set,
                         RemError* const            error)
{
  Control* const control = (Control*)lesson->handle;
  Data           data;
  if (!open_data(control, set, &data)) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for performances");
  }
  clear_data(&control->data);
  take(control, &data, lesson);
  return REM_SUCCESS;
}
