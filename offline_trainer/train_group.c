// SPDX-License-Identifier: ISC

#include "offline_trainer/train_internal.h"

#include <string.h>

/// Fill a window from sample `at` on and run the net over it
static void
play(const RemTrainer* const trainer,
     const RemStreamRange    range,
     const int64_t           at,
     const uint32_t          n,
     RemWindow* const        window,
     float* const            state)
{
  const RemLesson* const lesson = trainer->lesson;
  if (lesson->rest) {
    lesson->rest(lesson->handle, range, at, state);
  }
  lesson->fill(lesson->handle, range, at, n, rem_window_input(window));
  rem_window_forward(window, range.n, n, state);
}

/// Start streams from nothing and play what comes before them
static void
warm_up(const RemTrainer* const trainer,
        const RemStreamRange    range,
        RemWindow* const        window,
        float* const            state)
{
  const uint32_t n_steps = trainer->spec.n_steps;
  const size_t   n_state = rem_net_n_state(&trainer->spec.net);
  uint32_t       left    = trainer->spec.n_warm_up;
  memset(state, 0, range.n * n_state * sizeof(float));
  while (left) {
    const uint32_t n = left < n_steps ? left : n_steps;
    play(trainer, range, -(int64_t)left, n, window, state);
    left -= n;
  }
}

void
rem_group_run(void* const handle, const uint32_t index, const uint32_t thread)
{
  const RemTrainer* const trainer = (const RemTrainer*)handle;
  const RemLesson* const  lesson  = trainer->lesson;
  RemGroup* const         group   = &trainer->groups[index];
  RemWindow* const        window  = trainer->windows[thread];
  const uint32_t          n_steps = trainer->spec.n_steps;
  const uint32_t          at      = (uint32_t)trainer->counters.window;
  float* const            state =
    trainer->states + group->range.first * rem_net_n_state(&trainer->spec.net);
  if (!at) {
    warm_up(trainer, group->range, window, state);
  }
  play(trainer, group->range, (int64_t)at * n_steps, n_steps, window, state);
  group->share = lesson->compare(lesson->handle,
                                 thread,
                                 group->range,
                                 at,
                                 rem_window_output(window),
                                 rem_window_output_gradient(window));
  memset(group->packed, 0, trainer->n_packed * sizeof(float));
  rem_window_backward(window, group->packed);
}
