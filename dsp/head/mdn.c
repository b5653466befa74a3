// SPDX-License-Identifier: ISC

#include "dsp/head/mdn.h"

#include "dsp/head/softmax.h"

#include <math.h>

#define HALF_LOG_2PI 0.9189385332046727

/// Return the standard deviation that a raw number stands for, but the floor
REM_RT static double
deviation(const float raw)
{
  return exp((double)fminf(raw, REM_MDN_MAX_RAW));
}

/// Return log N(z) of one mixture: its means [C] and raw deviations [C]
REM_RT static double
log_density(const RemMdn* const mdn,
            const float* const  mean,
            const float* const  raw,
            const float* const  base,
            const float* const  z)
{
  double sum = 0.0;
  for (uint32_t c = 0U; c < mdn->n_columns; ++c) {
    const double s = (double)mdn->floor + deviation(raw[c]);
    const double d = ((double)z[c] - (double)base[c] - (double)mean[c]) / s;
    sum -= 0.5 * d * d + log(s) + HALF_LOG_2PI;
  }
  return sum;
}

REM_RT double
rem_mdn_nll(const RemMdn* const mdn,
            const float* const  y,
            const float* const  base,
            const float* const  z)
{
  const uint32_t     m_end = mdn->n_mixtures;
  const uint32_t     n     = mdn->n_columns;
  const float* const mean  = y + m_end;
  const float* const raw   = mean + (size_t)m_end * n;
  double             terms[REM_MAX_MIXTURES];
  double             largest = -HUGE_VAL;
  double             sum     = 0.0;
  for (uint32_t m = 0U; m < m_end; ++m) {
    terms[m] =
      log_density(mdn, mean + (size_t)m * n, raw + (size_t)m * n, base, z) -
      rem_softmax_nll(y, m_end, m);
    largest = fmax(largest, terms[m]);
  }
  for (uint32_t m = 0U; m < m_end; ++m) {
    sum += exp(terms[m] - largest);
  }
  return -largest - log(sum);
}

REM_RT void
rem_mdn_draw(const RemMdn* const mdn,
             const float* const  y,
             const float* const  base,
             const float         pitemp,
             const float         sigmatemp,
             RemRandom* const    random,
             float* const        z)
{
  const uint32_t     n = mdn->n_columns;
  const uint32_t     m = rem_softmax_draw(y, mdn->n_mixtures, pitemp, random);
  const float* const mean = y + mdn->n_mixtures + (size_t)m * n;
  const float* const raw  = mean + (size_t)mdn->n_mixtures * n;
  const double       wide = sqrt(fmax(0.0, (double)sigmatemp));
  for (uint32_t c = 0U; c < n; ++c) {
    const double s = wide * deviation(raw[c]);
    z[c]           = (float)((double)base[c] + (double)mean[c] +
                   s * rem_random_normal(random));
  }
}
