// SPDX-License-Identifier: ISC

/// Loops that show what a processor can do at most, for one instruction set.
/// Internal to offline_trainer/bench/: floor.h is what others call.

#ifndef REM_OFFLINE_TRAINER_BENCH_FLOOR_KERNEL_H
#define REM_OFFLINE_TRAINER_BENCH_FLOOR_KERNEL_H

#include "dsp/net.h"

#include <stdbool.h>
#include <stdint.h>

/// Vectors that one step of fma(), load() and stream() takes: one accumulator
/// each, enough to hide an FMA's latency (4 cycles at 2 a cycle), few enough
/// for 16 registers
#define REM_FLOOR_STEP 12U

/// Memory of chain(): units in whole vectors, then perhaps half a one, as the
/// engine's blocks have them (dsp/kernel/kernel.h)
typedef struct {
  RemCell  cell; ///< Of those without gates tanh stands for all
  uint32_t n_vectors;
  bool     half;
  float*   z; ///< [4, n_vectors, V], then [2, V] if half: gates without h
  float*   c; ///< [n_vectors, V], then [V/2] if half
  float*   h; ///< Likewise
} RemFloorChain;

/// One instruction set's code.  Every pointer is aligned to #REM_ALIGN, and
/// every result is there to be used, lest the compiler drop the work.
typedef struct RemFloorKernel RemFloorKernel;
struct RemFloorKernel {
  const char* isa;
  uint32_t    width; ///< V, floats in a vector
  const RemFloorKernel*
    half; ///< The same on vectors of half the width, or NULL

  /// `n` steps of independent FMAs on registers
  float (*fma)(uint64_t n);

  /// `n` steps of loads, around a block of `n_steps` steps
  float (*load)(const float* block, uint64_t n_steps, uint64_t n);

  /// `n` steps of FMAs that take a weight from memory each, over a block of
  /// `n_steps` steps, around it or, if `turn`, to and fro
  float (*stream)(const float* block, uint64_t n_steps, uint64_t n, bool turn);

  /// `n` frames of gates -> c -> tanh(c) -> h -> gates
  void (*chain)(const RemFloorChain* chain, uint64_t n);
};

extern const RemFloorKernel rem_floor_kernel_generic;     ///< SSE2 or plain C
extern const RemFloorKernel rem_floor_kernel_avx2;        ///< AVX2 and FMA
extern const RemFloorKernel rem_floor_kernel_avx512;      ///< AVX-512 F, DQ, VL
extern const RemFloorKernel rem_floor_kernel_avx512_half; ///< 8 lanes
extern const RemFloorKernel rem_floor_kernel_neon;        ///< AArch64

#endif // REM_OFFLINE_TRAINER_BENCH_FLOOR_KERNEL_H
