// SPDX-License-Identifier: ISC

/// What a net makes of rolls

#include "offline_trainer/binary_cross_entropy.h"
#include "offline_trainer/rolls/roll_lesson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Pieces that threads share
typedef struct {
  const RemNet*   net;
  const float*    initial; ///< [n_state]
  const RemRolls* rolls;
  double*         sums; ///< [n] by piece
} Work;

/// Copy a frame as numbers
static void
copy_frame(const RemRolls* const rolls, const size_t t, float* const x)
{
  for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
    x[k] = rolls->keys[t * REM_ROLL_KEYS + k];
  }
}

/// A task: one piece
static void
run(void* const handle, const uint32_t index, const uint32_t thread)
{
  (void)thread;
  const Work* const  work  = (const Work*)handle;
  RemNetState* const state = rem_net_state_new(work->net);
  const size_t       end   = work->rolls->begins[index + 1U];
  double             sum   = state ? 0.0 : HUGE_VAL;
  float              x[REM_ROLL_KEYS], y[REM_ROLL_KEYS];
  if (state) {
    rem_net_state_set(work->net, state, work->initial);
  }
  for (size_t t = work->rolls->begins[index]; state && t + 1U < end; ++t) {
    copy_frame(work->rolls, t, x);
    rem_net_block(work->net, state, x, y, 1U);
    copy_frame(work->rolls, t + 1U, x);
    sum += rem_binary_cross_entropy(y, x, 1U, REM_ROLL_KEYS, 1.0, NULL);
  }
  work->sums[index] = sum;
  rem_net_state_free(state);
}

double
rem_rolls_nll(const RemNetSpec* const spec,
              const float* const      params,
              const RemRolls* const   rolls,
              RemPool* const          pool)
{
  RemNet* const net     = rem_net_new(spec, params);
  double* const sums    = (double*)calloc(rolls->n, sizeof(double));
  float* const  initial = (float*)calloc(rem_net_n_state(spec), sizeof(float));
  const bool    made    = net && sums && initial;
  double        sum     = made ? 0.0 : HUGE_VAL;
  if (made) {
    Work work = {net, initial, rolls, sums};
    rem_net_initial(spec, params, NULL, initial);
    rem_pool_run(pool, (uint32_t)rolls->n, run, &work);
  }
  for (size_t i = 0; made && i < rolls->n; ++i) {
    sum += sums[i];
  }
  free(sums);
  free(initial);
  rem_net_free(net);
  return isfinite(sum) ? sum / (double)rem_rolls_n_foretold(rolls) : HUGE_VAL;
}

bool
rem_rolls_foretell(const RemNetSpec* const spec,
                   const float* const      params,
                   const RemRolls* const   rolls,
                   const size_t            piece,
                   float* const            chances)
{
  const size_t  begin   = rolls->begins[piece];
  const size_t  n       = rolls->begins[piece + 1U] - begin;
  RemNet* const net     = rem_net_new(spec, params);
  float* const  initial = (float*)calloc(rem_net_n_state(spec), sizeof(float));
  RemNetState* const state = net ? rem_net_state_new(net) : NULL;
  const bool         made  = net && initial && state;
  float              x[REM_ROLL_KEYS];
  memset(chances, 0, REM_ROLL_KEYS * sizeof(float));
  if (made) {
    rem_net_initial(spec, params, NULL, initial);
    rem_net_state_set(net, state, initial);
  }
  for (size_t t = 0; made && t + 1U < n; ++t) {
    float* const y = chances + (t + 1U) * REM_ROLL_KEYS;
    copy_frame(rolls, begin + t, x);
    rem_net_block(net, state, x, y, 1U);
    for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
      y[k] = 1.0f / (1.0f + expf(-y[k]));
    }
  }
  free(initial);
  rem_net_state_free(state);
  rem_net_free(net);
  return made;
}
