// SPDX-License-Identifier: ISC

#include "offline_trainer/split.h"

#include <math.h>
#include <stdlib.h>

#define STEPS 8U     ///< Places that are tried per length of the stretch
#define SILENT 1e-12 ///< Mean square below which all is equally silent

/// Make room for `n_training` and `n_held_out` stretches, none of them set
static RemStatus
open_split(RemSplit* const split,
           const uint32_t  n_training,
           const uint32_t  n_held_out,
           RemError* const error)
{
  *split          = (RemSplit){0U, NULL, 0U, NULL};
  split->training = (RemStretch*)calloc(n_training, sizeof(RemStretch));
  split->held_out = (RemStretch*)calloc(n_held_out, sizeof(RemStretch));
  if (!split->training || !split->held_out) {
    rem_split_clear(split);
    return rem_fail(
      error, REM_NO_MEMORY, NULL, "No memory to split the recordings");
  }
  return REM_SUCCESS;
}

RemStatus
rem_split_by_pair(const RemRecording* const recording,
                  const uint32_t            n_training,
                  RemSplit* const           out,
                  RemError* const           error)
{
  const uint32_t  n_held_out = recording->n_pairs - n_training;
  const RemStatus st         = open_split(out, n_training, n_held_out, error);
  for (uint32_t i = 0; !st && i < recording->n_pairs; ++i) {
    const RemPair* const pair  = &recording->pairs[i];
    const RemStretch     whole = {pair, 0U, pair->n};
    if (i < n_training) {
      out->training[out->n_training++] = whole;
    } else {
      out->held_out[out->n_held_out++] = whole;
    }
  }
  return st;
}

/// Return the mean square of `x` [n]
static double
mean_square(const float* const x, const size_t n)
{
  double sum = 0.0;
  for (size_t t = 0; t < n; ++t) {
    sum += (double)x[t] * (double)x[t];
  }
  return sum / (double)(n ? n : 1U) + SILENT;
}

/// Return how far the level of a part is from that of the whole, up or down
static double
level_distance(const float* const x,
               const size_t       n,
               const size_t       begin,
               const size_t       length)
{
  return fabs(log(mean_square(x + begin, length) / mean_square(x, n)));
}

/// Return where in `pair` a stretch of `length` represents it best
static size_t
typical_place(const RemPair* const pair, const size_t length)
{
  size_t best          = 0U;
  double best_distance = INFINITY;
  for (size_t i = 0; i * length / STEPS + length <= pair->n; ++i) {
    const size_t begin = i * length / STEPS;
    const size_t after = pair->n - begin - length;
    if ((begin && begin < length) || (after && after < length)) {
      continue; // Would leave too little on that side
    }
    const double distance =
      level_distance(pair->input, pair->n, begin, length) +
      level_distance(pair->target, pair->n, begin, length);
    if (distance < best_distance) {
      best_distance = distance;
      best          = begin;
    }
  }
  return best;
}

/// Append samples [begin, end) of `pair` unless that is none
static void
add_training(RemSplit* const      split,
             const RemPair* const pair,
             const size_t         begin,
             const size_t         end)
{
  if (begin < end) {
    split->training[split->n_training++] = (RemStretch){pair, begin, end};
  }
}

RemStatus
rem_split_by_time(const RemRecording* const recording,
                  const double              fraction,
                  RemSplit* const           out,
                  RemError* const           error)
{
  const uint32_t  n_pairs = recording->n_pairs;
  const RemStatus st      = open_split(out, 2U * n_pairs, n_pairs, error);
  for (uint32_t i = 0; !st && i < n_pairs; ++i) {
    const RemPair* const pair = &recording->pairs[i];
    const double         most = REM_MAX_HELD_OUT_SECONDS * recording->rate;
    const size_t length       = (size_t)fmin(fraction * (double)pair->n, most);
    const size_t begin        = length ? typical_place(pair, length) : 0U;
    out->held_out[out->n_held_out++] =
      (RemStretch){pair, begin, begin + length};
    add_training(out, pair, 0U, begin);
    add_training(out, pair, begin + length, pair->n);
  }
  return st;
}

size_t
rem_stretches_length(const RemStretch* const stretches, const uint32_t n)
{
  size_t length = 0U;
  for (uint32_t i = 0; i < n; ++i) {
    length += stretches[i].end - stretches[i].begin;
  }
  return length;
}

void
rem_split_clear(RemSplit* const split)
{
  free(split->training);
  free(split->held_out);
  *split = (RemSplit){0U, NULL, 0U, NULL};
}
