// SPDX-License-Identifier: ISC

/// What the plugin costs in a host, measured.  Times are in seconds of the
/// wall, so whatever else the core does is in them: medians bear some of it,
/// the last percentiles need a quiet core.

#ifndef REM_TESTS_BENCH_MEASURE_H
#define REM_TESTS_BENCH_MEASURE_H

#include "tests/host/fixture.h"
#include "tests/host/host.h"

#include <stdbool.h>
#include <stdint.h>

enum { MEASURE_LENGTHS = 8, MEASURE_SIZES = 5 };

/// Block lengths, samples
extern const uint32_t measure_lengths[MEASURE_LENGTHS];

/// Hidden sizes; where one is enough, it is the last
extern const uint32_t measure_sizes[MEASURE_SIZES];

/// run() with a block of the usual length
typedef struct {
  double   median;
  double   p99;
  double   p999;
  double   p9999;
  double   alone; ///< p9999 / median of mere arithmetic of the same length
  double   worst;
  double   clock;     ///< Taken off every figure
  uint32_t n;         ///< Blocks that count
  uint32_t preempted; ///< Blocks that do not: another program ran meanwhile
} MeasuredBlocks;

/// Swaps under sound that goes on in real time; medians over swaps
typedef struct {
  double normal;  ///< A block when nothing happens
  double dearest; ///< The dearest block of a swap
  double heard;   ///< From the request until the new model is first heard
  double alone;   ///< From the request until the old one no longer is
} MeasuredSwaps;

/// From the request until the model can play; medians
typedef struct {
  double cold;    ///< When nothing was heard yet
  double warm;    ///< When a second of sound is played to the net first
  double restore; ///< A session, as lilv restores it
} MeasuredLoads;

/// What is measured with
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       models[MEASURE_SIZES][FIXTURE_PATH];
  char       other[FIXTURE_PATH]; ///< Of the last size, too
  uint32_t   n_blocks;            ///< To look at one by one
  uint32_t   n_repeats;           ///< Of swaps and loads
  uint32_t   max_instances;       ///< Most to try
} Measure;

/// Begin: write models, read the bundle below `lv2_path`.  `quick` is for tests
/// of the benchmark: figures are there, and mean little.
Measure
measure_begin(const char* lv2_path, bool quick);

/// Remove the models
void
measure_end(Measure* measure);

/// Time many blocks one by one
MeasuredBlocks
measure_blocks(const Measure* measure);

/// Time blocks of every length; seconds per sample to `per_frame`
/// [#MEASURE_LENGTHS]
void
measure_all_lengths(const Measure* measure, double* per_frame);

/// Time a usual block, mono and stereo, of the model of size number `size`
void
measure_stereo(const Measure* measure,
               uint32_t       size,
               double*        mono,
               double*        stereo);

/// Swap models
MeasuredSwaps
measure_swaps(const Measure* measure);

/// Load models
MeasuredLoads
measure_loads(const Measure* measure);

/**
   Count the mono instances that one core plays in real time: instances with
   nets of their own run in turn, so that they compete for the caches.

   @param mono Seconds per block of a single one, to begin with.
   @return At most `measure->max_instances`.
*/
uint32_t
measure_instances(const Measure* measure, double mono);

#endif // REM_TESTS_BENCH_MEASURE_H
