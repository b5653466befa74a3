// SPDX-License-Identifier: ISC

#include "offline_trainer/control/autoregress.h"

#include "offline_trainer/control/cholesky.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RIDGE 1e-8

/// The normal equations of the longest memory: those of a shorter one are
/// their upper left part, and so is the Cholesky factor
typedef struct {
  const RemVectors* train;
  uint32_t          order; ///< Longest
  size_t            size;  ///< K = 1 + `order` C
  size_t            n;     ///< Vectors to predict
  double*           gram;  ///< [K, K] lower triangle; then its factor L
  double*           right; ///< [C, K]; then L^-1 of it
  double*           row;   ///< [K] what one vector is predicted from
} Equations;

static size_t
n_inputs(const uint32_t order, const uint32_t n_columns)
{
  return 1U + (size_t)order * n_columns;
}

/// Set `row` to 1 and the `order` vectors before `t`, the last one first
static void
look_back(const RemVectors* const vectors,
          const uint32_t          order,
          const size_t            begin,
          const size_t            t,
          double* const           row)
{
  const uint32_t n_columns = vectors->n_columns;
  double*        to        = row;
  *to++                    = 1.0;
  for (uint32_t k = 1U; k <= order; ++k) {
    const size_t       at = t - begin > k ? t - k : begin;
    const float* const z  = vectors->z + at * n_columns;
    for (uint32_t c = 0U; c < n_columns; ++c) {
      *to++ = (double)z[c];
    }
  }
}

static void
add_vector(Equations* const e, const size_t begin, const size_t t)
{
  const uint32_t     n_columns = e->train->n_columns;
  const float* const z         = e->train->z + t * n_columns;
  const size_t       size      = e->size;
  look_back(e->train, e->order, begin, t, e->row);
  for (size_t i = 0U; i < size; ++i) {
    double* const gram = e->gram + i * size;
    const double  x    = e->row[i];
    for (size_t j = 0U; j <= i; ++j) {
      gram[j] += x * e->row[j];
    }
  }
  for (uint32_t c = 0U; c < n_columns; ++c) {
    double* const right = e->right + c * size;
    for (size_t i = 0U; i < size; ++i) {
      right[i] += (double)z[c] * e->row[i];
    }
  }
  ++e->n;
}

static void
add_all(Equations* const e)
{
  const RemVectors* const train = e->train;
  for (size_t s = 0U; s < train->n_sequences; ++s) {
    const size_t begin = train->begins[s];
    for (size_t t = begin + 1U; t < train->begins[s + 1U]; ++t) {
      add_vector(e, begin, t);
    }
  }
  for (size_t i = 0U; i < e->size; ++i) {
    double* const diagonal = e->gram + i * e->size + i;
    *diagonal += RIDGE * (1.0 + (double)e->n + *diagonal);
  }
}

/// Set the weights of the model of order `ar->order`
static void
solve(const Equations* const e, RemAr* const ar)
{
  const size_t n = n_inputs(ar->order, ar->n_columns);
  for (uint32_t c = 0U; c < ar->n_columns; ++c) {
    double* const weights = ar->weights + c * n;
    memcpy(weights, e->right + c * e->size, n * sizeof(double));
    rem_solve_upper(e->gram, e->size, n, weights);
  }
}

/// Set mean [C] to what comes after `row`
static void
predict(const RemAr* const ar, const double* const row, double* const mean)
{
  const size_t n = n_inputs(ar->order, ar->n_columns);
  for (uint32_t c = 0U; c < ar->n_columns; ++c) {
    mean[c] = rem_dot(ar->weights + c * n, row, n);
  }
}

/// Add the squared errors of a sequence to ar->deviation
static void
add_errors(const Equations* const e,
           const size_t           begin,
           const size_t           end,
           double* const          mean,
           RemAr* const           ar)
{
  for (size_t t = begin + 1U; t < end; ++t) {
    const float* const z = e->train->z + t * ar->n_columns;
    look_back(e->train, ar->order, begin, t, e->row);
    predict(ar, e->row, mean);
    for (uint32_t c = 0U; c < ar->n_columns; ++c) {
      const double error = (double)z[c] - mean[c];
      ar->deviation[c] += error * error;
    }
  }
}

/// Set the deviations of a solved model, and return its criterion
static double
judge(const Equations* const e,
      const double           floor,
      double* const          mean,
      RemAr* const           ar)
{
  const RemVectors* const train = e->train;
  const double            n     = fmax(1.0, (double)e->n);
  const double            n_weights =
    (double)(ar->n_columns * n_inputs(ar->order, ar->n_columns));
  double sum = 0.5 * n_weights * log(n);
  memset(ar->deviation, 0, ar->n_columns * sizeof(double));
  for (size_t s = 0U; s < train->n_sequences; ++s) {
    add_errors(e, train->begins[s], train->begins[s + 1U], mean, ar);
  }
  for (uint32_t c = 0U; c < ar->n_columns; ++c) {
    ar->deviation[c] = fmax(floor, sqrt(ar->deviation[c] / n));
    sum += n * log(ar->deviation[c]);
  }
  return sum;
}

/// Choose the order, and leave that model in `ar`
static void
choose(const Equations* const e,
       const double           floor,
       double* const          mean,
       RemAr* const           ar)
{
  double   least = (double)INFINITY;
  uint32_t best  = 1U;
  for (uint32_t p = 1U; p <= e->order; ++p) {
    ar->order = p;
    solve(e, ar);
    const double criterion = judge(e, floor, mean, ar);
    best                   = criterion < least ? p : best;
    least                  = fmin(criterion, least);
  }
  ar->order = best;
  solve(e, ar);
  (void)judge(e, floor, mean, ar);
}

bool
rem_ar_fit(const RemVectors* const train,
           const uint32_t          max_order,
           const double            floor,
           RemAr* const            out)
{
  const uint32_t n_columns = train->n_columns;
  const size_t   size      = n_inputs(max_order, n_columns);
  double* const  mean      = (double*)calloc(n_columns, sizeof(double));
  Equations      e         = {train, max_order, size, 0U, NULL, NULL, NULL};

  e.gram         = (double*)calloc(size * size, sizeof(double));
  e.right        = (double*)calloc(n_columns * size, sizeof(double));
  e.row          = (double*)calloc(size, sizeof(double));
  *out           = (RemAr){0U, n_columns, NULL, NULL};
  out->weights   = (double*)calloc(n_columns * size, sizeof(double));
  out->deviation = (double*)calloc(n_columns, sizeof(double));

  const bool ok =
    mean && e.gram && e.right && e.row && out->weights && out->deviation;
  if (ok) {
    add_all(&e);
    rem_cholesky(e.gram, size);
    for (uint32_t c = 0U; c < n_columns; ++c) {
      rem_solve_lower(e.gram, size, e.right + c * size);
    }
    choose(&e, floor, mean, out);
  }
  free(mean);
  free(e.gram);
  free(e.right);
  free(e.row);
  return ok;
}

void
rem_ar_clear(RemAr* const ar)
{
  free(ar->weights);
  free(ar->deviation);
  *ar = (RemAr){0U, 0U, NULL, NULL};
}

void
rem_ar_predict(const RemAr* const      ar,
               const RemVectors* const vectors,
               const size_t            begin,
               const size_t            t,
               double* const           row,
               double* const           mean)
{
  look_back(vectors, ar->order, begin, t, row);
  predict(ar, row, mean);
}
