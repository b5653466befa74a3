// SPDX-License-Identifier: ISC

/// How the slot plays one voice, and heals it if its numbers run away

#include "dsp/gain.h"
#include "plugin/slot_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/// Silence after a net left the finite numbers: at least a call's length, so
/// that no call plays a channel twice
#define MUTE REM_SLOT_CHUNK

/// Play all channels of a voice
REM_RT static void
play_voice(const RemSlot* const      slot,
           RemStream* const          voice,
           const float* const* const in,
           const float* const* const knobs,
           float* const* const       out,
           const uint32_t            n)
{
  if (slot->n_channels == 2U) {
    rem_stream_block_pair(voice, in, knobs, REM_SLOT_KNOBS, out, n);
  } else {
    rem_stream_block(voice, 0U, in[0], knobs, REM_SLOT_KNOBS, out[0], n);
  }
}

/// Return `db` as a gain: none if it is not known, and no more than an error in
/// a file should do
REM_RT static float
gain_of(const float db)
{
  const float range = 60.0f;
  return isfinite(db) ? rem_gain_of_db(fminf(fmaxf(db, -range), range)) : 1.0f;
}

/// Return the gain before the net that the user's wishes come to
REM_RT static float
level_in(const RemSlot* const slot, const RemLevels* const levels)
{
  return gain_of(atomic_load(&slot->input_dbu) - levels->input_dbu);
}

/// Return the gain behind the net that the user's wishes come to
REM_RT static float
level_out(const RemSlot* const slot, const RemLevels* const levels)
{
  const float loud = REM_SLOT_LOUDNESS_DB - levels->loudness_db;
  const float line = levels->output_dbu - atomic_load(&slot->input_dbu);
  return gain_of(atomic_load(&slot->normalise) && isfinite(loud) ? loud : line);
}

REM_RT void
rem_slot_aim_levels(const RemSlot* const slot,
                    RemPlayer* const     player,
                    const uint32_t       n)
{
  rem_ramp_aim(&player->level_in, level_in(slot, &player->levels), n);
  rem_ramp_aim(&player->level_out, level_out(slot, &player->levels), n);
}

REM_RT void
rem_slot_feed(const RemSlot* const   slot,
              const RemPlayer* const player,
              float* const* const    columns,
              const uint32_t         n)
{
  const float  gain                  = level_in(slot, &player->levels);
  const float* knobs[REM_SLOT_KNOBS] = {NULL};
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    knobs[k] = columns[slot->n_channels + k];
  }
  for (uint32_t c = 0U; c < slot->n_channels; ++c) {
    for (uint32_t i = 0U; i < n; ++i) {
      columns[c][i] *= gain;
    }
  }
  const float* const in[REM_SLOT_CHANNELS] = {columns[0], columns[1]};
  play_voice(slot, player->stream, in, knobs, columns, n);
}

REM_RT void
rem_slot_fall_ill(RemSlot* const   slot,
                  RemPlayer* const player,
                  const uint32_t   channel)
{
  ++slot->n_non_finite;
  player->n_healing[channel] = MUTE + slot->n_fade;
  rem_stream_reset(player->stream, channel);
}

/// Return the place of the first sample that is not finite, or `n`
REM_RT static uint32_t
first_non_finite(const float* const x, const uint32_t n)
{
  uint32_t i = 0U;
  while (i < n && isfinite(x[i])) {
    ++i;
  }
  return i;
}

/// Pass over up to `n` samples of a channel that is silent to heal
REM_RT static uint32_t
mute(const RemSlot* const slot,
     RemPlayer* const     player,
     const uint32_t       channel,
     float* const         out,
     const uint32_t       n)
{
  uint32_t* const left = &player->n_healing[channel];
  const uint32_t  m =
    *left > slot->n_fade ? (uint32_t)rem_least(n, *left - slot->n_fade) : 0U;

  for (uint32_t i = 0U; i < m; ++i) {
    out[i] = 0.0f;
  }
  *left -= m;
  return m;
}

/// Fade a channel in after it was silent
REM_RT static void
fade_in(const RemSlot* const slot,
        uint32_t* const      left,
        float* const         out,
        const uint32_t       n)
{
  for (uint32_t i = 0U; i < n && *left; ++i) {
    out[i] *= 1.0f - (float)(*left)-- / (float)slot->n_fade;
  }
}

/// Fade a channel in if it was silent, and silence it where it falls ill
REM_RT static void
look_after(RemSlot* const   slot,
           RemPlayer* const player,
           const uint32_t   channel,
           float* const     out,
           const uint32_t   n)
{
  const uint32_t ill = first_non_finite(out, n);
  fade_in(slot, &player->n_healing[channel], out, ill);
  if (ill < n) {
    rem_slot_fall_ill(slot, player, channel);
    (void)mute(slot, player, channel, out + ill, n - ill);
  }
}

/// Play one channel of one voice
REM_RT static void
play_channel(RemSlot* const              slot,
             RemPlayer* const            player,
             const uint32_t              channel,
             const RemSlotBuffers* const b,
             float* const                out,
             const uint32_t              n)
{
  const uint32_t at = mute(slot, player, channel, out, n);
  const float*   knobs[REM_SLOT_KNOBS];
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    knobs[k] = b->knobs[k] + at;
  }
  rem_stream_block(player->stream,
                   channel,
                   b->in[channel] + at,
                   knobs,
                   REM_SLOT_KNOBS,
                   out + at,
                   n - at);
  look_after(slot, player, channel, out + at, n - at);
}

/// Play all channels, or those that are not silent to heal
REM_RT static void
play_channels(RemSlot* const              slot,
              RemPlayer* const            player,
              const RemSlotBuffers* const b,
              float* const* const         out,
              const uint32_t              n)
{
  bool silent = false;
  for (uint32_t c = 0U; c < slot->n_channels; ++c) {
    silent = silent || player->n_healing[c] > slot->n_fade;
  }
  if (!silent) {
    play_voice(slot, player->stream, b->in, b->knobs, out, n);
  }
  for (uint32_t c = 0U; c < slot->n_channels; ++c) {
    if (silent) {
      play_channel(slot, player, c, b, out[c], n);
    } else {
      look_after(slot, player, c, out[c], n);
    }
  }
}

/// Multiply all channels by a gain on its way
REM_RT static void
amplify(RemSlot* const            slot,
        RemRamp* const            ramp,
        const float* const* const in,
        float* const* const       out,
        const uint32_t            n)
{
  rem_ramp_fill(ramp, slot->gain, n);
  for (uint32_t c = 0U; c < slot->n_channels; ++c) {
    for (uint32_t i = 0U; i < n; ++i) {
      out[c][i] = slot->gain[i] * in[c][i];
    }
  }
}

REM_RT void
rem_slot_play(RemSlot* const              slot,
              RemPlayer* const            player,
              const RemSlotBuffers* const b,
              float* const* const         out,
              const uint32_t              n)
{
  float* const       levelled[REM_SLOT_CHANNELS] = {slot->levelled[0],
                                                    slot->levelled[1]};
  const float* const answer[REM_SLOT_CHANNELS]   = {out[0], out[1]};
  RemSlotBuffers     inner                       = *b;

  rem_slot_aim_levels(slot, player, slot->n_fade);
  if (!rem_ramp_is_at(&player->level_in, 1.0f)) {
    amplify(slot, &player->level_in, b->in, levelled, n);
    for (uint32_t c = 0U; c < REM_SLOT_CHANNELS; ++c) {
      inner.in[c] = slot->levelled[c];
    }
  }
  play_channels(slot, player, &inner, out, n);
  if (!rem_ramp_is_at(&player->level_out, 1.0f)) {
    amplify(slot, &player->level_out, answer, out, n);
  }
}
