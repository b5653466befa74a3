// SPDX-License-Identifier: ISC

/// A person who plays a performance to a control plugin, as MIDI

#ifndef REM_TESTS_HOST_PLAYER_H
#define REM_TESTS_HOST_PLAYER_H

#include "tests/host/host.h"
#include "tests/host/performance.h"
#include "tests/host/tape.h"

#include <stddef.h>
#include <stdint.h>

/// A person at an instrument
typedef struct {
  const Performance* performance;
  const TapeMapping* mapping;
  size_t             next;
  uint8_t            held[PERFORMANCE_DIMS]; ///< Notes, or 128
} Player;

/// Return a player who has not begun; both are borrowed
Player
player_new(const Performance* performance, const TapeMapping* mapping);

/// Play a block of `n` samples and add to `tape` what comes of it.  What is to
/// be sent otherwise must be at its first sample.
void
player_play(Player* player, Host* host, uint32_t n, Tape* tape);

#endif // REM_TESTS_HOST_PLAYER_H
