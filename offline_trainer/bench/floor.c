// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/floor.h"

#include "dsp/kernel/kernel.h"
#include "offline_trainer/bench/floor_kernel.h"
#include "offline_trainer/bench/noise.h"
#include "offline_trainer/pool.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define L1_BYTES ((size_t)16 << 10U)  ///< Half the smallest L1 data cache
#define L2_BYTES ((size_t)192 << 10U) ///< Four times the largest L1, most L2

#define LINE (REM_ALIGN / sizeof(float)) ///< Floats that parts begin at

enum { TASKS = 3 }; ///< Of a floor, for each width

static const RemFloorKernel*
select_kernel(const char* const isa)
{
#if defined(__x86_64__)
  if (!strcmp(isa, "avx512")) {
    return &rem_floor_kernel_avx512;
  }
  if (!strcmp(isa, "avx2")) {
    return &rem_floor_kernel_avx2;
  }
#elif defined(__aarch64__)
  if (!strcmp(isa, "neon")) {
    return &rem_floor_kernel_neon;
  }
#endif
  (void)isa;
  return &rem_floor_kernel_generic;
}

static size_t
step_floats(const RemFloorKernel* const kernel)
{
  return (size_t)REM_FLOOR_STEP * kernel->width;
}

/// A block of memory that a kernel goes through, or only registers
typedef struct {
  const RemFloorKernel* kernel;
  const float*          block;
  uint64_t              n_steps; ///< Of the block
  volatile float        sum;     ///< Where results go, so that they are made
} Walk;

static void
run_fma(void* const handle, const uint64_t n)
{
  Walk* const walk = (Walk*)handle;
  walk->sum        = walk->kernel->fma(n);
}

static void
run_load(void* const handle, const uint64_t n)
{
  Walk* const walk = (Walk*)handle;
  walk->sum        = walk->kernel->load(walk->block, walk->n_steps, n);
}

static void
run_around(void* const handle, const uint64_t n)
{
  Walk* const walk = (Walk*)handle;
  walk->sum        = walk->kernel->stream(walk->block, walk->n_steps, n, false);
}

static void
run_to_and_fro(void* const handle, const uint64_t n)
{
  Walk* const walk = (Walk*)handle;
  walk->sum        = walk->kernel->stream(walk->block, walk->n_steps, n, true);
}

RemStatus
rem_bench_machine(const char* const isa,
                  const double      seconds,
                  RemMachine* const out,
                  RemError* const   error)
{
  const RemFloorKernel* const kernel = select_kernel(isa);
  const size_t                step   = step_floats(kernel);
  float* const block = rem_bench_noise(L2_BYTES / sizeof(float), 0.3f);
  if (!block) {
    return rem_fail(
      error, REM_NO_MEMORY, NULL, "Out of memory for the benchmark");
  }

  const uint64_t     n_l1     = L1_BYTES / sizeof(float) / step;
  const uint64_t     n_l2     = L2_BYTES / sizeof(float) / step;
  Walk               walks[3] = {{kernel, NULL, 0U, 0.0f},
                                 {kernel, block, n_l1, 0.0f},
                                 {kernel, block, n_l2, 0.0f}};
  const RemBenchTask tasks[3] = {
    {run_fma, &walks[0]}, {run_load, &walks[1]}, {run_load, &walks[2]}};
  RemTiming times[3];
  rem_bench_time(tasks, 3U, seconds, CLOCK_THREAD_CPUTIME_ID, times);
  free(block);

  const double per_step = 1e-9 * (double)step;
  out->fma_gflops       = 2.0 * per_step / times[0].median;
  out->l1_gb_per_s      = sizeof(float) * per_step / times[1].median;
  out->l2_gb_per_s      = sizeof(float) * per_step / times[2].median;
  return REM_SUCCESS;
}

/// The peak of several cores
typedef struct {
  const RemFloorKernel* kernel;
  RemPool*              pool;
  uint32_t              n_threads;
  uint64_t              n; ///< Steps that each of them does
} Peak;

static void
run_thread(void* const handle, const uint32_t index, const uint32_t thread)
{
  const Peak* const peak = (const Peak*)handle;
  Walk              walk = {peak->kernel, NULL, 0U, 0.0f};
  run_fma(&walk, peak->n);
  (void)index;
  (void)thread;
}

static void
run_peak(void* const handle, const uint64_t n)
{
  Peak* const peak = (Peak*)handle;
  peak->n          = n;
  rem_pool_run(peak->pool, peak->n_threads, run_thread, peak);
}

double
rem_bench_peak(const char* const isa,
               const uint32_t    n_threads,
               const double      seconds)
{
  Peak peak = {select_kernel(isa), rem_pool_new(n_threads), n_threads, 0U};
  if (!peak.pool) {
    return 0.0;
  }
  const RemBenchTask task = {run_peak, &peak};
  RemTiming          time = {0.0, 0.0};
  rem_bench_time(&task,
                 1U,
                 seconds,
                 n_threads > 1U ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID,
                 &time);
  rem_pool_free(peak.pool);
  return 2e-9 * (double)step_floats(peak.kernel) * n_threads / time.median;
}

/// The floor with vectors of one width
typedef struct {
  Walk          walk;
  RemFloorChain chain;
  double        n_steps; ///< Of the weights of a frame, not a whole number
} Part;

struct RemFloor {
  uint32_t n_parts;
  Part     parts[2];
  double   n_layers; ///< Chains in a frame
  float*   data;     ///< The one block that all of the above points into
};

/// Weights of a frame, all layers, without the head
static size_t
count_weights(const RemNetSpec* const spec)
{
  return rem_net_head_at(spec).weight;
}

static size_t
round_up(const size_t n, const size_t multiple)
{
  return (n + multiple - 1U) / multiple * multiple;
}

/// Whole vectors and half a one that the units of a layer fill
static RemFloorChain
chain_of(const uint32_t width, const RemNetSpec* const spec, float* const z)
{
  const RemCell  cell     = spec->cell;
  const bool     gates    = cell == REM_CELL_LSTM || cell == REM_CELL_GRU;
  const uint32_t n_hidden = spec->n_hidden;
  const size_t   p        = round_up(n_hidden, LINE);
  const uint32_t rest     = n_hidden % width;
  const bool     half     = gates && rest && rest <= width / 2U;
  float* const   c        = z + REM_N_GATES * p + 2U * LINE;
  return (RemFloorChain){
    cell, n_hidden / width + (rest && !half ? 1U : 0U), half, z, c, c + p};
}

RemFloor*
rem_floor_new(const RemNetSpec* const spec, const char* const isa)
{
  const RemFloorKernel* kernel  = select_kernel(isa);
  const size_t          weights = count_weights(spec);
  const size_t          block   = round_up(weights, step_floats(kernel));
  const size_t          p       = round_up(spec->n_hidden, LINE);

  RemFloor* const floor = (RemFloor*)calloc(1, sizeof(RemFloor));
  float* const    data =
    rem_bench_noise(block + (REM_N_GATES + 2U) * p + 2U * LINE, 0.3f);
  if (!floor || !data) {
    free(floor);
    free(data);
    return NULL;
  }
  floor->data     = data;
  floor->n_layers = spec->n_layers;
  for (; kernel; kernel = kernel->half) {
    Part* const  part = &floor->parts[floor->n_parts++];
    const size_t step = step_floats(kernel);
    part->walk    = (Walk){kernel, data, round_up(weights, step) / step, 0.0f};
    part->chain   = chain_of(kernel->width, spec, data + block);
    part->n_steps = (double)weights / (double)step;
  }
  return floor;
}

void
rem_floor_free(RemFloor* const floor)
{
  if (floor) {
    free(floor->data);
    free(floor);
  }
}

static void
run_chain(void* const handle, const uint64_t n)
{
  const Part* const part = (const Part*)handle;
  part->walk.kernel->chain(&part->chain, n);
}

uint32_t
rem_floor_tasks(RemFloor* const floor, RemBenchTask* const tasks)
{
  for (uint32_t i = 0; i < floor->n_parts; ++i) {
    Part* const         part = &floor->parts[i];
    RemBenchTask* const to   = tasks + (size_t)TASKS * i;
    to[0]                    = (RemBenchTask){run_around, &part->walk};
    to[1]                    = (RemBenchTask){run_to_and_fro, &part->walk};
    to[2]                    = (RemBenchTask){run_chain, part};
  }
  return TASKS * floor->n_parts;
}

void
rem_floor_result(const RemFloor* const  floor,
                 const RemTiming* const times,
                 double* const          stream,
                 double* const          chain)
{
  *stream = *chain = (double)INFINITY;
  for (uint32_t i = 0; i < floor->n_parts; ++i) {
    const RemTiming* const t    = times + (size_t)TASKS * i;
    const double           step = fmin(t[0].median, t[1].median);
    *stream                     = fmin(*stream, floor->parts[i].n_steps * step);
    *chain                      = fmin(*chain, floor->n_layers * t[2].median);
  }
}
