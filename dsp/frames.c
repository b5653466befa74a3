// SPDX-License-Identifier: ISC

#include "dsp/frames.h"

#include "dsp/head/softmax.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/// Return how many columns a dimension takes
REM_RT static uint32_t
width_of(const RemDim* const dim)
{
  return dim->kind == REM_DIM_CHOICE ? dim->n_choices : 1U;
}

/// Return the mixture that stands first in y
REM_RT static RemMdn
mixture_of(const RemFrames* const frames)
{
  return (RemMdn){
    frames->n_mixtures, rem_frames_n_continuous(frames), frames->floor};
}

/// Return the length of what stands before the logits of the discrete in y
REM_RT static uint32_t
n_head(const RemFrames* const frames)
{
  const RemMdn mdn = mixture_of(frames);
  return mdn.n_mixtures ? rem_mdn_size(&mdn) : mdn.n_columns;
}

REM_RT uint32_t
rem_frames_n_in(const RemFrames* const frames)
{
  uint32_t n = 1U;
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    n += width_of(&frames->dims[d]);
  }
  return n;
}

REM_RT uint32_t
rem_frames_n_continuous(const RemFrames* const frames)
{
  uint32_t n = 1U;
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    n += frames->dims[d].kind == REM_DIM_CONTINUOUS;
  }
  return n;
}

REM_RT uint32_t
rem_frames_n_out(const RemFrames* const frames)
{
  return n_head(frames) + rem_frames_n_in(frames) -
         rem_frames_n_continuous(frames);
}

REM_RT uint32_t
rem_dim_choice(const RemDim* const dim, const float x)
{
  uint32_t best = 0U;
  for (uint32_t k = 1U; k < dim->n_choices; ++k) {
    best =
      fabsf(x - dim->choices[k]) < fabsf(x - dim->choices[best]) ? k : best;
  }
  return best;
}

REM_RT void
rem_frames_encode(const RemFrames* const frames,
                  const float* const     frame,
                  float* const           columns)
{
  float* to = columns;
  *to++ =
    (logf(fmaxf(frame[0], REM_MIN_DT)) - frames->dt_offset) / frames->dt_scale;
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    const RemDim* const dim = &frames->dims[d];
    const float         x   = frame[1U + d];
    switch (dim->kind) {
    case REM_DIM_CONTINUOUS:
      *to = (x - dim->offset) / dim->scale;
      break;
    case REM_DIM_SWITCH:
      *to = x >= 0.5f ? 1.0f : 0.0f;
      break;
    case REM_DIM_CHOICE:
      memset(to, 0, dim->n_choices * sizeof(float));
      to[rem_dim_choice(dim, x)] = 1.0f;
      break;
    }
    to += width_of(dim);
  }
}

REM_RT void
rem_frames_continuous(const RemFrames* const frames,
                      const float* const     columns,
                      float* const           z)
{
  const float* from = columns + 1;
  float*       to   = z;
  *to++             = columns[0];
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    if (frames->dims[d].kind == REM_DIM_CONTINUOUS) {
      *to++ = *from;
    }
    from += width_of(&frames->dims[d]);
  }
}

REM_RT void
rem_frames_base(const RemFrames* const frames,
                const float* const     before,
                float* const           base)
{
  if (frames->residual) {
    rem_frames_continuous(frames, before, base);
    base[0] = 0.0f;
  } else {
    memset(base, 0, rem_frames_n_continuous(frames) * sizeof(float));
  }
}

/// Return half the squared distance of z from what a linear head says
REM_RT static double
half_square(const float* const y,
            const float* const base,
            const float* const z,
            const uint32_t     n)
{
  double sum = 0.0;
  for (uint32_t c = 0U; c < n; ++c) {
    const double d = (double)z[c] - (double)base[c] - (double)y[c];
    sum += 0.5 * d * d;
  }
  return sum;
}

/// Return the place of the 1 among `n` columns
REM_RT static uint32_t
one_hot(const float* const columns, const uint32_t n)
{
  uint32_t k = 0U;
  while (k + 1U < n && columns[k] < 0.5f) {
    ++k;
  }
  return k;
}

/// Return how surprising the discrete dimensions are, given their logits
REM_RT static double
discrete_nll(const RemFrames* const frames,
             const float* const     logits,
             const float* const     next)
{
  const float* y    = logits;
  const float* from = next + 1;
  double       sum  = 0.0;
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    const RemDim* const dim = &frames->dims[d];
    const uint32_t      n   = width_of(dim);
    if (dim->kind == REM_DIM_SWITCH) {
      sum += rem_sigmoid_nll(y[0], from[0] >= 0.5f);
    } else if (dim->kind == REM_DIM_CHOICE) {
      sum += rem_softmax_nll(y, n, one_hot(from, n));
    }
    y += dim->kind == REM_DIM_CONTINUOUS ? 0U : n;
    from += n;
  }
  return sum;
}

REM_RT double
rem_frames_nll(const RemFrames* const frames,
               const float* const     y,
               const float* const     before,
               const float* const     next)
{
  const RemMdn mdn                 = mixture_of(frames);
  float        base[REM_MAX_FRAME] = {0.0f};
  float        z[REM_MAX_FRAME]    = {0.0f};
  rem_frames_base(frames, before, base);
  rem_frames_continuous(frames, next, z);
  return (mdn.n_mixtures ? rem_mdn_nll(&mdn, y, base, z)
                         : half_square(y, base, z, mdn.n_columns)) +
         discrete_nll(frames, y + n_head(frames), next);
}

/// Return `x` within 0..1
REM_RT static float
within(const float x)
{
  return fminf(fmaxf(x, 0.0f), 1.0f);
}

/// Turn the column of a continuous dimension back into a value
REM_RT static float
value_of(const RemDim* const dim, const float z)
{
  const float x = within(dim->offset + dim->scale * z);
  return dim->step > 0.0f ? within(dim->step * roundf(x / dim->step)) : x;
}

/// Turn a continuous column 0 back into seconds
REM_RT static float
seconds_of(const RemFrames* const frames, const float z)
{
  const float most   = logf(frames->dt_maximum);
  const float log_dt = fminf(frames->dt_offset + frames->dt_scale * z, most);
  return fminf(fmaxf(expf(log_dt), REM_MIN_DT), frames->dt_maximum);
}

/// Draw what is continuous: z [C]
REM_RT static void
draw_continuous(const RemFrames* const frames,
                const float* const     y,
                const float* const     before,
                const RemTemper* const temper,
                RemRandom* const       random,
                float* const           z)
{
  const RemMdn mdn                 = mixture_of(frames);
  float        base[REM_MAX_FRAME] = {0.0f};
  rem_frames_base(frames, before, base);
  if (mdn.n_mixtures) {
    rem_mdn_draw(&mdn, y, base, temper->pitemp, temper->sigmatemp, random, z);
    return;
  }
  for (uint32_t c = 0U; c < mdn.n_columns; ++c) {
    z[c] = base[c] + y[c];
  }
}

REM_RT void
rem_frames_draw(const RemFrames* const frames,
                const float* const     y,
                const float* const     before,
                const RemTemper* const temper,
                RemRandom* const       random,
                float* const           frame)
{
  const float  heat             = frames->n_mixtures ? temper->pitemp : 0.0f;
  const float* logits           = y + n_head(frames);
  float        z[REM_MAX_FRAME] = {0.0f};
  uint32_t     c                = 0U;
  draw_continuous(frames, y, before, temper, random, z);
  frame[0] = seconds_of(frames, z[c++]);
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    const RemDim* const dim = &frames->dims[d];
    switch (dim->kind) {
    case REM_DIM_CONTINUOUS:
      frame[1U + d] = value_of(dim, z[c++]);
      break;
    case REM_DIM_SWITCH:
      frame[1U + d] = rem_sigmoid_draw(*logits++, heat, random) ? 1.0f : 0.0f;
      break;
    case REM_DIM_CHOICE:
      frame[1U + d] =
        dim->choices[rem_softmax_draw(logits, dim->n_choices, heat, random)];
      logits += dim->n_choices;
      break;
    }
  }
}
