// SPDX-License-Identifier: ISC

#include "dsp/head/draw.h"

#include <math.h>
#include <string.h>

#define COLDEST 1e-3f ///< From here down nothing is left to chance

/// What takes part: logits from `least` up, and `n_least` of those equal to it
typedef struct {
  float    least;
  uint32_t n_least;
} Cut;

REM_RT static bool
may(const RemDraw* const how, const uint32_t k)
{
  return !how->allowed || how->allowed[k];
}

/// Return the place of the largest that may be
REM_RT static uint32_t
likeliest(const float* const y, const uint32_t n, const RemDraw* const how)
{
  uint32_t best = REM_NOTHING_DRAWN;
  for (uint32_t k = 0U; k < n; ++k) {
    if (may(how, k) && (best == REM_NOTHING_DRAWN || y[k] > y[best])) {
      best = k;
    }
  }
  return best;
}

/// Return a number that is in the order in which `x` is
REM_RT static uint32_t
rank_of(const float x)
{
  const float    positive = x + 0.0f; // Both zeros are one
  const uint32_t sign     = 0x80000000U;
  uint32_t       bits     = 0U;
  memcpy(&bits, &positive, sizeof(bits));
  return bits & sign ? ~bits : bits | sign;
}

REM_RT static float
of_rank(const uint32_t rank)
{
  const uint32_t sign = 0x80000000U;
  const uint32_t bits = rank & sign ? rank & ~sign : ~rank;
  float          x    = 0.0f;
  memcpy(&x, &bits, sizeof(x));
  return x;
}

/// Return how many that may be rank `least` or higher
REM_RT static uint32_t
count(const float* const   y,
      const uint32_t       n,
      const RemDraw* const how,
      const uint32_t       least)
{
  uint32_t found = 0U;
  for (uint32_t k = 0U; k < n; ++k) {
    found += may(how, k) && rank_of(y[k]) >= least;
  }
  return found;
}

/// Find where the `top_k` likeliest end, bit by bit: nothing is sorted
REM_RT static Cut
cut_of(const float* const y, const uint32_t n, const RemDraw* const how)
{
  const uint32_t most  = how->top_k ? how->top_k : n;
  uint32_t       least = 0U; // The highest rank that `most` or more reach
  if (most >= n || count(y, n, how, 1U) <= most) {
    return (Cut){-HUGE_VALF, n};
  }
  for (uint32_t bit = 0x80000000U; bit; bit >>= 1U) {
    if (count(y, n, how, least | bit) >= most) {
      least |= bit;
    }
  }
  return (Cut){of_rank(least), most - count(y, n, how, least + 1U)};
}

/// Return the weight of `k`, 0 if it takes no part; equals come in their order
REM_RT static double
weigh(const float* const   y,
      const uint32_t       k,
      const RemDraw* const how,
      const float          best,
      Cut* const           left)
{
  if (!may(how, k) || y[k] < left->least) {
    return 0.0;
  }
  if (y[k] <= left->least) {
    if (!left->n_least) {
      return 0.0;
    }
    --left->n_least;
  }
  return exp(((double)y[k] - (double)best) / (double)how->temperature);
}

REM_RT uint32_t
rem_draw(const float* const   y,
         const uint32_t       n,
         const RemDraw* const how,
         RemRandom* const     random)
{
  const double   u    = rem_random_uniform(random);
  const uint32_t best = likeliest(y, n, how);
  if (best == REM_NOTHING_DRAWN || !(how->temperature > COLDEST)) {
    return best;
  }
  const Cut cut = cut_of(y, n, how);
  Cut       at  = cut;
  double    sum = 0.0;
  for (uint32_t k = 0U; k < n; ++k) {
    sum += weigh(y, k, how, y[best], &at);
  }
  double left = u * sum;
  at          = cut;
  for (uint32_t k = 0U; k < n; ++k) {
    left -= weigh(y, k, how, y[best], &at);
    if (left < 0.0) {
      return k;
    }
  }
  return best; // Only by rounding
}
