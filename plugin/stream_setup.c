// SPDX-License-Identifier: ISC

/// Building and freeing streams; never called in the audio thread

#include "plugin/oversample.h"
#include "plugin/resample.h"
#include "plugin/stream.h"
#include "plugin/stream_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define SAME_HZ 0.5
#define FARTHEST 16.0 ///< Times the host's rate, or part of it

/// How the two rates are brought together
typedef struct {
  bool     resamples;
  uint32_t n_times;   ///< The model's rate: what the player is fed with
  uint32_t n_doubled; ///< Inside it
} Plan;

static Plan
plan(const double host, const double model, const uint32_t quality)
{
  const uint32_t most = quality >= 4U ? 2U : quality >= 2U ? 1U : 0U;
  const bool     near = model <= host * FARTHEST && host <= model * FARTHEST;

  for (uint32_t i = 0U; i <= most; ++i) {
    const uint32_t n_times = 1U << i;
    if (fabs(host / n_times - model) < SAME_HZ || !near) {
      const Plan direct = {false, n_times, most - i};
      return direct;
    }
  }
  const Plan both = {true, 1U, most};
  return both;
}

static bool
fill(RemStream* const      stream,
     const RemModel* const model,
     const double          host_rate,
     const uint32_t        quality)
{
  const Plan way    = plan(host_rate, model->sample_rate, quality);
  size_t     n_most = STREAM_CHUNK;

  stream->resamples = way.resamples;
  stream->player =
    rem_oversampler_new(model, stream->n_channels, way.n_doubled, way.n_times);
  for (uint32_t c = 0U; way.resamples && c < stream->n_channels; ++c) {
    if (!rem_resampler_init(&stream->resamplers[c],
                            (uint32_t)lround(host_rate),
                            (uint32_t)lround(model->sample_rate))) {
      return false;
    }
    n_most             = stream->resamplers[c].n_most;
    stream->samples[c] = (float*)calloc(n_most, sizeof(float));
    if (!stream->samples[c]) {
      return false;
    }
  }
  stream->at = (uint32_t*)calloc(n_most, sizeof(uint32_t));
  if (!stream->player || !stream->at) {
    return false;
  }

  const double inside = rem_oversampler_delay(stream->player) *
                        (way.resamples ? host_rate / model->sample_rate : 1.0);
  stream->latency = stream->resamplers[0].latency + (uint32_t)lround(inside);
  return true;
}

RemStream*
rem_stream_new(const RemModel* const model,
               const uint32_t        n_channels,
               const double          host_rate,
               const uint32_t        quality)
{
  RemStream* const stream = (RemStream*)calloc(1U, sizeof(RemStream));
  if (stream) {
    stream->n_channels =
      n_channels < STREAM_CHANNELS ? n_channels : STREAM_CHANNELS;
    if (!fill(stream, model, host_rate, quality)) {
      rem_stream_free(stream);
      return NULL;
    }
  }
  return stream;
}

void
rem_stream_free(RemStream* const stream)
{
  if (stream) {
    for (uint32_t c = 0U; c < STREAM_CHANNELS; ++c) {
      rem_resampler_clear(&stream->resamplers[c]);
      free(stream->samples[c]);
    }
    rem_oversampler_free(stream->player);
    free(stream->at);
    free(stream);
  }
}
