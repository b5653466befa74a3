// SPDX-License-Identifier: ISC

#define REM_BPTT_KERNEL rem_bptt_kernel_generic
#define REM_ISA "generic"

#include "offline_trainer/bptt/bptt_body.h"
