// SPDX-License-Identifier: ISC

#include "dsp/head/softmax.h"

#include <math.h>

#define COLDEST 1e-3f ///< From here down nothing is left to chance

/// Return the place of the largest of y [n]
REM_RT static uint32_t
likeliest(const float* const y, const uint32_t n)
{
  uint32_t best = 0U;
  for (uint32_t k = 1U; k < n; ++k) {
    best = y[k] > y[best] ? k : best;
  }
  return best;
}

REM_RT double
rem_softmax_nll(const float* const y, const uint32_t n, const uint32_t k)
{
  const double largest = (double)y[likeliest(y, n)];
  double       sum     = 0.0;
  for (uint32_t j = 0U; j < n; ++j) {
    sum += exp((double)y[j] - largest);
  }
  return largest + log(sum) - (double)y[k];
}

REM_RT uint32_t
rem_softmax_draw(const float* const y,
                 const uint32_t     n,
                 const float        temperature,
                 RemRandom* const   random)
{
  const uint32_t best = likeliest(y, n);
  const double   u    = rem_random_uniform(random);
  const double   cold = 1.0 / (double)temperature;
  double         sum  = 0.0;
  if (!(temperature > COLDEST)) {
    return best;
  }
  for (uint32_t j = 0U; j < n; ++j) {
    sum += exp(cold * ((double)y[j] - (double)y[best]));
  }
  double left = u * sum;
  for (uint32_t j = 0U; j < n; ++j) {
    left -= exp(cold * ((double)y[j] - (double)y[best]));
    if (left < 0.0) {
      return j;
    }
  }
  return best; // Only by rounding
}

REM_RT double
rem_sigmoid_nll(const float y, const bool on)
{
  const double x = on ? -(double)y : (double)y; // log(1 + exp(x))
  return fmax(x, 0.0) + log1p(exp(-fabs(x)));
}

REM_RT bool
rem_sigmoid_draw(const float      y,
                 const float      temperature,
                 RemRandom* const random)
{
  const double u = rem_random_uniform(random);
  return temperature > COLDEST
           ? u < 1.0 / (1.0 + exp(-(double)y / (double)temperature))
           : y > 0.0f;
}
