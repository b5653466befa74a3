// SPDX-License-Identifier: ISC

/// Nets and noise to play through them

#ifndef REM_TESTS_ENGINE_H
#define REM_TESTS_ENGINE_H

#include "dsp/net.h"
#include "tests/check.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/// Zeros
static inline float*
floats(const size_t n)
{
  float* const p = (float*)calloc(n, sizeof(float));
  CHECK(p);
  return p;
}

/// Noise in [-1, 1)
static inline float*
noise_frames(const size_t n, uint32_t seed)
{
  float* const x = floats(n);
  for (size_t i = 0; i < n; ++i) {
    x[i] = noise(&seed);
  }
  return x;
}

/// Run `n` frames of noise through the engine in one call
static inline void
play(const RemNetSpec* const spec,
     const float* const      params,
     const float* const      x,
     float* const            y,
     const uint32_t          n)
{
  RemNet* const      net   = rem_net_new(spec, params);
  RemNetState* const state = net ? rem_net_state_new(net) : NULL;
  CHECK(state);
  rem_net_block(net, state, x, y, n);
  rem_net_state_free(state);
  rem_net_free(net);
}

#endif // REM_TESTS_ENGINE_H
