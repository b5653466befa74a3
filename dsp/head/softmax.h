// SPDX-License-Identifier: ISC

/// Heads for what is one of several values: p(k) = exp(y_k) / sum_j exp(y_j);
/// and for switches: p(1) = 1 / (1 + exp(-y))

#ifndef REM_DSP_HEAD_SOFTMAX_H
#define REM_DSP_HEAD_SOFTMAX_H

#include "dsp/random.h"
#include "dsp/rt.h"

#include <stdbool.h>
#include <stdint.h>

/// Return -log p(k) in nats for logits y [n], finite.  Thread: audio.
REM_RT double
rem_softmax_nll(const float* y, uint32_t n, uint32_t k);

/**
   Draw one of `n` with logits y / `temperature`; from 1e-3 down the likeliest.

   Thread: audio.  Cost: two exponentials each.  Cannot fail.
*/
REM_RT uint32_t
rem_softmax_draw(const float* y,
                 uint32_t     n,
                 float        temperature,
                 RemRandom*   random);

/// Return -log p(on) in nats for a logit y.  Thread: audio.
REM_RT double
rem_sigmoid_nll(float y, bool on);

/// Draw a switch with logit y / `temperature`; from 1e-3 down the likelier.
/// Thread: audio.
REM_RT bool
rem_sigmoid_draw(float y, float temperature, RemRandom* random);

#endif // REM_DSP_HEAD_SOFTMAX_H
