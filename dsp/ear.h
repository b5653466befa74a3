// SPDX-License-Identifier: ISC

/// A net that listens, with what it remembers of one stream of sound: what
/// plays in the listener plugin and, of nets that read forward, in
/// `remanence tag`.  ear.c is the audio thread, ear_setup.c makes and frees.

#ifndef REM_DSP_EAR_H
#define REM_DSP_EAR_H

#include "dsp/model.h"
#include "dsp/rt.h"
#include "dsp/status.h"

#include <stdint.h>

typedef struct RemEar RemEar;

/// Return whether a model can be heard through while sound comes in, else say
/// why not: #REM_UNSUPPORTED.  Thread: any but audio.
/// @param place What the error calls the model.
RemStatus
rem_ear_check(const RemModel* model, const char* place, RemError* error);

/**
   Build an ear at rest.

   @param model rem_ear_check() accepts it; may be freed afterwards.
   @return An ear to free with rem_ear_free(), or NULL without memory.

   Thread: any but audio.
*/
RemEar*
rem_ear_new(const RemModel* model);

/// Free an ear; NULL is allowed.  Thread: any but audio.
void
rem_ear_free(RemEar* ear);

/// Return how sound becomes frames.  Thread: any.
REM_RT const RemSpectra*
rem_ear_spectra(const RemEar* ear);

/// Return the shape of the net.  Thread: any.
REM_RT const RemNetSpec*
rem_ear_spec(const RemEar* ear);

/// Forget everything heard.  Thread: audio.
REM_RT void
rem_ear_reset(RemEar* ear);

/**
   Hear samples up to the end of a frame at most, as rem_mel_take().

   @param x         [n] samples at the rate of the spectra; what is not finite
                    counts as 0.
   @param strengths Set to [O] strengths of the frame that has become complete,
                    as rem_ear_strengths(), or to NULL; valid until the next
                    call.
   @return How many samples were taken, 1 or more unless n is 0.

   Thread: audio, with denormals off.  Cost: of a frame, rem_mel_take() and one
   step of the net.  Cannot fail: a net that runs away goes back to its rest
   state and gives zeros, and rem_ear_n_failures() counts it.
*/
REM_RT uint32_t
rem_ear_take(RemEar* ear, const float* x, uint32_t n, const float** strengths);

/// Return how often the net ran away.  Thread: audio.
REM_RT uint32_t
rem_ear_n_failures(const RemEar* ear);

/**
   Turn what a head gives into strengths in place: of a sigmoid or a softmax the
   probability of every label, 0 to 1; of others the numbers themselves.

   @param y [n_out] finite.

   Thread: audio.  Cost: n_out exponentials.
*/
REM_RT void
rem_ear_strengths(RemHead head, float* y, uint32_t n_out);

#endif // REM_DSP_EAR_H
