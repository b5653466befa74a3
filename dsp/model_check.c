// SPDX-License-Identifier: ISC

#include "dsp/model.h"

#include "dsp/denormal.h"
#include "dsp/model_internal.h"
#include "dsp/net.h"
#include "dsp/sequence.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { CHECK_FRAMES = 256 };

/// Wide outputs need fewer frames: the test vector would be most of the file
enum { WIDE_OUT = 16, WIDE_CHECK_FRAMES = 32 };

/// Deterministic noise in [-1, 1); xorshift32, so a seed is never zero
static float
noise(uint32_t* const seed)
{
  *seed ^= *seed << 13U;
  *seed ^= *seed >> 17U;
  *seed ^= *seed << 5U;
  return (float)(*seed >> 8U) / 8388608.0f - 1.0f;
}

/// Fill one frame with noise: a symbol where the net reads such, all else
/// behind the first number between 0 and 1, as knobs are
static void
fill_frame(const RemNetSpec* const spec,
           uint32_t* const         seed,
           float* const            frame)
{
  for (uint32_t i = 0; i < spec->n_in; ++i) {
    const float x = noise(seed);
    frame[i]      = i ? fabsf(x) : x;
  }
  if (spec->n_symbols) {
    const float at = 0.5f * (frame[0] + 1.0f) * (float)spec->n_symbols;
    frame[0]       = fminf(floorf(at), (float)(spec->n_symbols - 1U));
  }
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

/// Run a net over `n` frames from the rest state, in both directions if that is
/// how it reads
static RemStatus
play_frames(const RemModel* const       model,
            const RemModelPlayer* const player,
            const float* const          x,
            float* const                y,
            const uint32_t              n,
            RemError* const             error)
{
  const RemFloatMode mode = rem_denormals_off();
  RemStatus          st   = REM_SUCCESS;
  if (model->spec.both) {
    st = rem_net_sequence(player->net, model->rest, x, n, y, NULL, error);
  } else {
    rem_net_state_set(player->net, player->state, model->rest);
    rem_net_block(player->net, player->state, x, y, n);
  }
  rem_denormals_restore(mode);
  return st;
}

RemStatus
rem_model_make_check(RemModel* const model, RemError* const error)
{
  const size_t   n_in   = model->spec.n_in;
  const size_t   n_out  = model->spec.n_out;
  const size_t   n      = n_out > WIDE_OUT ? WIDE_CHECK_FRAMES : CHECK_FRAMES;
  float* const   input  = calloc(n * n_in, sizeof(float));
  float* const   output = calloc(n * n_out, sizeof(float));
  RemModelPlayer player = {NULL, NULL};
  RemStatus      st     = REM_NO_MEMORY;
  uint32_t       seed   = 1U;

  if (input && output && !(st = rem_model_open(&player, model, error))) {
    for (size_t t = 0; t < n; ++t) {
      fill_frame(&model->spec, &seed, input + t * n_in);
    }
    (void)((st =
              play_frames(model, &player, input, output, (uint32_t)n, error)) ||
           (st = check_output(output, n * n_out, error)));
    rem_model_close(&player);
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

/// Run a net over `input` with every number but symbols `factor` times as
/// large
static RemStatus
play_scaled(const RemModelCheck* const  check,
            const RemModel* const       model,
            const RemModelPlayer* const player,
            const float                 factor,
            float* const                input,
            float* const                y,
            RemError* const             error)
{
  const size_t n_in = model->spec.n_in;
  for (size_t i = 0; i < check->n_frames * n_in; ++i) {
    const bool symbol = model->spec.n_symbols && i % n_in == 0U;
    input[i]          = (symbol ? 1.0f : factor) * check->input[i];
  }
  return play_frames(model, player, input, y, check->n_frames, error);
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
  RemModelPlayer             player = {NULL, NULL};
  RemStatus                  st     = REM_SUCCESS;
  if (!check->n_frames) {
    return REM_SUCCESS;
  }

  float* const input = calloc(check->n_frames * n_in, sizeof(float));
  float* const y     = calloc(check->n_frames * n_out, 2U * sizeof(float));
  if (!input || !y) {
    st =
      rem_fail(error, REM_NO_MEMORY, NULL, "out of memory for the test vector");
  } else if (!(st = rem_model_open(&player, model, error))) {
    float* const other = y + check->n_frames * n_out;
    const float  more  = 1.0f + 4.0f * FLT_EPSILON;
    if (!(st = play_scaled(check, model, &player, 1.0f, input, y, error)) &&
        !(st = play_scaled(check, model, &player, more, input, other, error))) {
      const size_t n = certain_frames(check, n_out, y, other);
      st             = compare(check, y, n, n_out, error);
    }
    rem_model_close(&player);
  }
  free(input);
  free(y);
  return st;
}
