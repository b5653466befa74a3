// SPDX-License-Identifier: ISC

/// The code behind RemKernel, compiled once per instruction set: a file that
/// includes this defines REM_KERNEL (the struct's name), REM_ISA (its text)
/// and, if it has one, REM_KERNEL_HALF.

#include "dsp/kernel/kernel.h"
#include "dsp/kernel/kernel_dense.h"
#include "dsp/kernel/kernel_lstm.h"
#include "dsp/kernel/vec_widest.h"

#include <stddef.h>

#if !defined(REM_KERNEL_HALF)
#  define REM_KERNEL_HALF NULL
#endif

static void
apply_tanh(float* const x, const size_t n)
{
  for (size_t i = 0; i < n; i += WIDTH) {
    W(store)(x + i, W(tanh)(W(load)(x + i)));
  }
}

static void
apply_sigmoid(float* const x, const size_t n)
{
  for (size_t i = 0; i < n; i += WIDTH) {
    W(store)(x + i, W(sigmoid)(W(load)(x + i)));
  }
}

const RemKernel REM_KERNEL = {REM_ISA,
                              WIDTH,
                              REM_KERNEL_HALF,
                              project,
                              {{{NULL, step_0_1},
                                {step_1_0, step_1_1},
                                {step_2_0, step_2_1},
                                {step_3_0, step_3_1}},
                               {{NULL, pair_0_1},
                                {pair_1_0, pair_1_1},
                                {pair_2_0, pair_2_1},
                                {pair_3_0, pair_3_1}}},
                              run_head,
                              apply_tanh,
                              apply_sigmoid};
