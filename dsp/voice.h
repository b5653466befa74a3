// SPDX-License-Identifier: ISC

/// A model made playable: packed net, gains, and the memory of one or more
/// channels.  The plugin and `remanence render` both play through this, so that
/// what is measured offline is what is heard.

#ifndef REM_DSP_VOICE_H
#define REM_DSP_VOICE_H

#include "dsp/model.h"
#include "dsp/rt.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct RemVoice RemVoice;

/**
   Return whether a model plays as a voice: frame by frame, one output out of
   one audio input and its knobs; else say in `error` what it is, and what was
   expected.

   @param place Which file, for errors; may be NULL.
   @return #REM_UNSUPPORTED or #REM_SUCCESS.

   Thread: any.
*/
RemStatus
rem_voice_check(const RemModel* model, const char* place, RemError* error);

/**
   Build a voice in its rest state.

   @param model      Not kept: everything needed is copied.
   @param n_channels Number of independent streams through the same net.
   @return A voice to free with rem_voice_free(), or NULL without memory or if
   rem_voice_check() refuses the model.

   Thread: any but audio.
*/
RemVoice*
rem_voice_new(const RemModel* model, uint32_t n_channels);

/// Free a voice; NULL is allowed.  Thread: any but audio.
void
rem_voice_free(RemVoice* voice);

/// Return the model's sample rate in Hz.  Thread: audio.
REM_RT double
rem_voice_rate(const RemVoice* voice);

/// Return the number of conditioning inputs.  Thread: audio.
REM_RT uint32_t
rem_voice_n_knobs(const RemVoice* voice);

/// Return where the model wants knob `k`, 0 to 1.  Thread: audio.
REM_RT float
rem_voice_knob_default(const RemVoice* voice, uint32_t k);

/// Set one channel to the rest state.  Thread: audio.
REM_RT void
rem_voice_reset(RemVoice* voice, uint32_t channel);

/// Return whether what one channel remembers is finite.  Thread: audio.
REM_RT bool
rem_voice_is_finite(const RemVoice* voice, uint32_t channel);

/**
   Play one channel.  The output does not depend on how the stream is cut.

   @param in      [n] samples, full scale 1.
   @param knobs   [n_knobs] pointers to [n] values from 0 to 1; a NULL among
                  them, or for all, means the model's default.  More pointers
                  than the model has knobs are not looked at.
   @param n_given Number of pointers in `knobs`; what lacks is at its default.
   @param out     [n] samples; may be `in`.

   Thread: audio.  Cost: that of rem_net_block().  Cannot fail.
*/
REM_RT void
rem_voice_block(RemVoice*           voice,
                uint32_t            channel,
                const float*        in,
                const float* const* knobs,
                uint32_t            n_given,
                float*              out,
                uint32_t            n);

/**
   Play both channels of a voice that has two, for less than one after the
   other: rem_net_block_pair().

   @param in  Two of [n] samples.
   @param out Two of [n] samples; each may be its own `in`.

   The rest is as rem_voice_block().
*/
REM_RT void
rem_voice_block_pair(RemVoice*           voice,
                     const float* const* in,
                     const float* const* knobs,
                     uint32_t            n_given,
                     float* const*       out,
                     uint32_t            n);

/**
   Play two channels of a voice that has more, each with knobs of its own, for
   less than one after the other.

   @param channels Two different ones.
   @param knobs    Two of what rem_voice_block() takes.

   The rest is as rem_voice_block_pair(), which is this of channels 0 and 1
   with the same knobs.
*/
REM_RT void
rem_voice_block_two(RemVoice*                  voice,
                    const uint32_t*            channels,
                    const float* const*        in,
                    const float* const* const* knobs,
                    uint32_t                   n_given,
                    float* const*              out,
                    uint32_t                   n);

#endif // REM_DSP_VOICE_H
