// SPDX-License-Identifier: ISC

/// An encoder: a net without a head that reads one sequence, for a decoder that
/// writes another.  The decoder is the model's own net; it begins from the last
/// state of the encoder (#REM_INITIAL_VECTOR), and may look at all of its
/// features at every step (attention).

#ifndef REM_DSP_ENCODER_H
#define REM_DSP_ENCODER_H

#include "dsp/net.h"
#include "dsp/symbols.h"

#include <stddef.h>
#include <stdint.h>

#define REM_MAX_ATTENTION 1024U ///< A

/**
   An encoder, and the attention to it.

   The decoder's condition is the concatenation of h, then the second memory, of
   the encoder's last layer, forward direction after the last frame, then, where
   it reads in both, backward direction after the first: directions * 2 * H.

   With attention, for features h_j of the encoder and the decoder's h of its
   last layer before the step, s:

       e_j = v . tanh(Q s + K h_j)     a = softmax(e)     context = sum a_j h_j

   and a frame of the decoder is [its own columns, context]: its n_in counts
   the encoder's features.

   Source: Bahdanau, Cho and Bengio 2015, arXiv:1409.0473, appendix A.1.2.
*/
typedef struct {
  RemNetSpec  spec;        ///< #REM_HEAD_NONE
  float*      params;      ///< [rem_net_n_params()]
  RemSymbols* symbols;     ///< What it reads, or NULL
  uint32_t    n_attention; ///< A, 0 if there is none
  uint32_t    n_query;     ///< H of the decoder
  float*      query;       ///< [A, n_query] Q
  float*      key;         ///< [A, features] K
  float*      energy;      ///< [A] v
} RemEncoder;

/// Return an encoder with zero parameters, or NULL without memory
RemEncoder*
rem_encoder_new(const RemNetSpec* spec, uint32_t n_attention, uint32_t n_query);

/// Free an encoder; NULL is allowed
void
rem_encoder_free(RemEncoder* encoder);

/// Return the length of the vector that the decoder begins from
uint32_t
rem_encoder_n_condition(const RemNetSpec* spec);

#endif // REM_DSP_ENCODER_H
