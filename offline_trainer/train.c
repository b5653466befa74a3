// SPDX-License-Identifier: ISC

#include "offline_trainer/train.h"

#include "dsp/random.h"
#include "offline_trainer/train_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

RemTrainSpec
rem_train_default(void)
{
  const RemTrainSpec spec = {.net       = {.n_in     = 1U,
                                           .n_hidden = 32U,
                                           .n_layers = 1U,
                                           .n_out    = 1U,
                                           .skip     = true},
                             .n_streams = 32U,
                             .n_steps   = 256U,
                             .n_warm_up = 1000U,
                             .memory    = 2000.0,
                             .rate      = 0.02,
                             .decay     = 0.0,
                             .clip      = 1.0,
                             .keep      = 0.99,
                             .seed      = 1U};
  return spec;
}

RemStatus
rem_train_spec_check(const RemTrainSpec* const spec, RemError* const error)
{
  const RemStatus st = rem_net_spec_check(&spec->net, error);
  if (st) {
    return st;
  }
  if (!spec->n_steps || !spec->n_streams || !(spec->rate > 0.0)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "Window, batch and learning rate must be above zero");
  }
  return REM_SUCCESS;
}

/// Fill `n` parameters with U(-bound, bound)
static void
fill_uniform(float* const     params,
             const size_t     n,
             const double     bound,
             RemRandom* const random)
{
  for (size_t i = 0; i < n; ++i) {
    params[i] = (float)(bound * (2.0 * rem_random_uniform(random) - 1.0));
  }
}

/// Give units memories of 1 to `longest` samples, evenly spread by octaves
static void
spread_memories(float* const     bias,
                const uint32_t   n_hidden,
                const double     longest,
                RemRandom* const random)
{
  float* const input  = bias; // Order of gates: i, f, g, o
  float* const forget = bias + n_hidden;
  for (uint32_t j = 0; j < n_hidden; ++j) {
    forget[j] = (float)(rem_random_uniform(random) * log(longest));
    input[j]  = -forget[j];
  }
}

/**
   Set parameters to begin with: U(-1, 1) / sqrt(H), but for the biases of the
   forget and input gates, log T and -log T with log T in U(0, log memory).

   A forget gate of sigmoid(log T) keeps for about T samples, and an input gate
   of sigmoid(-log T) lets in as much as that keeps within bounds.  Nets that
   begin so have cells for the slow parts of a device, its bias and its sag;
   those with one bias for all seldom find them.

   Source: the range is PyTorch's; Tallec and Ollivier 2018, "Can recurrent
   neural networks warp time?", arXiv:1804.11188 for the biases, there with T
   uniform instead of log T.
*/
static void
initialise(RemTrainer* const trainer)
{
  const RemNetSpec* const net    = &trainer->spec.net;
  const double            bound  = 1.0 / sqrt((double)net->n_hidden);
  RemRandom               random = {trainer->spec.seed};
  fill_uniform(trainer->params, trainer->n_params, bound, &random);
  for (uint32_t l = 0; l < net->n_layers; ++l) {
    spread_memories(trainer->params + rem_net_layer_at(net, l).bias,
                    net->n_hidden,
                    trainer->spec.memory,
                    &random);
  }
  trainer->lesson->prepare(trainer->lesson->handle, trainer->params);
  trainer->counters.random = random;
}

static float*
new_params(const RemTrainer* const trainer)
{
  return (float*)calloc(trainer->n_params, sizeof(float));
}

/// Share the streams out
static bool
make_groups(RemTrainer* const trainer)
{
  const uint32_t n_streams = trainer->spec.n_streams;
  const uint32_t n =
    rem_bptt_n_groups(&trainer->spec.net, n_streams, trainer->spec.n_steps);
  trainer->n_groups = n;
  trainer->n_packed = rem_bptt_net_n_gradient(trainer->net);
  trainer->groups   = (RemGroup*)calloc(n, sizeof(RemGroup));
  trainer->packed   = (float*)calloc(n * trainer->n_packed, sizeof(float));
  if (!trainer->groups || !trainer->packed) {
    return false;
  }
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t first = rem_bptt_group_begin(n_streams, n, i);
    const uint32_t end   = rem_bptt_group_begin(n_streams, n, i + 1U);
    trainer->groups[i]   = (RemGroup){
        {first, end - first}, trainer->packed + i * trainer->n_packed, 0.0};
  }
  return true;
}

/// Make a window for every thread, wide enough for the largest group
static bool
make_windows(RemTrainer* const trainer)
{
  const RemTrainSpec* const spec      = &trainer->spec;
  const uint32_t            n_threads = trainer->lesson->n_threads;
  const uint32_t            n_streams =
    (spec->n_streams + trainer->n_groups - 1U) / trainer->n_groups;
  trainer->n_windows = n_threads;
  trainer->windows   = (RemWindow**)calloc(n_threads, sizeof(RemWindow*));
  for (uint32_t i = 0; trainer->windows && i < n_threads; ++i) {
    trainer->windows[i] =
      rem_window_new(trainer->net, n_streams, spec->n_steps);
    if (!trainer->windows[i]) {
      return false;
    }
  }
  return trainer->windows;
}

/// Allocate all that training needs; false without memory
static bool
allocate(RemTrainer* const trainer)
{
  const RemTrainSpec* const spec = &trainer->spec;
  trainer->n_params              = rem_net_n_params(&spec->net);
  trainer->pool                  = rem_pool_new(trainer->lesson->n_threads);
  trainer->net                   = rem_bptt_net_new(&spec->net);
  trainer->params                = new_params(trainer);
  trainer->average               = new_params(trainer);
  trainer->gradient              = new_params(trainer);
  trainer->best                  = new_params(trainer);
  trainer->adam                  = rem_adam_new(trainer->n_params);
  trainer->states                = (float*)calloc(
    spec->n_streams * rem_net_n_state(&spec->net), sizeof(float));
  return trainer->pool && trainer->net && trainer->params && trainer->average &&
         trainer->gradient && trainer->best && trainer->adam.mean &&
         trainer->states && make_groups(trainer) && make_windows(trainer);
}

RemStatus
rem_trainer_new(const RemTrainSpec* const spec,
                RemLesson* const          lesson,
                RemTrainer** const        out,
                RemError* const           error)
{
  *out         = NULL;
  RemStatus st = rem_train_spec_check(spec, error);
  if (st) {
    return st;
  }
  RemTrainer* const trainer = (RemTrainer*)calloc(1, sizeof(RemTrainer));
  if (!trainer) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
  }
  trainer->spec   = *spec;
  trainer->lesson = lesson;
  if (!allocate(trainer)) {
    rem_trainer_free(trainer);
    return rem_fail(error,
                    REM_NO_MEMORY,
                    NULL,
                    "No memory to train a net of this size; try a smaller"
                    " --batch or --window");
  }
  initialise(trainer);
  rem_trainer_set_params(trainer, trainer->params);
  memcpy(trainer->best, trainer->params, trainer->n_params * sizeof(float));
  trainer->figures = (RemTrainFigures){
    .loss = NAN, .figure = INFINITY, .best = INFINITY, .rate_scale = 1.0};
  *out = trainer;
  return REM_SUCCESS;
}

void
rem_lesson_clear(RemLesson* const lesson)
{
  if (lesson->handle) {
    lesson->free(lesson->handle);
  }
  *lesson = (RemLesson){.handle = NULL};
}

void
rem_trainer_free(RemTrainer* const trainer)
{
  if (trainer) {
    rem_pool_free(trainer->pool);
    for (uint32_t i = 0; trainer->windows && i < trainer->n_windows; ++i) {
      rem_window_free(trainer->windows[i]);
    }
    free(trainer->windows);
    free(trainer->groups);
    free(trainer->packed);
    free(trainer->states);
    rem_bptt_net_free(trainer->net);
    rem_adam_clear(&trainer->adam);
    free(trainer->params);
    free(trainer->average);
    free(trainer->gradient);
    free(trainer->best);
    free(trainer->history);
    free(trainer);
  }
}

void
rem_trainer_set_params(RemTrainer* const trainer, const float* const params)
{
  const size_t size = trainer->n_params * sizeof(float);
  memmove(trainer->params, params, size);
  memcpy(trainer->average, trainer->params, size);
  rem_adam_reset(&trainer->adam);
  rem_bptt_net_set(trainer->net, trainer->params);
  trainer->counters.n_seen  = 0U;
  trainer->counters.window  = 0U;
  trainer->figures.loss_sum = 0.0;
}

/**
   Sum the gradients of all groups, in the order of groups, whoever ran them.

   This is the one meeting of an update.  A run over several machines would add
   their sums here.
*/
static double
sum_groups(RemTrainer* const trainer)
{
  double share = 0.0;
  for (uint32_t i = 0; i < trainer->n_groups; ++i) {
    const float* const part = trainer->groups[i].packed;
    for (size_t j = 0; i && j < trainer->n_packed; ++j) {
      trainer->packed[j] += part[j];
    }
    share += trainer->groups[i].share;
  }
  rem_bptt_net_unpack(trainer->net, trainer->packed, trainer->gradient);
  return share;
}

/// Move to the next window, or epoch
static void
advance(RemTrainer* const trainer, const double loss)
{
  RemTrainCounters* const c = &trainer->counters;
  RemTrainFigures* const  f = &trainer->figures;
  c->n_unseen += trainer->lesson->n_learned;
  f->loss_sum += loss;
  if (++c->window == trainer->lesson->n_windows) {
    f->loss     = f->loss_sum / trainer->lesson->n_windows;
    f->loss_sum = 0.0;
    c->window   = 0U;
    ++c->epoch;
  }
}

double
rem_trainer_update(RemTrainer* const trainer, const double rate)
{
  const RemTrainSpec* const spec = &trainer->spec;
  RemTrainCounters* const   c    = &trainer->counters;
  if (!c->window) {
    trainer->lesson->draw(trainer->lesson->handle, &c->random);
  }
  rem_pool_run(trainer->pool, trainer->n_groups, rem_group_run, trainer);

  const double loss = sum_groups(trainer);
  const double norm =
    rem_clip_norm(trainer->gradient, trainer->n_params, spec->clip);
  if (!isfinite(norm) || !isfinite(loss)) {
    return NAN;
  }
  rem_adam_step(
    &trainer->adam, rate, spec->decay, trainer->gradient, trainer->params);
  rem_average_step(trainer->average,
                   trainer->params,
                   trainer->n_params,
                   ++c->n_seen,
                   spec->keep);
  rem_bptt_net_set(trainer->net, trainer->params);
  ++c->n_updates;
  advance(trainer, loss);
  return loss;
}

bool
rem_trainer_note(RemTrainer* const trainer, const RemHistoryPoint* const point)
{
  if (trainer->n_history == trainer->max_history) {
    const size_t           n = 2U * trainer->max_history + 64U;
    RemHistoryPoint* const history =
      (RemHistoryPoint*)realloc(trainer->history, n * sizeof(RemHistoryPoint));
    if (!history) {
      return false;
    }
    trainer->history     = history;
    trainer->max_history = n;
  }
  trainer->history[trainer->n_history++] = *point;
  return true;
}

const float*
rem_trainer_best(const RemTrainer* const trainer)
{
  return isfinite(trainer->figures.best) ? trainer->best : NULL;
}

void
rem_trainer_remeasure(RemTrainer* const trainer)
{
  RemTrainFigures* const f = &trainer->figures;
  if (rem_trainer_best(trainer)) {
    f->best = trainer->lesson->validate(
      trainer->lesson->handle, trainer->pool, trainer->best);
    f->figure = f->best;
  }
}

const RemHistoryPoint*
rem_trainer_history(const RemTrainer* const trainer, size_t* const n)
{
  *n = trainer->n_history;
  return trainer->history;
}
