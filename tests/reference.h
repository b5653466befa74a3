// SPDX-License-Identifier: ISC

/// Nets of noise, and what they are measured against

#ifndef REM_TESTS_REFERENCE_H
#define REM_TESTS_REFERENCE_H

#include "dsp/net.h"
#include "offline_trainer/bench/reference.h"
#include "tests/check.h"

#include <stddef.h>
#include <stdint.h>

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
