// SPDX-License-Identifier: ISC

/**
   A voice at a multiple of its model's rate.

   At M times the rate the recurrent state comes from M samples ago.  That is
   the same as M copies of the voice, the phases, which take turns.

   Source: Carson, Wright, Chowdhury, Valimaki and Bilbao 2024, "Sample rate
   independent recurrent neural networks for audio effects processing", DAFx24,
   section 3.2: the delay line of an integer number of samples.
*/

#ifndef REM_PLUGIN_OVERSAMPLE_H
#define REM_PLUGIN_OVERSAMPLE_H

#include "dsp/model.h"
#include "dsp/rt.h"
#include "dsp/voice.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct RemOversampler RemOversampler;

/**
   Build a voice that is fed at a multiple of its model's rate.

   @param model      As for rem_voice_new().
   @param n_channels Number of independent streams.
   @param n_doubled  0, 1 or 2: how often the rate is doubled inside, by
                     half-band filters.
   @param n_times    1, 2 or 4: how many times its model's rate the voice is fed
                     with; inside it is 2^n_doubled times as much.
   @return An oversampler to free with rem_oversampler_free(), or NULL without
   memory or where rem_voice_new() returns it.

   Thread: any but audio.
*/
RemOversampler*
rem_oversampler_new(const RemModel* model,
                    uint32_t        n_channels,
                    uint32_t        n_doubled,
                    uint32_t        n_times);

/// Free an oversampler; NULL is allowed.  Thread: any but audio.
void
rem_oversampler_free(RemOversampler* oversampler);

/// Return by how many samples fed the half-band filters delay low frequencies.
/// Thread: any but audio.
double
rem_oversampler_delay(const RemOversampler* oversampler);

/// Return the voice; its channels are [n_channels, n_phases].  Thread: audio.
REM_RT const RemVoice*
rem_oversampler_voice(const RemOversampler* oversampler);

/// Return whether the voice is fed and plays at its model's rate
REM_RT bool
rem_oversampler_is_plain(const RemOversampler* oversampler);

/// Set one channel to the rest state, its filters to silence.  Thread: audio.
REM_RT void
rem_oversampler_reset(RemOversampler* oversampler, uint32_t channel);

/// Return whether all that one channel remembers is finite.  Thread: audio.
REM_RT bool
rem_oversampler_is_finite(const RemOversampler* oversampler, uint32_t channel);

/**
   Play one channel.  The output does not depend on how the stream is cut.

   @param at [n] the place of each sample's value in every knob's array; NULL
             if they stand side by side, which only a plain one takes.

   The rest is as rem_voice_block().
*/
REM_RT void
rem_oversampler_block(RemOversampler*     oversampler,
                      uint32_t            channel,
                      const float*        in,
                      const float* const* knobs,
                      const uint32_t*     at,
                      uint32_t            n_given,
                      float*              out,
                      uint32_t            n);

/// Play both channels of a plain oversampler that has two, as
/// rem_voice_block_pair(), `at` as above
REM_RT void
rem_oversampler_block_pair(RemOversampler*     oversampler,
                           const float* const* in,
                           const float* const* knobs,
                           const uint32_t*     at,
                           uint32_t            n_given,
                           float* const*       out,
                           uint32_t            n);

#endif // REM_PLUGIN_OVERSAMPLE_H
