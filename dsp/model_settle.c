// SPDX-License-Identifier: ISC

#include "dsp/model.h"

#include "dsp/denormal.h"
#include "dsp/model_internal.h"
#include "dsp/net.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SETTLE_STEP = 1024, MIN_SETTLE_FRAMES = 4096 };

#define SETTLE_TOLERANCE 1e-6f ///< Change per SETTLE_STEP that counts as none
#define SETTLE_WORK 4e10       ///< Multiply-adds that a rest state may cost

void
rem_model_close(RemModelPlayer* const player)
{
  rem_net_state_free(player->state);
  rem_net_free(player->net);
}

RemStatus
rem_model_open(RemModelPlayer* const player,
               const RemModel* const model,
               RemError* const       error)
{
  RemNetSpec spec = model->spec;
  spec.whole      = false; // For the output of every frame
  player->net     = rem_net_new(&spec, model->params);
  player->state   = player->net ? rem_net_state_new(player->net) : NULL;
  if (!player->state) {
    rem_model_close(player);
    return rem_fail(error, REM_NO_MEMORY, NULL, "out of memory for the net");
  }
  rem_net_state_set(player->net, player->state, model->rest);
  return REM_SUCCESS;
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
  RemModelPlayer  player = {NULL, NULL};
  const RemStatus st     = rem_model_open(&player, model, error);
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
  rem_model_close(&player);
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
