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

/// Ways to begin
typedef enum {
  REM_INIT_DEFAULT,
  REM_INIT_ORTHOGONAL, ///< U's columns at right angles, W by what it connects
} RemInit;

/// What else there is to say of them
typedef struct {
  RemInit init;
  double  memory; ///< Steps that the slowest cells keep, above 0
  double  forget; ///< Bias of an LSTM's forget gates; 0: by `memory`
} RemBeginning;

/**
   Set parameters to begin with: U(-1, 1) / sqrt(H), but for the biases of an
   LSTM's forget and input gates, log T and -log T with log T in
   U(0, log memory), and of a GRU's gate z, log T.

   A gate of sigmoid(log T) keeps for about T samples, and an input gate of
   sigmoid(-log T) lets in as much as that keeps within bounds.  Nets that
   begin so have cells for the slow parts of a device, its bias and its sag;
   those with one bias for all seldom find them.  With `forget` forget gates
   have that bias, and input gates that of all others.

   Source: the range is PyTorch's; Tallec and Ollivier 2018, "Can recurrent
   neural networks warp time?", arXiv:1804.11188 for the biases, there with T
   uniform instead of log T.

   #REM_INIT_ORTHOGONAL: every gate's U is a random orthogonal matrix, so that
   what goes round neither grows nor fades (Saxe, McClelland, Ganguli 2014,
   arXiv:1312.6120); W is U(-1, 1) sqrt(6 / (columns + H)) (Glorot and Bengio
   2010), and biases are 0 but for those above.  Cost: 4 H^3 a gate.

   @param params [rem_net_n_params()]
*/
void
rem_initialise_as(const RemNetSpec*   spec,
                  const RemBeginning* beginning,
                  RemRandom*          random,
                  float*              params);

/// As rem_initialise_as() by default
void
rem_initialise(const RemNetSpec* spec,
               double            memory,
               RemRandom*        random,
               float*            params);

#endif // REM_OFFLINE_TRAINER_INITIALISE_H
