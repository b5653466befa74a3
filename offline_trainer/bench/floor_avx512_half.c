// SPDX-License-Identifier: ISC

#define REM_VEC_HALF
#define REM_FLOOR_KERNEL rem_floor_kernel_avx512_half
#define REM_ISA "avx512"

#include "offline_trainer/bench/floor_body.h"
