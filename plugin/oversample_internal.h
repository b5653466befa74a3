// SPDX-License-Identifier: ISC

/// Shared by oversample.c (audio thread) and oversample_setup.c (the rest)

#ifndef REM_PLUGIN_OVERSAMPLE_INTERNAL_H
#define REM_PLUGIN_OVERSAMPLE_INTERNAL_H

#include "dsp/model.h"
#include "plugin/halfband.h"
#include "plugin/oversample.h"

#include <stdint.h>

enum {
  OVERSAMPLE_CHUNK  = 64, ///< Samples fed at a time
  OVERSAMPLE_STAGES = 2,  ///< Most doublings of the rate
  OVERSAMPLE_MOST   = OVERSAMPLE_CHUNK << OVERSAMPLE_STAGES
};

/// Where one channel stands
typedef struct {
  RemHalfbandState up[OVERSAMPLE_STAGES];
  RemHalfbandState down[OVERSAMPLE_STAGES];
  uint32_t         next; ///< Phase whose turn it is
} RemOversampled;

struct RemOversampler {
  RemVoice*       voice;
  uint32_t        n_channels;
  uint32_t        n_phases;
  uint32_t        n_doubled;
  RemHalfband     filters[OVERSAMPLE_STAGES];
  RemOversampled* channels; ///< [n_channels]

  // Scratch of one call
  float        fast[OVERSAMPLE_MOST];     ///< At the higher rate
  float        turns[2][OVERSAMPLE_MOST]; ///< Of two phases
  float*       values;                    ///< [2, n_knobs, OVERSAMPLE_MOST]
  const float* knobs[2][REM_MAX_KNOBS];
};

#endif // REM_PLUGIN_OVERSAMPLE_INTERNAL_H
