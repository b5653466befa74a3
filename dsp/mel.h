// SPDX-License-Identifier: ISC

/// A stream of sound as frames of spectra: what a net for spectra hears, in the
/// plugin and in the trainer.  mel.c is the audio thread, mel_setup.c makes and
/// frees.

#ifndef REM_DSP_MEL_H
#define REM_DSP_MEL_H

#include "dsp/rt.h"
#include "dsp/spectra.h"

#include <stdbool.h>
#include <stdint.h>

/// A plan, its window and bands, and where one stream stands
typedef struct RemMel RemMel;

/**
   Return what turns one stream of sound into frames, at rest, or NULL without
   memory.

   @param spectra rem_spectra_check() accepts it; copied.

   Thread: any but audio; waits for other planners.
*/
RemMel*
rem_mel_new(const RemSpectra* spectra);

/// Free it; NULL is allowed.  Thread: any but audio.
void
rem_mel_free(RemMel* mel);

/// Begin a stream anew, as if silence came before it.  Thread: audio.
REM_RT void
rem_mel_reset(RemMel* mel);

/**
   Take samples up to the end of a frame at most.

       X_k = 2 / sum(w) |sum_t w_t x_t exp(-2 pi i k t / n_fft)|
       y_b = (log(floor + sum_k m_bk X_k) - offset_b) / scale_b

   with w the periodic Hann window and m the mean over a triangle on the mel
   scale, of O'Shaughnessy 1987: 2595 log10(1 + f / 700).  A band so narrow that
   no bin lies in it has the bin next to its middle.  A sine of full scale has a
   magnitude of 1 in the bin of its frequency.

   The first frame is complete after `hop` samples: before the stream lies
   silence.  It does not matter how a stream is cut into calls.

   @param x     [n] samples at the rate of the spectra, finite.
   @param frame [n_bands] filled if a frame is complete, else left alone.
   @param full  Whether it is.
   @return How many samples were taken: `n`, or those up to the frame's last.

   Thread: audio.  Cost: of a frame, a transform of n_fft and n_bands
   logarithms.  Cannot fail.
*/
REM_RT uint32_t
rem_mel_take(RemMel* mel, const float* x, uint32_t n, float* frame, bool* full);

#endif // REM_DSP_MEL_H
