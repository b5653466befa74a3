// SPDX-License-Identifier: ISC

/// Shared by net.c (weights) and window.c (streams); no one else

#ifndef REM_OFFLINE_TRAINER_BPTT_BPTT_INTERNAL_H
#define REM_OFFLINE_TRAINER_BPTT_BPTT_INTERNAL_H

#include "offline_trainer/bptt/bptt_kernel.h"

#include <stddef.h>
#include <stdint.h>

struct RemBpttNet {
  RemNetSpec           spec;
  const RemBpttKernel* kernel;
  uint32_t             n_units; ///< Q: H rounded up to 4
  RemBpttLayer         layers[REM_MAX_LAYERS];
  float*               head; ///< [O, Q + 1] weights, bias last
  float*               data; ///< The one block that all of the above points to
};

/// Return `n` floats, aligned and zero, or NULL without memory
float*
rem_bptt_floats(size_t n);

#endif // REM_OFFLINE_TRAINER_BPTT_BPTT_INTERNAL_H
