// SPDX-License-Identifier: ISC

/**
   Where a plugin instance holds the net it plays and the one it fades to.

   A loader hands over a complete voice in one atomic exchange.  It has warmed
   it on what the plugin heard in the last second, up to the moment when it
   read that.  What was heard since, some blocks at most, the audio thread plays
   to the new voice from the same history: for every four samples that go by
   the voice catches up one, so a block costs little more than during the fade.
   When the voice has heard everything, the fade starts, and from its first
   sample both nets are as if they had always been playing.

   When that is, and all that follows, depends on the sample at which the voice
   was picked up and on nothing else, so the cut into blocks is not heard.

   A voice that was kept ready (plugin/loader_ready.c) does not catch up: it was
   warmed a moment ago, and its fade starts at the first sample of the next
   block.
*/

#ifndef REM_PLUGIN_SLOT_H
#define REM_PLUGIN_SLOT_H

#include "dsp/rt.h"
#include "plugin/mailbox.h"
#include "plugin/stream.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_SLOT_CHANNELS 2U ///< Most channels
#define REM_SLOT_KNOBS 4U    ///< Knobs that the plugin offers
#define REM_SLOT_CHUNK 256U  ///< Most samples per call

#define REM_SLOT_FADE_SECONDS 0.02    ///< Usual length of a fade
#define REM_SLOT_LOUDNESS_DB (-18.0f) ///< That normalised models are brought to
#define REM_SLOT_MAX_LATENCY 8191U    ///< Longest delay of the dry signal

typedef struct RemSlot RemSlot;

/// What goes in and out of a slot; nothing overlaps
typedef struct {
  const float* in[REM_SLOT_CHANNELS];  ///< [n] finite samples for the net
  const float* knobs[REM_SLOT_KNOBS];  ///< [n] values from 0 to 1
  float*       out[REM_SLOT_CHANNELS]; ///< [n] what the nets play; finite
  float*       dry[REM_SLOT_CHANNELS]; ///< [n] made as late as `out`; or NULL
  float*       through; ///< [n] share of the sound that no net plays, 0 to 1
} RemSlotBuffers;

/// Levels that a model tells; NaN where it does not
typedef struct {
  float loudness_db; ///< Of its output on standard input, dBFS
  float input_dbu;   ///< Analogue level at 0 dBFS in
  float output_dbu;  ///< Analogue level at 0 dBFS out
} RemLevels;

/// A voice on its way in
typedef struct {
  RemStream* stream; ///< Built for the slot's channels
  RemLevels  levels;
  double     fade_seconds;
  uint32_t   n_warm;  ///< Most frames to warm it on; 0 for all that were heard
  bool       at_once; ///< Start the fade at the first sample of the next block
} RemEntrance;

/**
   Make a slot without a net.

   @param n_channels 1 or 2.
   @param rate       Of the host, Hz.
   @return A slot to free with rem_slot_free(), or NULL without memory.

   Thread: any but audio.
*/
RemSlot*
rem_slot_new(uint32_t n_channels, double rate);

/// Free a slot and every voice in it; NULL is allowed.  Nobody may use it then.
void
rem_slot_free(RemSlot* slot);

/**
   Warm a voice on what was heard last and offer it to the audio thread.

   It replaces one that was offered before and not yet picked up.

   @param entrance Its voice is owned by the slot from here on, also on failure.
   @return The number of the entrance, from 1 up and ever rising; or 0 without
   memory: the voice is freed and nothing else changes.

   Thread: any but audio, one at a time.
*/
uint32_t
rem_slot_offer(RemSlot* slot, const RemEntrance* entrance);

/// Return the mailbox that voices come in by and go out.  Thread: any.
REM_RT RemMailbox*
rem_slot_mailbox(RemSlot* slot);

/**
   Choose what levels are brought to.

   @param normalise  Whether to bring models that tell their loudness to
                     #REM_SLOT_LOUDNESS_DB.
   @param input_dbu  Analogue level at full scale, for models that tell theirs;
                     NaN to leave them alone.

   Thread: audio.
*/
REM_RT void
rem_slot_set_levels(RemSlot* slot, bool normalise, float input_dbu);

/// Set the net to its rest state and forget what was heard; a fade under way is
/// finished.  Thread: audio.
REM_RT void
rem_slot_reset(RemSlot* slot);

/// Pick up the voice on offer, unless a fade is under way: then it waits, and
/// may still be replaced, and a long fade is cut short to a usual one.  Call
/// once per block.  Thread: audio.
REM_RT void
rem_slot_pick_up(RemSlot* slot);

/**
   Play `n` samples.

   A net that leaves the finite numbers is silenced, set to its rest state and
   faded in again.

   @param n At most #REM_SLOT_CHUNK.

   Thread: audio.  Cost: one voice, during a fade two, before it 2.25.
*/
REM_RT void
rem_slot_block(RemSlot* slot, const RemSlotBuffers* buffers, uint32_t n);

/// Return whether a voice plays or comes in
REM_RT bool
rem_slot_has_voice(const RemSlot* slot);

/// Return whether one voice is giving way to another
REM_RT bool
rem_slot_is_fading(const RemSlot* slot);

/// Return how many samples later than its input that voice answers
REM_RT uint32_t
rem_slot_latency(const RemSlot* slot);

/// Return how many voices began without having heard everything, because they
/// came too late, since the last reset
REM_RT uint32_t
rem_slot_n_late(const RemSlot* slot);

/// Return how often a net has left the finite numbers since the last reset
REM_RT uint32_t
rem_slot_n_non_finite(const RemSlot* slot);

#endif // REM_PLUGIN_SLOT_H
