// SPDX-License-Identifier: ISC

#include "offline_trainer/train_internal.h"

#include <stdlib.h>
#include <string.h>

RemDesk
rem_desk_new(const RemTrainSpec* const spec, const RemBpttNet* const net)
{
  const uint32_t n_groups  = rem_bptt_n_groups(&spec->net, spec->n_streams);
  const uint32_t n_streams = (spec->n_streams + n_groups - 1U) / n_groups;
  RemDesk        desk      = {NULL, NULL, NULL, NULL};
  desk.loss                = rem_loss_new(&spec->loss, spec->n_steps);
  desk.y                   = (float*)calloc(spec->n_steps, sizeof(float));
  desk.dy                  = (float*)calloc(spec->n_steps, sizeof(float));
  desk.window              = rem_window_new(net, n_streams, spec->n_steps);
  if (!desk.loss || !desk.y || !desk.dy) {
    rem_desk_clear(&desk);
  }
  return desk;
}

void
rem_desk_clear(RemDesk* const desk)
{
  rem_window_free(desk->window);
  rem_loss_free(desk->loss);
  free(desk->y);
  free(desk->dy);
  *desk = (RemDesk){NULL, NULL, NULL, NULL};
}

/// Start streams from nothing and play what comes before them
static void
warm_up(const RemTrainer* const trainer,
        const RemGroup* const   group,
        RemWindow* const        window,
        float* const            state)
{
  const uint32_t n_steps = trainer->spec.n_steps;
  const size_t   n_state = rem_net_n_state(&trainer->spec.net);
  uint32_t       left    = trainer->spec.n_warm_up;
  memset(state, 0, group->n_streams * n_state * sizeof(float));
  while (left) {
    const uint32_t n = left < n_steps ? left : n_steps;
    rem_streams_fill(&trainer->streams,
                     group->first,
                     group->n_streams,
                     -(int64_t)left,
                     n,
                     rem_window_input(window));
    rem_window_forward(window, group->n_streams, n, state);
    left -= n;
  }
}

/// Set the gradient of one stream's outputs; return its share of the loss
static double
compare_stream(const RemTrainer* const trainer,
               const RemGroup* const   group,
               const RemDesk* const    desk,
               const uint32_t          s)
{
  const uint32_t     n_steps = trainer->spec.n_steps;
  const size_t       step    = group->n_streams;
  const float* const y       = rem_window_output(desk->window) + s;
  float* const       dy      = rem_window_output_gradient(desk->window) + s;
  for (uint32_t t = 0; t < n_steps; ++t) {
    desk->y[t] = y[t * step];
  }
  const double share = rem_loss_gradient(
    desk->loss,
    desk->y,
    rem_streams_target(
      &trainer->streams, group->first + s, (uint32_t)trainer->counters.window),
    &trainer->norm,
    desk->dy);
  for (uint32_t t = 0; t < n_steps; ++t) {
    dy[t * step] = desk->dy[t];
  }
  return share;
}

void
rem_group_run(void* const handle, const uint32_t index, const uint32_t thread)
{
  RemTrainer* const    trainer = (RemTrainer*)handle;
  RemGroup* const      group   = &trainer->groups[index];
  const RemDesk* const desk    = &trainer->desks[thread];
  const uint32_t       n_steps = trainer->spec.n_steps;
  const uint32_t       window  = (uint32_t)trainer->counters.window;
  float* const         state =
    trainer->states + group->first * rem_net_n_state(&trainer->spec.net);
  if (!window) {
    warm_up(trainer, group, desk->window, state);
  }
  rem_streams_fill(&trainer->streams,
                   group->first,
                   group->n_streams,
                   (int64_t)window * n_steps,
                   n_steps,
                   rem_window_input(desk->window));
  rem_window_forward(desk->window, group->n_streams, n_steps, state);

  group->share = 0.0;
  for (uint32_t s = 0; s < group->n_streams; ++s) {
    group->share += compare_stream(trainer, group, desk, s);
  }
  memset(group->packed, 0, trainer->n_packed * sizeof(float));
  rem_window_backward(desk->window, group->packed);
}
