// SPDX-License-Identifier: ISC

#include "offline_trainer/data/align.h"

#include "offline_trainer/data/causal_fit.h"
#include "offline_trainer/data/correlate.h"
#include "offline_trainer/data/whiten.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_MIN 2048U                ///< Fewer samples say nothing
#define N_COARSE ((size_t)1 << 22) ///< Samples that the coarse search sees
#define N_FINE ((size_t)1 << 20)   ///< Samples that the fine search sees
#define EARLIEST (-64)             ///< Onsets looked for, from the coarse peak
#define N_ONSETS 73U ///< To 8 samples behind it: responses begin before peaks
#define N_LAGS 176U  ///< The device's memory that fits get to see
#define N_BEFORE 8   ///< Gains that an onset has to rise above
#define MARGIN 3     ///< Samples given away if the onset is unsure
#define SHARP_ONSET 0.5 ///< First gain by the highest that leaves no doubt
#define FAR_PEAK 64     ///< A peak this far out is latency for sure
#define EARLY 16        ///< Samples by which a mere peak is distrusted
#define CLEAR_ONSET 4.0 ///< Rise that counts as confident
#define PART_SECONDS 5  ///< Length of a part that votes
#define MAX_PARTS 24U   ///< Most parts that vote
#define MIN_VOTES 3U    ///< Fewer that agree say nothing
#define CLEAR_PEAK 2.5f ///< Coarse peak by the highest far from it

/// Two signals of equal length, owned
typedef struct {
  float* x;
  float* y;
  size_t n;
} Signals;

/// A place in a stretch of gains
typedef struct {
  int32_t lag;
  double  rise;  ///< Its gain by what came before it
  double  share; ///< Its gain by the highest of those that follow
  double  total; ///< Of all gains: what the input explains by what it does not
} Onset;

static void
clear(Signals* const s)
{
  free(s->x);
  free(s->y);
  memset(s, 0, sizeof(*s));
}

/// Find the highest peak, and whether it stands out from what is far from it
static int32_t
find_peak(const float* const c, const uint32_t max_lag, bool* const clear_peak)
{
  const int32_t n    = 2 * (int32_t)max_lag + 1;
  int32_t       peak = (int32_t)max_lag;
  float         far  = 0.0f;
  for (int32_t i = 0; i < n; ++i) {
    peak = fabsf(c[i]) > fabsf(c[peak]) ? i : peak;
  }
  for (int32_t i = 0; i < n; ++i) {
    far = abs(i - peak) > 200 ? fmaxf(far, fabsf(c[i])) : far;
  }
  *clear_peak = fabsf(c[peak]) > CLEAR_PEAK * far;
  return peak - (int32_t)max_lag;
}

/// Return where the loudest stretch of `length` samples begins, roughly
static size_t
find_loudest(const float* const x, const size_t n, const size_t length)
{
  const size_t step = length / 4U + 1U;
  double       most = -1.0;
  size_t       best = 0;
  for (size_t begin = 0; begin + length <= n; begin += step) {
    const double energy = rem_dot_lagged(x + begin, x + begin, length, 0);
    if (energy > most) {
      most = energy;
      best = begin;
    }
  }
  return best;
}

/// Copy differences of at most n_max samples, the target `latency` later
static RemStatus
take(const float* const input,
     const float* const target,
     const size_t       n,
     const int32_t      latency,
     const size_t       n_max,
     Signals* const     out)
{
  const size_t x_at   = latency < 0 ? (size_t)-latency : 0U;
  const size_t y_at   = latency > 0 ? (size_t)latency : 0U;
  const size_t n_both = n - x_at - y_at;
  out->n              = n_both < n_max ? n_both : n_max;
  const size_t at     = find_loudest(target + y_at, n_both, out->n);
  out->x              = rem_difference(input + x_at + at, out->n);
  out->y              = rem_difference(target + y_at + at, out->n);
  return out->x && out->y ? REM_SUCCESS : REM_NO_MEMORY;
}

/// Find the lag of the device's strongest response, and its sign
static RemStatus
search_coarse(const Signals* const s,
              const size_t         reach,
              const uint32_t       max_lag,
              RemAlignment* const  out)
{
  float* const c  = (float*)calloc(2U * (size_t)max_lag + 1U, sizeof(float));
  RemStatus    st = REM_NO_MEMORY;
  if (c && !(st = rem_even_out(s->x, s->n, reach, s->x, NULL)) &&
      !(st = rem_even_out(s->y, s->n, reach, s->y, NULL))) {
    rem_whiten(s->x, s->n);
    rem_whiten(s->y, s->n);
    st = rem_correlate(s->x, s->y, s->n, max_lag, c);
  }
  if (!st) {
    out->latency  = find_peak(c, max_lag, &out->confident);
    out->inverted = c[out->latency + (int32_t)max_lag] < 0.0f;
  }
  free(c);
  return st;
}

static double
highest(const double* const gain, const uint32_t begin, const uint32_t end)
{
  double top = 0.0;
  for (uint32_t i = begin; i < end; ++i) {
    top = fmax(top, gain[i]);
  }
  return top;
}

static double
sum(const double* const gain)
{
  double total = 0.0;
  for (uint32_t i = 0; i < N_LAGS; ++i) {
    total += gain[i];
  }
  return total;
}

/// Return how far gain `i` rises above the eight before `onset`
static double
rise_at(const double* const gain, const uint32_t i, const uint32_t onset)
{
  const double before = highest(gain, onset - N_BEFORE, onset);
  const double top    = highest(gain, 0U, N_LAGS);
  return gain[i] / (before + 0.01 * top + 1e-9);
}

/// Find where two stretches of gains rise most.  From there walk back while
/// the rise is still plain: a low-pass makes a small first sample.
static Onset
find_onset(const double* const a, const double* const b)
{
  double   gain[N_LAGS];
  double   rise[N_LAGS] = {0.0};
  uint32_t best         = N_BEFORE;
  for (uint32_t i = 0; i < N_LAGS; ++i) {
    gain[i] = sqrt(a[i] * b[i]);
  }
  for (uint32_t i = N_BEFORE; i < N_ONSETS; ++i) {
    rise[i] = sqrt(rise_at(a, i, i) * rise_at(b, i, i));
    best    = rise[i] > rise[best] ? i : best;
  }

  uint32_t at = best;
  while (at > N_BEFORE && rise[at - 1U] >= 2.5 &&
         gain[at - 1U] >= 0.05 * gain[at]) {
    --at;
  }
  const double after = highest(gain, at, at + N_BEFORE) + 1e-30;
  return (Onset){EARLIEST + (int32_t)at,
                 sqrt(rise_at(a, best, at) * rise_at(b, best, at)),
                 gain[at] / after,
                 sum(a) + sum(b)};
}

/// Find the onset of the response in signals aligned by the coarse search.
/// Loud and quiet passages vote, then all alike: what both say counts.
static RemStatus
search_fine(const Signals* const s, const size_t reach, Onset* const out)
{
  double    loud[N_LAGS];
  double    even[N_LAGS];
  RemStatus st = REM_SUCCESS;
  if ((st = rem_causal_fit(s->x, s->y, s->n, EARLIEST, N_LAGS, loud)) ||
      (st = rem_even_out(s->y, s->n, reach, s->x, s->y)) ||
      (st = rem_causal_fit(s->x, s->y, s->n, EARLIEST, N_LAGS, even))) {
    return st;
  }
  *out = find_onset(loud, even);
  return REM_SUCCESS;
}

/// Return the latency to take out, given where the response begins
static int32_t
choose_latency(const Onset* const onset)
{
  const int32_t margin  = onset->share >= SHARP_ONSET ? 0 : MARGIN;
  const int32_t latency = onset->lag - margin;
  return onset->lag >= 0 && latency < 0 ? 0 : latency;
}

/// Fill `out` from the coarse search, which is there already, and the fine one
static void
decide(Onset onset, RemAlignment* const out)
{
  const int32_t peak       = out->latency;
  const bool    clear_peak = out->confident;
  onset.lag += peak;
  out->confidence = (float)(onset.rise / (onset.rise + CLEAR_ONSET));
  out->confident  = out->related &&
                   onset.rise >= (clear_peak ? CLEAR_ONSET : 2.0 * CLEAR_ONSET);
  if (out->confident) {
    out->latency = choose_latency(&onset);
  } else {
    out->latency = clear_peak && abs(peak) > FAR_PEAK ? peak - EARLY : 0;
  }
}

/// Align [n] samples as one
static RemStatus
align_whole(const float* const  input,
            const float* const  target,
            const size_t        n,
            const uint32_t      rate,
            const uint32_t      max_latency,
            RemAlignment* const out)
{
  memset(out, 0, sizeof(*out));
  const uint32_t max_lag =
    max_latency < n / 4U ? max_latency : (uint32_t)(n / 4U);
  Signals   s     = {NULL, NULL, 0U};
  Onset     onset = {0, 0.0, 0.0, 0.0};
  RemStatus st    = take(input, target, n, 0, N_COARSE, &s);
  if (!st) {
    st = search_coarse(&s, rate / 96U + 1U, max_lag, out);
  }
  clear(&s);
  if (!st && !(st = take(input, target, n, out->latency, N_FINE, &s))) {
    st = search_fine(&s, rate / 24U + 1U, &onset);
  }
  clear(&s);
  if (st == REM_NO_MEMORY) { // Any other says that no fit was possible
    return st;
  }

  // Each of the lags of each of two fits explains 1 / n by chance
  const double chance = 2.0 * N_LAGS / (double)(n < N_FINE ? n : N_FINE);
  out->related        = onset.total > 3.0 * chance;
  decide(onset, out);
  return REM_SUCCESS;
}

/// Return how many of [n] parts are sure of `latency`
static uint32_t
count_votes(const RemAlignment* const parts,
            const uint32_t            n,
            const int32_t             latency)
{
  uint32_t votes = 0U;
  for (uint32_t i = 0; i < n; ++i) {
    votes += parts[i].confident && parts[i].latency == latency;
  }
  return votes;
}

/// Take the latency that most of the parts that are sure agree on, the earlier
/// of two equals; without a majority of three nothing changes
static void
elect(const RemAlignment* const parts,
      const uint32_t            n,
      RemAlignment* const       out)
{
  uint32_t most   = 0U;
  uint32_t n_sure = 0U;
  uint32_t winner = 0U;
  for (uint32_t i = 0; i < n; ++i) {
    const int32_t  latency = parts[i].latency;
    const uint32_t votes   = count_votes(parts, n, latency);
    const bool     earlier = latency < parts[winner].latency;
    n_sure += parts[i].confident;
    if (votes > most || (votes == most && earlier)) {
      most   = votes;
      winner = i;
    }
  }
  if (most >= MIN_VOTES && 2U * most > n_sure) {
    *out            = parts[winner];
    out->confidence = (float)most / (float)n_sure;
  }
}

/// Let parts of a long recording vote: takes at many levels, or talk between
/// them, can hide an onset in the whole that most parts show
static RemStatus
ask_parts(const float* const  input,
          const float* const  target,
          const size_t        n,
          const uint32_t      rate,
          const uint32_t      max_latency,
          RemAlignment* const out)
{
  RemAlignment   parts[MAX_PARTS];
  const size_t   length  = (size_t)PART_SECONDS * rate;
  const size_t   n_fit   = n / length;
  const uint32_t n_parts = n_fit < MAX_PARTS ? (uint32_t)n_fit : MAX_PARTS;

  for (uint32_t i = 0; i < n_parts; ++i) {
    const size_t    at = i * (n / n_parts);
    const RemStatus st = align_whole(
      input + at, target + at, length, rate, max_latency, &parts[i]);
    if (st) {
      return st;
    }
  }
  elect(parts, n_parts, out);
  return REM_SUCCESS;
}

RemStatus
rem_align(const float* const  input,
          const float* const  target,
          const size_t        n,
          const uint32_t      rate,
          const uint32_t      max_latency,
          RemAlignment* const out,
          RemError* const     error)
{
  memset(out, 0, sizeof(*out));
  if (n < N_MIN) {
    return REM_SUCCESS;
  }

  RemStatus st = align_whole(input, target, n, rate, max_latency, out);
  if (!st && !out->confident) {
    st = ask_parts(input, target, n, rate, max_latency, out);
  }
  return st ? rem_fail(error, st, NULL, "No memory to align %zu samples", n)
            : REM_SUCCESS;
}
