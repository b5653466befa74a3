// SPDX-License-Identifier: ISC

/// A plugin instance on the bench: run() alone is timed, not the host around it

#ifndef REM_TESTS_BENCH_RIG_H
#define REM_TESTS_BENCH_RIG_H

#include "tests/host/host.h"

#include <stddef.h>
#include <stdint.h>

enum {
  RIG_RATE  = 48000, ///< Hz
  RIG_BLOCK = 64,    ///< Usual length of a block
  RIG_MOST  = 1024   ///< Longest block
};

/// An instance, its sound and its buffers
typedef struct {
  Host*    host;
  uint32_t chunk; ///< Type that an empty notify port has
  float    in[RIG_MOST];
  float    out[HOST_MAX_CHANNELS][RIG_MOST];
} Rig;

/// Open and activate a plugin (#HOST_AUDIO or #HOST_STEREO) that plays a model
Rig*
rig_open(HostWorld* world, const char* uri, const char* model, HostWork work);

/// Close it
void
rig_close(Rig* rig);

/// Run a block of `n` samples without messages; return the seconds in run()
double
rig_run(Rig* rig, uint32_t n);

/// The same with all that a host does between blocks: messages go to and fro
double
rig_run_fully(Rig* rig, uint32_t n);

/// Return the median of rig_run() over `n_blocks` blocks of `n` samples, less
/// what reading the clock takes
double
rig_median(Rig* rig, uint32_t n, uint32_t n_blocks);

/// Return seconds since some moment
double
rig_now(void);

/// Return how long reading the clock twice takes: part of every figure of
/// rig_run()
double
rig_clock_cost(void);

/// Sort `x` [n]; return the least value that a share `q` of them do not exceed
double
rig_quantile(double* x, size_t n, double q);

#endif // REM_TESTS_BENCH_RIG_H
