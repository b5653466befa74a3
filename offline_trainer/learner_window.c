// SPDX-License-Identifier: ISC

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/initialise.h"
#include "offline_trainer/learner.h"

#include <stdlib.h>
#include <string.h>

/// Truncated BPTT with carried state over parallel streams
typedef struct {
  RemTrainSpec     spec;
  const RemLesson* lesson;
  RemBpttNet*      net;
  uint32_t         n_groups;
  size_t           n_packed;
  size_t           n_params;
  uint64_t         seed;    ///< Of dropout, of this update
  double*          squares; ///< As probe() was told, or NULL
  float*           probed;  ///< [n_packed] scratch memory for that
  float*           states;  ///< [n_streams, L, 2, H] between windows
  uint32_t         n_windows;
  RemWindow**      windows; ///< [n_windows] one for every thread
  size_t           n_state; ///< Of a stream
  float*           initial; ///< [n_state] what a stream begins with, if learned
  uint32_t         max_streams; ///< Of a group
  float*           by_initial;  ///< [n_windows, max_streams, n_state], likewise
  bool*            begun;       ///< [n_windows, max_streams], likewise
} Windows;

static void
free_windows(void* const handle)
{
  Windows* const self = (Windows*)handle;
  for (uint32_t i = 0; self->windows && i < self->n_windows; ++i) {
    rem_window_free(self->windows[i]);
  }
  free(self->windows);
  free(self->states);
  free(self->initial);
  free(self->by_initial);
  free(self->probed);
  free(self->begun);
  rem_bptt_net_free(self->net);
  free(self);
}

static void
initialise(void* const handle, RemRandom* const random, float* const params)
{
  const RemTrainSpec* const spec = &((const Windows*)handle)->spec;
  const RemBeginning beginning   = {spec->init, spec->memory, spec->forget};
  rem_initialise_as(&spec->net, &beginning, random, params);
}

static void
set(void* const handle, const float* const params)
{
  Windows* const self = (Windows*)handle;
  self->seed          = rem_learner_digest(params, self->n_params);
  rem_bptt_net_set(self->net, params);
  if (self->initial) {
    rem_net_initial(&self->spec.net, params, NULL, self->initial);
  }
}

static void
unpack(const void* const handle, const float* const packed, float* const grad)
{
  const Windows* const self = (const Windows*)handle;
  rem_bptt_net_unpack(self->net, packed, grad);
  if (self->initial) {
    memcpy(grad + rem_net_initial_at(&self->spec.net).bias,
           packed + rem_bptt_net_n_gradient(self->net),
           self->n_state * sizeof(float));
  }
}

/// Return whether a stream has just begun: rest() and warm_up() leave zeros
static bool
has_begun(const float* const state, const size_t n)
{
  for (size_t i = 0; i < n; ++i) {
    if (state[i] != 0.0f) {
      return false;
    }
  }
  return true;
}

/// Let streams that begin do so with what is learned, and mark them
static void
begin(const Windows* const self,
      const uint32_t       n,
      float* const         state,
      bool* const          begun)
{
  for (uint32_t s = 0; s < n; ++s) {
    float* const at = state + s * self->n_state;
    begun[s]        = has_begun(at, self->n_state);
    if (begun[s]) {
      memcpy(at, self->initial, self->n_state * sizeof(float));
    }
  }
}

/// Add what streams that began in the last window say of how to begin
static void
add_initial(const Windows* const self,
            const uint32_t       n,
            const uint32_t       thread,
            float* const         grad)
{
  const size_t      n_state = self->n_state;
  const bool* const begun   = self->begun + (size_t)thread * self->max_streams;
  float* const      by =
    self->by_initial + thread * (size_t)self->max_streams * n_state;
  rem_window_initial_gradient(self->windows[thread], by);
  memset(grad, 0, n_state * sizeof(float));
  for (uint32_t s = 0; s < n; ++s) {
    for (size_t i = 0; begun[s] && i < n_state; ++i) {
      grad[i] += by[s * n_state + i];
    }
  }
}

/// Fill a window from sample `at` on and run the net over it
static void
play(const Windows* const self,
     const RemStreamRange range,
     const int64_t        at,
     const uint32_t       n,
     const uint32_t       thread,
     float* const         state)
{
  const RemLesson* const lesson = self->lesson;
  RemWindow* const       window = self->windows[thread];
  if (lesson->rest) {
    lesson->rest(lesson->handle, range, at, state);
  }
  if (self->initial) {
    begin(
      self, range.n, state, self->begun + (size_t)thread * self->max_streams);
  }
  lesson->fill(lesson->handle, range, at, n, rem_window_input(window));
  rem_window_forward(window, range.n, n, state);
}

/// Start streams from nothing and play what comes before them
static void
warm_up(const Windows* const self,
        const RemStreamRange range,
        const uint32_t       thread,
        float* const         state)
{
  const uint32_t n_steps = self->spec.n_steps;
  const size_t   n_state = rem_net_n_state(&self->spec.net);
  uint32_t       left    = self->spec.n_warm_up;
  memset(state, 0, range.n * n_state * sizeof(float));
  while (left) {
    const uint32_t n = left < n_steps ? left : n_steps;
    play(self, range, -(int64_t)left, n, thread, state);
    left -= n;
  }
}

static double
run(void* const    handle,
    const uint32_t group,
    const uint32_t thread,
    const uint32_t window,
    float* const   packed)
{
  const Windows* const self      = (const Windows*)handle;
  const RemLesson*     lesson    = self->lesson;
  const uint32_t       n_streams = self->spec.n_streams;
  const uint32_t       n_steps   = self->spec.n_steps;
  const uint32_t first = rem_bptt_group_begin(n_streams, self->n_groups, group);
  const uint32_t end =
    rem_bptt_group_begin(n_streams, self->n_groups, group + 1U);
  const RemStreamRange range = {first, end - first};
  RemWindow* const     w     = self->windows[thread];
  float* const state = self->states + first * rem_net_n_state(&self->spec.net);
  rem_window_set_seed(w, self->seed + group);
  if (!window) {
    warm_up(self, range, thread, state);
  }
  play(self, range, (int64_t)window * n_steps, n_steps, thread, state);
  const double share = lesson->compare(lesson->handle,
                                       thread,
                                       range,
                                       window,
                                       rem_window_output(w),
                                       rem_window_output_gradient(w));
  memset(packed, 0, rem_bptt_net_n_gradient(self->net) * sizeof(float));
  rem_window_backward(w, packed);
  if (self->initial) {
    add_initial(
      self, range.n, thread, packed + rem_bptt_net_n_gradient(self->net));
  }
  if (self->squares && !group) {
    rem_window_probe(w, self->probed, self->squares);
  }
  return share;
}

static void
probe(void* const handle, double* const squares)
{
  ((Windows*)handle)->squares = squares;
}

/// Make a window for every thread, wide enough for the largest group
static bool
make_windows(Windows* const self)
{
  const RemTrainSpec* const spec      = &self->spec;
  const uint32_t            n_threads = self->lesson->n_threads;
  const uint32_t            n_streams = self->max_streams;
  self->n_windows                     = n_threads;
  self->windows = (RemWindow**)calloc(n_threads, sizeof(RemWindow*));
  for (uint32_t i = 0; self->windows && i < n_threads; ++i) {
    self->windows[i] = rem_window_new(self->net, n_streams, spec->n_steps);
    if (!self->windows[i] ||
        !rem_window_set_dropout(self->windows[i], spec->dropout)) {
      return false;
    }
  }
  return self->windows;
}

/// Make what gradients are probed into, and what a learned beginning needs
static bool
make_rest(Windows* const self)
{
  const size_t n = (size_t)self->n_windows * self->max_streams;
  self->n_packed = rem_bptt_net_n_gradient(self->net);
  self->probed   = (float*)calloc(self->n_packed, sizeof(float));
  if (!self->probed) {
    return false;
  }
  if (self->spec.net.initial != REM_INITIAL_LEARNED) {
    return true;
  }
  self->n_packed += self->n_state;
  self->initial    = (float*)calloc(self->n_state, sizeof(float));
  self->by_initial = (float*)calloc(n * self->n_state, sizeof(float));
  self->begun      = (bool*)calloc(n, sizeof(bool));
  return self->initial && self->by_initial && self->begun;
}

bool
rem_window_learner_open(const RemTrainSpec* const spec,
                        const RemLesson* const    lesson,
                        RemLearner* const         out)
{
  const size_t n_states = spec->n_streams * rem_net_n_state(&spec->net);
  Windows*     self     = (Windows*)calloc(1, sizeof(Windows));
  *out                  = (RemLearner){.handle = NULL};
  if (!self) {
    return false;
  }
  self->spec     = *spec;
  self->lesson   = lesson;
  self->n_params = rem_net_n_params(&spec->net);
  self->n_groups =
    rem_bptt_n_groups(&spec->net, spec->n_streams, spec->n_steps);
  self->max_streams = (spec->n_streams + self->n_groups - 1U) / self->n_groups;
  self->n_state     = rem_net_n_state(&spec->net);
  self->net         = rem_bptt_net_new(&spec->net);
  self->states      = (float*)calloc(n_states, sizeof(float));
  if (!self->net || !self->states || !make_windows(self) || !make_rest(self)) {
    free_windows(self);
    return false;
  }
  *out = (RemLearner){.handle     = self,
                      .n_params   = self->n_params,
                      .n_packed   = self->n_packed,
                      .n_groups   = self->n_groups,
                      .n_states   = n_states,
                      .states     = self->states,
                      .free       = free_windows,
                      .initialise = initialise,
                      .set        = set,
                      .unpack     = unpack,
                      .run        = run,
                      .probe      = probe};
  return true;
}
