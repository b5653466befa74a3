// SPDX-License-Identifier: ISC

#define _XOPEN_SOURCE 700 // setenv()

#include "tests/bench/rig.h"

#include "tests/check.h"
#include "tests/host/fixture.h"
#include "tests/host/patch.h"

#include <stdlib.h>
#include <time.h>

double
rig_now(void)
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

double
rig_quantile(double* const x, const size_t n, const double q)
{
  const double at = ceil(q * (double)n) - 1.0;
  qsort(x, n, sizeof(*x), compare);
  return x[(size_t)fmin(fmax(at, 0.0), (double)(n - 1U))];
}

double
rig_clock_cost(void)
{
  enum { N = 1001 };
  double times[N];
  for (size_t i = 0; i < N; ++i) {
    const double begin = rig_now();
    times[i]           = rig_now() - begin;
  }
  return rig_quantile(times, N, 0.5);
}

Rig*
rig_open(HostWorld* const  world,
         const char* const uri,
         const char* const model,
         const HostWork    work)
{
  const HostSpec spec = {uri, RIG_RATE, HOST_FEATURE_ALL, work};
  Rig* const     rig  = (Rig*)calloc(1, sizeof(Rig));
  CHECK(rig);
  CHECK(!setenv("REMANENCE_MODEL", model, 1));
  rig->host = host_open(world, &spec);
  CHECK(!unsetenv("REMANENCE_MODEL"));
  CHECK(rig->host);
  rig->chunk = host_urid(rig->host, LV2_ATOM__Chunk);
  fixture_noise(rig->in, RIG_MOST, 0.5f, 7U);
  for (uint32_t c = 0; c < rig->host->n_in; ++c) {
    lilv_instance_connect_port(
      rig->host->instance, rig->host->audio_in[c], rig->in);
    lilv_instance_connect_port(
      rig->host->instance, rig->host->audio_out[c], rig->out[c]);
  }
  host_activate(rig->host);
  for (uint32_t i = 0; i < 4; ++i) { // What it has to tell is told by then
    (void)rig_run_fully(rig, RIG_BLOCK);
  }
  CHECK(host_get(rig->host, "status") == 1.0f);
  return rig;
}

void
rig_close(Rig* const rig)
{
  host_close(rig->host);
  free(rig);
}

double
rig_run(Rig* const rig, const uint32_t n)
{
  LV2_Atom* const notify = (LV2_Atom*)(void*)rig->host->received;
  notify->type           = rig->chunk;
  notify->size           = HOST_ATOM_BYTES - (uint32_t)sizeof(LV2_Atom);
  const double begin     = rig_now();
  lilv_instance_run(rig->host->instance, n);
  return rig_now() - begin;
}

double
rig_run_fully(Rig* const rig, const uint32_t n)
{
  host_patch_before_run(rig->host);
  const double taken = rig_run(rig, n);
  host_worker_deliver(&rig->host->worker);
  host_patch_after_run(rig->host, n);
  return taken;
}

double
rig_median(Rig* const rig, const uint32_t n, const uint32_t n_blocks)
{
  double* const times = (double*)calloc(n_blocks, sizeof(double));
  CHECK(times);
  for (uint32_t i = 0; i < n_blocks; ++i) {
    times[i] = rig_run(rig, n);
  }
  const double median = rig_quantile(times, n_blocks, 0.5) - rig_clock_cost();
  free(times);
  return median;
}
