// SPDX-License-Identifier: ISC

/// Nets over whole sequences, from end to end at once: what reads in both
/// directions, or gives one output for all.  Never in the audio thread.

#ifndef REM_DSP_SEQUENCE_H
#define REM_DSP_SEQUENCE_H

#include "dsp/net.h"
#include "dsp/status.h"

#include <stdint.h>

/**
   Run a net over one sequence.

   The equations are those of rem_net_block(); layers that read back do so from
   the last frame on, and both directions' h stand side by side, forward first.
   Where there is one output for all, it is that of the last h forward and the
   first one back, and a skip adds the last frame.

   @param initial [rem_net_n_state()] what each layer and direction remembers
                  before its first frame; NULL for zeros.
   @param x       [n, I]
   @param n       Frames, 1 or more.
   @param y       [n, O], or [O] where the net has one output (`whole`); not
                  `x`.
   @param final   [rem_net_n_state()] what each remembers after its last frame,
                  of layers that read back the first of `x`; NULL for none.
   @return #REM_NO_MEMORY or #REM_SUCCESS.

   Thread: any but audio, with denormals off (dsp/denormal.h) for speed.  Cost:
   as rem_net_block(), and memory for n * (2 H directions + features) floats.
*/
RemStatus
rem_net_sequence(const RemNet* net,
                 const float*  initial,
                 const float*  x,
                 uint32_t      n,
                 float*        y,
                 float*        final,
                 RemError*     error);

#endif // REM_DSP_SEQUENCE_H
