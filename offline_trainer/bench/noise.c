// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/noise.h"

#include "dsp/kernel/kernel.h"
#include "dsp/random.h"

#include <stdlib.h>

float*
rem_bench_noise(const size_t n, const float scale)
{
  const size_t lines = (n * sizeof(float) + REM_ALIGN - 1U) / REM_ALIGN;
  float* const x     = (float*)aligned_alloc(REM_ALIGN, lines * REM_ALIGN);
  RemRandom    seed  = {1U};
  for (size_t i = 0; x && i < n; ++i) {
    x[i] = scale * (float)(2.0 * rem_random_uniform(&seed) - 1.0);
  }
  return x;
}
