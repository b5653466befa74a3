// SPDX-License-Identifier: ISC

#include "offline_trainer/data/correlate.h"

#include "dsp/fft.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  uint32_t       n;     ///< Length of the transform, a power of two
  float*         block; ///< [n]
  fftwf_complex* a;     ///< [n / 2 + 1] spectrum of a block of a
  fftwf_complex* bins;  ///< [n / 2 + 1] of the stretch of b around it
  fftwf_complex* sum;   ///< [n / 2 + 1] of the correlation
  fftwf_plan     forward;
  fftwf_plan     backward;
} Correlator;

static void
clear(Correlator* const c)
{
  rem_fft_destroy(c->backward);
  rem_fft_destroy(c->forward);
  fftwf_free(c->sum);
  fftwf_free(c->bins);
  fftwf_free(c->a);
  fftwf_free(c->block);
}

static RemStatus
set_up(Correlator* const c, const uint32_t max_lag)
{
  memset(c, 0, sizeof(*c));
  c->n = 4096U;
  while (c->n < 4U * max_lag) {
    c->n *= 2U;
  }

  const size_t n_bins = c->n / 2U + 1U;
  c->block            = fftwf_alloc_real(c->n);
  c->a                = fftwf_alloc_complex(n_bins);
  c->bins             = fftwf_alloc_complex(n_bins);
  c->sum              = fftwf_alloc_complex(n_bins);
  if (!c->block || !c->a || !c->bins || !c->sum) {
    return REM_NO_MEMORY;
  }
  memset(c->sum, 0, n_bins * sizeof(fftwf_complex));
  c->forward  = rem_fft_forward(c->n, c->block, c->bins);
  c->backward = rem_fft_backward(c->n, c->sum, c->block);
  return c->forward && c->backward ? REM_SUCCESS : REM_NO_MEMORY;
}

/// Transform x[from, to) of [n] samples, with silence around them, into bins
static void
transform(Correlator* const  c,
          const float* const x,
          const size_t       n,
          const ptrdiff_t    from,
          const ptrdiff_t    to)
{
  const ptrdiff_t begin = from < 0 ? 0 : from;
  const ptrdiff_t end   = to > (ptrdiff_t)n ? (ptrdiff_t)n : to;
  memset(c->block, 0, c->n * sizeof(float));
  if (begin < end) {
    memcpy(c->block + (begin - from),
           x + begin,
           (size_t)(end - begin) * sizeof(float));
  }
  fftwf_execute(c->forward);
}

/// Add conj(a) b to the sum
static void
add_product(Correlator* const c)
{
  for (uint32_t k = 0; k <= c->n / 2U; ++k) {
    const float re = c->a[k][0];
    const float im = c->a[k][1];
    c->sum[k][0] += re * c->bins[k][0] + im * c->bins[k][1];
    c->sum[k][1] += re * c->bins[k][1] - im * c->bins[k][0];
  }
}

RemStatus
rem_correlate(const float* const a,
              const float* const b,
              const size_t       n,
              const uint32_t     max_lag,
              float* const       out)
{
  Correlator      c;
  const RemStatus st = set_up(&c, max_lag);
  if (st) {
    clear(&c);
    return st;
  }

  const ptrdiff_t lag  = (ptrdiff_t)max_lag;
  const ptrdiff_t step = (ptrdiff_t)c.n - 2 * lag;
  for (ptrdiff_t t = 0; t < (ptrdiff_t)n; t += step) {
    transform(&c, a, n, t, t + step);
    memcpy(c.a, c.bins, (c.n / 2U + 1U) * sizeof(fftwf_complex));
    transform(&c, b, n, t - lag, t + step + lag);
    add_product(&c);
  }
  fftwf_execute(c.backward);
  for (uint32_t i = 0; i <= 2U * max_lag; ++i) {
    out[i] = c.block[i] / (float)c.n;
  }
  clear(&c);
  return REM_SUCCESS;
}
