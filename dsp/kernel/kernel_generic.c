// SPDX-License-Identifier: ISC

#include "dsp/kernel/kernel_table.h"

#define REM_KERNEL rem_kernel_generic
#define REM_ISA "generic"

#include "dsp/kernel/kernel_body.h"
