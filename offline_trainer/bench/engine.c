// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/engine.h"

#include "dsp/denormal.h"
#include "offline_trainer/bench/floor.h"
#include "offline_trainer/bench/noise.h"
#include "offline_trainer/bench/reference.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define BLOCK 64U ///< Frames a call, as a host's

static RemStatus
no_memory(RemError* const error)
{
  return rem_fail(
    error, REM_NO_MEMORY, NULL, "Out of memory for the benchmark");
}

/// Return the largest distance of y from the truth
static double
largest_error(const RemTruth* const truth, const float* const y)
{
  const size_t n     = (size_t)REM_TRUTH_FRAMES * truth->spec.n_out;
  double       worst = 0.0;
  for (size_t i = 0; i < n; ++i) {
    worst = fmax(worst, fabs((double)y[i] - truth->y[i]));
  }
  return worst;
}

/// Play the truth in double, and in float
static void
play_truth(const RemTruth* const truth,
           const double* const   params,
           double* const         state,
           float* const          plain_state,
           float* const          plain_y)
{
  const RemNetSpec* const spec = &truth->spec;
  for (size_t t = 0; t < REM_TRUTH_FRAMES; ++t) {
    const float* const x = truth->x + t * spec->n_in;
    double             x64[REM_MAX_IN];
    for (size_t i = 0; i < spec->n_in; ++i) {
      x64[i] = (double)x[i];
    }
    rem_reference_step(spec, params, state, x64, truth->y + t * spec->n_out);
    rem_plain_step(
      spec, truth->params, plain_state, x, plain_y + t * spec->n_out);
  }
}

RemStatus
rem_truth_make(const RemNetSpec* const spec,
               RemTruth* const         out,
               RemError* const         error)
{
  const size_t n_params = rem_net_n_params(spec);
  const size_t n_y      = (size_t)REM_TRUTH_FRAMES * spec->n_out;
  const size_t n_state  = rem_net_n_state(spec);

  *out        = (RemTruth){.spec = *spec};
  out->params = rem_bench_noise(n_params, 0.3f);
  out->x      = rem_bench_noise((size_t)REM_TRUTH_FRAMES * spec->n_in, 1.0f);
  out->y      = (double*)calloc(n_y, sizeof(double));
  double* const params = (double*)calloc(n_params + n_state, sizeof(double));
  float* const  plain  = (float*)calloc(n_y + n_state, sizeof(float));
  const bool    made   = out->params && out->x && out->y && params && plain;
  if (made) {
    for (size_t i = 0; i < n_params; ++i) {
      params[i] = (double)out->params[i];
    }
    play_truth(out, params, params + n_params, plain + n_y, plain);
    out->plain_error = largest_error(out, plain);
  }
  free(params);
  free(plain);
  return made ? REM_SUCCESS : no_memory(error);
}

void
rem_truth_clear(RemTruth* const truth)
{
  free(truth->params);
  free(truth->x);
  free(truth->y);
  *truth = (RemTruth){.params = NULL};
}

/// One net that plays one stream, or two
typedef struct {
  RemNet*      net;
  RemNetState* states[2];
  const float* x; ///< [BLOCK, I]
  float*       y; ///< [REM_TRUTH_FRAMES, O]
} Engine;

static void
run_engine(void* const handle, const uint64_t n)
{
  const Engine* const e = (const Engine*)handle;
  for (uint64_t i = 0; i < n; ++i) {
    rem_net_block(e->net, e->states[0], e->x, e->y, BLOCK);
  }
}

static void
run_pair(void* const handle, const uint64_t n)
{
  const Engine* const e    = (const Engine*)handle;
  const size_t        n_y  = (size_t)BLOCK * rem_net_spec(e->net)->n_out;
  const float* const  x[2] = {e->x, e->x};
  float* const        y[2] = {e->y, e->y + n_y};
  for (uint64_t i = 0; i < n; ++i) {
    rem_net_block_pair(e->net, e->states, x, y, BLOCK);
  }
}

static void
measure(Engine* const           e,
        RemFloor* const         floor,
        const double            seconds,
        RemEngineFigures* const out)
{
  const double ns = 1e9 / BLOCK;
  RemBenchTask tasks[2 + REM_FLOOR_TASKS];
  RemTiming    times[2 + REM_FLOOR_TASKS];

  tasks[0] = (RemBenchTask){run_engine, e};
  tasks[1] = (RemBenchTask){run_pair, e};
  rem_bench_time(tasks,
                 2U + rem_floor_tasks(floor, tasks + 2),
                 seconds,
                 CLOCK_THREAD_CPUTIME_ID,
                 times);
  out->ns      = (RemTiming){ns * times[0].median, ns * times[0].least};
  out->pair_ns = ns * times[1].median;
  rem_floor_result(floor, times + 2, &out->stream_ns, &out->chain_ns);
  out->stream_ns *= 1e9;
  out->chain_ns *= 1e9;
}

RemStatus
rem_bench_engine(const RemTruth* const   truth,
                 const char* const       isa,
                 const double            seconds,
                 RemEngineFigures* const out,
                 RemError* const         error)
{
  const size_t    n_y   = (size_t)REM_TRUTH_FRAMES * truth->spec.n_out;
  RemFloor* const floor = rem_floor_new(&truth->spec, isa);
  Engine          e     = {rem_net_new_for(&truth->spec, truth->params, isa),
                           {NULL, NULL},
                           truth->x,
                           (float*)calloc(n_y, sizeof(float))};
  for (size_t i = 0; e.net && i < 2U; ++i) {
    e.states[i] = rem_net_state_new(e.net);
  }

  const bool made = floor && e.states[0] && e.states[1] && e.y;
  if (made) {
    const RemFloatMode mode = rem_denormals_off();
    rem_net_block(e.net, e.states[0], truth->x, e.y, REM_TRUTH_FRAMES);
    out->error = largest_error(truth, e.y);
    measure(&e, floor, seconds, out);
    rem_denormals_restore(mode);
  }
  rem_net_state_free(e.states[0]);
  rem_net_state_free(e.states[1]);
  rem_net_free(e.net);
  rem_floor_free(floor);
  free(e.y);
  return made ? REM_SUCCESS : no_memory(error);
}
