// SPDX-License-Identifier: ISC

/// Least squares by the Cholesky factor of the normal equations

#ifndef REM_OFFLINE_TRAINER_CONTROL_CHOLESKY_H
#define REM_OFFLINE_TRAINER_CONTROL_CHOLESKY_H

#include <stddef.h>

/// Return the dot product of `n` numbers
double
rem_dot(const double* a, const double* b, size_t n);

/// Set the lower triangle of `a` [n, n], row-major, to its Cholesky factor,
/// a = L L'; `a` is positive definite by more than rounding, as a ridge makes
/// it.  Cost: n^3 / 6 multiply-adds.
void
rem_cholesky(double* a, size_t n);

/// Set b [n] to L^-1 b, where L is [n, n]
void
rem_solve_lower(const double* l, size_t n, double* b);

/// Set b [n] to L'^-1 b, where L is the upper left part of l [stride, stride]
void
rem_solve_upper(const double* l, size_t stride, size_t n, double* b);

#endif // REM_OFFLINE_TRAINER_CONTROL_CHOLESKY_H
