// SPDX-License-Identifier: ISC

#define REM_FLOOR_KERNEL rem_floor_kernel_avx2
#define REM_ISA "avx2"

#include "offline_trainer/bench/floor_body.h"
