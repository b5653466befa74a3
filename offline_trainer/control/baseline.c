// SPDX-License-Identifier: ISC

#include "offline_trainer/control/baseline.h"

#include "offline_trainer/control/autoregress.h"

#include <math.h>
#include <stdlib.h>

#define HALF_LOG_2PI 0.9189385332046727

/// Performances as a net sees them
typedef struct {
  const RemFrames* frames;
  RemVectors       z;       ///< What is continuous; its `z` is owned
  uint32_t         n_in;    ///< I
  float*           columns; ///< [events, I]; owned
} Encoded;

/// What a discrete dimension did in training
typedef struct {
  double n;                       ///< Events
  double n_same;                  ///< That left it as it was
  double counts[REM_MAX_CHOICES]; ///< Changes to each choice
} Habit;

/// A prediction of what is continuous: a mean for each event, one deviation
typedef struct {
  bool   repeats_dt;
  double dt_mean;
  double deviation[REM_MAX_FRAME];
} Repeat;

/// What both learned
typedef struct {
  RemAr  ar;
  Repeat repeat;
  Habit  habits[REM_MAX_DIMS];
} Learned;

static void
clear_encoded(Encoded* const encoded)
{
  free((void*)encoded->z.z);
  free(encoded->columns);
}

/// Encode performances; whether there was memory.  To be cleared in any case.
static bool
encode(const RemFrames* const frames,
       const RemTakes* const  takes,
       Encoded* const         out)
{
  const size_t   n       = takes->begins[takes->n_performances];
  const uint32_t n_in    = rem_frames_n_in(frames);
  const uint32_t n_z     = rem_frames_n_continuous(frames);
  float* const   z       = (float*)calloc(n ? n * n_z : 1U, sizeof(float));
  float* const   columns = (float*)calloc(n ? n * n_in : 1U, sizeof(float));

  *out = (Encoded){
    frames, {n_z, takes->n_performances, takes->begins, z}, n_in, columns};
  for (size_t t = 0U; z && columns && t < n; ++t) {
    const float* const frame = takes->frames + t * (1U + frames->n_dims);
    rem_frames_encode(frames, frame, columns + t * n_in);
    rem_frames_continuous(frames, columns + t * n_in, z + t * n_z);
  }
  return z && columns;
}

/// Return the place of the 1 among the columns of a choice
static uint32_t
one_hot(const float* const columns, const uint32_t n)
{
  uint32_t k = 0U;
  while (k + 1U < n && columns[k] < 0.5f) {
    ++k;
  }
  return k;
}

/// Return a discrete dimension's value as a place, from its columns
static uint32_t
place_of(const RemDim* const dim, const float* const columns)
{
  return dim->kind == REM_DIM_CHOICE ? one_hot(columns, dim->n_choices)
                                     : columns[0] >= 0.5f;
}

static uint32_t
width_of(const RemDim* const dim)
{
  return dim->kind == REM_DIM_CHOICE ? dim->n_choices : 1U;
}

/// Count what discrete dimensions do from one event to the next
static void
count_event(const RemFrames* const frames,
            const float*           before,
            const float*           next,
            Habit* const           habits)
{
  ++before; // Column 0 is dt
  ++next;
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    const RemDim* const dim = &frames->dims[d];
    if (dim->kind != REM_DIM_CONTINUOUS) {
      const uint32_t place = place_of(dim, next);
      const bool     same  = place == place_of(dim, before);
      habits[d].n += 1.0;
      habits[d].n_same += same;
      habits[d].counts[place] += !same;
    }
    before += width_of(dim);
    next += width_of(dim);
  }
}

/// Return -log of the probability that a dimension goes from `before` to `next`
static double
habit_nll(const RemDim* const dim,
          const Habit* const  habit,
          const uint32_t      before,
          const uint32_t      next)
{
  const double same   = (1.0 + habit->n_same) / (2.0 + habit->n);
  double       others = 0.0;
  if (next == before) {
    return -log(same);
  }
  if (dim->kind == REM_DIM_SWITCH) {
    return -log(1.0 - same);
  }
  for (uint32_t k = 0U; k < dim->n_choices; ++k) {
    others += k == before ? 0.0 : 1.0 + habit->counts[k];
  }
  return -log((1.0 - same) * (1.0 + habit->counts[next]) / others);
}

static double
discrete_nll(const RemFrames* const frames,
             const Habit* const     habits,
             const float*           before,
             const float*           next)
{
  double sum = 0.0;
  ++before;
  ++next;
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    const RemDim* const dim = &frames->dims[d];
    if (dim->kind != REM_DIM_CONTINUOUS) {
      sum +=
        habit_nll(dim, &habits[d], place_of(dim, before), place_of(dim, next));
    }
    before += width_of(dim);
    next += width_of(dim);
  }
  return sum;
}

/// Return how surprising z [C] is, or half the squared error for a linear head
static double
continuous_nll(const RemFrames* const frames,
               const double* const    mean,
               const double* const    deviation,
               const float* const     z)
{
  const uint32_t n   = rem_frames_n_continuous(frames);
  double         sum = 0.0;
  for (uint32_t c = 0U; c < n; ++c) {
    const double error  = (double)z[c] - mean[c];
    const double scaled = error / deviation[c];
    sum += frames->n_mixtures
             ? 0.5 * scaled * scaled + log(deviation[c]) + HALF_LOG_2PI
             : 0.5 * error * error;
  }
  return sum;
}

/// What is done to every event that has one before it
typedef void (*Visit)(void* handle, const Encoded*, size_t begin, size_t t);

static void
visit_all(const Encoded* const encoded, const Visit visit, void* const handle)
{
  for (size_t s = 0U; s < encoded->z.n_sequences; ++s) {
    const size_t begin = encoded->z.begins[s];
    for (size_t t = begin + 1U; t < encoded->z.begins[s + 1U]; ++t) {
      visit(handle, encoded, begin, t);
    }
  }
}

/// Sums over training
typedef struct {
  Learned* learned;
  double   n;
  double   dt_sum;
  double   dt_squares;
  double   squares[REM_MAX_FRAME]; ///< Of differences
} Sums;

static void
sum_event(void* const          handle,
          const Encoded* const encoded,
          const size_t         begin,
          const size_t         t)
{
  Sums* const        sums   = (Sums*)handle;
  const uint32_t     n      = encoded->z.n_columns;
  const float* const next   = encoded->z.z + t * n;
  const float* const before = next - n;
  (void)begin;
  for (uint32_t c = 0U; c < n; ++c) {
    const double d = (double)next[c] - (double)before[c];
    sums->squares[c] += d * d;
  }
  sums->n += 1.0;
  sums->dt_sum += (double)next[0];
  sums->dt_squares += (double)next[0] * (double)next[0];
  count_event(encoded->frames,
              encoded->columns + (t - 1U) * encoded->n_in,
              encoded->columns + t * encoded->n_in,
              sums->learned->habits);
}

/// Learn deviations; a smaller one of dt means that it is likelier
static void
learn_repeat(const Sums* const sums, const Encoded* const train)
{
  Repeat* const repeat = &sums->learned->repeat;
  const double  floor  = (double)train->frames->floor;
  const double  n      = fmax(1.0, sums->n);
  for (uint32_t c = 0U; c < train->z.n_columns; ++c) {
    repeat->deviation[c] = fmax(floor, sqrt(sums->squares[c] / n));
  }
  repeat->dt_mean = sums->dt_sum / n;
  const double variance =
    fmax(0.0, sums->dt_squares / n - repeat->dt_mean * repeat->dt_mean);
  const double around_mean = fmax(floor, sqrt(variance));
  repeat->repeats_dt       = repeat->deviation[0] < around_mean;
  repeat->deviation[0]     = fmin(repeat->deviation[0], around_mean);
}

static bool
learn(const Encoded* const train, Learned* const out)
{
  Sums sums = {out, 0.0, 0.0, 0.0, {0.0}};
  visit_all(train, sum_event, &sums);
  learn_repeat(&sums, train);
  return rem_ar_fit(
    &train->z, REM_AR_MAX_ORDER, (double)train->frames->floor, &out->ar);
}

/// A measurement under way
typedef struct {
  const Learned* learned;
  RemBaselines*  out; ///< Sums until the end
} Measure;

static void
measure_event(void* const          handle,
              const Encoded* const encoded,
              const size_t         begin,
              const size_t         t)
{
  const Measure* const measure             = (const Measure*)handle;
  const Learned* const learned             = measure->learned;
  const Repeat* const  repeat              = &learned->repeat;
  const uint32_t       n                   = encoded->z.n_columns;
  const float* const   z                   = encoded->z.z + t * n;
  double               mean[REM_MAX_FRAME] = {0.0};
  double               row[1U + REM_AR_MAX_ORDER * REM_MAX_FRAME];
  const double         discrete =
    discrete_nll(encoded->frames,
                 learned->habits,
                 encoded->columns + (t - 1U) * encoded->n_in,
                 encoded->columns + t * encoded->n_in);
  for (uint32_t c = 0U; c < n; ++c) {
    mean[c] =
      c || repeat->repeats_dt ? (double)z[(ptrdiff_t)c - n] : repeat->dt_mean;
  }
  measure->out->repeat_nll +=
    discrete + continuous_nll(encoded->frames, mean, repeat->deviation, z);
  rem_ar_predict(&learned->ar, &encoded->z, begin, t, row, mean);
  measure->out->ar_nll +=
    discrete + continuous_nll(encoded->frames, mean, learned->ar.deviation, z);
  measure->out->discrete_nll += discrete;
  ++measure->out->n_events;
}

static bool
compute(const RemFrames* const frames,
        const RemTakes* const  train,
        const RemTakes* const  val,
        Learned* const         learned,
        RemBaselines* const    out)
{
  Encoded    seen    = {NULL, {0U, 0U, NULL, NULL}, 0U, NULL};
  Encoded    unseen  = seen;
  Measure    measure = {learned, out};
  const bool ok      = learned && encode(frames, train, &seen) &&
                  encode(frames, val, &unseen) && learn(&seen, learned);
  if (ok) {
    visit_all(&unseen, measure_event, &measure);
    const double n    = (double)out->n_events;
    out->repeat_nll   = out->repeat_nll / n; // NaN without an event
    out->ar_nll       = out->ar_nll / n;
    out->discrete_nll = out->discrete_nll / n;
    out->repeats_dt   = learned->repeat.repeats_dt;
    out->ar_order     = learned->ar.order;
  }
  clear_encoded(&seen);
  clear_encoded(&unseen);
  return ok;
}

RemStatus
rem_baselines(const RemFrames* const frames,
              const RemTakes* const  train,
              const RemTakes* const  val,
              RemBaselines* const    out,
              RemError* const        error)
{
  Learned* const learned = (Learned*)calloc(1, sizeof(Learned));
  *out                   = (RemBaselines){.n_events = 0U};
  const bool ok          = compute(frames, train, val, learned, out);
  if (learned) {
    rem_ar_clear(&learned->ar);
  }
  free(learned);
  return ok ? REM_SUCCESS
            : rem_fail(
                error, REM_NO_MEMORY, NULL, "Out of memory for the baselines");
}
