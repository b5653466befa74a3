// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/trainer.h"

#include "dsp/denormal.h"
#include "offline_trainer/bench/noise.h"
#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/cross_entropy.h"
#include "offline_trainer/optim.h"
#include "offline_trainer/pool.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double
rem_bench_flops(const RemTraining* const training)
{
  const RemNetSpec* const spec  = &training->spec;
  const double            first = spec->n_symbols ? 0.0 : spec->n_in;
  const double            n     = spec->n_hidden;
  const double            gates = rem_net_layer_at(spec, 0U).n_gates;
  const double            back  = spec->cell == REM_CELL_FORWARD ? 0.0 : n;
  double                  sum = 3.0 * spec->n_out * n; // Forward, dh, gradient
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    const double n_in = l ? n : first;
    sum += gates * n * (2.0 * (n_in + back + 1.0) + back + (l ? n_in : 0.0));
  }
  return 2.0 * sum;
}

/// Let the peak of this process's memory count from now on
static void
reset_memory_peak(void)
{
  FILE* const file = fopen("/proc/self/clear_refs", "w");
  if (file) {
    fputs("5", file); // See proc(5)
    fclose(file);
  }
}

/// Return that peak in MiB, or NaN where the system does not tell
static double
memory_peak(void)
{
  FILE* const file = fopen("/proc/self/status", "r");
  double      mib  = (double)NAN;
  char        line[256];
  while (file && fgets(line, sizeof(line), file)) {
    static const char label[] = "VmHWM:";
    if (!strncmp(line, label, sizeof(label) - 1U)) {
      mib = strtod(line + sizeof(label) - 1U, NULL) / 1024.0;
    }
  }
  if (file) {
    fclose(file);
  }
  return mib;
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
  RemWindow** windows;   ///< [n_threads]
  float*      states;    ///< [n_streams, n_state]
  float*      packed;    ///< [n_groups, n_packed]
  float*      grad;      ///< [n_params]
  uint32_t*   targets;   ///< [n_steps, streams of a group], or NULL
  uint32_t    n_symbols; ///< 0 unless frames are symbols
} Trainer;

static void
run_group(void* const handle, const uint32_t group, const uint32_t thread)
{
  const Trainer* const t = (const Trainer*)handle;
  const uint32_t first = rem_bptt_group_begin(t->n_streams, t->n_groups, group);
  const uint32_t end =
    rem_bptt_group_begin(t->n_streams, t->n_groups, group + 1U);
  float* const     packed = t->packed + group * t->n_packed;
  float* const     state  = t->states + first * t->n_state;
  RemWindow* const window = t->windows[thread];
  memset(packed, 0, t->n_packed * sizeof(float));
  rem_window_forward(window, end - first, t->n_steps, state);
  if (t->targets) {
    (void)rem_cross_entropy(rem_window_output(window),
                            t->targets,
                            (size_t)(end - first) * t->n_steps,
                            t->n_symbols,
                            1.0 / (t->n_streams * (double)t->n_steps),
                            rem_window_output_gradient(window));
  }
  rem_window_backward(window, packed);
}

/// One update by one window
static void
run_window(Trainer* const t)
{
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

static void
run_windows(void* const handle, const uint64_t n)
{
  for (uint64_t i = 0; i < n; ++i) {
    run_window((Trainer*)handle);
  }
}

/// Fill `x` and targets [n] with symbols in no order
static void
fill_symbols(const Trainer* const t, const size_t n, float* const x)
{
  uint32_t seed = 1U;
  for (size_t i = 0; i < n; ++i) {
    seed          = seed * 1664525U + 1013904223U;
    t->targets[i] = (seed >> 8U) % t->n_symbols;
    x[i]          = (float)t->targets[i];
  }
}

/// Make the windows, their streams fed with symbols
static bool
make_symbols(Trainer* const t, const RemNetSpec* const spec)
{
  const uint32_t n      = (t->n_streams + t->n_groups - 1U) / t->n_groups;
  const size_t   n_rows = (size_t)n * t->n_steps;

  t->n_symbols = spec->n_symbols;
  t->targets   = (uint32_t*)calloc(n_rows + 1U, sizeof(uint32_t));
  bool made    = t->targets != NULL;
  for (uint32_t g = 0; made && g < t->n_threads; ++g) {
    t->windows[g] = rem_window_new(t->net, n, t->n_steps);
    made          = t->windows[g] != NULL;
    if (made) {
      fill_symbols(t, n_rows, rem_window_input(t->windows[g]));
    }
  }
  return made;
}

/// Make the windows, their streams fed with noise
static bool
make_windows(Trainer* const t, const RemNetSpec* const spec)
{
  const uint32_t n     = (t->n_streams + t->n_groups - 1U) / t->n_groups;
  const size_t   n_x   = (size_t)t->n_steps * spec->n_in * n;
  const size_t   n_y   = (size_t)t->n_steps * spec->n_out * n;
  float* const   noise = rem_bench_noise(n_x + n_y, 0.5f);
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
make_trainer(Trainer* const t, const RemTraining* const training)
{
  const RemNetSpec* const spec = &training->spec;
  t->net                       = rem_bptt_net_new(spec);
  if (!t->net) {
    return false;
  }
  t->n_packed = rem_bptt_net_n_gradient(t->net);
  t->pool     = rem_pool_new(t->n_threads);
  t->adam     = rem_adam_new(t->n_params);
  t->params   = rem_bench_noise(t->n_params, 0.3f);
  t->windows  = (RemWindow**)calloc(t->n_threads, sizeof(RemWindow*));
  t->states   = (float*)calloc(t->n_streams * t->n_state, sizeof(float));
  t->packed   = (float*)calloc(t->n_groups * t->n_packed, sizeof(float));
  t->grad     = (float*)calloc(t->n_params, sizeof(float));
  if (!t->pool || !t->adam.mean || !t->params || !t->windows || !t->states ||
      !t->packed || !t->grad) {
    return false;
  }
  rem_bptt_net_set(t->net, t->params);
  return spec->n_symbols ? make_symbols(t, spec) : make_windows(t, spec);
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
  free(t->targets);
}

RemStatus
rem_bench_trainer(const RemTraining* const training,
                  const uint32_t           n_threads,
                  const double             seconds,
                  RemTrainerFigures* const out,
                  RemError* const          error)
{
  Trainer t   = {0};
  t.n_params  = rem_net_n_params(&training->spec);
  t.n_state   = rem_net_n_state(&training->spec);
  t.n_streams = training->n_streams;
  t.n_steps   = training->n_steps;
  t.n_groups =
    rem_bptt_n_groups(&training->spec, training->n_streams, training->n_steps);
  t.n_threads = n_threads;

  reset_memory_peak();
  const bool made = make_trainer(&t, training);
  if (made) {
    const RemBenchTask task = {run_windows, &t};
    const RemFloatMode mode = rem_denormals_off();
    rem_bench_time(&task,
                   1U,
                   seconds,
                   n_threads > 1U ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID,
                   &out->us);
    rem_denormals_restore(mode);
    out->us.median *= 1e6 / training->n_steps;
    out->us.least *= 1e6 / training->n_steps;
    out->memory_mib = memory_peak();
  }
  clear_trainer(&t);
  return made
           ? REM_SUCCESS
           : rem_fail(
               error, REM_NO_MEMORY, NULL, "Out of memory for the benchmark");
}
