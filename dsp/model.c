// SPDX-License-Identifier: ISC

#include "dsp/model.h"

#include "dsp/denormal.h"
#include "dsp/net.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHECK_FRAMES = 256, SETTLE_STEP = 1024, MIN_SETTLE_FRAMES = 4096 };

/// Wide outputs need fewer frames: the test vector would be most of the file
enum { WIDE_OUT = 16, WIDE_CHECK_FRAMES = 32 };

#define SETTLE_TOLERANCE 1e-6f ///< Change per SETTLE_STEP that counts as none
#define SETTLE_WORK 4e10       ///< Multiply-adds that a rest state may cost

const char*
rem_frame_kind_name(const RemFrameKind kind)
{
  static const char* const names[] = {
    "audio", "control", "symbols", "spectra", "vectors"};
  return names[kind];
}

RemModel*
rem_model_new(const RemNetSpec* const spec)
{
  RemModel* const model = (RemModel*)calloc(1, sizeof(RemModel));
  if (!model) {
    return NULL;
  }
  model->spec             = *spec;
  model->params           = calloc(rem_net_n_params(spec), sizeof(float));
  model->rest             = calloc(rem_net_n_state(spec), sizeof(float));
  model->sample_rate      = REM_DEFAULT_RATE;
  model->loudness_db      = NAN;
  model->input_level_dbu  = NAN;
  model->output_level_dbu = NAN;
  if (!model->params || !model->rest) {
    rem_model_free(model);
    return NULL;
  }
  return model;
}

RemModel*
rem_model_new_control(const RemFrames* const frames,
                      const uint32_t         n_hidden,
                      const uint32_t         n_layers)
{
  const RemNetSpec spec  = rem_frames_net(frames, n_hidden, n_layers);
  RemModel* const  model = rem_model_new(&spec);
  RemFrames* const copy  = (RemFrames*)malloc(sizeof(RemFrames));
  if (!model || !copy) {
    free(copy);
    rem_model_free(model);
    return NULL;
  }
  *copy         = *frames;
  model->kind   = REM_FRAME_CONTROL;
  model->frames = copy;
  return model;
}

void
rem_model_free(RemModel* const model)
{
  if (model) {
    free(model->frames);
    rem_symbols_free(model->symbols);
    rem_symbols_free(model->labels);
    free(model->spectra);
    rem_encoder_free(model->encoder);
    free(model->params);
    free(model->rest);
    free(model->check.input);
    free(model->check.output);
    free(model->knobs);
    free(model->name);
    free(model->metadata);
    free(model->metrics);
    free(model->provenance);
    free(model);
  }
}

void
rem_model_idle_frame(const RemModel* const model, float* const frame)
{
  memset(frame, 0, model->spec.n_in * sizeof(float));
  for (uint32_t k = 0; k < model->n_knobs; ++k) {
    const RemKnob* const knob = &model->knobs[k];
    frame[1U + k] =
      (knob->default_value - knob->minimum) / (knob->maximum - knob->minimum);
  }
}

/// Whether no number changed by more than the tolerance, relative above 1
static bool
same_state(const float* const a, const float* const b, const size_t n)
{
  for (size_t i = 0; i < n; ++i) {
    const float scale = fmaxf(1.0f, fabsf(a[i]));
    if (!(fabsf(a[i] - b[i]) <= SETTLE_TOLERANCE * scale)) {
      return false;
    }
  }
  return true;
}

/// Run the idle frame [I] until the state no longer changes, at most
/// `max_frames`: some nets oscillate.  Returns the frames run, 0 without
/// memory.
static uint32_t
run_idle(const RemNet* const net,
         RemNetState* const  state,
         const float* const  idle,
         const uint32_t      max_frames)
{
  const RemNetSpec* const spec   = rem_net_spec(net);
  const size_t            n      = rem_net_n_state(spec);
  const size_t            n_in   = spec->n_in;
  float* const            before = calloc(2U * n, sizeof(float));
  float* const            after  = before ? before + n : NULL;
  float* const            x      = calloc(SETTLE_STEP * n_in, sizeof(float));
  float* const y       = calloc((size_t)SETTLE_STEP * spec->n_out, sizeof(*y));
  uint32_t     done    = 0U;
  bool         settled = !before || !x || !y; // Stay where it is

  for (size_t t = 0; x && t < SETTLE_STEP; ++t) {
    memcpy(x + t * n_in, idle, n_in * sizeof(float));
  }
  while (!settled && done < max_frames) {
    const uint32_t left = max_frames - done;
    const uint32_t m    = left < SETTLE_STEP ? left : SETTLE_STEP;
    rem_net_state_get(net, state, before);
    rem_net_block(net, state, x, y, m);
    rem_net_state_get(net, state, after);
    settled = same_state(before, after, n);
    done += m;
  }

  free(before);
  free(x);
  free(y);
  return done;
}

/// A model's net with one stream, in its rest state
typedef struct {
  RemNet*      net;
  RemNetState* state;
} Player;

static void
close_player(Player* const player)
{
  rem_net_state_free(player->state);
  rem_net_free(player->net);
}

static RemStatus
open_player(Player* const         player,
            const RemModel* const model,
            RemError* const       error)
{
  player->net   = rem_net_new(&model->spec, model->params);
  player->state = player->net ? rem_net_state_new(player->net) : NULL;
  if (!player->state) {
    close_player(player);
    return rem_fail(error, REM_NO_MEMORY, NULL, "out of memory for the net");
  }
  rem_net_state_set(player->net, player->state, model->rest);
  return REM_SUCCESS;
}

/// Longest wait for a rest state: the usual for small nets, less for huge ones
static uint32_t
max_settle_frames(const RemNetSpec* const spec)
{
  const double frames = SETTLE_WORK / (double)rem_net_n_params(spec);
  return (uint32_t)fmin(REM_SETTLE_FRAMES, fmax(MIN_SETTLE_FRAMES, frames));
}

RemStatus
rem_model_settle(RemModel* const model, RemError* const error)
{
  float           idle[REM_MAX_IN];
  Player          player = {NULL, NULL};
  const RemStatus st     = open_player(&player, model, error);
  if (st) {
    return st;
  }

  const RemFloatMode mode = rem_denormals_off();
  rem_model_idle_frame(model, idle);
  const uint32_t n_frames =
    run_idle(player.net, player.state, idle, max_settle_frames(&model->spec));
  rem_denormals_restore(mode);

  const bool finite = rem_net_state_is_finite(player.net, player.state);
  if (finite) {
    rem_net_state_get(player.net, player.state, model->rest);
  }
  close_player(&player);
  if (!n_frames) {
    return rem_fail(
      error, REM_NO_MEMORY, NULL, "out of memory for the rest state");
  }
  return finite ? REM_SUCCESS
                : rem_fail(error,
                           REM_NOT_FINITE,
                           NULL,
                           "the net runs away when its input is silent");
}

/// Deterministic noise in [-1, 1); xorshift32, so a seed is never zero
static float
noise(uint32_t* const seed)
{
  *seed ^= *seed << 13U;
  *seed ^= *seed >> 17U;
  *seed ^= *seed << 5U;
  return (float)(*seed >> 8U) / 8388608.0f - 1.0f;
}

/// Check that the output y [n] is finite: no file could hold another
static RemStatus
check_output(const float* const y, const size_t n, RemError* const error)
{
  for (size_t i = 0; i < n; ++i) {
    if (!isfinite(y[i])) {
      return rem_fail(error,
                      REM_NOT_FINITE,
                      NULL,
                      "the net's output is not finite when it hears noise");
    }
  }
  return REM_SUCCESS;
}

RemStatus
rem_model_make_check(RemModel* const model, RemError* const error)
{
  const size_t n_in   = model->spec.n_in;
  const size_t n_out  = model->spec.n_out;
  const size_t n      = n_out > WIDE_OUT ? WIDE_CHECK_FRAMES : CHECK_FRAMES;
  float* const input  = calloc(n * n_in, sizeof(float));
  float* const output = calloc(n * n_out, sizeof(float));
  Player       player = {NULL, NULL};
  RemStatus    st     = REM_NO_MEMORY;
  uint32_t     seed   = 1U;

  if (input && output && !(st = open_player(&player, model, error))) {
    for (size_t i = 0; i < n * n_in; ++i) {
      const float x = noise(&seed);
      input[i]      = i % n_in ? fabsf(x) : x; // Knobs lie between 0 and 1
    }
    const RemFloatMode mode = rem_denormals_off();
    rem_net_block(player.net, player.state, input, output, (uint32_t)n);
    rem_denormals_restore(mode);
    close_player(&player);
    st = check_output(output, n * n_out, error);
  } else {
    st = rem_fail(error, st, NULL, "out of memory for the test vector");
  }
  if (!st) {
    free(model->check.input);
    free(model->check.output);
    model->check = (RemModelCheck){(uint32_t)n, input, output};
    return st;
  }
  free(input);
  free(output);
  return st;
}

/// Run a net over `input` with every number `factor` times as large
static void
play_scaled(const RemModelCheck* const check,
            const RemModel* const      model,
            const Player* const        player,
            const float                factor,
            float* const               input,
            float* const               y)
{
  for (size_t i = 0; i < (size_t)check->n_frames * model->spec.n_in; ++i) {
    input[i] = factor * check->input[i];
  }
  rem_net_state_set(player->net, player->state, model->rest);
  rem_net_block(player->net, player->state, input, y, check->n_frames);
}

/**
   Return how many frames of a test vector are certain to be met by a right net.

   Loud noise can drive a net of high gain into chaos, where rounding grows
   until two right processors disagree.  From there on nothing can be judged:
   where a few units in the last place of the input are seen at the output.

   @param y     [n_frames, O] what the net makes of the input.
   @param other [n_frames, O] what it makes of nearly the same.
*/
static size_t
certain_frames(const RemModelCheck* const check,
               const size_t               n_out,
               const float* const         y,
               const float* const         other)
{
  for (size_t t = 0; t < check->n_frames; ++t) {
    for (size_t o = 0; o < n_out; ++o) {
      const float apart = fabsf(y[t * n_out + o] - other[t * n_out + o]);
      if (apart > 0.1f * REM_CHECK_TOLERANCE) {
        return t ? t : 1U;
      }
    }
  }
  return check->n_frames;
}

/// Compare `n_frames` with the test vector; the place of the largest miss goes
/// to `error`
static RemStatus
compare(const RemModelCheck* const check,
        const float* const         y,
        const size_t               n_frames,
        const size_t               n_out,
        RemError* const            error)
{
  float  worst = 0.0f;
  size_t at    = 0U;

  for (size_t t = 0; t < n_frames; ++t) {
    for (size_t o = 0; o < n_out; ++o) {
      const float miss = fabsf(y[t * n_out + o] - check->output[t * n_out + o]);
      if (!isfinite(miss)) {
        return rem_fail(error,
                        REM_NOT_FINITE,
                        NULL,
                        "the net's output is not finite at frame %zu of the "
                        "test vector",
                        t);
      }
      if (miss > worst) {
        worst = miss;
        at    = t;
      }
    }
  }
  return worst <= REM_CHECK_TOLERANCE
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_CHECK,
                      NULL,
                      "the net misses the file's test vector by %g at frame "
                      "%zu, expected at most %g",
                      (double)worst,
                      at,
                      (double)REM_CHECK_TOLERANCE);
}

RemStatus
rem_model_verify(const RemModel* const model, RemError* const error)
{
  const RemModelCheck* const check  = &model->check;
  const size_t               n_in   = model->spec.n_in;
  const size_t               n_out  = model->spec.n_out;
  Player                     player = {NULL, NULL};
  RemStatus                  st     = REM_SUCCESS;
  if (!check->n_frames) {
    return REM_SUCCESS;
  }

  float* const input = calloc(check->n_frames * n_in, sizeof(float));
  float* const y     = calloc(check->n_frames * n_out, 2U * sizeof(float));
  if (!input || !y) {
    st =
      rem_fail(error, REM_NO_MEMORY, NULL, "out of memory for the test vector");
  } else if (!(st = open_player(&player, model, error))) {
    float* const       other = y + check->n_frames * n_out;
    const RemFloatMode mode  = rem_denormals_off();
    play_scaled(check, model, &player, 1.0f, input, y);
    play_scaled(check, model, &player, 1.0f + 4.0f * FLT_EPSILON, input, other);
    rem_denormals_restore(mode);
    const size_t n = certain_frames(check, n_out, y, other);
    st             = compare(check, y, n, n_out, error);
    close_player(&player);
  }
  free(input);
  free(y);
  return st;
}
