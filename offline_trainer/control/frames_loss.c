// SPDX-License-Identifier: ISC

#include "offline_trainer/control/frames_loss.h"

#include "offline_trainer/control/quick.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define HALF_LOG_2PI 0.9189385332046727f
#define MAX_TERMS (REM_MAX_MIXTURES * REM_MAX_FRAME) ///< M C

RemFramesLoss
rem_frames_loss(const RemFrames* const frames)
{
  RemFramesLoss loss   = {.n_in       = rem_frames_n_in(frames),
                          .n_out      = rem_frames_n_out(frames),
                          .n_mixtures = frames->n_mixtures,
                          .residual   = frames->residual,
                          .floor      = frames->floor};
  uint32_t      column = 1U; // After dt
  loss.n_continuous    = 1U;
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    const RemDim* const dim = &frames->dims[d];
    const uint32_t width    = dim->kind == REM_DIM_CHOICE ? dim->n_choices : 1U;
    if (dim->kind == REM_DIM_CONTINUOUS) {
      loss.continuous[loss.n_continuous++] = column;
    } else {
      loss.discrete[loss.n_discrete++] = (RemDiscrete){column, width};
    }
    column += width;
  }
  return loss;
}

/// Set z [C] to the continuous part of the next frame, less what means are
/// offsets from
static void
aim(const RemFramesLoss* const loss,
    const float* const         before,
    const float* const         next,
    float* const               z)
{
  z[0] = next[0];
  for (uint32_t c = 1U; c < loss->n_continuous; ++c) {
    const uint32_t column = loss->continuous[c];
    z[c] = next[column] - (loss->residual ? before[column] : 0.0f);
  }
}

/// Numbers of every mixture and column, mixture by mixture: [M C]
typedef struct {
  float z[MAX_TERMS];       ///< Target, M times
  float d[MAX_TERMS];       ///< (z - m) / s
  float inverse[MAX_TERMS]; ///< 1 / s
  float slope[MAX_TERMS];   ///< d log s / draw
  float q[MAX_TERMS];       ///< -log N
} Terms;

/// Work out `terms` but for z
static void
spread(const float* const restrict mean,
       const float* const restrict raw,
       const float    floor,
       const uint32_t n,
       Terms* const restrict terms)
{
  for (uint32_t k = 0U; k < n; ++k) {
    terms->slope[k] = quick_hold(raw[k], REM_MDN_MAX_RAW);
  }
  for (uint32_t k = 0U; k < n; ++k) {
    const float e     = quick_exp(terms->slope[k]);
    const float s     = floor + e;
    const float by    = 1.0f / s;
    const float d     = (terms->z[k] - mean[k]) * by;
    terms->inverse[k] = by;
    terms->slope[k]   = e * by;
    terms->d[k]       = d;
    terms->q[k]       = 0.5f * d * d + quick_log(s) + HALF_LOG_2PI;
  }
}

/// Set p [n] to softmax(y); return log sum exp(y)
static float
soften(const float* const y, const uint32_t n, float* const p)
{
  float largest = y[0];
  float sum     = 0.0f;
  for (uint32_t j = 1U; j < n; ++j) {
    largest = y[j] > largest ? y[j] : largest;
  }
  for (uint32_t j = 0U; j < n; ++j) {
    p[j] = quick_hold(y[j] - largest, 0.0f);
  }
  for (uint32_t j = 0U; j < n; ++j) {
    p[j] = quick_exp(p[j]);
  }
  for (uint32_t j = 0U; j < n; ++j) {
    sum += p[j];
  }
  for (uint32_t j = 0U; j < n; ++j) {
    p[j] /= sum;
  }
  return largest + quick_log(sum);
}

/// Set the gradient of one mixture's means and raw deviations, `r` of all
static void
pull(const Terms* const terms,
     const size_t       at,
     const uint32_t     n,
     const float        r,
     float* const restrict d_mean,
     float* const restrict d_raw)
{
  for (size_t k = at; k < at + n; ++k) {
    const float d  = terms->d[k];
    const float by = terms->inverse[k];
    d_mean[k]      = -r * d * by;
    d_raw[k]       = r * (1.0f - d * d) * terms->slope[k];
  }
}

/// The mixture, which stands first in y
static double
mix(const RemFramesLoss* const loss,
    const float* const         z,
    const float* const         y,
    const float                weight,
    float* const               dy)
{
  const uint32_t m_end = loss->n_mixtures;
  const uint32_t c_end = loss->n_continuous;
  const uint32_t n     = m_end * c_end;
  Terms          terms;
  float          share[REM_MAX_MIXTURES] = {0.0f};
  float          prior[REM_MAX_MIXTURES];
  for (uint32_t m = 0U; m < m_end; ++m) {
    memcpy(terms.z + (size_t)m * c_end, z, c_end * sizeof(float));
  }
  spread(y + m_end, y + m_end + n, loss->floor, n, &terms);
  for (uint32_t m = 0U; m < m_end; ++m) {
    float sum = 0.0f;
    for (uint32_t k = m * c_end; k < (m + 1U) * c_end; ++k) {
      sum += terms.q[k];
    }
    share[m] = y[m] - sum;
  }
  const float all  = soften(y, m_end, prior);
  const float seen = soften(share, m_end, share);
  for (uint32_t m = 0U; m < m_end; ++m) {
    dy[m] = weight * (prior[m] - share[m]);
    pull(&terms,
         (size_t)m * c_end,
         c_end,
         weight * share[m],
         dy + m_end,
         dy + m_end + n);
  }
  return (double)all - (double)seen;
}

/// The head that guesses one value for each column
static double
guess(const float* const z,
      const float* const y,
      const uint32_t     n,
      const float        weight,
      float* const       dy)
{
  double sum = 0.0;
  for (uint32_t c = 0U; c < n; ++c) {
    const float d = y[c] - z[c];
    dy[c]         = weight * d;
    sum += 0.5 * (double)d * (double)d;
  }
  return sum;
}

/// A switch: one logit
static double
throw_switch(const float y, const bool on, const float weight, float* const dy)
{
  const float x = on ? -y : y; // The loss is log(1 + exp(x))
  const float e = quick_exp(quick_hold(-fabsf(x), 0.0f));
  const float p = (x > 0.0f ? 1.0f : e) / (1.0f + e);
  *dy           = on ? -weight * p : weight * p;
  return (double)(x > 0.0f ? x : 0.0f) + log1p((double)e);
}

/// A choice: [n] logits and the columns that tell the right one
static double
choose(const float* const y,
       const float* const columns,
       const uint32_t     n,
       const float        weight,
       float* const       dy)
{
  const float all  = soften(y, n, dy);
  double      loss = 0.0;
  for (uint32_t k = 0U; k < n; ++k) {
    const bool right = columns[k] >= 0.5f;
    loss += right ? (double)all - (double)y[k] : 0.0;
    dy[k] = weight * (dy[k] - (right ? 1.0f : 0.0f));
  }
  return loss;
}

double
rem_frames_loss_gradient(const RemFramesLoss* const loss,
                         const float* const         y,
                         const float* const         before,
                         const float* const         next,
                         const float                weight,
                         float* const               dy)
{
  const uint32_t n_c    = loss->n_continuous;
  const uint32_t n_head = loss->n_mixtures * (1U + 2U * n_c);
  uint32_t       at     = loss->n_mixtures ? n_head : n_c;
  float          z[REM_MAX_FRAME];
  aim(loss, before, next, z);
  double sum = loss->n_mixtures ? mix(loss, z, y, weight, dy)
                                : guess(z, y, n_c, weight, dy);
  for (uint32_t i = 0U; i < loss->n_discrete; ++i) {
    const RemDiscrete* const part = &loss->discrete[i];
    const float* const       x    = next + part->column;
    sum += part->width == 1U
             ? throw_switch(y[at], x[0] >= 0.5f, weight, dy + at)
             : choose(y + at, x, part->width, weight, dy + at);
    at += part->width;
  }
  return sum;
}
