// SPDX-License-Identifier: ISC

/// What frames may be; never called in the audio thread

#include "dsp/frames.h"

#include <math.h>
#include <string.h>

#define MAX_NUMBER 1e6f ///< Of offsets; 1 / of scales

void
rem_frames_init(RemFrames* const frames,
                const uint32_t   n_dims,
                const uint32_t   n_mixtures)
{
  memset(frames, 0, sizeof(*frames));
  frames->n_dims     = n_dims;
  frames->n_mixtures = n_mixtures;
  frames->residual   = true;
  frames->floor      = 0.01f;
  frames->dt_offset  = -3.0f;
  frames->dt_scale   = 1.5f;
  frames->dt_maximum = 60.0f;
  for (uint32_t d = 0U; d < n_dims && d < REM_MAX_DIMS; ++d) {
    frames->dims[d].offset = 0.5f;
    frames->dims[d].scale  = 0.3f;
  }
}

RemNetSpec
rem_frames_net(const RemFrames* const frames,
               const uint32_t         n_hidden,
               const uint32_t         n_layers)
{
  const RemNetSpec spec = {.head     = frames->n_mixtures ? REM_HEAD_MDN
                                                          : REM_HEAD_LINEAR,
                           .n_in     = rem_frames_n_in(frames),
                           .n_hidden = n_hidden,
                           .n_layers = n_layers,
                           .n_out    = rem_frames_n_out(frames)};
  return spec;
}

/// Return whether a column can be scaled to and fro
static bool
is_scaling(const float offset, const float scale)
{
  return fabsf(offset) <= MAX_NUMBER && scale >= 1.0f / MAX_NUMBER &&
         scale <= MAX_NUMBER;
}

/// Return whether choices rise from 0 to 1
static bool
are_choices(const RemDim* const dim)
{
  bool good = dim->n_choices >= 2U && dim->n_choices <= REM_MAX_CHOICES;
  for (uint32_t k = 0U; good && k < dim->n_choices; ++k) {
    const float x = dim->choices[k];
    good          = x >= 0.0f && x <= 1.0f && (!k || x > dim->choices[k - 1U]);
  }
  return good;
}

static RemStatus
check_dim(const RemFrames* const frames,
          const uint32_t         d,
          RemError* const        error)
{
  const RemDim* const dim = &frames->dims[d];
  switch (dim->kind) {
  case REM_DIM_CONTINUOUS:
    return is_scaling(dim->offset, dim->scale) && dim->step >= 0.0f &&
               dim->step <= 1.0f
             ? REM_SUCCESS
             : rem_fail(error,
                        REM_BAD_SHAPE,
                        NULL,
                        "dimension %u is scaled by %g around %g with a step "
                        "of %g, expected 1e-6 to 1e6 and 0 to 1",
                        d + 1U,
                        (double)dim->scale,
                        (double)dim->offset,
                        (double)dim->step);
  case REM_DIM_SWITCH:
    return REM_SUCCESS;
  case REM_DIM_CHOICE:
    return are_choices(dim) ? REM_SUCCESS
                            : rem_fail(error,
                                       REM_BAD_SHAPE,
                                       NULL,
                                       "dimension %u needs 2 to %u choices "
                                       "that rise from 0 to 1",
                                       d + 1U,
                                       REM_MAX_CHOICES);
  }
  return rem_fail(
    error, REM_UNSUPPORTED, NULL, "dimension %u is of an unknown kind", d + 1U);
}

/// Check all that is not of one dimension
static RemStatus
check_head(const RemFrames* const frames, RemError* const error)
{
  if (!frames->n_dims || frames->n_dims > REM_MAX_DIMS ||
      frames->n_mixtures > REM_MAX_MIXTURES) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "frames have %u dimensions and %u mixtures, expected 1 to "
                    "%u and at most %u",
                    frames->n_dims,
                    frames->n_mixtures,
                    REM_MAX_DIMS,
                    REM_MAX_MIXTURES);
  }
  if (!is_scaling(frames->dt_offset, frames->dt_scale) ||
      !(frames->floor >= 1e-6f && frames->floor <= MAX_NUMBER) ||
      !(frames->dt_maximum >= REM_MIN_DT && frames->dt_maximum <= MAX_NUMBER)) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "times are scaled by %g around %g up to %g s, with a least "
                    "deviation of %g: that is out of range",
                    (double)frames->dt_scale,
                    (double)frames->dt_offset,
                    (double)frames->dt_maximum,
                    (double)frames->floor);
  }
  return REM_SUCCESS;
}

RemStatus
rem_frames_check(const RemFrames* const frames, RemError* const error)
{
  RemStatus st = check_head(frames, error);
  for (uint32_t d = 0U; !st && d < frames->n_dims; ++d) {
    st = check_dim(frames, d, error);
  }
  if (st) {
    return st;
  }
  const uint32_t n_in  = rem_frames_n_in(frames);
  const uint32_t n_out = rem_frames_n_out(frames);
  return n_in <= REM_MAX_FRAME_IN && n_out <= REM_MAX_FRAME_OUT
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_SHAPE,
                      NULL,
                      "frames take %u inputs and %u outputs of a net, expected "
                      "at most %u and %u: fewer mixtures or choices",
                      n_in,
                      n_out,
                      REM_MAX_FRAME_IN,
                      REM_MAX_FRAME_OUT);
}
