// SPDX-License-Identifier: ISC

#define REM_FLOOR_KERNEL rem_floor_kernel_neon
#define REM_ISA "neon"

#include "offline_trainer/bench/floor_body.h"
