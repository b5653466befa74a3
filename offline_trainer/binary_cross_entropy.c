// SPDX-License-Identifier: ISC

#include "offline_trainer/binary_cross_entropy.h"

#include <math.h>

double
rem_binary_cross_entropy(const float* const y,
                         const float* const targets,
                         const size_t       n_rows,
                         const size_t       n_switches,
                         const double       scale,
                         float* const       dy)
{
  double loss = 0.0;
  for (size_t i = 0; i < n_rows * n_switches; ++i) {
    const double logit = (double)y[i];
    const double q     = (double)targets[i];
    const double e     = exp(-fabs(logit));
    const double p     = (logit < 0.0 ? e : 1.0) / (1.0 + e);
    loss += (logit > 0.0 ? logit : 0.0) - q * logit + log1p(e);
    if (dy) {
      dy[i] = (float)(scale * (p - q));
    }
  }
  return loss;
}
