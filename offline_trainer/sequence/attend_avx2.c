// SPDX-License-Identifier: ISC

#define REM_ATTEND_KERNEL rem_attend_kernel_avx2

#include "offline_trainer/sequence/attend_body.h"
