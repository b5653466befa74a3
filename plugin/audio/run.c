// SPDX-License-Identifier: ISC

/// The audio thread

#include "plugin/audio/audio.h"

#include "dsp/denormal.h"
#include "dsp/gain.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define PEAK_FALL 1.0 ///< Powers of ten that a peak falls in a second
#define SILENCE 1e-5f ///< Least peak

REM_RT void
rem_audio_activate(const LV2_Handle instance)
{
  RemAudio* const self = (RemAudio*)instance;

  rem_slot_reset(self->slot);
  self->started      = false;
  self->n_non_finite = 0U;
  self->shell.load   = 0.0f;
  self->in_peak      = 0.0f;
  self->out_peak     = 0.0f;
  memset(self->dc, 0, sizeof(self->dc));
}

/// Send every control on its way, but right after activation set it
REM_RT static void
aim(RemAudio* const self)
{
  RemControls* const to = &self->controls;
  const float* const x  = self->shell.value;
  const uint32_t     n  = self->started ? self->n_glide : 0U;

  rem_ramp_aim(&to->enabled, x[REM_AUDIO_AT_ENABLED] > 0.5f ? 1.0f : 0.0f, n);
  rem_ramp_aim(&to->in_gain, rem_gain_of_db(x[REM_AUDIO_AT_IN_GAIN]), n);
  rem_ramp_aim(&to->out_gain, rem_gain_of_db(x[REM_AUDIO_AT_OUT_GAIN]), n);
  rem_ramp_aim(&to->mix, x[REM_AUDIO_AT_MIX], n);
  rem_ramp_aim(&to->dc_block, x[REM_AUDIO_AT_DC_BLOCK] > 0.5f ? 1.0f : 0.0f, n);
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    rem_ramp_aim(&to->knobs[k], x[REM_AUDIO_AT_KNOB_1 + k], n);
  }
}

/// Let the controls go by for `n` samples
REM_RT static void
move(RemControls* const from, RemPiece* const piece, const uint32_t n)
{
  rem_ramp_fill(&from->in_gain, piece->in_gain, n);
  rem_ramp_fill(&from->out_gain, piece->out_gain, n);
  rem_ramp_fill(&from->dc_block, piece->dc_block, n);
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    rem_ramp_fill(&from->knobs[k], piece->knobs[k], n);
  }

  rem_ramp_fill(&from->mix, piece->share, n);
  rem_ramp_fill(&from->enabled, piece->scratch, n);
  for (uint32_t i = 0U; i < n; ++i) {
    piece->share[i] *= piece->scratch[i];
  }
}

/// Return `x`, or 0 and count it if it is not finite
REM_RT static float
only_finite(RemAudio* const self, const float x)
{
  const bool good = isfinite(x);
  self->n_non_finite += !good;
  return good ? x : 0.0f;
}

/// Return the larger of `peak` and the largest magnitude in `x`, all finite.
/// Such floats without their sign are ordered like whole numbers, of which
/// compilers find the largest many at a time.
REM_RT static float
peak_of(const float* const x, const uint32_t n, const float peak)
{
  int32_t largest = 0;
  float   found   = 0.0f;
  for (uint32_t i = 0U; i < n; ++i) {
    int32_t bits = 0;
    memcpy(&bits, &x[i], sizeof(bits));
    bits &= INT32_MAX;
    largest = bits > largest ? bits : largest;
  }
  memcpy(&found, &largest, sizeof(found));
  return found > peak ? found : peak;
}

/// Take `n` samples from the host: as they are, and as the net hears them
REM_RT static void
hear(RemAudio* const self, const uint32_t at, const uint32_t n)
{
  RemPiece* const piece = &self->piece;
  for (uint32_t c = 0U; c < self->n_channels; ++c) {
    const float* const in  = (const float*)self->shell.ports[REM_AUDIO_IN + c];
    float* const       dry = piece->dry[c];
    float* const       heard = piece->in[c];
    for (uint32_t i = 0U; i < n; ++i) {
      dry[i]   = in ? only_finite(self, in[at + i]) : 0.0f;
      heard[i] = only_finite(self, piece->in_gain[i] * dry[i]);
    }
    self->in_peak = peak_of(dry, n, self->in_peak);
  }
}

/// Mix one sample.  A share of 0 or 1 leaves no rounding behind: what plays
/// alone passes bit for bit.
/// @param share Of the dry signal.
REM_RT static float
mixed(const float wet, const float dry, const float share)
{
  if (share <= 0.0f) {
    return wet;
  }
  return share >= 1.0f ? dry : wet + share * dry;
}

/// Take out what lies below 7 Hz: y_t = x_t - x_(t-1) + pole y_(t-1)
REM_RT static void
block_dc(RemAudio* const self, const uint32_t channel, const uint32_t n)
{
  RemDcBlocker* const dc    = &self->dc[channel];
  float* const        x     = self->piece.wet[channel];
  const float* const  share = self->piece.dc_block;
  if (rem_ramp_is_at(&self->controls.dc_block, 0.0f)) {
    *dc = (RemDcBlocker){n ? x[n - 1U] : dc->x, 0.0f};
    return;
  }
  for (uint32_t i = 0U; i < n; ++i) {
    const float y = x[i] - dc->x + self->dc_pole * dc->y;
    *dc           = (RemDcBlocker){x[i], isfinite(y) ? y : 0.0f};
    x[i]          = mixed(share[i] * dc->y, x[i], 1.0f - share[i]);
  }
}

/// Let the slot play a piece
REM_RT static void
play(RemAudio* const self, const uint32_t n)
{
  RemPiece* const piece = &self->piece;
  RemSlotBuffers  b     = {{NULL}, {NULL}, {NULL}, {NULL}, piece->through};
  for (uint32_t c = 0U; c < self->n_channels; ++c) {
    b.in[c]  = piece->in[c];
    b.out[c] = piece->wet[c];
    b.dry[c] = piece->dry[c];
  }
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    b.knobs[k] = piece->knobs[k];
  }
  rem_slot_block(self->slot, &b, n);
  for (uint32_t c = 0U; c < self->n_channels; ++c) {
    block_dc(self, c, n);
  }
}

/// Give `n` samples to the host
REM_RT static void
give(RemAudio* const self, const uint32_t at, const uint32_t n)
{
  RemPiece* const p    = &self->piece;
  const uint32_t  port = REM_AUDIO_IN + self->n_channels;
  for (uint32_t c = 0U; c < self->n_channels; ++c) {
    float* const out = (float*)self->shell.ports[port + c];
    for (uint32_t i = 0U; out && i < n; ++i) {
      const float wet = p->share[i] * p->out_gain[i] * p->wet[c][i];
      const float dry = 1.0f - p->share[i] * (1.0f - p->through[i]);
      out[at + i]     = only_finite(self, mixed(wet, p->dry[c][i], dry));
    }
    self->out_peak = out ? peak_of(out + at, n, self->out_peak) : 0.0f;
  }
}

REM_RT static uint32_t
status(const RemAudio* const self)
{
  if (rem_slot_is_fading(self->slot)) {
    return REM_FADING;
  }
  return rem_shell_status(&self->shell, rem_slot_has_voice(self->slot));
}

/// Return a peak in dB
REM_RT static float
db_of(const float peak)
{
  return fminf(20.0f * log10f(fmaxf(peak, SILENCE)), REM_AUDIO_OUT_PEAK_MAX);
}

/// Tell the host and everyone else how we are
REM_RT static void
show(RemAudio* const self, const uint32_t n)
{
  const uint64_t n_bad =
    (uint64_t)self->n_non_finite + rem_slot_n_non_finite(self->slot);
  const struct {
    uint32_t port;
    float    value;
  } outputs[] = {
    {REM_AUDIO_STATUS, (float)status(self)},
    {REM_AUDIO_DSP_LOAD,
     fminf(100.0f * self->shell.load, REM_AUDIO_DSP_LOAD_MAX)},
    {REM_AUDIO_NON_FINITE, fminf((float)n_bad, REM_AUDIO_NON_FINITE_MAX)},
    {REM_AUDIO_LATENCY, (float)rem_slot_latency(self->slot)},
    {REM_AUDIO_IN_PEAK, db_of(self->in_peak)},
    {REM_AUDIO_OUT_PEAK, db_of(self->out_peak)}};

  for (uint32_t i = 0U; i < sizeof(outputs) / sizeof(*outputs); ++i) {
    rem_shell_show(
      &self->shell, rem_audio_port(self, outputs[i].port), outputs[i].value);
  }
  rem_publish(&self->shell.remote.status, (uint32_t)outputs[0].value);
  rem_publish(&self->shell.remote.load, outputs[1].value);
  rem_publish(&self->shell.remote.n_non_finite, (uint32_t)outputs[2].value);
  rem_publish(&self->shell.remote.latency, (uint32_t)outputs[3].value);
  rem_publish(&self->shell.remote.in_peak, outputs[4].value);
  rem_publish(&self->shell.remote.out_peak, outputs[5].value);
  rem_publish(&self->shell.remote.n_late, rem_slot_n_late(self->slot));

  const float fall = powf(10.0f, -(float)(PEAK_FALL * n / self->shell.rate));
  self->in_peak *= fall;
  self->out_peak *= fall;
}

/// Obey whoever has something to say
REM_RT static void
listen(RemAudio* const self)
{
  const float* const x = self->shell.value;
  rem_audio_read_controls(self);
  rem_slot_set_levels(
    self->slot,
    x[REM_AUDIO_AT_NORMALISE] > 0.5f,
    x[REM_AUDIO_AT_CALIBRATE] > 0.5f ? x[REM_AUDIO_AT_INPUT_LEVEL] : NAN);
  rem_shell_receive(&self->shell);
  rem_slot_pick_up(self->slot);
}

REM_RT void
rem_audio_run(const LV2_Handle instance, const uint32_t n_samples)
{
  RemAudio* const       self  = (RemAudio*)instance;
  const uint64_t        begun = rem_shell_begin(&self->shell);
  const RemFloatMode    mode  = rem_denormals_off();
  const LV2_Atom_Event* event = rem_shell_first_event(&self->shell);
  uint32_t              none  = 0U;

  listen(self);
  for (uint32_t at = 0U, until = 0U; at < n_samples; at = until) {
    until = n_samples - at < REM_SLOT_CHUNK ? n_samples : at + REM_SLOT_CHUNK;
    event = rem_audio_obey_midi(self, event, at, &until);
    aim(self);
    move(&self->controls, &self->piece, until - at);
    hear(self, at, until - at);
    play(self, until - at);
    give(self, at, until - at);
    self->started = true;
  }
  (void)rem_audio_obey_midi(self, event, UINT32_MAX, &none);
  if (rem_shell_begin_notify(&self->shell, n_samples)) {
    rem_shell_end_notify(&self->shell);
  }
  rem_shell_end(&self->shell, begun, n_samples);
  show(self, n_samples);
  atomic_fetch_add(&self->shell.remote.n_done, 1U);
  rem_denormals_restore(mode);
}
