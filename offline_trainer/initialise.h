// SPDX-License-Identifier: ISC

/// The parameters that training begins with

#ifndef REM_OFFLINE_TRAINER_INITIALISE_H
#define REM_OFFLINE_TRAINER_INITIALISE_H

#include "dsp/net.h"
#include "dsp/random.h"

#include <stddef.h>

/// Set `n` parameters to U(-bound, bound)
void
rem_initialise_uniform(float*     params,
                       size_t     n,
                       double     bound,
                       RemRandom* random);

/**
   Set parameters to begin with: U(-1, 1) / sqrt(H), but for the biases of the
   forget and input gates, log T and -log T with log T in U(0, log memory).

   A forget gate of sigmoid(log T) keeps for about T samples, and an input gate
   of sigmoid(-log T) lets in as much as that keeps within bounds.  Nets that
   begin so have cells for the slow parts of a device, its bias and its sag;
   those with one bias for all seldom find them.

   Source: the range is PyTorch's; Tallec and Ollivier 2018, "Can recurrent
   neural networks warp time?", arXiv:1804.11188 for the biases, there with T
   uniform instead of log T.

   @param memory Steps that the slowest cells keep, above 0.
   @param params [rem_net_n_params()]
*/
void
rem_initialise(const RemNetSpec* spec,
               double            memory,
               RemRandom*        random,
               float*            params);

#endif // REM_OFFLINE_TRAINER_INITIALISE_H
