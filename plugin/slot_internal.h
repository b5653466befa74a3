// SPDX-License-Identifier: ISC

/// Shared by slot.c, the realtime half, and slot_setup.c, the other half

#ifndef REM_PLUGIN_SLOT_INTERNAL_H
#define REM_PLUGIN_SLOT_INTERNAL_H

#include "plugin/history.h"
#include "plugin/mailbox.h"
#include "plugin/ramp.h"
#include "plugin/slot.h"

#include <stdatomic.h>
#include <stdint.h>

#define REM_SLOT_COLUMNS (REM_SLOT_CHANNELS + REM_SLOT_KNOBS)

/// A voice and how it is doing
typedef struct {
  RemEntry   entry;
  RemStream* stream;
  uint64_t   since;   ///< The first frame that it has heard
  uint64_t   heard;   ///< It has heard every frame before this one
  uint32_t   n_fade;  ///< Length of its fade in samples
  bool       at_once; ///< It does not catch up
  RemLevels  levels;
  RemRamp    level_in;  ///< Gain before the net for `levels`, linear
  RemRamp    level_out; ///< Gain behind it

  /// Samples until a channel that left the finite numbers is well again: first
  /// silent, then fading in from the rest state
  uint32_t n_healing[REM_SLOT_CHANNELS];
} RemPlayer;

struct RemSlot {
  uint32_t   n_channels;
  double     rate;   ///< Of the host, Hz
  uint32_t   n_fade; ///< Samples until a gain arrives or a net is well again
  RemHistory history;

  atomic_bool   normalise; ///< As the user wants levels
  _Atomic float input_dbu; ///< NaN for off

  // Voices: each is owned by exactly one of these three
  RemPlayer* playing; ///< Audio thread only; NULL passes the input
  RemPlayer* next;    ///< Audio thread only; NULL but for a swap
  RemMailbox mailbox; ///< Of RemPlayers

  // Audio thread only
  uint64_t now;          ///< Frames played
  uint64_t fade_at;      ///< Frame at which `next` is first heard
  uint32_t n_non_finite; ///< Since the last reset
  uint32_t n_late;       ///< Since the last reset
  float    scratch[REM_SLOT_COLUMNS][2U * REM_SLOT_CHUNK];
  float    levelled[REM_SLOT_CHANNELS][REM_SLOT_CHUNK];
  float    gain[REM_SLOT_CHUNK];
  float    dry[REM_SLOT_CHANNELS][REM_SLOT_MAX_LATENCY + 1U]; ///< A ring
};

/// Play `n` frames of `columns` to every channel of a voice and write what it
/// answers over the channels.  Thread: audio, or the loader that owns `player`.
REM_RT void
rem_slot_feed(const RemSlot*   slot,
              const RemPlayer* player,
              float* const*    columns,
              uint32_t         n);

/// Send the gains of a player on their way, to arrive after `n` samples
REM_RT void
rem_slot_aim_levels(const RemSlot* slot, RemPlayer* player, uint32_t n);

/// Play `n` samples of every channel of a player to `out` [channels][n].  A
/// channel whose numbers run away falls silent and fades in again.
REM_RT void
rem_slot_play(RemSlot*              slot,
              RemPlayer*            player,
              const RemSlotBuffers* b,
              float* const*         out,
              uint32_t              n);

/// Count a net that left the finite numbers and start to heal it
REM_RT void
rem_slot_fall_ill(RemSlot* slot, RemPlayer* player, uint32_t channel);

/// Return the lesser of two numbers
REM_RT static inline uint64_t
rem_least(const uint64_t a, const uint64_t b)
{
  return a < b ? a : b;
}

#endif // REM_PLUGIN_SLOT_INTERNAL_H
