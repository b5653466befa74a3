// SPDX-License-Identifier: ISC

#include "dsp/kernel/kernel_table.h"

#define REM_KERNEL rem_kernel_avx2
#define REM_ISA "avx2"

#include "dsp/kernel/kernel_body.h"
