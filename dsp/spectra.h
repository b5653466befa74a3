// SPDX-License-Identifier: ISC

/// What frames of sound are: magnitudes of a short-time Fourier transform in
/// bands.  Part of the model file; dsp/mel.h computes them.

#ifndef REM_DSP_SPECTRA_H
#define REM_DSP_SPECTRA_H

#include "dsp/status.h"

#include <stdint.h>

#define REM_MAX_MEL 128U            ///< Mel bands of a frame
#define REM_SPECTRA_MIN_FFT 64U     ///< Shortest window, samples
#define REM_SPECTRA_MAX_FFT 8192U   ///< Longest window
#define REM_SPECTRA_MIN_HOP 16U     ///< Least samples from frame to frame
#define REM_SPECTRA_MIN_RATE 1000.0 ///< Slowest sound, Hz
#define REM_SPECTRA_MAX_RATE 1e6    ///< Fastest

/// How sound becomes frames
typedef struct {
  double   rate;    ///< Hz that sound is brought to first, a whole number
  uint32_t n_fft;   ///< Samples of a window, a power of two, 64..8192
  uint32_t hop;     ///< Samples from frame to frame, 16..n_fft
  uint32_t n_bands; ///< 1..#REM_MAX_MEL
  float    lowest;  ///< Hz, edge of the first band
  float    highest; ///< Hz, edge of the last; at most half the rate
  float    floor;   ///< Magnitude that the logarithm stands on, above 0
  float    offset[REM_MAX_MEL]; ///< Means of columns in the training set
  float    scale[REM_MAX_MEL];  ///< Their standard deviations, above 0
} RemSpectra;

/// Return what does well for onsets and rhythm: 24 kHz, windows of 21 ms every
/// 8 ms, 32 bands; columns as they are (offset 0, scale 1)
RemSpectra
rem_spectra_default(void);

/// Return whether every number is in its range, else say which is not
RemStatus
rem_spectra_check(const RemSpectra* spectra, RemError* error);

/// Return by how many seconds a frame is known later than what lies in the
/// middle of its window
double
rem_spectra_delay(const RemSpectra* spectra);

/// Return the time of the middle of a frame's window, in seconds of the sound.
/// Frame 0 is complete after one hop, so this may be below 0.
double
rem_spectra_time(const RemSpectra* spectra, double frame);

#endif // REM_DSP_SPECTRA_H
