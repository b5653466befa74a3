// SPDX-License-Identifier: ISC

/// What the plugin costs in a host, from the built bundle:
///
///     bench_plugin [--json] [--quick]
///
/// prints tables, or one object {"plugin": {...}}.  It takes half a minute and
/// wants a core to itself; --quick is for tests of the benchmark itself.

#include "dsp/net.h"
#include "tests/bench/measure.h"
#include "tests/bench/rig.h"
#include "tests/check.h"

#include <stdbool.h>
#include <string.h>

/// All there is, seconds
typedef struct {
  MeasuredBlocks blocks;
  double         per_frame[MEASURE_LENGTHS];
  double         mono[MEASURE_SIZES];
  double         stereo[MEASURE_SIZES];
  MeasuredSwaps  swaps;
  MeasuredLoads  loads;
  uint32_t       n_instances;
} Figures;

static void
measure_all(Figures* const to, const bool quick)
{
  Measure measure = measure_begin(BUILD_DIR "/lv2", quick);
  to->blocks      = measure_blocks(&measure);
  measure_all_lengths(&measure, to->per_frame);
  for (uint32_t i = 0; i < MEASURE_SIZES; ++i) {
    measure_stereo(&measure, i, &to->mono[i], &to->stereo[i]);
  }
  to->swaps       = measure_swaps(&measure);
  to->loads       = measure_loads(&measure);
  to->n_instances = measure_instances(&measure, to->blocks.median);
  measure_end(&measure);
}

static void
print_tables(const Figures* const f)
{
  const uint32_t hidden = measure_sizes[MEASURE_SIZES - 1];
  printf("Plugin: %s, LSTM 1 x %u, %u Hz, blocks of %u samples\n",
         rem_net_isa(),
         hidden,
         (unsigned)RIG_RATE,
         (unsigned)RIG_BLOCK);
  printf("  run(): median %.2f us, 99%% %.2f, 99.9%% %.2f, 99.99%% %.2f "
         "(%.2f x median), worst %.2f\n"
         "    arithmetic that touches no memory: 99.99%% %.2f x median\n"
         "    %u blocks, and %u left out that another program interrupted; "
         "%.0f ns for the clock taken off\n",
         1e6 * f->blocks.median,
         1e6 * f->blocks.p99,
         1e6 * f->blocks.p999,
         1e6 * f->blocks.p9999,
         f->blocks.p9999 / f->blocks.median,
         1e6 * f->blocks.worst,
         f->blocks.alone,
         f->blocks.n,
         f->blocks.preempted,
         1e9 * f->blocks.clock);
  printf("  instances that fit a core: %u\n", f->n_instances);
  printf("  swap: dearest block %.2f us, normal one %.2f (%.2f x); heard after "
         "%.1f ms, alone after %.1f\n",
         1e6 * f->swaps.dearest,
         1e6 * f->swaps.normal,
         f->swaps.dearest / f->swaps.normal,
         1e3 * f->swaps.heard,
         1e3 * f->swaps.alone);
  printf("  load: %.2f ms, under sound %.2f, a session %.2f\n",
         1e3 * f->loads.cold,
         1e3 * f->loads.warm,
         1e3 * f->loads.restore);
  puts("  block   ns per sample");
  for (uint32_t i = 0; i < MEASURE_LENGTHS; ++i) {
    printf("  %5u   %9.1f\n", measure_lengths[i], 1e9 * f->per_frame[i]);
  }
  puts("  hidden   mono us   stereo us   stereo/mono");
  for (uint32_t i = 0; i < MEASURE_SIZES; ++i) {
    printf("  %6u   %7.2f   %9.2f   %11.2f\n",
           measure_sizes[i],
           1e6 * f->mono[i],
           1e6 * f->stereo[i],
           f->stereo[i] / f->mono[i]);
  }
}

static void
print_json(const Figures* const f)
{
  printf("{\"plugin\": {\"isa\": \"%s\", \"hidden\": %u, \"rate\": %u, "
         "\"frames\": %u, \"instances\": %u,\n",
         rem_net_isa(),
         measure_sizes[MEASURE_SIZES - 1],
         (unsigned)RIG_RATE,
         (unsigned)RIG_BLOCK,
         f->n_instances);
  printf(" \"block_us\": {\"median\": %.3f, \"p99\": %.3f, \"p99.9\": %.3f, "
         "\"p99.99\": %.3f, \"worst\": %.3f, \"clock\": %.3f, "
         "\"p99.99_of_arithmetic\": %.3f, \"n\": %u, \"preempted\": %u},\n",
         1e6 * f->blocks.median,
         1e6 * f->blocks.p99,
         1e6 * f->blocks.p999,
         1e6 * f->blocks.p9999,
         1e6 * f->blocks.worst,
         1e6 * f->blocks.clock,
         f->blocks.alone,
         f->blocks.n,
         f->blocks.preempted);
  printf(" \"swap\": {\"normal_us\": %.3f, \"dearest_us\": %.3f, "
         "\"heard_ms\": %.2f, \"alone_ms\": %.2f},\n",
         1e6 * f->swaps.normal,
         1e6 * f->swaps.dearest,
         1e3 * f->swaps.heard,
         1e3 * f->swaps.alone);
  printf(" \"load_ms\": {\"cold\": %.3f, \"under_sound\": %.3f, "
         "\"session\": %.3f},\n \"lengths\": [",
         1e3 * f->loads.cold,
         1e3 * f->loads.warm,
         1e3 * f->loads.restore);
  for (uint32_t i = 0; i < MEASURE_LENGTHS; ++i) {
    printf("%s{\"frames\": %u, \"ns_per_sample\": %.2f}",
           i ? ", " : "",
           measure_lengths[i],
           1e9 * f->per_frame[i]);
  }
  printf("],\n \"stereo\": [");
  for (uint32_t i = 0; i < MEASURE_SIZES; ++i) {
    printf("%s{\"hidden\": %u, \"mono_us\": %.3f, \"stereo_us\": %.3f}",
           i ? ", " : "",
           measure_sizes[i],
           1e6 * f->mono[i],
           1e6 * f->stereo[i]);
  }
  puts("]}}");
}

int
main(const int argc, char** const argv)
{
  bool    json  = false;
  bool    quick = false;
  Figures figures;
  for (int i = 1; i < argc; ++i) {
    json  = json || !strcmp(argv[i], "--json");
    quick = quick || !strcmp(argv[i], "--quick");
  }
  if (argc - 1 != (int)json + (int)quick) {
    fputs("Usage: bench_plugin [--json] [--quick]\n", stderr);
    return 2;
  }
  measure_all(&figures, quick);
  (json ? print_json : print_tables)(&figures);
  return 0;
}
