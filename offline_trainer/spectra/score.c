// SPDX-License-Identifier: ISC

#include "offline_trainer/spectra/score.h"

#include <string.h>

/// Return the place of the next label of that name, from `i` on
static size_t
next(const RemLabels* const labels, size_t i, const char* const name)
{
  while (name && i < labels->n && strcmp(labels->items[i].name, name) != 0) {
    ++i;
  }
  return i;
}

void
rem_score_add(RemScore* const        score,
              const RemLabels* const found,
              const RemLabels* const there,
              const char* const      name,
              const double           tolerance)
{
  size_t i = next(found, 0U, name), j = next(there, 0U, name);
  while (i < found->n && j < there->n) {
    const double late = found->items[i].begin - there->items[j].begin;
    const bool   hit  = late >= -tolerance && late <= tolerance;
    score->n_hits += hit;
    score->n_found += hit || late < 0.0;
    score->n_there += hit || late > 0.0;
    if (hit || late < 0.0) {
      i = next(found, i + 1U, name);
    }
    if (hit || late > 0.0) {
      j = next(there, j + 1U, name);
    }
  }
  for (; i < found->n; i = next(found, i + 1U, name)) {
    ++score->n_found;
  }
  for (; j < there->n; j = next(there, j + 1U, name)) {
    ++score->n_there;
  }
}

double
rem_score_precision(const RemScore* const score)
{
  return score->n_found ? (double)score->n_hits / (double)score->n_found : 1.0;
}

double
rem_score_recall(const RemScore* const score)
{
  return score->n_there ? (double)score->n_hits / (double)score->n_there : 1.0;
}

double
rem_score_f(const RemScore* const score)
{
  const size_t n = score->n_found + score->n_there;
  return n ? 2.0 * (double)score->n_hits / (double)n : 1.0;
}
