// SPDX-License-Identifier: ISC

/// Four symbols at a time, with the exponential of the trainer's cells.  Not
/// compiled per instruction set: for 65 symbols this is 1 % of what a net of
/// 2 x 128 costs.

#include "offline_trainer/cross_entropy.h"

#define WIDTH 4
#include "dsp/kernel/vec.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LOG2_E 1.44269504f
#define FARTHEST 80.0f ///< Less than e^-80 = 2e-35 is no chance at all

/// e^x for x up to 0
VEC_INLINE
Vec_4
exp_below_1(const Vec_4 x)
{
  const VecScale_4 by = {set_4(FARTHEST), set_4(LOG2_E)};
  return exp_plus_4(exp_4(x, by), 0.0f);
}

static float
largest(const float* const x, const size_t n)
{
  float most = x[0];
  for (size_t i = 1; i < n; ++i) {
    most = x[i] > most ? x[i] : most;
  }
  return most;
}

/// out [n] = e^(x - most); returns the sum
static float
exponentials(const float* const x,
             const size_t       n,
             const float        most,
             float* const       out)
{
  Vec_4  sum = set_4(0.0f);
  size_t i   = 0U;
  for (; i + WIDTH <= n; i += WIDTH) {
    const Vec_4 e = exp_below_1(load_4(x + i) - set_4(most));
    store_4(out + i, e);
    sum += e;
  }
  if (i < n) {
    const size_t size       = (n - i) * sizeof(float);
    float        few[WIDTH] = {0.0f, 0.0f, 0.0f, 0.0f};
    memcpy(few, x + i, size);
    store_4(few, exp_below_1(load_4(few) - set_4(most)));
    memcpy(out + i, few, size);
    memset(few + (n - i), 0, sizeof(few) - size);
    sum += load_4(few);
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

double
rem_cross_entropy(const float* const    y,
                  const uint32_t* const targets,
                  const size_t          n_rows,
                  const size_t          n_symbols,
                  const double          scale,
                  float* const          dy)
{
  double loss = 0.0;
  for (size_t r = 0; r < n_rows; ++r) {
    const float* const row   = y + r * n_symbols;
    float* const       slope = dy + r * n_symbols;
    if (targets[r] == REM_NO_TARGET) {
      memset(slope, 0, n_symbols * sizeof(float));
      continue;
    }
    const float  most  = largest(row, n_symbols);
    const double ahead = (double)most - (double)row[targets[r]];
    const float  sum   = exponentials(row, n_symbols, most, slope);
    const float  part  = (float)(scale / (double)sum);

    loss += ahead + log((double)sum);
    for (size_t i = 0; i < n_symbols; ++i) {
      slope[i] *= part;
    }
    slope[targets[r]] -= (float)scale;
  }
  return loss;
}
