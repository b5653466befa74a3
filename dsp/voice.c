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

/// Write column `j` of `n` frames of `n_in`: samples, or one value if NULL
REM_RT static void
fill_column(float* const       frames,
            const uint32_t     n_in,
            const uint32_t     j,
            const float* const samples,
            const float        value,
            const uint32_t     n)
{
  for (uint32_t t = 0; t < n; ++t) {
    frames[(size_t)t * n_in + j] = samples ? samples[t] : value;
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
  const uint32_t n_in   = rem_net_spec(voice->net)->n_in;
  float* const   frames = voice->frames;

  for (uint32_t at = 0; at < n; at += VOICE_CHUNK) {
    const uint32_t m = n - at < VOICE_CHUNK ? n - at : VOICE_CHUNK;
    for (uint32_t t = 0; t < m; ++t) {
      frames[(size_t)t * n_in] = in[at + t] * voice->in_gain;
    }
    for (uint32_t j = 1; j < n_in; ++j) {
      const float* const knob = knobs && j <= n_given ? knobs[j - 1U] : NULL;
      fill_column(frames, n_in, j, knob ? knob + at : NULL, voice->idle[j], m);
    }
    rem_net_block(voice->net, voice->states[channel], frames, out + at, m);
    for (uint32_t t = 0; t < m; ++t) {
      out[at + t] *= voice->out_gain;
    }
  }
}
