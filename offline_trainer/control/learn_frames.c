// SPDX-License-Identifier: ISC

#include "offline_trainer/control/learn_frames.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_SCALE (1.0 / 127.0) ///< Of a dimension
#define LEAST_DT_SCALE 0.1        ///< Of log dt
#define USUAL 0.999               ///< Part of all dt below the longest
#define LONGEST 86400.0f          ///< Of dt: more is a clock that was set
#define MIDI_STEPS 127.0f         ///< Of 0 to 1, in a controller's 7 bits
#define OFF_STEP 1e-3f            ///< Parts of a step that logs round by
#define SAME 1e-6f                ///< Values nearer than this are one choice

/// Return whether frame `i` is the first of a performance; `p` goes along
static bool
is_first(const RemPerformances* const all, const size_t i, size_t* const p)
{
  const bool first = i == all->begins[*p];
  *p += first;
  return first;
}

static int
compare_floats(const void* const a, const void* const b)
{
  const float x = *(const float*)a, y = *(const float*)b;
  return (x > y) - (x < y);
}

/// Set mean and deviation of log dt, and the longest dt; `values` is scratch,
/// one for each frame
static void
learn_dt(const RemPerformances* const all,
         float* const                 values,
         RemFrames* const             out)
{
  const size_t row   = (size_t)1U + all->n_dims;
  const double n     = (double)rem_performances_n_events(all);
  size_t       place = 0U;
  double       sum = 0.0, square = 0.0;
  size_t       n_values = 0U;
  for (size_t i = 0U; i < all->begins[all->n]; ++i) {
    if (!is_first(all, i, &place)) {
      const float  dt     = fmaxf(all->frames[i * row], REM_MIN_DT);
      const double log_dt = log((double)dt);
      values[n_values++]  = dt;
      sum += log_dt;
      square += log_dt * log_dt;
    }
  }
  const double mean = sum / n;
  out->dt_offset    = (float)mean;
  out->dt_scale =
    (float)fmax(sqrt(fmax(square / n - mean * mean, 0.0)), LEAST_DT_SCALE);
  qsort(values, n_values, sizeof(float), compare_floats);
  out->dt_maximum =
    fminf(values[(size_t)ceil((double)n_values * USUAL) - 1U], LONGEST);
}

/// Set mean and deviation of dimension `d`
static void
learn_scale(const RemPerformances* const all,
            const uint32_t               d,
            RemDim* const                out)
{
  const size_t row = (size_t)1U + all->n_dims;
  const size_t n   = all->begins[all->n];
  double       sum = 0.0, square = 0.0;
  for (size_t i = 0U; i < n; ++i) {
    sum += (double)all->frames[i * row + 1U + d];
  }
  const double mean = sum / (double)n;
  for (size_t i = 0U; i < n; ++i) {
    const double x = (double)all->frames[i * row + 1U + d] - mean;
    square += x * x;
  }
  out->offset = (float)mean;
  out->scale  = (float)fmax(sqrt(square / (double)n), LEAST_SCALE);
}

/// Set the choices of dimension `d` to the values that occur, as far as there
/// is room; return how many there are
static size_t
learn_choices(const RemPerformances* const all,
              const uint32_t               d,
              float* const                 values,
              RemDim* const                out)
{
  const size_t row  = (size_t)1U + all->n_dims;
  const size_t n    = all->begins[all->n];
  size_t       kept = 0U;
  for (size_t i = 0U; i < n; ++i) {
    values[i] = all->frames[i * row + 1U + d];
  }
  qsort(values, n, sizeof(float), compare_floats);
  for (size_t i = 0U; i < n; ++i) {
    if (!kept || values[i] - values[kept - 1U] > SAME) {
      values[kept++] = values[i];
    }
  }
  for (size_t k = 0U; k < kept && k < REM_MAX_CHOICES; ++k) {
    out->choices[k] = values[k];
  }
  out->n_choices = (uint32_t)kept;
  return kept;
}

/// Return the step of MIDI if all of `values` [n] stand on one, else 0
static float
step_of(const float* const values, const size_t n)
{
  for (size_t i = 0U; i < n; ++i) {
    const float steps = values[i] * MIDI_STEPS;
    if (fabsf(steps - roundf(steps)) > OFF_STEP) {
      return 0.0f;
    }
  }
  return 1.0f / MIDI_STEPS;
}

/// Learn one dimension; `values` is scratch, one for each frame
static RemStatus
learn_dim(const RemPerformances* const all,
          const uint32_t               d,
          const RemKindWish            wish,
          float* const                 values,
          RemDim* const                out,
          RemError* const              error)
{
  const size_t n        = learn_choices(all, d, values, out);
  const bool   switches = n == 2U && values[0] == 0.0f && values[1] == 1.0f;
  if (wish == REM_KIND_CHOICE && (n < 2U || n > REM_MAX_CHOICES)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "Dimension %u takes %zu values, but a choice is one of 2"
                    " to %u",
                    d + 1U,
                    n,
                    REM_MAX_CHOICES);
  }
  out->kind = wish == REM_KIND_CHOICE ? REM_DIM_CHOICE : REM_DIM_CONTINUOUS;
  if (wish == REM_KIND_SWITCH || (wish == REM_KIND_BY_VALUES && switches)) {
    out->kind = REM_DIM_SWITCH;
  }
  if (out->kind != REM_DIM_CHOICE) {
    out->n_choices = 0U;
  }
  out->step = out->kind == REM_DIM_CONTINUOUS ? step_of(values, n) : 0.0f;
  learn_scale(all, d, out);
  return REM_SUCCESS;
}

RemStatus
rem_frames_learn(const RemPerformances* const training,
                 const RemKindWish* const     wishes,
                 const uint32_t               n_mixtures,
                 RemFrames* const             out,
                 RemError* const              error)
{
  float* const values =
    (float*)malloc(training->begins[training->n] * sizeof(float));
  RemStatus st = REM_SUCCESS;
  if (!values) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for performances");
  }
  rem_frames_init(out, training->n_dims, n_mixtures);
  learn_dt(training, values, out);
  for (uint32_t d = 0U; !st && d < training->n_dims; ++d) {
    st = learn_dim(training, d, wishes[d], values, &out->dims[d], error);
  }
  free(values);
  return st ? st : rem_frames_check(out, error);
}
