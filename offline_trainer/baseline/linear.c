// SPDX-License-Identifier: ISC

#include "offline_trainer/baseline/linear.h"

#include "offline_trainer/control/cholesky.h"

#include <stdlib.h>
#include <string.h>

#define RIDGE 1e-6
#define MOST_ROWS 200000U

/// Normal equations of K = 1 + n_back I weights
typedef struct {
  const RemFrameSet* set;
  uint32_t           n_back;
  size_t             size;   ///< K
  float*             frames; ///< [K - 1]
  double*            row;    ///< [K]
  double*            gram;   ///< [K, K] lower triangle
  double*            right;  ///< [O, K]
} Equations;

static void
clear(Equations* const e)
{
  free(e->frames);
  free(e->row);
  free(e->gram);
}

/// Allocate; what is there is to be cleared in any case, but for `right`
static bool
make_room(const RemFrameSet* const set,
          const uint32_t           n_back,
          Equations* const         out)
{
  const size_t k = 1U + (size_t)n_back * set->n_in;
  *out           = (Equations){.set = set, .n_back = n_back, .size = k};
  out->frames    = (float*)calloc(k, sizeof(float));
  out->row       = (double*)calloc(k, sizeof(double));
  out->gram      = (double*)calloc(k * k, sizeof(double));
  out->right     = (double*)calloc(k * set->n_out, sizeof(double));
  return out->frames && out->row && out->gram && out->right;
}

/// Set `row` to 1 and what is looked back at from `t`
static void
look_back(Equations* const e, const size_t begin, const size_t t)
{
  rem_frame_set_look_back(e->set, e->n_back, begin, t, e->frames);
  e->row[0] = 1.0;
  for (size_t i = 1U; i < e->size; ++i) {
    e->row[i] = (double)e->frames[i - 1U];
  }
}

static void
add_row(Equations* const e, const size_t t)
{
  const float* const target = e->set->targets + t * e->set->n_targets;
  for (size_t i = 0U; i < e->size; ++i) {
    double* const gram = e->gram + i * e->size;
    const double  x    = e->row[i];
    for (size_t j = 0U; j <= i; ++j) {
      gram[j] += x * e->row[j];
    }
  }
  for (uint32_t o = 0U; o < e->set->n_out; ++o) {
    double* const right = e->right + o * e->size;
    for (size_t i = 0U; i < e->size; ++i) {
      right[i] += (double)target[o] * e->row[i];
    }
  }
}

static void
add_all(Equations* const e)
{
  const RemFrameSet* const set  = e->set;
  const size_t             step = 1U + rem_frame_set_n(set) / MOST_ROWS;
  for (size_t p = 0U; p < set->n_pieces; ++p) {
    for (size_t t = set->begins[p]; t < set->begins[p + 1U]; t += step) {
      look_back(e, set->begins[p], t);
      add_row(e, t);
    }
  }
  double trace = 0.0;
  for (size_t i = 0U; i < e->size; ++i) {
    trace += e->gram[i * e->size + i];
  }
  for (size_t i = 0U; i < e->size; ++i) {
    e->gram[i * e->size + i] += RIDGE * trace / (double)e->size;
  }
}

double*
rem_linear_fit(const RemFrameSet* const set, const uint32_t n_back)
{
  Equations  e;
  const bool made = make_room(set, n_back, &e);
  if (made) {
    add_all(&e);
    rem_cholesky(e.gram, e.size);
    for (uint32_t o = 0U; o < set->n_out; ++o) {
      rem_solve_lower(e.gram, e.size, e.right + o * e.size);
      rem_solve_upper(e.gram, e.size, e.size, e.right + o * e.size);
    }
  } else {
    free(e.right);
  }
  clear(&e);
  return made ? e.right : NULL;
}

bool
rem_linear_play(const double* const      weights,
                const RemFrameSet* const set,
                const uint32_t           n_back,
                float* const             y)
{
  Equations e     = {.set = set, .n_back = n_back};
  float*    to    = y;
  e.size          = 1U + (size_t)n_back * set->n_in;
  e.frames        = (float*)calloc(e.size, sizeof(float));
  e.row           = (double*)calloc(e.size, sizeof(double));
  const bool made = e.frames && e.row;
  for (size_t p = 0U; made && p < set->n_pieces; ++p) {
    for (size_t t = set->begins[p]; t < set->begins[p + 1U]; ++t) {
      look_back(&e, set->begins[p], t);
      for (uint32_t o = 0U; o < set->n_out; ++o) {
        *to++ = (float)rem_dot(weights + o * e.size, e.row, e.size);
      }
    }
  }
  clear(&e);
  return made;
}
