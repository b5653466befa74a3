// SPDX-License-Identifier: ISC

/// Nets whose playing is known beforehand, and duets with them

#ifndef REM_TESTS_DUET_H
#define REM_TESTS_DUET_H

#include "dsp/duet.h"
#include "dsp/model.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

enum { RATE = 48000, N_EVENTS = 4096 };

/// Events in order
typedef struct {
  uint32_t     n;
  RemDuetEvent events[N_EVENTS];
} Heard;

/// Return a net of `n` dimensions that repeats the last frame after `dt`
/// seconds: all that it is made of is one bias
static inline RemPredictor*
steady_net(const uint32_t n, const float dt)
{
  RemFrames frames;
  rem_frames_init(&frames, n, 0U);
  RemModel* const model = rem_model_new_control(&frames, 4U, 1U);
  CHECK(model);
  model->params[rem_net_head_at(&model->spec).bias] =
    (logf(dt) - frames.dt_offset) / frames.dt_scale;
  RemPredictor* const net = rem_predictor_new(model);
  CHECK(net);
  rem_model_free(model);
  return net;
}

/// Return a net of `n` dimensions and noise: what it draws depends on all that
/// it heard
static inline RemPredictor*
noisy_net(const uint32_t n)
{
  RemFrames frames;
  uint32_t  seed = 5U;
  rem_frames_init(&frames, n, 2U);
  RemModel* const model = rem_model_new_control(&frames, 8U, 1U);
  CHECK(model);
  for (size_t i = 0U; i < rem_net_n_params(&model->spec); ++i) {
    model->params[i] = 0.5f * noise(&seed);
  }
  RemPredictor* const net = rem_predictor_new(model);
  CHECK(net);
  rem_model_free(model);
  return net;
}

/// Return a duet in `mode` with a threshold of half a second
static inline RemDuet*
duet_of(RemPredictor* const net, const RemDuetMode mode)
{
  RemDuetSettings settings = rem_duet_settings();
  RemDuet* const  duet     = rem_duet_new(RATE);
  CHECK(duet);
  settings.mode      = mode;
  settings.threshold = 0.5f;
  rem_duet_set(duet, 0U, &settings);
  CHECK(!rem_duet_set_predictor(duet, 0U, net));
  return duet;
}

/// Free a duet and its net
static inline void
end_duet(RemDuet* const duet)
{
  rem_predictor_free(rem_duet_set_predictor(duet, 0U, NULL));
  rem_duet_free(duet);
}

/// Append what happens before `until`; every event is in range and in order
static inline void
hear_until(RemDuet* const duet, const uint64_t until, Heard* const heard)
{
  RemDuetEvent event;
  while (rem_duet_next(duet, until, &event)) {
    CHECK(event.at < until && heard->n < N_EVENTS);
    CHECK(!heard->n || event.at >= heard->events[heard->n - 1U].at);
    for (uint32_t d = 0U; d < event.n; ++d) {
      CHECK(event.x[d] >= 0.0f && event.x[d] <= 1.0f);
    }
    heard->events[heard->n++] = event;
  }
  CHECK(rem_duet_due(duet) >= until);
}

/// The player touches with both values at once
static inline void
touch(RemDuet* const duet, const uint64_t at, const float x, Heard* const heard)
{
  const float values[2] = {x, 1.0f - x};
  hear_until(duet, at, heard);
  rem_duet_touch(duet, at, values, 2U);
}

/// Check that event `i` is of `kind` at sample `at`
static inline void
expect(const Heard* const     heard,
       const uint32_t         i,
       const RemDuetEventKind kind,
       const uint64_t         at)
{
  if (i >= heard->n || heard->events[i].kind != kind ||
      heard->events[i].at != at) {
    fprintf(stderr, "event %u of %u: ", i, heard->n);
    fprintf(stderr,
            "kind %d at %llu, expected %d at %llu\n",
            i < heard->n ? (int)heard->events[i].kind : -1,
            i < heard->n ? (unsigned long long)heard->events[i].at : 0ULL,
            (int)kind,
            (unsigned long long)at);
    exit(1);
  }
}

/// Change one of the settings: `CHANGE(duet, at, paused, true)`
#define CHANGE(duet, at, field, value)               \
  do {                                               \
    RemDuetSettings changed_ = *rem_duet_get(duet);  \
    changed_.field           = (value);              \
    rem_duet_set((duet), (uint64_t)(at), &changed_); \
  } while (0)

#endif // REM_TESTS_DUET_H
