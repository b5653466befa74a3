// SPDX-License-Identifier: ISC

#include "offline_trainer/train_internal.h"

#include <stdlib.h>
#include <string.h>

RemGroup
rem_group_new(const RemTrainSpec* const spec, const RemBpttNet* const net)
{
  RemGroup group = {NULL, NULL, NULL, 0.0, NULL, NULL};
  group.loss     = rem_loss_new(&spec->loss, spec->n_steps);
  group.gradient = (float*)calloc(rem_net_n_params(&spec->net), sizeof(float));
  group.y        = (float*)calloc(spec->n_steps, sizeof(float));
  group.dy       = (float*)calloc(spec->n_steps, sizeof(float));
  group.window   = rem_window_new(net, spec->n_steps);
  if (!group.loss || !group.gradient || !group.y || !group.dy) {
    rem_group_clear(&group);
  }
  return group;
}

void
rem_group_clear(RemGroup* const group)
{
  rem_window_free(group->window);
  rem_loss_free(group->loss);
  free(group->gradient);
  free(group->y);
  free(group->dy);
  *group = (RemGroup){NULL, NULL, NULL, 0.0, NULL, NULL};
}

/// Start streams from nothing and play what comes before them
static void
warm_up(const RemTrainer* const trainer,
        RemGroup* const         group,
        const uint32_t          first)
{
  const uint32_t n_steps = trainer->spec.n_steps;
  uint32_t       left    = trainer->spec.n_warm_up;
  for (uint32_t lane = 0; lane < REM_LANES; ++lane) {
    rem_window_set_state(group->window, lane, NULL);
  }
  while (left) {
    const uint32_t n = left < n_steps ? left : n_steps;
    rem_streams_fill(&trainer->streams,
                     first,
                     -(int64_t)left,
                     n,
                     rem_window_input(group->window));
    rem_window_forward(group->window, n);
    left -= n;
  }
}

/// Set the gradient of one lane's outputs; add its loss to the group's share
static void
compare_lane(const RemTrainer* const trainer,
             RemGroup* const         group,
             const uint32_t          stream)
{
  const uint32_t     n_steps = trainer->spec.n_steps;
  const uint32_t     lane    = stream % REM_LANES;
  const float* const y       = rem_window_output(group->window) + lane;
  float* const       dy      = rem_window_output_gradient(group->window) + lane;
  for (uint32_t t = 0; t < n_steps; ++t) {
    group->y[t] = y[(size_t)t * REM_LANES];
  }
  group->share += rem_loss_gradient(
    group->loss,
    group->y,
    rem_streams_target(
      &trainer->streams, stream, (uint32_t)trainer->counters.window),
    &trainer->norm,
    group->dy);
  for (uint32_t t = 0; t < n_steps; ++t) {
    dy[(size_t)t * REM_LANES] = group->dy[t];
  }
}

/// Give lanes that are not streams no say
static void
clear_idle_lanes(RemGroup* const group,
                 const uint32_t  n_busy,
                 const uint32_t  n_steps)
{
  float* const dy = rem_window_output_gradient(group->window);
  for (uint32_t t = 0; t < n_steps && n_busy < REM_LANES; ++t) {
    memset(dy + (size_t)t * REM_LANES + n_busy,
           0,
           (REM_LANES - n_busy) * sizeof(float));
  }
}

void
rem_group_run(void* const handle, const uint32_t index)
{
  RemTrainer* const trainer = (RemTrainer*)handle;
  RemGroup* const   group   = &trainer->groups[index];
  const uint32_t    n_steps = trainer->spec.n_steps;
  const uint32_t    window  = (uint32_t)trainer->counters.window;
  const uint32_t    first   = index * REM_LANES;
  const uint32_t    n_left  = trainer->spec.n_streams - first;
  const uint32_t    n_busy  = n_left < REM_LANES ? n_left : REM_LANES;
  if (!window) {
    warm_up(trainer, group, first);
  }
  rem_streams_fill(&trainer->streams,
                   first,
                   (int64_t)window * n_steps,
                   n_steps,
                   rem_window_input(group->window));
  rem_window_forward(group->window, n_steps);

  group->share = 0.0;
  clear_idle_lanes(group, n_busy, n_steps);
  for (uint32_t lane = 0; lane < n_busy; ++lane) {
    compare_lane(trainer, group, first + lane);
  }
  memset(group->gradient, 0, trainer->n_params * sizeof(float));
  rem_window_backward(group->window, group->gradient);
}
