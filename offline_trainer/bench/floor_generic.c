// SPDX-License-Identifier: ISC

#define REM_FLOOR_KERNEL rem_floor_kernel_generic
#define REM_ISA "generic"

#include "offline_trainer/bench/floor_body.h"
