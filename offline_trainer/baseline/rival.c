// SPDX-License-Identifier: ISC

#include "offline_trainer/baseline/rival.h"

#include "offline_trainer/baseline/linear.h"
#include "offline_trainer/baseline/window_lesson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HELD_OUT 10U ///< One row of so many

/// The rows of a set in two parts, that share its frames
typedef struct {
  size_t*     begins; ///< [pieces + 3] of both; owned
  RemFrameSet training;
  RemFrameSet held_out;
} Parts;

/// Return how many pieces begin before row `at`
static size_t
pieces_before(const RemFrameSet* const set, const size_t at)
{
  size_t n = 0U;
  while (n < set->n_pieces && set->begins[n] < at) {
    ++n;
  }
  return n;
}

/// Cut off the last rows; false without memory
static bool
part(const RemFrameSet* const set, Parts* const out)
{
  const size_t n     = rem_frame_set_n(set);
  const size_t end   = set->begins[set->n_pieces];
  const size_t at    = end - (n / HELD_OUT ? n / HELD_OUT : 1U);
  const size_t n_old = pieces_before(set, at);
  size_t*      to    = (size_t*)calloc(set->n_pieces + 3U, sizeof(size_t));
  *out               = (Parts){to, *set, *set};
  if (!to) {
    return false;
  }
  memcpy(to, set->begins, n_old * sizeof(size_t));
  to[n_old]              = at;
  out->training.begins   = to;
  out->training.n_pieces = n_old;
  to += n_old + 1U;
  out->held_out.begins         = to;
  out->held_out.n_pieces       = 0U;
  to[out->held_out.n_pieces++] = at;
  for (size_t i = n_old; i < set->n_pieces; ++i) {
    if (set->begins[i] > at) {
      to[out->held_out.n_pieces++] = set->begins[i];
    }
  }
  to[out->held_out.n_pieces] = end;
  return true;
}

/// Return how it trains
static RemTrainSpec
train_spec(const RemRival* const rival)
{
  RemTrainSpec spec = rem_train_default();
  spec.net          = rival->net;
  spec.n_streams    = 16U;
  spec.n_steps      = 64U;
  spec.n_warm_up    = 0U;
  spec.memory       = 16.0;
  spec.rate         = 0.005;
  spec.clip         = 1.0;
  spec.keep         = 0.98;
  spec.seed         = 1U;
  return spec;
}

/// Take the best weights of a trainer
static RemStatus
take(const RemTrainer* const trainer,
     RemRival* const         out,
     RemError* const         error)
{
  const float* const best = rem_trainer_best(trainer);
  const size_t       n    = rem_net_n_params(&out->net);
  if (!best) {
    return rem_fail(error,
                    REM_INTERRUPTED,
                    NULL,
                    "A baseline was stopped before it learned anything");
  }
  out->params = (float*)malloc(n * sizeof(float));
  if (!out->params) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for a baseline");
  }
  memcpy(out->params, best, n * sizeof(float));
  return REM_SUCCESS;
}

/// Train on `parts`
static RemStatus
train(const Parts* const         parts,
      const RemTrainWatch* const watch,
      RemRival* const            out,
      RemError* const            error)
{
  static const RemTrainWatch nobody  = {NULL, NULL, NULL, NULL};
  const RemTrainSpec         spec    = train_spec(out);
  RemLesson                  lesson  = {.handle = NULL};
  RemTrainer*                trainer = NULL;
  RemTrainEnd                end     = REM_END_LIMIT;
  RemStatus                  st      = rem_window_lesson_open(&spec,
                                        out->spec.n_back,
                                        &parts->training,
                                        &parts->held_out,
                                        out->spec.n_threads,
                                        &lesson,
                                        error);
  if (!st && !(st = rem_trainer_new(&spec, &lesson, &trainer, error))) {
    st = rem_train(
      trainer, &out->spec.limits, watch ? watch : &nobody, &end, error);
    if (!st || (st == REM_NOT_FINITE && rem_trainer_best(trainer))) {
      st = take(trainer, out, error);
    }
  }
  rem_trainer_free(trainer);
  rem_lesson_clear(&lesson);
  return st;
}

/// Return the shape of a net that sees frames of `set`
static RemNetSpec
net_spec(const RemRivalSpec* const spec, const RemFrameSet* const set)
{
  return (RemNetSpec){.cell     = spec->kind == REM_RIVAL_SYSTEM
                                    ? REM_CELL_RNN_LINEAR
                                    : REM_CELL_FORWARD,
                      .head     = spec->head,
                      .n_in     = spec->n_back * set->n_in,
                      .n_hidden = spec->n_hidden,
                      .n_layers = 1U,
                      .n_out    = set->n_out};
}

RemStatus
rem_rival_learn(const RemRivalSpec* const  spec,
                const RemFrameSet* const   set,
                const RemTrainWatch* const watch,
                RemRival* const            out,
                RemError* const            error)
{
  Parts     parts = {.begins = NULL};
  RemStatus st    = REM_SUCCESS;
  *out            = (RemRival){.spec = *spec};
  if (rem_frame_set_n(set) < 2U) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "There is too little for baselines to learn from");
  }
  if (spec->kind == REM_RIVAL_SYSTEM) {
    out->spec.n_back = 1U;
  }
  if (spec->kind == REM_RIVAL_LINEAR) {
    out->weights = rem_linear_fit(set, spec->n_back);
    return out->weights
             ? REM_SUCCESS
             : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for a baseline");
  }
  out->net = net_spec(&out->spec, set);
  if (part(set, &parts)) {
    st = train(&parts, watch, out, error);
  } else {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for a baseline");
  }
  free(parts.begins);
  return st;
}

void
rem_rival_clear(RemRival* const rival)
{
  free(rival->params);
  free(rival->weights);
  *rival = (RemRival){.params = NULL};
}

bool
rem_rival_play(const RemRival* const    rival,
               const RemFrameSet* const set,
               float* const             y)
{
  return rival->weights
           ? rem_linear_play(rival->weights, set, rival->spec.n_back, y)
           : rem_window_play(
               &rival->net, rival->params, rival->spec.n_back, set, y);
}

double
rem_rival_loss(const RemRival* const rival, const RemFrameSet* const set)
{
  const size_t n   = rem_frame_set_n(set);
  float* const y   = (float*)malloc((n * set->n_out + 1U) * sizeof(float));
  double       sum = y && rem_rival_play(rival, set, y) ? 0.0 : (double)NAN;
  for (size_t t = 0U; !isnan(sum) && t < n; ++t) {
    float* const       row = y + t * set->n_out;
    const float* const target =
      set->targets + (set->begins[0] + t) * set->n_targets;
    sum += rem_window_loss(rival->spec.head, set->n_out, row, target, 1.0, row);
  }
  free(y);
  return sum / (double)n;
}
