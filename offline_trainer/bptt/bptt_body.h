// SPDX-License-Identifier: ISC

/// The code behind RemBpttKernel, compiled once per instruction set: a file
/// that includes this defines REM_BPTT_KERNEL (the struct's name) and REM_ISA.

#include "offline_trainer/bptt/bptt_cell.h"
#include "offline_trainer/bptt/bptt_head.h"
#include "offline_trainer/bptt/bptt_kernel.h"

const RemBpttKernel REM_BPTT_KERNEL = {REM_ISA,
                                       TILE_UNITS,
                                       TILE_ROWS,
                                       forward,
                                       backward,
                                       weights,
                                       head,
                                       head_backward};
