// SPDX-License-Identifier: ISC

/// FFTW plans that any thread may make: FFTW's planner has no lock of its own

#ifndef REM_DSP_FFT_H
#define REM_DSP_FFT_H

#include <fftw3.h>

#include <stdint.h>

/**
   Plan a real transform of length `n`, unscaled.

   Plans are made by FFTW's estimate, not by timing: what a plan computes then
   depends on nothing but `n`, and a training run can be repeated bit for bit.

   @param in   [n] from fftwf_alloc_real().
   @param out  [n / 2 + 1] from fftwf_alloc_complex().
   @return NULL without memory.

   Thread: any but audio; waits for other planners.
*/
fftwf_plan
rem_fft_forward(uint32_t n, float* in, fftwf_complex* out);

/// The same backwards: [n / 2 + 1] to [n]; `in` is overwritten when executed
fftwf_plan
rem_fft_backward(uint32_t n, fftwf_complex* in, float* out);

/// Destroy a plan; NULL is allowed
void
rem_fft_destroy(fftwf_plan plan);

#endif // REM_DSP_FFT_H
