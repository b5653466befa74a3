// SPDX-License-Identifier: ISC

/// Shared by stream.c (audio thread) and stream_setup.c (the rest); no one else

#ifndef REM_PLUGIN_STREAM_INTERNAL_H
#define REM_PLUGIN_STREAM_INTERNAL_H

#include "plugin/oversample.h"
#include "plugin/resample.h"
#include "plugin/stream.h"

#include <stdbool.h>
#include <stdint.h>

enum { STREAM_CHANNELS = 2, STREAM_CHUNK = REM_RESAMPLE_CHUNK };

struct RemStream {
  RemOversampler* player;
  uint32_t        n_channels;
  uint32_t        latency; ///< Host samples
  bool            resamples;
  RemResampler    resamplers[STREAM_CHANNELS]; ///< None but where it resamples

  /// A net's output that is not finite went into the filter on the way out
  bool spoilt[STREAM_CHANNELS];

  // Scratch of one call: what goes in and out of the net
  float*    samples[STREAM_CHANNELS]; ///< [n_most] where it resamples
  uint32_t* at;                       ///< [n_most] places of the knobs' values
};

#endif // REM_PLUGIN_STREAM_INTERNAL_H
