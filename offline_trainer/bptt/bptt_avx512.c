// SPDX-License-Identifier: ISC

#define REM_BPTT_KERNEL rem_bptt_kernel_avx512
#define REM_ISA "avx512"

#include "offline_trainer/bptt/bptt_body.h"
