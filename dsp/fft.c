// SPDX-License-Identifier: ISC

#include "dsp/fft.h"

#include <pthread.h>

// FFTW makes and destroys plans in process-wide memory that has no lock of its
// own, and several threads train at once.  The only static variable.
static pthread_mutex_t planner_lock = PTHREAD_MUTEX_INITIALIZER;

fftwf_plan
rem_fft_forward(const uint32_t n, float* const in, fftwf_complex* const out)
{
  (void)pthread_mutex_lock(&planner_lock);
  const fftwf_plan plan = fftwf_plan_dft_r2c_1d((int)n, in, out, FFTW_ESTIMATE);
  (void)pthread_mutex_unlock(&planner_lock);
  return plan;
}

fftwf_plan
rem_fft_backward(const uint32_t n, fftwf_complex* const in, float* const out)
{
  (void)pthread_mutex_lock(&planner_lock);
  const fftwf_plan plan = fftwf_plan_dft_c2r_1d((int)n, in, out, FFTW_ESTIMATE);
  (void)pthread_mutex_unlock(&planner_lock);
  return plan;
}

void
rem_fft_destroy(const fftwf_plan plan)
{
  if (plan) {
    (void)pthread_mutex_lock(&planner_lock);
    fftwf_destroy_plan(plan);
    (void)pthread_mutex_unlock(&planner_lock);
  }
}
