// SPDX-License-Identifier: ISC

#include "dsp/kernel/kernel_table.h"

#define REM_KERNEL rem_kernel_avx512
#define REM_ISA "avx512"
#define REM_KERNEL_HALF &rem_kernel_avx512_half

#include "dsp/kernel/kernel_body.h"
