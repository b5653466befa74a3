// SPDX-License-Identifier: ISC

/// An encoder that hears and a decoder that answers, frame by frame: a call,
/// then its response.  The equations are those of dsp/encoder.h.

#ifndef REM_DSP_DECODER_H
#define REM_DSP_DECODER_H

#include "dsp/model.h"
#include "dsp/rt.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_DECODER_FRAMES 1024U ///< Enough for most calls

/// Both nets, packed, and what they remember
typedef struct RemDecoder RemDecoder;

/**
   Build a decoder that has heard nothing.

   @param model      With an encoder; may be freed afterwards.
   @param max_frames Frames heard that attention can look at, 1 or more; of a
                     longer call it sees the last ones.
   @param live       It will hear frame by frame, as in a plugin: refuse an
                     encoder that reads in both directions.
   @param out        To free with rem_decoder_free(); NULL on failure.
   @return #REM_UNSUPPORTED if the model has no encoder, or one that must know
   the future; #REM_BAD_SHAPE if the two do not fit; #REM_NO_MEMORY or
   #REM_SUCCESS.

   Thread: any but audio.
*/
RemStatus
rem_decoder_new(const RemModel* model,
                uint32_t        max_frames,
                bool            live,
                RemDecoder**    out,
                RemError*       error);

/// Free a decoder; NULL is allowed.  Thread: any but audio.
void
rem_decoder_free(RemDecoder* decoder);

/// Return how many numbers a frame of rem_decoder_step() has: the net's n_in
/// less those of attention.  Thread: any.
REM_RT uint32_t
rem_decoder_n_in(const RemDecoder* decoder);

/// Forget everything heard and said.  Thread: audio.
REM_RT void
rem_decoder_reset(RemDecoder* decoder);

/**
   Let the encoder hear a frame.

   @param frame [n_in of the encoder]

   Thread: audio, with denormals off (dsp/denormal.h).  Cost: one step of the
   encoder, and A features.  Cannot fail: nets that run away forget everything,
   and rem_decoder_n_failures() counts it.
*/
REM_RT void
rem_decoder_hear(RemDecoder* decoder, const float* frame);

/**
   Let the encoder read a whole sequence, in place of all heard before.

   @param x [n, n_in of the encoder]
   @param n 1 to the decoder's `max_frames` where it looks, else 1 or more.
   @return #REM_BAD_ARGUMENT if there are too many, #REM_NO_MEMORY or
   #REM_SUCCESS.

   Thread: any but audio.
*/
RemStatus
rem_decoder_read(RemDecoder*  decoder,
                 const float* x,
                 uint32_t     n,
                 RemError*    error);

/// Begin an answer to all that was heard.  Thread: audio.  Cost: n_state of
/// the net times n_condition.
REM_RT void
rem_decoder_begin(RemDecoder* decoder);

/**
   Say what comes after a frame of the answer.

   @param frame [rem_decoder_n_in()] what was said before, or the start symbol.
   @return [O] what the head gives: logits.  The decoder's own, up to the next
   call; finite.

   Thread: audio, with denormals off.  Cost: one step of the net; with attention
   A tanh and 2 A + features multiply-adds for each frame heard.  Cannot fail,
   as rem_decoder_hear().
*/
REM_RT const float*
rem_decoder_step(RemDecoder* decoder, const float* frame);

/**
   Return how much the last step looked at each frame heard: [*n], of sum 1, in
   the order heard as long as there were no more than `max_frames`; NULL without
   attention.  Thread: audio.
*/
REM_RT const float*
rem_decoder_attention(const RemDecoder* decoder, uint32_t* n);

/// Return how often the nets ran away.  Thread: any.
REM_RT uint32_t
rem_decoder_n_failures(const RemDecoder* decoder);

#endif // REM_DSP_DECODER_H
