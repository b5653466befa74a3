// SPDX-License-Identifier: ISC

/// The audio thread's half of plugin/stream.h

#include "plugin/stream.h"

#include "dsp/voice.h"
#include "plugin/oversample.h"
#include "plugin/resample.h"
#include "plugin/stream_internal.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

REM_RT uint32_t
rem_stream_latency(const RemStream* const stream)
{
  return stream->latency;
}

REM_RT double
rem_stream_rate(const RemStream* const stream)
{
  return rem_voice_rate(rem_oversampler_voice(stream->player));
}

REM_RT uint32_t
rem_stream_n_knobs(const RemStream* const stream)
{
  return rem_voice_n_knobs(rem_oversampler_voice(stream->player));
}

REM_RT float
rem_stream_knob_default(const RemStream* const stream, const uint32_t k)
{
  return rem_voice_knob_default(rem_oversampler_voice(stream->player), k);
}

REM_RT void
rem_stream_reset(RemStream* const stream, const uint32_t channel)
{
  rem_oversampler_reset(stream->player, channel);
  stream->spoilt[channel] = false;
  if (stream->resamples) {
    rem_resampler_reset(&stream->resamplers[channel]);
  }
}

REM_RT bool
rem_stream_is_finite(const RemStream* const stream, const uint32_t channel)
{
  return !stream->spoilt[channel] &&
         rem_oversampler_is_finite(stream->player, channel);
}

/// Hand one channel's model samples to the way out, and mark what is not finite
REM_RT static void
give(RemStream* const stream,
     const uint32_t   channel,
     const uint32_t   m,
     float* const     out,
     const uint32_t   n)
{
  const float* const x   = stream->samples[channel];
  float              sum = 0.0f;
  for (uint32_t i = 0U; i < m; ++i) {
    sum += 0.0f * x[i]; // NaN from whatever is not finite
  }
  stream->spoilt[channel] = stream->spoilt[channel] || !isfinite(sum);
  rem_resampler_give(&stream->resamplers[channel], x, m, out, n);
}

REM_RT static uint32_t
take(RemStream* const   stream,
     const uint32_t     channel,
     const float* const in,
     const uint32_t     n)
{
  return rem_resampler_take(
    &stream->resamplers[channel], in, n, stream->samples[channel], stream->at);
}

/// Count the places of `n` samples from `from` on
REM_RT static void
count_from(const uint32_t from, uint32_t* const at, const uint32_t n)
{
  for (uint32_t i = 0U; i < n; ++i) {
    at[i] = from + i;
  }
}

/// Move the places of values to where the chunk at `done` begins
REM_RT static void
move(uint32_t* const at, const uint32_t n, const uint32_t done)
{
  for (uint32_t i = 0U; i < n; ++i) {
    at[i] += done;
  }
}

REM_RT void
rem_stream_block(RemStream* const          stream,
                 const uint32_t            channel,
                 const float* const        in,
                 const float* const* const knobs,
                 const uint32_t            n_given,
                 float* const              out,
                 const uint32_t            n)
{
  RemOversampler* const player = stream->player;
  uint32_t* const       at     = stream->at;
  if (!stream->resamples && rem_oversampler_is_plain(player)) {
    rem_oversampler_block(player, channel, in, knobs, NULL, n_given, out, n);
    return;
  }

  for (uint32_t done = 0U; done < n; done += STREAM_CHUNK) {
    const uint32_t     left = n - done;
    const uint32_t     m    = left < STREAM_CHUNK ? left : STREAM_CHUNK;
    const float* const x    = in + done;
    float* const       y    = out + done;
    if (stream->resamples) {
      float* const   s   = stream->samples[channel];
      const uint32_t m_s = take(stream, channel, x, m);
      move(at, m_s, done);
      rem_oversampler_block(player, channel, s, knobs, at, n_given, s, m_s);
      give(stream, channel, m_s, y, m);
    } else {
      count_from(done, at, m);
      rem_oversampler_block(player, channel, x, knobs, at, n_given, y, m);
    }
  }
}

/// Resample both channels, which stand at the same place, around a pair of nets
REM_RT static void
play_in_step(RemStream* const          stream,
             const float* const* const in,
             const float* const* const knobs,
             const uint32_t            n_given,
             float* const* const       out,
             const uint32_t            n)
{
  float* const* const s    = stream->samples;
  const float* const  x[2] = {s[0], s[1]};

  for (uint32_t done = 0U; done < n; done += STREAM_CHUNK) {
    const uint32_t left = n - done;
    const uint32_t m    = left < STREAM_CHUNK ? left : STREAM_CHUNK;
    (void)take(stream, 0U, in[0] + done, m);
    const uint32_t m_s = take(stream, 1U, in[1] + done, m);
    move(stream->at, m_s, done);
    rem_oversampler_block_pair(
      stream->player, x, knobs, stream->at, n_given, s, m_s);
    give(stream, 0U, m_s, out[0] + done, m);
    give(stream, 1U, m_s, out[1] + done, m);
  }
}

REM_RT void
rem_stream_block_pair(RemStream* const          stream,
                      const float* const* const in,
                      const float* const* const knobs,
                      const uint32_t            n_given,
                      float* const* const       out,
                      const uint32_t            n)
{
  RemOversampler* const     player     = stream->player;
  const RemResampler* const resamplers = stream->resamplers;
  const bool                plain      = rem_oversampler_is_plain(player);

  if (plain && !stream->resamples) {
    rem_oversampler_block_pair(player, in, knobs, NULL, n_given, out, n);
  } else if (plain && rem_resampler_in_step(&resamplers[0], &resamplers[1])) {
    play_in_step(stream, in, knobs, n_given, out, n);
  } else {
    rem_stream_block(stream, 0U, in[0], knobs, n_given, out[0], n);
    rem_stream_block(stream, 1U, in[1], knobs, n_given, out[1], n);
  }
}
