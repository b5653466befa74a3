// SPDX-License-Identifier: ISC

/// What the tests of control plugins play: nets of noise for control frames

#ifndef REM_TESTS_HOST_GESTURE_H
#define REM_TESTS_HOST_GESTURE_H

#include "dsp/model.h"
#include "tests/host/fixture.h"
#include "tests/host/host.h"

#include <stdint.h>

/// A net of noise
typedef struct {
  uint32_t seed;
  uint32_t n_dims;
  uint32_t n_hidden;
  uint32_t n_switches; ///< The last dimensions but choices
  uint32_t n_choices;  ///< The last dimensions: each one of 12 notes
  float    dt;         ///< Seconds between events, about
} GestureModel;

/// Return such a net
RemModel*
gesture_model(const GestureModel* what);

/// Write such a net in the native format
void
gesture_write(const GestureModel* what, const char* path);

/// Open a control plugin, its work done LATER, with a net at rest: seed 0 and
/// everything else at its default
Host*
gesture_host(HostWorld* world, const char* uri, const char* path);

/// Play `n` samples in blocks of `block`
void
gesture_play(Host* host, uint64_t n, uint32_t block);

/// Set the MIDI mapping, in a block of no samples; the test ends if the plugin
/// does not tell it back
void
gesture_map(Host* host, const char* mapping);

/// Tell where the transport is at `frame` of the next block: 4/4, `beat` from
/// the start
void
gesture_transport(Host*    host,
                  uint32_t frame,
                  double   beat,
                  float    tempo,
                  float    speed);

/// Return how many notes of what was sent still sound; a note that is struck
/// while it sounds ends the test
uint32_t
gesture_sounding(const Host* host);

#endif // REM_TESTS_HOST_GESTURE_H
