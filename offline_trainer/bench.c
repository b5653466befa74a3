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
  uint32_t    n_steps;
  uint32_t    n_groups;
  RemWindow** windows; ///< [n_groups]
  float*      grads;   ///< [n_groups, n_params]
} Trainer;

static void
run_group(void* const handle, const uint32_t group)
{
  const Trainer* const t    = (const Trainer*)handle;
  float* const         grad = t->grads + group * t->n_params;
  memset(grad, 0, t->n_params * sizeof(float));
  rem_window_forward(t->windows[group], t->n_steps);
  rem_window_backward(t->windows[group], grad);
}

static void
run_trainer(void* const handle)
{
  Trainer* const t = (Trainer*)handle;
  rem_pool_run(t->pool, t->n_groups, run_group, t);
  for (uint32_t g = 1; g < t->n_groups; ++g) {
    for (size_t i = 0; i < t->n_params; ++i) {
      t->grads[i] += t->grads[g * t->n_params + i];
    }
  }
  rem_adam_step(&t->adam, 1e-4, 0.0, t->grads, t->params);
  rem_bptt_net_set(t->net, t->params);
}

/// Make the windows, their streams fed with noise
static bool
make_windows(Trainer* const t, const RemNetSpec* const spec)
{
  const size_t n_x   = (size_t)t->n_steps * spec->n_in * REM_LANES;
  const size_t n_y   = (size_t)t->n_steps * spec->n_out * REM_LANES;
  float* const noise = new_noise(n_x + n_y, 0.5f);
  bool         made  = noise != NULL;

  for (uint32_t g = 0; made && g < t->n_groups; ++g) {
    RemWindow* const window = rem_window_new(t->net, t->n_steps);
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
make_trainer(Trainer* const          t,
             const RemNetSpec* const spec,
             const uint32_t          n_threads)
{
  t->net     = rem_bptt_net_new(spec);
  t->pool    = rem_pool_new(n_threads);
  t->adam    = rem_adam_new(t->n_params);
  t->params  = new_noise(t->n_params, 0.3f);
  t->windows = (RemWindow**)calloc(t->n_groups, sizeof(RemWindow*));
  t->grads   = (float*)calloc(t->n_groups * t->n_params, sizeof(float));
  if (!t->net || !t->pool || !t->adam.mean || !t->params || !t->windows ||
      !t->grads) {
    return false;
  }
  rem_bptt_net_set(t->net, t->params);
  return make_windows(t, spec);
}

static void
clear_trainer(Trainer* const t)
{
  for (uint32_t g = 0; t->windows && g < t->n_groups; ++g) {
    rem_window_free(t->windows[g]);
  }
  rem_adam_clear(&t->adam);
  rem_pool_free(t->pool);
  rem_bptt_net_free(t->net);
  free(t->windows);
  free(t->params);
  free(t->grads);
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
  Trainer t  = {0};
  t.n_params = rem_net_n_params(spec);
  t.n_steps  = n_steps;
  t.n_groups = (n_streams + REM_LANES - 1U) / REM_LANES;

  const bool made = make_trainer(&t, spec, n_threads);
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
