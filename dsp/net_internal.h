// SPDX-License-Identifier: ISC

/// Shared by net.c (audio thread) and net_setup.c (the rest); no one else

#ifndef REM_DSP_NET_INTERNAL_H
#define REM_DSP_NET_INTERNAL_H

#include "dsp/kernel/kernel.h"
#include "dsp/net.h"

#include <stdint.h>

struct RemNet {
  RemNetSpec       spec;
  const RemKernel* kernel;
  uint32_t         n_padded; ///< P: H rounded up to the kernel's width
  RemLstmLayer     layers[REM_MAX_LAYERS];
  float*           v;    ///< [O, P] head weights, padded by zeros
  float*           d;    ///< [O] head bias
  float*           data; ///< The one block that all of the above points into
};

struct RemNetState {
  float* h;      ///< [L, P]
  float* c;      ///< [L, P]
  float* z;      ///< [REM_CHUNK, 4P] scratch: gates before the recurrent part
  float* run[2]; ///< [REM_CHUNK + 1, P] scratch: h of two layers in turn
  float* y;      ///< [REM_CHUNK, O] scratch: output before the skip
  float* data;   ///< The one block that all of the above points into
};

#endif // REM_DSP_NET_INTERNAL_H
