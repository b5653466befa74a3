// SPDX-License-Identifier: ISC

#include "offline_trainer/streams.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static size_t
length_of(const RemStretch* const stretch)
{
  return stretch->end - stretch->begin;
}

/// Refuse a stretch that holds no window; return the shortest one's length
static RemStatus
find_shortest(const RemStreams* const streams,
              size_t* const           shortest,
              RemError* const         error)
{
  *shortest = SIZE_MAX;
  for (uint32_t i = 0; i < streams->n_stretches; ++i) {
    const RemStretch* const s    = &streams->stretches[i];
    const double            rate = (double)s->pair->rate;
    if (length_of(s) < streams->n_steps) {
      return rem_fail(error,
                      REM_BAD_AUDIO,
                      NULL,
                      "The recording is too short: %.2f s from %.2f s on are"
                      " there to learn from, but one window takes %.2f s (%u"
                      " samples)",
                      (double)length_of(s) / rate,
                      (double)s->begin / rate,
                      streams->n_steps / rate,
                      streams->n_steps);
    }
    *shortest = length_of(s) < *shortest ? length_of(s) : *shortest;
  }
  return REM_SUCCESS;
}

/// Return how many windows a stream should last
static uint32_t
plan_windows(const RemStreams* const streams, const size_t shortest)
{
  const size_t all =
    rem_stretches_length(streams->stretches, streams->n_stretches);
  const size_t epoch = all < REM_EPOCH_SAMPLES ? all : REM_EPOCH_SAMPLES;
  const size_t share = epoch / streams->n_streams;
  const size_t n     = (share < shortest ? share : shortest) / streams->n_steps;
  return n ? (uint32_t)n : 1U;
}

RemStatus
rem_streams_open(const RemStretch* const stretches,
                 const uint32_t          n_stretches,
                 const uint32_t          n_streams,
                 const uint32_t          n_steps,
                 RemStreams* const       out,
                 RemError* const         error)
{
  size_t     shortest = 0U;
  RemStreams s        = {n_stretches, stretches, n_steps, 0U, n_streams, NULL};
  *out                = (RemStreams){0U, NULL, 0U, 0U, 0U, NULL};
  const RemStatus st  = find_shortest(&s, &shortest, error);
  if (st) {
    return st;
  }
  s.n_windows = plan_windows(&s, shortest);
  s.streams   = (RemStream*)calloc(n_streams, sizeof(RemStream));
  if (!s.streams) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the streams");
  }
  *out = s;
  return REM_SUCCESS;
}

void
rem_streams_clear(RemStreams* const streams)
{
  free(streams->streams);
  *streams = (RemStreams){0U, NULL, 0U, 0U, 0U, NULL};
}

/// Return a stream about the sample `middle`, counted over all stretches
static RemStream
place_stream(const RemStreams* const streams, size_t middle)
{
  const size_t      length = (size_t)streams->n_windows * streams->n_steps;
  const RemStretch* s      = streams->stretches;
  while (middle >= length_of(s)) {
    middle -= length_of(s++);
  }
  const size_t first = middle > length / 2U ? middle - length / 2U : 0U;
  const size_t last  = length_of(s) - length;
  return (RemStream){s, s->begin + (first < last ? first : last)};
}

void
rem_streams_draw(RemStreams* const streams, RemRandom* const random)
{
  const size_t all =
    rem_stretches_length(streams->stretches, streams->n_stretches);
  const double share = (double)all / streams->n_streams;
  const double phase = rem_random_uniform(random);
  for (uint32_t i = 0; i < streams->n_streams; ++i) {
    const size_t middle = (size_t)(((double)i + phase) * share);
    streams->streams[i] =
      place_stream(streams, middle < all ? middle : all - 1);
  }
}

/// Copy audio to one column, `step` apart, silence where there is none
static void
fill_audio(const RemStream* const stream,
           const int64_t          at,
           const uint32_t         n,
           const size_t           step,
           float*                 column)
{
  const float* const input = stream->stretch->pair->input;
  const int64_t      first = (int64_t)stream->stretch->begin;
  const int64_t      begin = (int64_t)stream->begin + at;
  for (uint32_t t = 0; t < n; ++t) {
    const int64_t place = begin + (int64_t)t;
    *column             = place < first ? 0.0f : input[place];
    column += step;
  }
}

static void
fill_constant(const float    value,
              const uint32_t n,
              const size_t   step,
              float*         column)
{
  for (uint32_t t = 0; t < n; ++t) {
    *column = value;
    column += step;
  }
}

void
rem_streams_fill(const RemStreams* const streams,
                 const uint32_t          first,
                 const uint32_t          n_streams,
                 const int64_t           at,
                 const uint32_t          n,
                 float* const            input)
{
  const uint32_t n_knobs = streams->stretches->pair->n_knobs;
  const size_t   n_in    = (size_t)1 + n_knobs;
  for (uint32_t s = 0; s < n_streams; ++s) {
    const RemStream* const stream = &streams->streams[first + s];
    float* const           column = input + s * n_in;
    fill_audio(stream, at, n, n_streams * n_in, column);
    for (uint32_t k = 0; k < n_knobs; ++k) {
      fill_constant(
        stream->stretch->pair->knobs[k], n, n_streams * n_in, column + 1U + k);
    }
  }
}

const float*
rem_streams_target(const RemStreams* const streams,
                   const uint32_t          stream,
                   const uint32_t          window)
{
  const RemStream* const s = &streams->streams[stream];
  assert(window < streams->n_windows);
  return s->stretch->pair->target + s->begin +
         (size_t)window * streams->n_steps;
}
