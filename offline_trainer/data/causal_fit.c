// SPDX-License-Identifier: ISC

#include "offline_trainer/data/causal_fit.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define N_LANES 8U
#define RIDGE 1e-9 ///< Of a column's energy; keeps the factor real

/// Correlations of the two signals, each at index lag + offset
typedef struct {
  double* xx; ///< [n_lags] lags 0 to n_lags - 1
  double* yy; ///< [P + 1]
  double* xy; ///< [n_lags + P] sum x_t y_(t+lag), lags from first - P
} Correlations;

/// A column of the fit: x or y, delayed
typedef struct {
  int32_t lag;
  bool    is_target;
} Column;

double
rem_dot_lagged(const float* const a,
               const float* const b,
               const size_t       n,
               const int32_t      lag)
{
  const size_t       shift = (size_t)labs((long)lag);
  const float* const from  = lag < 0 ? a + (shift < n ? shift : 0U) : a;
  const float* const to    = lag < 0 ? b : b + (shift < n ? shift : 0U);
  const size_t       n_sum = shift < n ? n - shift : 0U;
  double             lanes[N_LANES] = {0.0};
  size_t             i              = 0;
  for (; i + N_LANES <= n_sum; i += N_LANES) {
    for (size_t j = 0; j < N_LANES; ++j) {
      lanes[j] += (double)from[i + j] * (double)to[i + j];
    }
  }
  for (size_t j = 0; i < n_sum; ++i, ++j) {
    lanes[j] += (double)from[i] * (double)to[i];
  }
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
         ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

static void
correlate(const float* const  x,
          const float* const  y,
          const size_t        n,
          const int32_t       first,
          const uint32_t      n_lags,
          Correlations* const c)
{
  for (uint32_t i = 0; i < n_lags; ++i) {
    c->xx[i] = rem_dot_lagged(x, x, n, (int32_t)i);
  }
  for (uint32_t i = 0; i <= REM_N_PAST; ++i) {
    c->yy[i] = rem_dot_lagged(y, y, n, (int32_t)i);
  }
  for (uint32_t i = 0; i < n_lags + REM_N_PAST; ++i) {
    const int32_t lag = first - (int32_t)REM_N_PAST + (int32_t)i;
    c->xy[i]          = rem_dot_lagged(x, y, n, lag);
  }
}

/// Past targets, the input from its oldest sample on, and last what is fitted
static Column
column(const uint32_t i, const int32_t first, const uint32_t n_lags)
{
  if (i < REM_N_PAST) {
    return (Column){(int32_t)i + 1, true};
  }
  const uint32_t k = i - REM_N_PAST;
  return k < n_lags ? (Column){first + (int32_t)(n_lags - 1U - k), false}
                    : (Column){0, true};
}

/// Return the inner product of two columns
static double
product(const Correlations* const c,
        const int32_t             first,
        const Column              a,
        const Column              b)
{
  if (a.is_target == b.is_target) {
    return (a.is_target ? c->yy : c->xx)[labs((long)a.lag - b.lag)];
  }
  const int32_t lag = a.is_target ? b.lag - a.lag : a.lag - b.lag;
  return c->xy[lag - first + (int32_t)REM_N_PAST];
}

/// Fill the lower half of the matrix of inner products
static void
fill_matrix(const Correlations* const c,
            const int32_t             first,
            const uint32_t            n_lags,
            double* const             matrix)
{
  const uint32_t size = REM_N_PAST + n_lags + 1U;
  for (uint32_t i = 0; i < size; ++i) {
    const Column a = column(i, first, n_lags);
    for (uint32_t j = 0; j <= i; ++j) {
      const Column b               = column(j, first, n_lags);
      matrix[(size_t)i * size + j] = product(c, first, a, b);
    }
    if (i + 1U < size) {
      matrix[(size_t)i * size + i] *= 1.0 + RIDGE;
    }
  }
}

/// Replace the lower half of a matrix by its Cholesky factor; false if it has
/// none
static bool
factorise(double* const matrix, const uint32_t size)
{
  for (uint32_t i = 0; i < size; ++i) {
    double* const a = matrix + (size_t)i * size;
    for (uint32_t j = 0; j <= i; ++j) {
      const double* const b   = matrix + (size_t)j * size;
      double              sum = a[j];
      for (uint32_t k = 0; k < j; ++k) {
        sum -= a[k] * b[k];
      }
      if (i == j && !(sum > 0.0)) {
        return false;
      }
      a[j] = i == j ? sqrt(sum) : sum / b[j];
    }
  }
  return true;
}

RemStatus
rem_causal_fit(const float* const x,
               const float* const y,
               const size_t       n,
               const int32_t      first,
               const uint32_t     n_lags,
               double* const      gain)
{
  const uint32_t size    = REM_N_PAST + n_lags + 1U;
  double* const  numbers = (double*)malloc(sizeof(double) * 3U * size);
  double* const  matrix  = (double*)calloc((size_t)size * size, sizeof(double));
  RemStatus      st      = REM_NO_MEMORY;
  if (numbers && matrix) {
    Correlations c = {numbers, numbers + size, numbers + (size_t)2U * size};
    correlate(x, y, n, first, n_lags, &c);
    fill_matrix(&c, first, n_lags, matrix);
    st = factorise(matrix, size) ? REM_SUCCESS : REM_NOT_FINITE;
  }
  if (!st) {
    const double* const last = matrix + (size_t)(size - 1U) * size;
    for (uint32_t i = 0; i < n_lags; ++i) {
      const double root = last[REM_N_PAST + n_lags - 1U - i] / last[size - 1U];
      gain[i]           = root * root;
    }
  }
  free(matrix);
  free(numbers);
  return st;
}
