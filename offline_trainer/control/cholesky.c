// SPDX-License-Identifier: ISC

#include "offline_trainer/control/cholesky.h"

#include <math.h>

double
rem_dot(const double* const a, const double* const b, const size_t n)
{
  double sum = 0.0;
  for (size_t i = 0U; i < n; ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

void
rem_cholesky(double* const a, const size_t n)
{
  for (size_t i = 0U; i < n; ++i) {
    double* const row = a + i * n;
    for (size_t j = 0U; j < i; ++j) {
      const double* const other = a + j * n;
      row[j]                    = (row[j] - rem_dot(row, other, j)) / other[j];
    }
    // The ridge is larger than any rounding error, so this is above 0
    row[i] = sqrt(fmax(row[i] - rem_dot(row, row, i), 1e-300));
  }
}

void
rem_solve_lower(const double* const l, const size_t n, double* const b)
{
  for (size_t i = 0U; i < n; ++i) {
    b[i] = (b[i] - rem_dot(l + i * n, b, i)) / l[i * n + i];
  }
}

void
rem_solve_upper(const double* const l,
                const size_t        stride,
                const size_t        n,
                double* const       b)
{
  for (size_t i = n; i-- > 0U;) {
    b[i] /= l[i * stride + i];
    for (size_t j = 0U; j < i; ++j) {
      b[j] -= l[i * stride + j] * b[i];
    }
  }
}
