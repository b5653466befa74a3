// SPDX-License-Identifier: ISC

/// Shared by net.c (audio thread), net_setup.c, net_pack.c and sequence.c (the
/// rest); no one else

#ifndef REM_DSP_NET_INTERNAL_H
#define REM_DSP_NET_INTERNAL_H

#include "dsp/kernel/kernel.h"
#include "dsp/net.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Frames that go through a layer before the next, so that every weight between
/// layers is read once for some of them
#define REM_CHUNK 16U

struct RemNet {
  RemNetSpec       spec;
  const RemKernel* kernel;
  uint32_t         n_padded;  ///< P: H rounded up to the kernel's width
  bool             alternate; ///< Walk weights to and fro: they exceed L1
  uint32_t         n_indices; ///< Layers times directions
  RemLayer         layers[REM_MAX_LAYERS * REM_MAX_DIRECTIONS];
  RemBlock*        blocks; ///< Of all layers
  RemLinear        head;   ///< Its features in stretches of P, H of them used
  float*           data;   ///< The one block that all weights lie in
};

struct RemNetState {
  bool   backwards; ///< Direction of the next frame, where a net alternates
  float* h;         ///< [L * directions, P]
  float* c;         ///< [L * directions, P]
  float* z;      ///< [REM_CHUNK, row] scratch: gates without the recurrent part
  float* run[2]; ///< [REM_CHUNK + 1, P] scratch: h of two layers in turn
  float* features; ///< [REM_CHUNK, head.n_padded] scratch: what the head sees,
                   ///< unless that is the last layer's h
  float* data;     ///< The one block that all of the above points into
};

/// Vectors in a row of a block's weights
static inline size_t
rem_block_vectors(const RemBlock* const block)
{
  return (size_t)block->n_gates * block->n_vectors + (block->half ? 2U : 0U);
}

/// Pack `params` into a net that is laid out and zero
void
rem_net_pack(RemNet* net, const float* params);

/// Frames of a stream, forward or back in memory
typedef struct {
  const float* x;
  ptrdiff_t    stride; ///< Floats from one frame to the next
} RemRows;

/**
   Run one layer alone over `n` frames, for sequences that are read whole.

   What the layer remembers is that of `state`, and updated.  Reading a sequence
   from its end is a matter of negative strides.  The weights are walked as by
   rem_net_block() from a state just set, so that the results agree to the last
   bit; a sequence is to be run in one call.

   @param index Layer times directions, plus direction.
   @param from  [n_in] each: frames of the net for the first layer, a symbol's
                number included, else the features of the layer below.
   @param h     Where h [H] of the first frame goes; not in `from`.
   @param step  Floats from there to that of the next.

   Thread: any, one at a time for a state, with denormals off for speed.
*/
REM_RT void
rem_net_layer_block(const RemNet* net,
                    uint32_t      index,
                    RemNetState*  state,
                    RemRows       from,
                    float*        h,
                    ptrdiff_t     step,
                    uint32_t      n);

#endif // REM_DSP_NET_INTERNAL_H
