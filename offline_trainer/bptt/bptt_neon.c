// SPDX-License-Identifier: ISC

#define REM_BPTT_KERNEL rem_bptt_kernel_neon
#define REM_ISA "neon"

#include "offline_trainer/bptt/bptt_body.h"
