// SPDX-License-Identifier: ISC

#include "offline_trainer/bench.h"

#include "dsp/denormal.h"
#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/optim.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/streams.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_RUNS = 501, MIN_RUNS = 5, BLOCK = 64, BLOCKS_PER_RUN = 150 };

static double
now(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int
compare(const void* const a, const void* const b)
{
  const double x = *(const double*)a;
  const double y = *(const double*)b;
  return (x > y) - (x < y);
}

/// Repeat run(handle) for about `seconds`; seconds per run
static RemTiming
repeat(void (*const run)(void*), void* const handle, const double seconds)
{
  double       times[MAX_RUNS];
  size_t       n     = 0;
  const double begin = now();

  run(handle); // Caches and clocks warm up
  while (n < MIN_RUNS || (n < MAX_RUNS && now() - begin < seconds)) {
    const double t = now();
    run(handle);
    times[n++] = now() - t;
  }
  qsort(times, n, sizeof(*times), compare);
  return (RemTiming){times[n / 2], times[0]};
}

/// Uniform noise in [-scale, scale), or NULL without memory
static float*
new_noise(const size_t n, const float scale)
{
  float* const x    = (float*)calloc(n, sizeof(float));
  uint64_t     seed = 1U;
  for (size_t i = 0; x && i < n; ++i) {
    x[i] = scale * (float)(2.0 * rem_random_unit(&seed) - 1.0);
  }
  return x;
}

static RemStatus
no_memory(RemError* const error)
{
  return rem_fail(
    error, REM_NO_MEMORY, NULL, "Out of memory for the benchmark");
}

/// One net that plays
typedef struct {
  RemNet*      net;
  RemNetState* state;
  float*       params;
  float*       x; ///< [BLOCK, I]
  float*       y; ///< [BLOCK, O]
} Engine;

static void
run_engine(void* const handle)
{
  const Engine* const e = (const Engine*)handle;
  for (int i = 0; i < BLOCKS_PER_RUN; ++i) {
    rem_net_block(e->net, e->state, e->x, e->y, BLOCK);
  }
}

RemStatus
rem_bench_engine(const RemNetSpec* const spec,
                 const double            seconds,
                 RemTiming* const        out,
                 RemError* const         error)
{
  Engine e = {NULL,
              NULL,
              new_noise(rem_net_n_params(spec), 0.3f),
              new_noise((size_t)BLOCK * spec->n_in, 1.0f),
              new_noise((size_t)BLOCK * spec->n_out, 1.0f)};
  e.net    = e.params ? rem_net_new(spec, e.params) : NULL;
  e.state  = e.net ? rem_net_state_new(e.net) : NULL;

  const bool made = e.state && e.x && e.y;
  if (made) {
    const RemFloatMode mode = rem_denormals_off();
    *out                    = repeat(run_engine, &e, seconds);
    rem_denormals_restore(mode);
    out->median *= 1e9 / (BLOCKS_PER_RUN * BLOCK);
    out->least *= 1e9 / (BLOCKS_PER_RUN * BLOCK);
  }
  rem_net_state_free(e.state);
  rem_net_free(e.net);
  free(e.params);
  free(e.x);
  free(e.y);
  return made ? REM_SUCCESS : no_memory(error);
}

/// Windows that train, and what they meet in
typedef struct {
  RemBpttNet* net;
  RemPool*    pool;
  RemAdam     adam;
  float*      params;
  size_t      n_params;
  size_t      n_packed;
  uint32_t    n_streams;
  uint32_t    n_steps;
  uint32_t    n_groups;
  uint32_t    n_threads;
  size_t      n_state;
  RemWindow** windows; ///< [n_threads]
  float*      states;  ///< [n_streams, n_state]
  float*      packed;  ///< [n_groups, n_packed]
  float*      grad;    ///< [n_params]
} Trainer;

static void
run_group(void* const handle, const uint32_t group, const uint32_t thread)
{
  const Trainer* const t      = (const Trainer*)handle;
  const uint32_t       first  = t->n_streams * group / t->n_groups;
  const uint32_t       end    = t->n_streams * (group + 1U) / t->n_groups;
  float* const         packed = t->packed + group * t->n_packed;
  float* const         state  = t->states + first * t->n_state;
  memset(packed, 0, t->n_packed * sizeof(float));
  rem_window_forward(t->windows[thread], end - first, t->n_steps, state);
  rem_window_backward(t->windows[thread], packed);
}

static void
run_trainer(void* const handle)
{
  Trainer* const t = (Trainer*)handle;
  rem_pool_run(t->pool, t->n_groups, run_group, t);
  for (uint32_t g = 1; g < t->n_groups; ++g) {
    for (size_t i = 0; i < t->n_packed; ++i) {
      t->packed[i] += t->packed[g * t->n_packed + i];
    }
  }
  rem_bptt_net_unpack(t->net, t->packed, t->grad);
  rem_adam_step(&t->adam, 1e-4, 0.0, t->grad, t->params);
  rem_bptt_net_set(t->net, t->params);
}

/// Make the windows, their streams fed with noise
static bool
make_windows(Trainer* const t, const RemNetSpec* const spec)
{
  const uint32_t n     = (t->n_streams + t->n_groups - 1U) / t->n_groups;
  const size_t   n_x   = (size_t)t->n_steps * spec->n_in * n;
  const size_t   n_y   = (size_t)t->n_steps * spec->n_out * n;
  float* const   noise = new_noise(n_x + n_y, 0.5f);
  bool           made  = noise != NULL;

  for (uint32_t g = 0; made && g < t->n_threads; ++g) {
    RemWindow* const window = rem_window_new(t->net, n, t->n_steps);
    t->windows[g]           = window;
    made                    = window != NULL;
    if (made) {
      memcpy(rem_window_input(window), noise, n_x * sizeof(float));
      memcpy(
        rem_window_output_gradient(window), noise + n_x, n_y * sizeof(float));
    }
  }
  free(noise);
  return made;
}

static bool
make_trainer(Trainer* const t, const RemNetSpec* const spec)
{
  t->net = rem_bptt_net_new(spec);
  if (!t->net) {
    return false;
  }
  t->n_packed = rem_bptt_net_n_gradient(t->net);
  t->pool     = rem_pool_new(t->n_threads);
  t->adam     = rem_adam_new(t->n_params);
  t->params   = new_noise(t->n_params, 0.3f);
  t->windows  = (RemWindow**)calloc(t->n_threads, sizeof(RemWindow*));
  t->states   = (float*)calloc(t->n_streams * t->n_state, sizeof(float));
  t->packed   = (float*)calloc(t->n_groups * t->n_packed, sizeof(float));
  t->grad     = (float*)calloc(t->n_params, sizeof(float));
  if (!t->pool || !t->adam.mean || !t->params || !t->windows || !t->states ||
      !t->packed || !t->grad) {
    return false;
  }
  rem_bptt_net_set(t->net, t->params);
  return make_windows(t, spec);
}

static void
clear_trainer(Trainer* const t)
{
  for (uint32_t g = 0; t->windows && g < t->n_threads; ++g) {
    rem_window_free(t->windows[g]);
  }
  rem_adam_clear(&t->adam);
  rem_pool_free(t->pool);
  rem_bptt_net_free(t->net);
  free(t->windows);
  free(t->params);
  free(t->states);
  free(t->packed);
  free(t->grad);
}

RemStatus
rem_bench_trainer(const RemNetSpec* const spec,
                  const uint32_t          n_streams,
                  const uint32_t          n_steps,
                  const uint32_t          n_threads,
                  const double            seconds,
                  RemTiming* const        out,
                  RemError* const         error)
{
  Trainer t   = {0};
  t.n_params  = rem_net_n_params(spec);
  t.n_state   = rem_net_n_state(spec);
  t.n_streams = n_streams;
  t.n_steps   = n_steps;
  t.n_groups  = rem_bptt_n_groups(n_streams);
  t.n_threads = n_threads;

  const bool made = make_trainer(&t, spec);
  if (made) {
    const RemFloatMode mode = rem_denormals_off();
    *out                    = repeat(run_trainer, &t, seconds);
    rem_denormals_restore(mode);
    out->median *= 1e6 / n_steps;
    out->least *= 1e6 / n_steps;
  }
  clear_trainer(&t);
  return made ? REM_SUCCESS : no_memory(error);
}
