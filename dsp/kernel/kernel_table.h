// SPDX-License-Identifier: ISC

/// The instruction sets that exist; which are built is the wscript's choice

#ifndef REM_DSP_KERNEL_KERNEL_TABLE_H
#define REM_DSP_KERNEL_KERNEL_TABLE_H

#include "dsp/kernel/kernel.h"

extern const RemKernel rem_kernel_generic;     ///< SSE2 or plain C, 4 lanes
extern const RemKernel rem_kernel_avx2;        ///< AVX2 and FMA, 8 lanes
extern const RemKernel rem_kernel_avx512;      ///< AVX-512 F, DQ, VL, 16 lanes
extern const RemKernel rem_kernel_avx512_half; ///< The same, 8 lanes
extern const RemKernel rem_kernel_neon;        ///< AArch64, 4 lanes

#endif // REM_DSP_KERNEL_KERNEL_TABLE_H
