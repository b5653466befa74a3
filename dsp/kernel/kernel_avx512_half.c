// SPDX-License-Identifier: ISC

#include "dsp/kernel/kernel_table.h"

#define REM_VEC_HALF
#define REM_KERNEL rem_kernel_avx512_half
#define REM_ISA "avx512"

#include "dsp/kernel/kernel_body.h"
