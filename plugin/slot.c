// SPDX-License-Identifier: ISC

/// The audio thread's half of the slot; slot_setup.c has the other

#include "plugin/slot.h"

#include "plugin/slot_internal.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/// A net's memory is looked at whenever this many frames have been played
#define GRID REM_SLOT_CHUNK

/// A voice may lag so many frames; one that lags more skips what it missed
#define MAX_LAG 8192U

/// Frames that go by while a voice catches up one
#define CATCH_UP 4U

REM_RT static void
reset(const RemSlot* const slot, RemPlayer* const player)
{
  for (uint32_t c = 0U; c < slot->n_channels; ++c) {
    rem_stream_reset(player->stream, c);
    player->n_healing[c] = 0U;
  }
}

/// Let `next` take over
REM_RT static void
succeed(RemSlot* const slot)
{
  rem_mailbox_retire(&slot->mailbox,
                     slot->playing ? &slot->playing->entry : NULL);
  slot->playing = slot->next;
  slot->next    = NULL;
}

REM_RT void
rem_slot_reset(RemSlot* const slot)
{
  if (slot->next) {
    succeed(slot);
  }
  if (slot->playing) {
    reset(slot, slot->playing);
  }
  slot->n_non_finite = 0U;
  slot->n_late       = 0U;
  memset(slot->dry, 0, sizeof(slot->dry));
  rem_history_restart(&slot->history);
}

/// Decide when the voice that was just picked up is heard
REM_RT static void
schedule_fade(RemSlot* const slot)
{
  RemPlayer* const next  = slot->next;
  const uint64_t   first = atomic_load(&slot->history.first);
  if (next->since < first) { // Warmed before the host began anew
    reset(slot, next);
    next->heard = first;
  }
  if (slot->now - next->heard > MAX_LAG) {
    next->heard = slot->now;
    ++slot->n_late;
  } else if (next->at_once) {
    next->heard = slot->now;
  }
  rem_slot_aim_levels(slot, next, 0U);

  slot->fade_at = slot->now + CATCH_UP * (slot->now - next->heard);
  if (slot->now == first) { // Nothing has sounded yet
    reset(slot, next);
    succeed(slot);
  }
}

/// Let the rest of a long fade take no longer than a usual one: somebody waits.
/// The line that shares follow gets steeper where it is now.
REM_RT static void
hasten(RemSlot* const slot)
{
  RemPlayer* const next  = slot->next;
  const uint64_t   faded = slot->now - slot->fade_at;
  if (next->n_fade - faded > slot->n_fade) {
    const double share = (double)faded / (double)next->n_fade;
    const double n     = (double)slot->n_fade / (1.0 - share);
    next->n_fade       = (uint32_t)n;
    slot->fade_at      = slot->now - (uint64_t)(share * n);
  }
}

REM_RT void
rem_slot_pick_up(RemSlot* const slot)
{
  if (slot->next) {
    if (slot->now >= slot->fade_at && rem_mailbox_has_news(&slot->mailbox)) {
      hasten(slot);
    }
    return;
  }
  slot->next = (RemPlayer*)rem_mailbox_take(&slot->mailbox);
  if (slot->next) {
    schedule_fade(slot);
  }
}

/// Play to `next` what it missed, so that at `fade_at` it lags no more
REM_RT static void
catch_up(RemSlot* const slot, const uint32_t n)
{
  const uint64_t left = slot->fade_at - (slot->now + n);
  const uint64_t lag  = (left + CATCH_UP - 1U) / CATCH_UP;
  const uint64_t at   = slot->next->heard;
  const uint64_t to   = slot->now + n - lag;

  float* columns[REM_SLOT_COLUMNS] = {NULL};
  for (uint32_t c = 0U; c < REM_SLOT_COLUMNS; ++c) {
    columns[c] = slot->scratch[c];
  }
  if (rem_history_read(&slot->history, at, columns, (uint32_t)(to - at))) {
    rem_slot_feed(slot, slot->next, columns, (uint32_t)(to - at));
  }
  slot->next->heard = to;
}

REM_RT static uint32_t
latency_of(const RemPlayer* const player)
{
  return player ? rem_stream_latency(player->stream) : 0U;
}

REM_RT static void
remember_dry(RemSlot* const              slot,
             const RemSlotBuffers* const b,
             const uint32_t              n)
{
  for (uint32_t c = 0U; c < slot->n_channels && b->dry[c]; ++c) {
    // Pieces end at multiples of GRID, so none is cut by the ring's end
    memcpy(&slot->dry[c][slot->now & REM_SLOT_MAX_LATENCY],
           b->dry[c],
           n * sizeof(float));
  }
}

/// Return the dry sample that is as late at frame `t` as what a player answers
REM_RT static float
dry_at(const RemSlot* const slot,
       const uint32_t       channel,
       const uint64_t       t,
       const uint32_t       latency)
{
  return slot->dry[channel][(t - latency) & REM_SLOT_MAX_LATENCY];
}

/// Make the dry signal as late as what plays
REM_RT static void
delay_dry(RemSlot* const slot, const RemSlotBuffers* const b, const uint32_t n)
{
  const uint32_t latency = latency_of(slot->playing);
  for (uint32_t c = 0U; latency && c < slot->n_channels && b->dry[c]; ++c) {
    for (uint32_t i = 0U; i < n; ++i) {
      b->dry[c][i] = dry_at(slot, c, slot->now + i, latency);
    }
  }
}

/// Go on from that to what is as late as the next voice
REM_RT static void
fade_dry(RemSlot* const slot, const RemSlotBuffers* const b, const uint32_t n)
{
  const uint32_t latency = latency_of(slot->next);
  const float    step    = 1.0f / (float)slot->next->n_fade;
  const uint64_t faded   = slot->now - slot->fade_at;
  if (latency == latency_of(slot->playing)) {
    return;
  }
  for (uint32_t c = 0U; c < slot->n_channels && b->dry[c]; ++c) {
    for (uint32_t i = 0U; i < n; ++i) {
      const float share = step * (float)(faded + i + 1U);
      const float next  = dry_at(slot, c, slot->now + i, latency);
      b->dry[c][i]      = (1.0f - share) * b->dry[c][i] + share * next;
    }
  }
}

/// Play whoever has the stage alone
REM_RT static void
play_one(RemSlot* const slot, const RemSlotBuffers* const b, const uint32_t n)
{
  delay_dry(slot, b, n);
  if (slot->playing) {
    rem_slot_play(slot, slot->playing, b, b->out, n);
  }
  for (uint32_t c = 0U; !slot->playing && c < slot->n_channels; ++c) {
    memset(b->out[c], 0, n * sizeof(float));
  }
  for (uint32_t i = 0U; i < n; ++i) {
    b->through[i] = slot->playing ? 0.0f : 1.0f;
  }
}

/// Play both and go from one to the other: equal gain
REM_RT static void
play_both(RemSlot* const slot, const RemSlotBuffers* const b, const uint32_t n)
{
  const uint64_t faded                  = slot->now - slot->fade_at;
  const float    step                   = 1.0f / (float)slot->next->n_fade;
  float* const other[REM_SLOT_CHANNELS] = {slot->scratch[0], slot->scratch[1]};

  play_one(slot, b, n);
  fade_dry(slot, b, n);
  rem_slot_play(slot, slot->next, b, other, n);
  for (uint32_t c = 0U; c < slot->n_channels; ++c) {
    for (uint32_t i = 0U; i < n; ++i) {
      const float share = step * (float)(faded + i + 1U);
      b->out[c][i]      = (1.0f - share) * b->out[c][i] + share * other[c][i];
    }
  }
  for (uint32_t i = 0U; i < n; ++i) {
    b->through[i] *= 1.0f - step * (float)(faded + i + 1U);
  }
}

/// Return how many of `n` samples go by before something changes
REM_RT static uint32_t
until_change(const RemSlot* const slot, const uint32_t n)
{
  const uint64_t grid = (slot->now / GRID + 1U) * GRID;
  uint64_t       end  = rem_least(slot->now + n, grid);
  if (slot->next) {
    const bool fading = slot->now >= slot->fade_at;
    end = rem_least(end, slot->fade_at + (fading ? slot->next->n_fade : 0U));
  }
  return (uint32_t)(end - slot->now);
}

/// Heal voices whose memory holds what their output does not show.  One that is
/// not heard yet need not be silent for that.
REM_RT static void
examine(RemSlot* const slot, RemPlayer* const player)
{
  const bool heard = player != slot->next || slot->now >= slot->fade_at;
  for (uint32_t c = 0U; player && c < slot->n_channels; ++c) {
    if (rem_stream_is_finite(player->stream, c)) {
      continue;
    }
    if (heard) {
      rem_slot_fall_ill(slot, player, c);
    } else {
      rem_stream_reset(player->stream, c);
    }
  }
}

/// Play samples between which nothing changes
REM_RT static void
play_piece(RemSlot* const slot, const RemSlotBuffers* const b, const uint32_t n)
{
  remember_dry(slot, b, n);
  if (slot->next && slot->now >= slot->fade_at) {
    play_both(slot, b, n);
  } else {
    play_one(slot, b, n);
    if (slot->next) {
      catch_up(slot, n);
    }
  }

  slot->now += n;
  if (slot->next && slot->now == slot->fade_at + slot->next->n_fade) {
    succeed(slot);
  }
  if (slot->now % GRID == 0U) {
    examine(slot, slot->playing);
    examine(slot, slot->next);
  }
}

REM_RT static void
advance(RemSlotBuffers* const b, const uint32_t n_channels, const uint32_t n)
{
  for (uint32_t c = 0U; c < n_channels; ++c) {
    b->in[c] += n;
    b->out[c] += n;
    b->dry[c] = b->dry[c] ? b->dry[c] + n : NULL;
  }
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    b->knobs[k] += n;
  }
  b->through += n;
}

/// Tell everyone which entrance is heard
REM_RT static void
announce(RemSlot* const slot)
{
  const bool             both   = slot->next && slot->now > slot->fade_at;
  const RemPlayer* const player = both ? slot->next : slot->playing;
  if (player) {
    rem_mailbox_announce(&slot->mailbox, &player->entry);
  }
}

REM_RT void
rem_slot_block(RemSlot* const              slot,
               const RemSlotBuffers* const buffers,
               const uint32_t              n)
{
  const float* columns[REM_SLOT_COLUMNS] = {NULL};
  for (uint32_t c = 0U; c < slot->n_channels; ++c) {
    columns[c] = buffers->in[c];
  }
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    columns[slot->n_channels + k] = buffers->knobs[k];
  }
  rem_history_write(&slot->history, columns, n);

  RemSlotBuffers b = *buffers;
  for (uint32_t i = 0U; i < n;) {
    const uint32_t m = until_change(slot, n - i);
    play_piece(slot, &b, m);
    advance(&b, slot->n_channels, m);
    i += m;
  }
  announce(slot);
}

REM_RT RemMailbox*
rem_slot_mailbox(RemSlot* const slot)
{
  return &slot->mailbox;
}

REM_RT bool
rem_slot_has_voice(const RemSlot* const slot)
{
  return slot->next || slot->playing;
}

REM_RT void
rem_slot_set_levels(RemSlot* const slot,
                    const bool     normalise,
                    const float    input_dbu)
{
  atomic_store(&slot->normalise, normalise);
  atomic_store(&slot->input_dbu, input_dbu);
}

REM_RT bool
rem_slot_is_fading(const RemSlot* const slot)
{
  return slot->next != NULL;
}

REM_RT uint32_t
rem_slot_n_non_finite(const RemSlot* const slot)
{
  return slot->n_non_finite;
}

REM_RT uint32_t
rem_slot_n_late(const RemSlot* const slot)
{
  return slot->n_late;
}

REM_RT uint32_t
rem_slot_latency(const RemSlot* const slot)
{
  return latency_of(slot->next ? slot->next : slot->playing);
}
