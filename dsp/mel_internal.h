// SPDX-License-Identifier: ISC

/// Shared by mel.c and mel_setup.c

#ifndef REM_DSP_MEL_INTERNAL_H
#define REM_DSP_MEL_INTERNAL_H

#include "dsp/mel.h"

#include <fftw3.h>

/// Bins that a band is the mean of
typedef struct {
  uint32_t first;  ///< Bin
  uint32_t n;      ///< Bins from there on
  uint32_t weight; ///< Place of its first weight
} RemMelBand;

struct RemMel {
  RemSpectra     spectra;
  float*         window;    ///< [n_fft] scaled by 2 / sum
  float*         samples;   ///< [n_fft] the newest, as far as they have come
  float*         frame;     ///< [n_fft] windowed
  float*         magnitude; ///< [n_fft / 2 + 1]
  fftwf_complex* bins;      ///< [n_fft / 2 + 1]
  fftwf_plan     plan;
  float*         weights; ///< Of all bands; each band's have the sum 1
  uint32_t       n_held;  ///< Samples that have come
  RemMelBand     bands[REM_MAX_MEL];
};

#endif // REM_DSP_MEL_INTERNAL_H
