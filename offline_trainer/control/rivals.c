// SPDX-License-Identifier: ISC

#include "offline_trainer/control/rivals.h"

#include <math.h>
#include <stdlib.h>

#define HALF_LOG_2PI 0.9189385332046727
#define LEAST_SCALE 1e-3 ///< Of a column that never moves

/// Set one row: what is seen, and what is to be said of it
static void
add_event(const RemFrames* const frames,
          const float* const     before,
          const float* const     next,
          float* const           x,
          float* const           target)
{
  float          columns[REM_MAX_FRAME_IN], old[REM_MAX_FRAME];
  const uint32_t n = rem_frames_n_continuous(frames);
  rem_frames_encode(frames, before, x);
  rem_frames_continuous(frames, x, old);
  rem_frames_encode(frames, next, columns);
  rem_frames_continuous(frames, columns, target);
  for (uint32_t c = 1U; c < n; ++c) {
    target[c] -= old[c]; // Column 0 is dt
  }
}

/// Set all rows; false without memory
static bool
encode(const RemFrames* const frames,
       const RemTakes* const  takes,
       RemFrameSet* const     out)
{
  const size_t   width = 1U + (size_t)frames->n_dims;
  const uint32_t n_in  = rem_frames_n_in(frames);
  const uint32_t n_z   = rem_frames_n_continuous(frames);
  const size_t   n     = takes->begins[takes->n_performances] + 1U;
  size_t* const  begins =
    (size_t*)calloc(takes->n_performances + 1U, sizeof(*begins));
  float* const x   = (float*)calloc(n * n_in, sizeof(float));
  float* const z   = (float*)calloc(n * n_z, sizeof(float));
  size_t       row = 0U;
  *out = (RemFrameSet){n_in, n_z, n_z, takes->n_performances, begins, x, z};
  for (size_t p = 0U; begins && x && z && p < takes->n_performances; ++p) {
    for (size_t t = takes->begins[p] + 1U; t < takes->begins[p + 1U]; ++t) {
      const float* const frame = takes->frames + t * width;
      add_event(frames, frame - width, frame, x + row * n_in, z + row * n_z);
      ++row;
    }
    begins[p + 1U] = row;
  }
  return begins && x && z;
}

/// Divide the targets of a set by `scale`
static void
divide(const RemFrameSet* const set, const double* const scale)
{
  float* const z = (float*)set->targets;
  for (size_t t = 0U; t < rem_frame_set_n(set); ++t) {
    for (uint32_t c = 0U; c < set->n_out; ++c) {
      z[t * set->n_out + c] /= (float)scale[c];
    }
  }
}

bool
rem_control_contest_open(const RemFrames* const   frames,
                         const RemTakes* const    training,
                         const RemTakes* const    tested,
                         RemControlContest* const out)
{
  *out            = (RemControlContest){.frames = frames};
  const bool made = encode(frames, training, &out->training) &&
                    encode(frames, tested, &out->tested);
  for (uint32_t c = 0U; made && c < out->training.n_out; ++c) {
    const size_t n   = rem_frame_set_n(&out->training);
    double       sum = 0.0;
    for (size_t t = 0U; t < n; ++t) {
      const float z = out->training.targets[t * out->training.n_out + c];
      sum += (double)z * (double)z;
    }
    out->scale[c] = fmax(LEAST_SCALE, sqrt(sum / fmax(1.0, (double)n)));
  }
  if (made) {
    divide(&out->training, out->scale);
    divide(&out->tested, out->scale);
  }
  return made;
}

void
rem_control_contest_clear(RemControlContest* const contest)
{
  rem_frame_set_clear(&contest->training);
  rem_frame_set_clear(&contest->tested);
  *contest = (RemControlContest){.frames = NULL};
}

/// Set `squares` [C] to the mean squared errors on a set; false without memory
static bool
measure(const RemControlContest* const contest,
        const RemRival* const          rival,
        const RemFrameSet* const       set,
        double* const                  squares)
{
  const size_t n    = rem_frame_set_n(set);
  const size_t n_z  = set->n_out;
  float* const y    = (float*)calloc(n * n_z + 1U, sizeof(float));
  const bool   made = y && rem_rival_play(rival, set, y);
  for (uint32_t c = 0U; c < n_z; ++c) {
    squares[c] = 0.0;
    for (size_t t = 0U; made && t < n; ++t) {
      const double e = contest->scale[c] * ((double)y[t * n_z + c] -
                                            (double)set->targets[t * n_z + c]);
      squares[c] += e * e / (double)n;
    }
  }
  free(y);
  return made;
}

double
rem_control_contest_nll(const RemControlContest* const contest,
                        const RemRival* const          rival)
{
  const double floor                = (double)contest->frames->floor;
  double       known[REM_MAX_FRAME] = {0.0}, squares[REM_MAX_FRAME] = {0.0};
  double       sum = 0.0;
  if (!rem_frame_set_n(&contest->tested) ||
      !measure(contest, rival, &contest->training, known) ||
      !measure(contest, rival, &contest->tested, squares)) {
    return (double)NAN;
  }
  for (uint32_t c = 0U; c < contest->tested.n_out; ++c) {
    const double s = fmax(floor, sqrt(known[c]));
    sum += contest->frames->n_mixtures
             ? 0.5 * squares[c] / (s * s) + log(s) + HALF_LOG_2PI
             : 0.5 * squares[c];
  }
  return sum;
}
