// SPDX-License-Identifier: ISC

#include "dsp/kernel/kernel_table.h"

#define REM_KERNEL rem_kernel_neon
#define REM_ISA "neon"

#include "dsp/kernel/kernel_body.h"
