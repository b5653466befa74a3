// SPDX-License-Identifier: ISC

/// The other threads' half of the slot; slot.c has the audio thread's

#include "dsp/denormal.h"
#include "plugin/slot.h"
#include "plugin/slot_internal.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define HISTORY_SECONDS 1.0

/// Return a time in samples, at least one
static uint32_t
samples(const RemSlot* const slot, const double seconds)
{
  return (uint32_t)fmax(1.0, round(seconds * slot->rate));
}

/// Free a RemPlayer; NULL is allowed
static void
free_player(void* const player)
{
  if (player) {
    rem_stream_free(((RemPlayer*)player)->stream);
    free(player);
  }
}

RemSlot*
rem_slot_new(const uint32_t n_channels, const double rate)
{
  RemSlot* const slot = (RemSlot*)calloc(1U, sizeof(RemSlot));
  if (!slot) {
    return NULL;
  }

  // A quarter of the ring is distance to the writer (plugin/history.h)
  const double n_frames = HISTORY_SECONDS * rate / 0.75;
  slot->mailbox.discard = free_player;
  slot->n_channels      = n_channels;
  slot->rate            = rate;
  slot->n_fade          = samples(slot, REM_SLOT_FADE_SECONDS);
  atomic_init(&slot->input_dbu, NAN);
  if (!rem_history_init(
        &slot->history, n_channels + REM_SLOT_KNOBS, (uint32_t)n_frames)) {
    rem_slot_free(slot);
    return NULL;
  }
  return slot;
}

void
rem_slot_free(RemSlot* const slot)
{
  if (slot) {
    rem_mailbox_clear(&slot->mailbox);
    free_player(slot->playing);
    free_player(slot->next);
    rem_history_clear(&slot->history);
    free(slot);
  }
}

/// Play `n` frames of the history to a voice; false if they are gone
static bool
rehearse(const RemSlot* const slot, RemPlayer* const player, const uint32_t n)
{
  float  frames[REM_SLOT_COLUMNS][REM_SLOT_CHUNK];
  float* columns[REM_SLOT_COLUMNS];
  for (uint32_t c = 0U; c < REM_SLOT_COLUMNS; ++c) {
    columns[c] = frames[c];
  }

  if (!rem_history_read(&slot->history, player->heard, columns, n)) {
    return false;
  }
  rem_slot_feed(slot, player, columns, n);
  player->heard += n;
  return true;
}

/// Return the frame to begin with, to hear the last `n_warm`; 0 for all
static uint64_t
beginning(const RemSlot* const slot, const uint32_t n_warm)
{
  const uint64_t begin = rem_history_begin(&slot->history);
  const uint64_t end   = rem_history_end(&slot->history);
  return n_warm && end - begin > n_warm ? end - n_warm : begin;
}

/// Play the history to a voice until it has heard everything, or until twice as
/// much was played to it as there was: then it is too slow ever to get there
static void
warm(const RemSlot* const slot, RemPlayer* const player, const uint32_t n_warm)
{
  const RemFloatMode mode = rem_denormals_off();
  const uint64_t     most = 2U * (uint64_t)slot->history.n_frames;

  player->since = beginning(slot, n_warm);
  player->heard = player->since;
  for (uint64_t n = 0U; n < most; n += REM_SLOT_CHUNK) {
    const uint64_t lag = rem_history_end(&slot->history) - player->heard;
    const uint64_t m   = lag < REM_SLOT_CHUNK ? lag : REM_SLOT_CHUNK;
    if (!m) {
      break;
    }
    if (!rehearse(slot, player, (uint32_t)m)) { // Overtaken: skip
      player->heard = rem_history_begin(&slot->history);
    }
  }
  rem_denormals_restore(mode);
}

/// Set to rest any channel that the history drove out of the finite numbers
static void
calm(const RemSlot* const slot, RemStream* const voice)
{
  for (uint32_t c = 0U; c < slot->n_channels; ++c) {
    if (!rem_stream_is_finite(voice, c)) {
      rem_stream_reset(voice, c);
    }
  }
}

uint32_t
rem_slot_offer(RemSlot* const slot, const RemEntrance* const entrance)
{
  RemPlayer* const player = (RemPlayer*)calloc(1U, sizeof(RemPlayer));
  if (!player) {
    rem_stream_free(entrance->stream);
    return 0U;
  }

  player->stream  = entrance->stream;
  player->n_fade  = samples(slot, entrance->fade_seconds);
  player->at_once = entrance->at_once;
  player->levels  = entrance->levels;
  warm(slot, player, entrance->n_warm);
  calm(slot, player->stream);
  return rem_mailbox_offer(&slot->mailbox, &player->entry);
}
