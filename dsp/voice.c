// SPDX-License-Identifier: ISC

/// The audio thread's half of dsp/voice.h

#include "dsp/voice.h"

#include "dsp/net.h"
#include "dsp/voice_internal.h"

#include <stddef.h>
#include <stdint.h>

REM_RT double
rem_voice_rate(const RemVoice* const voice)
{
  return voice->sample_rate;
}

REM_RT uint32_t
rem_voice_n_knobs(const RemVoice* const voice)
{
  return rem_net_spec(voice->net)->n_in - 1U;
}

REM_RT float
rem_voice_knob_default(const RemVoice* const voice, const uint32_t k)
{
  return voice->idle[1U + k];
}

REM_RT void
rem_voice_reset(RemVoice* const voice, const uint32_t channel)
{
  rem_net_state_set(voice->net, voice->states[channel], voice->rest);
}

REM_RT bool
rem_voice_is_finite(const RemVoice* const voice, const uint32_t channel)
{
  return rem_net_state_is_finite(voice->net, voice->states[channel]);
}

/// Write `n` frames: the gained samples, then the knobs, from sample `at` on
REM_RT static void
gather(const RemVoice* const     voice,
       const float* const        in,
       const float* const* const knobs,
       const uint32_t            n_given,
       const uint32_t            at,
       float* const              frames,
       const uint32_t            n)
{
  const size_t n_in = rem_net_spec(voice->net)->n_in;

  for (uint32_t t = 0; t < n; ++t) {
    frames[t * n_in] = in[at + t] * voice->in_gain;
  }
  for (size_t j = 1; j < n_in; ++j) {
    const float* const knob = knobs && j <= n_given ? knobs[j - 1U] : NULL;
    for (uint32_t t = 0; t < n; ++t) {
      frames[t * n_in + j] = knob ? knob[at + t] : voice->idle[j];
    }
  }
}

REM_RT static void
amplify(const RemVoice* const voice, float* const out, const uint32_t n)
{
  for (uint32_t t = 0; t < n; ++t) {
    out[t] *= voice->out_gain;
  }
}

REM_RT void
rem_voice_block(RemVoice* const           voice,
                const uint32_t            channel,
                const float* const        in,
                const float* const* const knobs,
                const uint32_t            n_given,
                float* const              out,
                const uint32_t            n)
{
  float* const frames = voice->frames;

  for (uint32_t at = 0; at < n; at += VOICE_CHUNK) {
    const uint32_t m = n - at < VOICE_CHUNK ? n - at : VOICE_CHUNK;
    gather(voice, in, knobs, n_given, at, frames, m);
    rem_net_block(voice->net, voice->states[channel], frames, out + at, m);
    amplify(voice, out + at, m);
  }
}

REM_RT void
rem_voice_block_two(RemVoice* const                  voice,
                    const uint32_t* const            channels,
                    const float* const* const        in,
                    const float* const* const* const knobs,
                    const uint32_t                   n_given,
                    float* const* const              out,
                    const uint32_t                   n)
{
  const size_t size      = (size_t)VOICE_CHUNK * rem_net_spec(voice->net)->n_in;
  float* const frames[2] = {voice->frames, voice->frames + size};
  const float* const from[2] = {frames[0], frames[1]};
  RemNetState* const two[2]  = {voice->states[channels[0]],
                                voice->states[channels[1]]};

  for (uint32_t at = 0; at < n; at += VOICE_CHUNK) {
    const uint32_t m     = n - at < VOICE_CHUNK ? n - at : VOICE_CHUNK;
    float* const   to[2] = {out[0] + at, out[1] + at};
    gather(voice, in[0], knobs[0], n_given, at, frames[0], m);
    gather(voice, in[1], knobs[1], n_given, at, frames[1], m);
    rem_net_block_pair(voice->net, two, from, to, m);
    amplify(voice, to[0], m);
    amplify(voice, to[1], m);
  }
}

REM_RT void
rem_voice_block_pair(RemVoice* const           voice,
                     const float* const* const in,
                     const float* const* const knobs,
                     const uint32_t            n_given,
                     float* const* const       out,
                     const uint32_t            n)
{
  static const uint32_t     both[2]   = {0U, 1U};
  const float* const* const shared[2] = {knobs, knobs};
  rem_voice_block_two(voice, both, in, shared, n_given, out, n);
}
