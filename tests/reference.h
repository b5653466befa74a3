// SPDX-License-Identifier: ISC

/// The equations of dsp/net.h, said again as plainly as possible, in double and
/// in float: what the engine and BPTT are measured against

#ifndef REM_TESTS_REFERENCE_H
#define REM_TESTS_REFERENCE_H

#include "dsp/net.h"
#include "tests/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define REFERENCE(NAME, REAL, EXP, TANH)                                  \
  static inline void NAME(const RemNetSpec* const spec,                   \
                          const REAL* const       params,                 \
                          REAL* const             state,                  \
                          const REAL* const       x,                      \
                          REAL* const             y)                      \
  {                                                                       \
    const uint32_t n = spec->n_hidden;                                    \
    REAL           z[4 * REM_MAX_HIDDEN];                                 \
    memset(z, 0, sizeof(REAL) * 4 * n);                                   \
    const REAL* in = x;                                                   \
    for (uint32_t l = 0; l < spec->n_layers; ++l) {                       \
      const RemLayerAt at = rem_net_layer_at(spec, l);                    \
      REAL* const      h  = state + (size_t)2 * l * n;                    \
      REAL* const      c  = h + n;                                        \
      for (uint32_t r = 0; r < 4 * n; ++r) {                              \
        z[r] = params[at.bias + r];                                       \
        for (uint32_t j = 0; j < at.n_in; ++j) {                          \
          z[r] += params[at.weight_ih + (size_t)r * at.n_in + j] * in[j]; \
        }                                                                 \
        for (uint32_t k = 0; k < n; ++k) {                                \
          z[r] += params[at.weight_hh + (size_t)r * n + k] * h[k];        \
        }                                                                 \
      }                                                                   \
      for (uint32_t j = 0; j < n; ++j) {                                  \
        const REAL i = 1 / (1 + EXP(-z[j]));                              \
        const REAL f = 1 / (1 + EXP(-z[n + j]));                          \
        const REAL o = 1 / (1 + EXP(-z[3 * n + j]));                      \
        c[j]         = f * c[j] + i * TANH(z[2 * n + j]);                 \
        h[j]         = o * TANH(c[j]);                                    \
      }                                                                   \
      in = h;                                                             \
    }                                                                     \
    const RemHeadAt head = rem_net_head_at(spec);                         \
    for (uint32_t o = 0; o < spec->n_out; ++o) {                          \
      REAL sum = params[head.bias + o];                                   \
      for (uint32_t k = 0; k < n; ++k) {                                  \
        sum += params[head.weight + (size_t)o * n + k] * in[k];           \
      }                                                                   \
      y[o] = sum + (spec->skip ? x[o] : 0);                               \
    }                                                                     \
  }

/// One frame in double precision; state [L, 2, H] updated in place
REFERENCE(reference_step, double, exp, tanh)

/// The same in float: what a plain loop with an exact tanh reaches
REFERENCE(plain_step, float, expf, tanhf)

/// Fill `params` with noise in [-scale, scale)
static inline void
random_params(const RemNetSpec* const spec,
              float* const            params,
              const float             scale,
              uint32_t                seed)
{
  const size_t n = rem_net_n_params(spec);
  for (size_t i = 0; i < n; ++i) {
    params[i] = scale * noise(&seed);
  }
}

#endif // REM_TESTS_REFERENCE_H
