// SPDX-License-Identifier: ISC

/// A net that predicts gestures, with what it remembers of one performance.
/// What plays in the plugin, in `remanence play` and in `remanence generate`.

#ifndef REM_DSP_PREDICTOR_H
#define REM_DSP_PREDICTOR_H

#include "dsp/frames.h"
#include "dsp/model.h"
#include "dsp/random.h"
#include "dsp/rt.h"

#include <stdint.h>

typedef struct RemPredictor RemPredictor;

/**
   Build a predictor in its rest state.

   @param model May be freed afterwards.
   @return A predictor to free with rem_predictor_free(); NULL without memory or
   if the model is none for control frames (its `frames` are NULL), or does not
   play frame by frame.

   Thread: any but audio.
*/
RemPredictor*
rem_predictor_new(const RemModel* model);

/// Free a predictor; NULL is allowed.  Thread: any but audio.
void
rem_predictor_free(RemPredictor* predictor);

/// Return what its frames mean.  Thread: any.
REM_RT const RemFrames*
rem_predictor_frames(const RemPredictor* predictor);

/// Forget everything heard: back to the rest state.  Thread: audio.
REM_RT void
rem_predictor_reset(RemPredictor* predictor);

/**
   Hear a frame: one step of the net.

   @param frame [1 + n] dt in seconds, values in 0..1; what is not finite or
                out of range is clamped.

   Thread: audio, with denormals off (dsp/denormal.h).  Cost: one step of the
   net.  Cannot fail: a net that runs away goes back to its rest state, and
   rem_predictor_n_failures() counts it.
*/
REM_RT void
rem_predictor_hear(RemPredictor* predictor, const float* frame);

/// Return how often the net ran away.  Thread: any.
REM_RT uint32_t
rem_predictor_n_failures(const RemPredictor* predictor);

/**
   Draw the frame that comes after what was heard last; the net does not hear
   it.  Called again, it draws another one.

   @param frame [1 + n]

   Thread: audio, with denormals off.  Cannot fail.
*/
REM_RT void
rem_predictor_draw(RemPredictor*    predictor,
                   const RemTemper* temper,
                   RemRandom*       random,
                   float*           frame);

#endif // REM_DSP_PREDICTOR_H
