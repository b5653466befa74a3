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
       const uint32_t            n)
{
  const size_t n_in   = rem_net_spec(voice->net)->n_in;
  float* const frames = voice->frames;

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

REM_RT void
rem_voice_block(RemVoice* const           voice,
                const uint32_t            channel,
                const float* const        in,
                const float* const* const knobs,
                const uint32_t            n_given,
                float* const              out,
                const uint32_t            n)
{
  RemNetState* const state = voice->states[channel];

  for (uint32_t at = 0; at < n; at += VOICE_CHUNK) {
    const uint32_t m = n - at < VOICE_CHUNK ? n - at : VOICE_CHUNK;
    gather(voice, in, knobs, n_given, at, m);
    rem_net_block(voice->net, state, voice->frames, out + at, m);
    for (uint32_t t = 0; t < m; ++t) {
      out[at + t] *= voice->out_gain;
    }
  }
}
