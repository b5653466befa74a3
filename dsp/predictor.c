// SPDX-License-Identifier: ISC

#include "dsp/predictor.h"

#include "dsp/predictor_internal.h"

#include <math.h>
#include <string.h>

REM_RT const RemFrames*
rem_predictor_frames(const RemPredictor* const predictor)
{
  return &predictor->frames;
}

REM_RT uint32_t
rem_predictor_n_failures(const RemPredictor* const predictor)
{
  return predictor->n_failures;
}

REM_RT void
rem_predictor_reset(RemPredictor* const predictor)
{
  rem_net_state_set(predictor->net, predictor->state, predictor->rest);
  predictor->fresh = true;
}

/// Return whether the net still makes sense
REM_RT static bool
is_sane(const RemPredictor* const predictor)
{
  const uint32_t n = rem_net_spec(predictor->net)->n_out;
  for (uint32_t o = 0U; o < n; ++o) {
    if (!isfinite(predictor->y[o])) {
      return false;
    }
  }
  return rem_net_state_is_finite(predictor->net, predictor->state);
}

/// Take one step with the columns as they are
REM_RT static void
step(RemPredictor* const predictor)
{
  rem_net_block(
    predictor->net, predictor->state, predictor->columns, predictor->y, 1U);
  predictor->fresh = false;
  if (!is_sane(predictor)) {
    rem_net_state_set(predictor->net, predictor->state, predictor->rest);
    memset(
      predictor->y, 0, rem_net_spec(predictor->net)->n_out * sizeof(float));
    ++predictor->n_failures;
  }
}

REM_RT void
rem_predictor_hear(RemPredictor* const predictor, const float* const frame)
{
  const RemFrames* const frames = &predictor->frames;
  float                  clean[REM_MAX_FRAME];
  clean[0] = fminf(fmaxf(frame[0], REM_MIN_DT), frames->dt_maximum);
  for (uint32_t d = 1U; d <= frames->n_dims; ++d) {
    clean[d] = fminf(fmaxf(frame[d], 0.0f), 1.0f); // 0 for what is no number
  }
  rem_frames_encode(frames, clean, predictor->columns);
  step(predictor);
}

REM_RT void
rem_predictor_draw(RemPredictor* const    predictor,
                   const RemTemper* const temper,
                   RemRandom* const       random,
                   float* const           frame)
{
  if (predictor->fresh) { // An average frame to begin with
    const uint32_t n_in = rem_net_spec(predictor->net)->n_in;
    memset(predictor->columns, 0, n_in * sizeof(float));
    step(predictor);
  }
  rem_frames_draw(&predictor->frames,
                  predictor->y,
                  predictor->columns,
                  temper,
                  random,
                  frame);
}
