// SPDX-License-Identifier: ISC

/// Shared by net.c (audio thread), net_setup.c and net_pack.c (the rest); no
/// one else

#ifndef REM_DSP_NET_INTERNAL_H
#define REM_DSP_NET_INTERNAL_H

#include "dsp/kernel/kernel.h"
#include "dsp/net.h"

#include <stdbool.h>
#include <stdint.h>

/// Frames that go through a layer before the next, so that every weight between
/// layers is read once for some of them
#define REM_CHUNK 16U

struct RemNet {
  RemNetSpec       spec;
  const RemKernel* kernel;
  uint32_t         n_padded;  ///< P: H rounded up to the kernel's width
  bool             alternate; ///< Walk weights to and fro: they exceed L1
  RemLstmLayer     layers[REM_MAX_LAYERS];
  RemLstmBlock*    blocks; ///< Of all layers
  RemLinear        head;
  float*           data; ///< The one block that all weights lie in
};

struct RemNetState {
  bool   backwards; ///< Direction of the next frame, where a net alternates
  float* h;         ///< [L, P]
  float* c;         ///< [L, P]
  float* z;      ///< [REM_CHUNK, row] scratch: gates without the recurrent part
  float* run[2]; ///< [REM_CHUNK + 1, P] scratch: h of two layers in turn
  float* data;   ///< The one block that all of the above points into
};

/// Vectors in a row of a block's weights
static inline size_t
rem_block_vectors(const RemLstmBlock* const block)
{
  return (size_t)REM_N_GATES * block->n_vectors + (block->half ? 2U : 0U);
}

/// Pack `params` into a net that is laid out and zero
void
rem_net_pack(RemNet* net, const float* params);

#endif // REM_DSP_NET_INTERNAL_H
