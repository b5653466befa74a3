// SPDX-License-Identifier: ISC

/// What frames of sound are: magnitudes of a short-time Fourier transform in
/// bands.  Part of the model file; dsp/spectrum.h computes them.

#ifndef REM_DSP_SPECTRA_H
#define REM_DSP_SPECTRA_H

#include <stdint.h>

#define REM_MAX_MEL 128U ///< Mel bands of a frame

/// How sound becomes frames
typedef struct {
  double   rate;    ///< Hz that sound is brought to first
  uint32_t n_fft;   ///< Samples of a window, a power of two, 64..8192
  uint32_t hop;     ///< Samples from frame to frame, 16..n_fft
  uint32_t n_bands; ///< 1..#REM_MAX_MEL
  float    lowest;  ///< Hz, edge of the first band
  float    highest; ///< Hz, edge of the last
  float    floor;   ///< Magnitude that the logarithm stands on, above 0
  float    offset[REM_MAX_MEL]; ///< Means of columns in the training set
  float    scale[REM_MAX_MEL];  ///< Their standard deviations, above 0
} RemSpectra;

#endif // REM_DSP_SPECTRA_H
