// SPDX-License-Identifier: ISC

#ifndef REM_OFFLINE_TRAINER_BENCH_NOISE_H
#define REM_OFFLINE_TRAINER_BENCH_NOISE_H

#include <stddef.h>

/// Return `n` floats of uniform noise in [-scale, scale), always the same ones,
/// aligned to #REM_ALIGN, to free(); or NULL without memory
float*
rem_bench_noise(size_t n, float scale);

#endif // REM_OFFLINE_TRAINER_BENCH_NOISE_H
