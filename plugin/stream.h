// SPDX-License-Identifier: ISC

/**
   A model made playable at the host's rate.

   What plays is a RemVoice.  Where the host's rate is not the model's, the
   stream resamples on the way in and out; a quality above 1 runs the net at
   that multiple of the model's rate, against aliasing (plugin/oversample.h).
   docs/rates.md has the figures.

   | rates                             | how                      | latency |
   | --------------------------------- | ------------------------ | ------- |
   | the same, to 0.5 Hz               | doubled up to `quality`  | 0, 3, 4 |
   | host 2 or 4 times the model's and | as many phases of the    | 0, 3    |
   | `quality` at least that           | net, the rest is doubled |         |
   | others                            | resampled, then doubled  | 2.2 ms  |

   A model whose rate is beyond 16 times the host's, or below a sixteenth, is
   played at the host's rate as if it were its own.
*/

#ifndef REM_PLUGIN_STREAM_H
#define REM_PLUGIN_STREAM_H

#include "dsp/model.h"
#include "dsp/rt.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct RemStream RemStream;

/**
   Build a stream in its rest state.

   @param model      Not kept: everything needed is copied.
   @param n_channels 1 or 2 independent streams through the same net.
   @param host_rate  Hz, above 0.
   @param quality    1, 2 or 4 times the model's rate; other numbers count as
                     the next lower one.
   @return A stream to free with rem_stream_free(), or NULL without memory or
   where rem_voice_new() returns it.

   Thread: any but audio.
*/
RemStream*
rem_stream_new(const RemModel* model,
               uint32_t        n_channels,
               double          host_rate,
               uint32_t        quality);

/// Free a stream; NULL is allowed.  Thread: any but audio.
void
rem_stream_free(RemStream* stream);

/// Return by how many host samples the output lies behind the input.  That of
/// resampling is exact; that of half-band filters, 3 samples at quality 2 and 4
/// at 4, is their delay of low frequencies, rounded.  Thread: audio.
REM_RT uint32_t
rem_stream_latency(const RemStream* stream);

/// Return the model's sample rate in Hz.  Thread: audio.
REM_RT double
rem_stream_rate(const RemStream* stream);

/// Return the number of conditioning inputs.  Thread: audio.
REM_RT uint32_t
rem_stream_n_knobs(const RemStream* stream);

/// Return where the model wants knob `k`, 0 to 1.  Thread: audio.
REM_RT float
rem_stream_knob_default(const RemStream* stream, uint32_t k);

/// Set one channel to the rest state and fill its filters with silence.
/// Thread: audio.
REM_RT void
rem_stream_reset(RemStream* stream, uint32_t channel);

/// Return whether what one channel remembers is finite.  Thread: audio.
REM_RT bool
rem_stream_is_finite(const RemStream* stream, uint32_t channel);

/**
   Play one channel.  The output does not depend on how the stream is cut.

   @param in    [n] samples at the host's rate, full scale 1.
   @param knobs As for rem_voice_block(), at the host's rate.  The net hears the
                latest value when the newest sample that it needs has come.
   @param out   [n] samples; may be `in`.

   Thread: audio, with denormals off.  Cost: rem_voice_block() times rate and
   quality, and the filters.  Cannot fail.
*/
REM_RT void
rem_stream_block(RemStream*          stream,
                 uint32_t            channel,
                 const float*        in,
                 const float* const* knobs,
                 uint32_t            n_given,
                 float*              out,
                 uint32_t            n);

/**
   Play both channels of a stream that has two.  At quality 1 and while both
   stand at the same place between two model samples that costs less than one
   after the other; at others single channels are as fast.

   @param in  Two of [n] samples.
   @param out Two of [n] samples; each may be its own `in`.

   The output is that of two calls of rem_stream_block(), as in
   rem_voice_block_pair().
*/
REM_RT void
rem_stream_block_pair(RemStream*          stream,
                      const float* const* in,
                      const float* const* knobs,
                      uint32_t            n_given,
                      float* const*       out,
                      uint32_t            n);

#endif // REM_PLUGIN_STREAM_H
