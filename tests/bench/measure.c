// SPDX-License-Identifier: ISC

#include "tests/bench/measure.h"

#include "tests/bench/rig.h"
#include "tests/check.h"
#include "tests/host/stage.h"

#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
  MAX_BLOCKS    = 200000, // 20 of them lie beyond the last percentile
  MAX_REPEATS   = 30,
  MAX_INSTANCES = 400
};

const uint32_t measure_lengths[] = {1, 4, 8, 16, 32, 64, 256, 1024};
const uint32_t measure_sizes[]   = {8, 16, 24, 32, 40};

Measure
measure_begin(const char* const lv2_path, const bool quick)
{
  Measure measure = {.dir           = fixture_begin(),
                     .world         = host_world_new(lv2_path),
                     .n_blocks      = quick ? 1000U : MAX_BLOCKS,
                     .n_repeats     = quick ? 2U : MAX_REPEATS,
                     .max_instances = quick ? 4U : MAX_INSTANCES};
  for (uint32_t i = 0; i < MEASURE_SIZES; ++i) {
    const FixtureModel what = {i, measure_sizes[i], 1U, 0U, false};
    char               name[32];
    (void)snprintf(name, sizeof(name), "%u.safetensors", i);
    fixture_write(&what, fixture_path(&measure.dir, name, measure.models[i]));
  }
  const FixtureModel other = {
    99U, measure_sizes[MEASURE_SIZES - 1], 1U, 0U, false};
  fixture_write(&other,
                fixture_path(&measure.dir, "other.safetensors", measure.other));
  return measure;
}

void
measure_end(Measure* const measure)
{
  host_world_free(measure->world);
  fixture_end(&measure->dir);
}

static Rig*
open_usual(const Measure* const measure, const HostWork work)
{
  return rig_open(
    measure->world, HOST_AUDIO, measure->models[MEASURE_SIZES - 1], work);
}

/// How often another program took the core from this one
static long
n_preemptions(void)
{
  struct rusage usage;
  CHECK(!getrusage(RUSAGE_SELF, &usage));
  return usage.ru_nivcsw;
}

/// Multiply and add `n` times, touching no memory; the time that took
static double
spin(const uint64_t n)
{
  const double begin = rig_now();
  uint64_t     x     = 1U;
  for (uint64_t i = 0; i < n; ++i) {
    x = 3U * x + 1U;
    __asm__ volatile("" : "+r"(x)); // Or the compiler would leave it out
  }
  return rig_now() - begin;
}

/// Return how the slowest of arithmetic that takes `seconds` compares to its
/// median, as p9999 of blocks: the machine's own share in it
static double
unrest(const double seconds, double* const times, const uint32_t n)
{
  enum { MANY = 1000000 };
  const double   once        = fmin(spin(MANY), spin(MANY)) / MANY;
  const uint64_t long_enough = (uint64_t)(seconds / once);
  size_t         n_good      = 0U;
  for (uint32_t i = 0; i < n; ++i) {
    const long before = n_preemptions();
    times[n_good]     = spin(long_enough);
    n_good += before == n_preemptions();
  }
  const double median = rig_quantile(times, n_good, 0.5);
  return rig_quantile(times, n_good, 0.9999) / median;
}

MeasuredBlocks
measure_blocks(const Measure* const measure)
{
  Rig* const     rig   = open_usual(measure, HOST_WORK_LATER);
  double* const  times = (double*)calloc(measure->n_blocks, sizeof(double));
  MeasuredBlocks found = {.clock = rig_clock_cost()};
  size_t         n     = 0;
  CHECK(times);
  (void)rig_median(rig, RIG_BLOCK, 2000); // Caches and clocks warm up
  for (uint32_t i = 0; i < measure->n_blocks; ++i) {
    const long before = n_preemptions();
    times[n]          = rig_run(rig, RIG_BLOCK) - found.clock;
    n += before == n_preemptions();
  }
  found.n         = (uint32_t)n;
  found.preempted = measure->n_blocks - found.n;
  found.median    = rig_quantile(times, n, 0.5);
  found.p99       = rig_quantile(times, n, 0.99);
  found.p999      = rig_quantile(times, n, 0.999);
  found.p9999     = rig_quantile(times, n, 0.9999);
  found.worst     = times[n - 1];
  found.alone     = unrest(found.median, times, measure->n_blocks);
  free(times);
  rig_close(rig);
  return found;
}

void
measure_all_lengths(const Measure* const measure, double* const per_frame)
{
  Rig* const rig = open_usual(measure, HOST_WORK_LATER);
  for (uint32_t i = 0; i < MEASURE_LENGTHS; ++i) {
    const uint32_t n = measure_lengths[i];
    per_frame[i]     = rig_median(rig, n, 200U + 2U * RIG_RATE / n) / n;
  }
  rig_close(rig);
}

/// In turn, so that both meet the same machine
void
measure_stereo(const Measure* const measure,
               const uint32_t       size,
               double* const        mono,
               double* const        stereo)
{
  enum { TURNS = 41 };
  const char* const model = measure->models[size];
  Rig* const one = rig_open(measure->world, HOST_AUDIO, model, HOST_WORK_LATER);
  Rig* const two =
    rig_open(measure->world, HOST_STEREO, model, HOST_WORK_LATER);
  double times[2][TURNS];
  for (uint32_t i = 0; i < TURNS; ++i) {
    times[0][i] = rig_median(one, RIG_BLOCK, 50);
    times[1][i] = rig_median(two, RIG_BLOCK, 50);
  }
  *mono   = rig_quantile(times[0], TURNS, 0.5);
  *stereo = rig_quantile(times[1], TURNS, 0.5);
  rig_close(one);
  rig_close(two);
}

/// Wait until `blocks` blocks after `begin` are due, as a sound card would
static void
wait_for_block(const double begin, const uint32_t blocks)
{
  const double          due  = begin + (double)blocks * RIG_BLOCK / RIG_RATE;
  const double          left = fmax(0.0, due - rig_now());
  const struct timespec rest = {(time_t)left,
                                (long)(1e9 * (left - floor(left)))};
  (void)nanosleep(&rest, NULL);
}

/// Ask for a model and play in real time until it is heard alone
/// @param normal Seconds of an average block before.
static void
swap_once(Rig* const        rig,
          const char* const path,
          double* const     normal,
          double* const     dearest,
          double* const     alone)
{
  enum { BEFORE = 101, LONGEST = 2000 };
  double       times[BEFORE];
  const double begin  = rig_now();
  double       asked  = begin;
  bool         fading = false;
  *dearest            = 0.0;
  for (uint32_t i = 0; i < LONGEST; ++i) {
    if (i == BEFORE) {
      asked = rig_now();
      host_send_model(rig->host, 0U, path);
    }
    const double taken = rig_run_fully(rig, RIG_BLOCK);
    if (i < BEFORE) {
      times[i] = taken;
    } else {
      const bool now = host_get(rig->host, "status") == 2.0f;
      if (fading && !now) {
        *normal = rig_quantile(times, BEFORE, 0.5);
        *alone  = rig_now() - asked;
        return;
      }
      fading   = now;
      *dearest = fmax(*dearest, taken);
    }
    wait_for_block(begin, i + 1U);
  }
  CHECK(!"the new model is never heard alone");
}

static void
play_a_second(Rig* const rig)
{
  for (uint32_t i = 0; i < RIG_RATE / RIG_BLOCK; ++i) {
    (void)rig_run_fully(rig, RIG_BLOCK);
  }
}

MeasuredSwaps
measure_swaps(const Measure* const measure)
{
  const char* const paths[] = {measure->other,
                               measure->models[MEASURE_SIZES - 1]};
  Rig* const        rig     = open_usual(measure, HOST_WORK_THREAD);
  double         normal[MAX_REPEATS], dearest[MAX_REPEATS], alone[MAX_REPEATS];
  const uint32_t n = measure->n_repeats;
  play_a_second(rig);
  for (uint32_t i = 0; i < n; ++i) {
    swap_once(rig, paths[i % 2U], &normal[i], &dearest[i], &alone[i]);
  }
  rig_close(rig);
  MeasuredSwaps found = {.normal  = rig_quantile(normal, n, 0.5),
                         .dearest = rig_quantile(dearest, n, 0.5),
                         .alone   = rig_quantile(alone, n, 0.5)};
  found.heard         = found.alone - (double)STAGE_FADE / RIG_RATE;
  return found;
}

/// Ask for a model and have it loaded within run(); seconds
static double
load_once(Rig* const rig, const char* const path)
{
  host_send_model(rig->host, 0U, path);
  const double taken = rig_run_fully(rig, 0U);
  CHECK(!strcmp(rig->host->heard.model, path));
  return taken;
}

MeasuredLoads
measure_loads(const Measure* const measure)
{
  const char* const paths[] = {measure->other,
                               measure->models[MEASURE_SIZES - 1]};
  Rig* const        rig     = open_usual(measure, HOST_WORK_NOW);
  double            cold[MAX_REPEATS], warm[MAX_REPEATS], restore[MAX_REPEATS];
  char              session[FIXTURE_PATH];
  const uint32_t    n = measure->n_repeats;
  CHECK(host_save(rig->host, fixture_path(&measure->dir, "session", session)));
  for (uint32_t i = 0; i < n; ++i) {
    host_activate(rig->host);
    cold[i] = load_once(rig, paths[i % 2U]);
    play_a_second(rig);
    warm[i] = load_once(rig, paths[(i + 1U) % 2U]);
    play_a_second(rig);
    host_activate(rig->host);
    const double begin = rig_now();
    host_restore_model(rig->host, session);
    restore[i] = rig_now() - begin;
  }
  rig_close(rig);
  return (MeasuredLoads){rig_quantile(cold, n, 0.5),
                         rig_quantile(warm, n, 0.5),
                         rig_quantile(restore, n, 0.5)};
}

/// Run `n` instances in turn; seconds per round
static double
round_of(Rig** const rigs, const uint32_t n)
{
  enum { ROUNDS = 101 };
  double times[ROUNDS];
  for (uint32_t i = 0; i < ROUNDS; ++i) {
    const double begin = rig_now();
    for (uint32_t k = 0; k < n; ++k) {
      (void)rig_run(rigs[k], RIG_BLOCK);
    }
    times[i] = rig_now() - begin;
  }
  return rig_quantile(times, ROUNDS, 0.5);
}

uint32_t
measure_instances(const Measure* const measure, const double mono)
{
  enum { TRIALS = 4 };
  const double block = (double)RIG_BLOCK / RIG_RATE;
  Rig*         rigs[MAX_INSTANCES];
  uint32_t     n_open = 0U;
  double       fit    = block / mono;
  for (uint32_t i = 0; i < TRIALS; ++i) {
    const uint32_t n = (uint32_t)fmin(fmax(fit, 1.0), measure->max_instances);
    while (n_open < n) {
      rigs[n_open++] = open_usual(measure, HOST_WORK_LATER);
    }
    fit = n * block / round_of(rigs, n); // Near n, cost is linear in n
  }
  while (n_open) {
    rig_close(rigs[--n_open]);
  }
  return (uint32_t)fmin(fit, measure->max_instances);
}
