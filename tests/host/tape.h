// SPDX-License-Identifier: ISC

/// MIDI messages as a control plugin sends them, and what it is to send,
/// written as naively as can be: what plugin/control/mapping.c is held to

#ifndef REM_TESTS_HOST_TAPE_H
#define REM_TESTS_HOST_TAPE_H

#include "tests/host/host.h"
#include "tests/host/naive.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What a dimension is in MIDI
typedef struct {
  char    kind;    ///< 'c' a controller, 'n' notes, 'k' a key
  uint8_t channel; ///< From 0
  uint8_t number;
  bool    turned; ///< 127 stands for 0
} TapeEntry;

/// A mapping in both forms
typedef struct {
  const char* text;
  TapeEntry   entries[PERFORMANCE_DIMS];
} TapeMapping;

/// Eight controllers of channel 1
extern const TapeMapping tape_faders;

/// Notes of channel 3, a key of channel 10, controllers of three channels
extern const TapeMapping tape_keys;

/// MIDI messages, and which notes they leave sounding
typedef struct {
  HostMidi* midi; ///< [n]
  size_t    n;
  size_t    capacity;
  bool      sounds[16][128];
  uint32_t  n_sounding;
} Tape;

/// Add a message; the test ends if it is out of range or of order, strikes what
/// sounds, or ends what does not
void
tape_record(Tape* tape, HostMidi message);

/// Return all that is to be sent of a duet, with the player's frames if `thru`;
/// `midi` is to be freed
Tape
tape_write(const Naive* naive, const TapeMapping* mapping, bool thru);

#endif // REM_TESTS_HOST_TAPE_H
