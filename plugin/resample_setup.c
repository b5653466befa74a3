// SPDX-License-Identifier: ISC

/// The other threads' half of plugin/resample.h

#include "plugin/resample.h"

#include <speex/speex_resampler.h>
#include <stdlib.h>

/// Of speexdsp's 0 to 10: the first that passes 20 kHz of 44.1 kHz, and stops
/// 100 dB.  Where the host is slower than half the model's rate, the first that
/// keeps the error of a distorted guitar below 1e-4 up to the host's limit.
#define QUALITY 6
#define QUALITY_DOWN 8

/// Return the host sample, counted from 0, that output `k` waits for
static uint64_t
newest(const RemResampler* const r,
       const uint64_t            host,
       const uint64_t            model,
       const uint64_t            tail,
       const uint64_t            k)
{
  const uint64_t at_model = tail + k * model / host;
  return r->lead + at_model * host / model;
}

/// Find by how many samples the output must lie behind for every block to find
/// enough, and how many then wait at most.  Both repeat with the ratio.
static void
measure(RemResampler* const r, const uint32_t host, const uint32_t model)
{
  const uint64_t tail = (uint64_t)speex_resampler_get_input_latency(r->to_host);
  uint64_t       most = 0U, least = UINT64_MAX;

  for (uint64_t k = 0U; k < host; ++k) {
    const uint64_t late = newest(r, host, model, tail, k) - k;
    most                = late > most ? late : most;
    least               = late < least ? late : least;
  }
  r->latency = (uint32_t)most;
  r->n_room  = (uint32_t)(most + (most - least)) + REM_RESAMPLE_CHUNK + 1U;
}

bool
rem_resampler_init(RemResampler* const resampler,
                   const uint32_t      host,
                   const uint32_t      model)
{
  RemResampler* const r       = resampler;
  spx_uint32_t        n_host  = 1U; // The ratio in its lowest terms
  spx_uint32_t        n_model = 1U;
  const int quality = host < (model + 1U) / 2U ? QUALITY_DOWN : QUALITY;

  r->to_model = speex_resampler_init(1U, host, model, quality, NULL);
  r->to_host  = speex_resampler_init(1U, model, host, quality, NULL);
  if (!r->to_model || !r->to_host) {
    return false;
  }

  speex_resampler_get_ratio(r->to_model, &n_host, &n_model);
  r->lead    = (uint32_t)speex_resampler_get_input_latency(r->to_model);
  r->whole   = n_host / n_model;
  r->part    = n_host % n_model;
  r->n_parts = n_model;
  r->n_most  = REM_RESAMPLE_CHUNK * n_model / n_host + 2U;
  measure(r, n_host, n_model);

  r->queue = (float*)calloc(r->n_room, sizeof(float));
  if (!r->queue) {
    return false;
  }
  rem_resampler_reset(r);
  return true;
}

void
rem_resampler_clear(RemResampler* const resampler)
{
  const RemResampler none = {0};
  if (resampler->to_model) {
    speex_resampler_destroy(resampler->to_model);
  }
  if (resampler->to_host) {
    speex_resampler_destroy(resampler->to_host);
  }
  free(resampler->queue);
  *resampler = none;
}
