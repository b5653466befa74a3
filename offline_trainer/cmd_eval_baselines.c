// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_eval_baselines.h"

#include "offline_trainer/command.h"
#include "offline_trainer/pool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define QUIET_SECONDS 2.0 ///< Shorter work shows no progress
#define SECONDS 3.0       ///< That each learns, if nothing else is said
#define N_HIDDEN 16U      ///< Units of the feed-forward net
#define N_STATES 8U       ///< Of the linear system

/// Predictions of sound: 0.7 ms and 1.3 ms at 48 kHz
enum { SOUND_BACK = 32, SOUND_LINEAR = 64 };

EvalBaselines
eval_baselines_default(void)
{
  return (EvalBaselines){.seconds = SECONDS};
}

void
eval_baselines_add(EvalBaselines* const baselines,
                   const char* const    key,
                   const char* const    name,
                   const double         value)
{
  EvalRow* const row = &baselines->rows[baselines->n++];
  row->key           = key;
  row->value         = value;
  (void)snprintf(row->name, sizeof(row->name), "%s", name);
}

void
eval_baselines_print(const EvalBaselines* const baselines)
{
  for (uint32_t i = 0; i < baselines->n; ++i) {
    printf(
      "  %-28s %10.5g\n", baselines->rows[i].name, baselines->rows[i].value);
  }
}

json_t*
eval_baselines_json(const EvalBaselines* const baselines)
{
  json_t* const root = json_object();
  for (uint32_t i = 0; root && i < baselines->n; ++i) {
    const double value = baselines->rows[i].value;
    (void)json_object_set_new(root,
                              baselines->rows[i].key,
                              isfinite(value) ? json_real(value) : json_null());
  }
  return root;
}

/// Who is told while one learns
typedef struct {
  Progress* progress;
  double    before; ///< Baselines that are done
  bool      stopped;
} Listener;

static bool
go_on(void* const handle, const RemTrainNews* const news)
{
  Listener* const l = (Listener*)handle;
  progress_part(l->progress, "Baselines", l->before + news->done, 2.0);
  l->stopped = command_interrupted();
  return !l->stopped;
}

/// Write what a baseline is called
static void
name_rival(const RemRivalSpec* const spec, char* const out, const size_t size)
{
  const char* const format =
    spec->kind == REM_RIVAL_SYSTEM    ? "linear system, %u"
    : spec->kind == REM_RIVAL_FORWARD ? "feed-forward, last %u"
                                      : "linear, last %u";
  (void)snprintf(out,
                 size,
                 format,
                 spec->kind == REM_RIVAL_SYSTEM ? spec->n_hidden
                                                : spec->n_back);
}

/// Let one learn, and append its line
static RemStatus
hold_one(EvalBaselines* const      baselines,
         const EvalContest* const  contest,
         const RemRivalSpec* const spec,
         Listener* const           listener,
         RemError* const           error)
{
  static const char* const keys[] = {[REM_RIVAL_LINEAR]  = "linear",
                                     [REM_RIVAL_FORWARD] = "forward",
                                     [REM_RIVAL_SYSTEM]  = "linear_system"};
  const RemTrainWatch      watch  = {.handle = listener, .go_on = go_on};
  RemRival                 rival  = {.params = NULL};
  char                     name[40];
  RemStatus                st =
    rem_rival_learn(spec, contest->training, &watch, &rival, error);
  if (!st && listener->stopped) {
    st = rem_fail(error, REM_INTERRUPTED, NULL, "Stopped on request");
  }
  if (!st) {
    name_rival(spec, name, sizeof(name));
    eval_baselines_add(baselines,
                       keys[spec->kind],
                       name,
                       contest->figure(contest->handle, &rival));
  }
  rem_rival_clear(&rival);
  return st;
}

RemStatus
eval_baselines_hold(EvalBaselines* const     baselines,
                    const EvalContest* const contest,
                    RemError* const          error)
{
  Progress     progress = progress_start(QUIET_SECONDS);
  Listener     listener = {&progress, 0.0, false};
  RemRivalSpec spec     = {.kind   = REM_RIVAL_FORWARD,
                           .head   = contest->head,
                           .n_back = contest->n_back,
                           .n_hidden =
                         contest->n_hidden ? contest->n_hidden : N_HIDDEN,
                           .n_threads = rem_pool_n_processors(),
                           .limits    = {.seconds = baselines->seconds}};
  RemStatus    st       = hold_one(baselines, contest, &spec, &listener, error);
  if (!st && contest->n_linear) {
    spec.kind   = REM_RIVAL_LINEAR;
    spec.n_back = contest->n_linear;
    st          = hold_one(baselines, contest, &spec, &listener, error);
  }
  if (!st) {
    spec.kind       = REM_RIVAL_SYSTEM;
    spec.n_hidden   = N_STATES;
    listener.before = 1.0;
    st              = hold_one(baselines, contest, &spec, &listener, error);
  }
  progress_end(&progress, false);
  return st;
}

/// Return the loss of a baseline
static double
loss_of(void* const handle, const RemRival* const rival)
{
  return rem_rival_loss(rival, (const RemFrameSet*)handle);
}

RemStatus
eval_baselines_hold_loss(EvalBaselines* const     baselines,
                         const EvalContest* const contest,
                         RemError* const          error)
{
  EvalContest c = *contest;
  c.handle      = (void*)contest->tested;
  c.figure      = loss_of;
  return eval_baselines_hold(baselines, &c, error);
}

/// Sound that baselines are tried on
typedef struct {
  const RemFrameSet* tested;
  float*             y; ///< [samples tested]
} Sound;

/// Return the ESR of a baseline
static double
esr_of(void* const handle, const RemRival* const rival)
{
  const Sound* const sound  = (const Sound*)handle;
  const size_t       n      = rem_frame_set_n(sound->tested);
  const float* const target = sound->tested->targets + sound->tested->begins[0];
  double             error = 0.0, energy = 0.0;
  if (!rem_rival_play(rival, sound->tested, sound->y)) {
    return (double)NAN;
  }
  for (size_t t = 0; t < n; ++t) {
    const double d = (double)target[t], e = d - (double)sound->y[t];
    error += e * e;
    energy += d * d;
  }
  return error / energy;
}

/// Write [n] samples to `out` so that the first `n_known` have a power of 1
static void
normalise(const float* const from,
          const size_t       n,
          const size_t       n_known,
          float* const       out)
{
  double power = 1e-20;
  for (size_t t = 0; t < n_known; ++t) {
    power += (double)from[t] * (double)from[t] / (double)n_known;
  }
  for (size_t t = 0; t < n; ++t) {
    out[t] = (float)((double)from[t] / sqrt(power));
  }
}

RemStatus
eval_baselines_sound(EvalBaselines* const baselines,
                     const float* const   input,
                     const float* const   target,
                     const size_t         n,
                     const size_t         tested,
                     const double         esr,
                     RemError* const      error)
{
  const size_t      begins[] = {0U, tested, n};
  float* const      room     = (float*)malloc(3U * n * sizeof(float));
  const RemFrameSet first    = {1U, 1U, 1U, 1U, begins, room, room + n};
  const RemFrameSet last     = {1U, 1U, 1U, 1U, begins + 1, room, room + n};
  Sound             sound    = {&last, room + 2U * n};
  const EvalContest contest  = {.head     = REM_HEAD_LINEAR,
                                .n_back   = SOUND_BACK,
                                .n_linear = SOUND_LINEAR,
                                .training = &first,
                                .tested   = &last,
                                .handle   = &sound,
                                .figure   = esr_of};
  RemStatus         st       = REM_SUCCESS;
  if (!room) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for baselines");
  }
  normalise(input, n, tested, room);
  normalise(target, n, tested, room + n);
  eval_baselines_add(baselines, "net", "this net", esr);
  st = eval_baselines_hold(baselines, &contest, error);
  free(room);
  return st;
}
