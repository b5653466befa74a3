// SPDX-License-Identifier: ISC

/// Frames of control and answers of nets that are noise

#ifndef REM_TESTS_FRAMES_H
#define REM_TESTS_FRAMES_H

#include "dsp/frames.h"
#include "tests/check.h"

#include <stdint.h>
#include <string.h>

/// Kinds of dimensions by letter: c continuous, s switch, and a choice of as
/// many as a digit says
static inline RemFrames
frames_of(const char* const kinds, const uint32_t n_mixtures)
{
  RemFrames frames;
  rem_frames_init(&frames, (uint32_t)strlen(kinds), n_mixtures);
  for (uint32_t d = 0U; d < frames.n_dims; ++d) {
    RemDim* const dim = &frames.dims[d];
    if (kinds[d] == 's') {
      dim->kind = REM_DIM_SWITCH;
    } else if (kinds[d] != 'c') {
      dim->kind      = REM_DIM_CHOICE;
      dim->n_choices = (uint32_t)(kinds[d] - '0');
      for (uint32_t k = 0U; k < dim->n_choices; ++k) {
        dim->choices[k] = (float)k / (float)(dim->n_choices - 1U);
      }
    }
  }
  CHECK(!rem_frames_check(&frames, NULL));
  return frames;
}

/// Fill `columns` with what some frame could look like, spread by `scale`
static inline void
random_columns(const RemFrames* const frames,
               const float            scale,
               uint32_t* const        seed,
               float* const           columns)
{
  float* to = columns;
  *to++     = scale * noise(seed);
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    const RemDim* const dim = &frames->dims[d];
    const float         x   = noise(seed);
    if (dim->kind == REM_DIM_CONTINUOUS) {
      *to++ = scale * x;
    } else if (dim->kind == REM_DIM_SWITCH) {
      *to++ = x >= 0.0f ? 1.0f : 0.0f;
    } else {
      const float place = (0.5f + 0.5f * x) * (float)dim->n_choices;
      memset(to, 0, dim->n_choices * sizeof(float));
      to[(uint32_t)place] = 1.0f;
      to += dim->n_choices;
    }
  }
}

/// Fill `y` [n] with noise in [-scale, scale)
static inline void
random_numbers(const uint32_t  n,
               const float     scale,
               uint32_t* const seed,
               float* const    y)
{
  for (uint32_t i = 0U; i < n; ++i) {
    y[i] = scale * noise(seed);
  }
}

#endif // REM_TESTS_FRAMES_H
