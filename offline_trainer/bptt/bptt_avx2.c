// SPDX-License-Identifier: ISC

#define REM_BPTT_KERNEL rem_bptt_kernel_avx2
#define REM_ISA "avx2"

#include "offline_trainer/bptt/bptt_body.h"
