// SPDX-License-Identifier: ISC

/// Power spectra of stretches of sound, for figures and pictures

#ifndef REM_OFFLINE_TRAINER_SPECTRUM_H
#define REM_OFFLINE_TRAINER_SPECTRUM_H

#include <stddef.h>
#include <stdint.h>

/// A plan, a window and scratch memory for frames of one length
typedef struct RemSpectrum RemSpectrum;

/// Return a spectrum of frames of `n` samples (even), or NULL without memory
RemSpectrum*
rem_spectrum_new(uint32_t n);

/// Free a spectrum; NULL is allowed
void
rem_spectrum_free(RemSpectrum* spectrum);

/**
   Add the power of a frame to what is in `power`.

       power_k += |sum_t w_t x_t exp(-2 pi i k t / n)|^2 * 2 / (n sum w^2)

   with w the Hann window, so that the sum over k is the frame's mean square,
   weighted by w^2.  k = 0 and n / 2 count once instead of twice.

   @param x     [length] samples; those beyond `start` + n - 1 are not looked
                at, those missing are taken as 0.
   @param power [n / 2 + 1]
*/
void
rem_spectrum_add(RemSpectrum* spectrum,
                 const float* x,
                 size_t       length,
                 size_t       start,
                 double*      power);

#endif // REM_OFFLINE_TRAINER_SPECTRUM_H
