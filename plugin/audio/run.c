// SPDX-License-Identifier: ISC

/// The audio thread

#include "plugin/audio/audio.h"

#include "dsp/denormal.h"
#include "dsp/gain.h"
#include "plugin/ticks.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define LOAD_SECONDS 0.3 ///< Over which the DSP load is smoothed

/// What port `status` says
enum { NO_MODEL, PLAYING, FADING, LAST_LOAD_FAILED, PLAYING_AT_ANOTHER_RATE };

REM_RT void
rem_audio_connect_port(const LV2_Handle instance,
                       const uint32_t   port,
                       void* const      data)
{
  if (port < REM_AUDIO_STEREO_N_PORTS) {
    ((RemAudio*)instance)->ports[port] = data;
  }
}

REM_RT void
rem_audio_activate(const LV2_Handle instance)
{
  RemAudio* const self = (RemAudio*)instance;

  rem_slot_reset(self->slot);
  self->started      = false;
  self->n_non_finite = 0U;
  self->load         = 0.0f;
}

/// Return a control within its range, or its default if the host gives nothing
/// that is a number
REM_RT static float
control(const RemAudio* const self,
        const uint32_t        port,
        const float           minimum,
        const float           normal,
        const float           maximum)
{
  const float* const x = (const float*)rem_audio_port(self, port);
  return x && !isnan(*x) ? fminf(fmaxf(*x, minimum), maximum) : normal;
}

#define CONTROL(self, name) \
  control(self,             \
          REM_AUDIO_##name, \
          REM_##name##_MIN, \
          REM_##name##_DEF, \
          REM_##name##_MAX)

/// Send every control on its way, but right after activation set it
REM_RT static void
aim(RemAudio* const self)
{
  RemControls* const to = &self->controls;
  const uint32_t     n  = self->started ? self->n_glide : 0U;
  const bool         on = CONTROL(self, ENABLED) > 0.5f;

  rem_ramp_aim(&to->enabled, on ? 1.0f : 0.0f, n);
  rem_ramp_aim(&to->in_gain, rem_gain_of_db(CONTROL(self, IN_GAIN)), n);
  rem_ramp_aim(&to->out_gain, rem_gain_of_db(CONTROL(self, OUT_GAIN)), n);
  rem_ramp_aim(&to->mix, CONTROL(self, MIX), n);
  rem_ramp_aim(&to->knobs[0], CONTROL(self, KNOB_1), n);
  rem_ramp_aim(&to->knobs[1], CONTROL(self, KNOB_2), n);
  rem_ramp_aim(&to->knobs[2], CONTROL(self, KNOB_3), n);
  rem_ramp_aim(&to->knobs[3], CONTROL(self, KNOB_4), n);
}

/// Let the controls go by for `n` samples
REM_RT static void
move(RemControls* const from, RemPiece* const piece, const uint32_t n)
{
  rem_ramp_fill(&from->in_gain, piece->in_gain, n);
  rem_ramp_fill(&from->out_gain, piece->out_gain, n);
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

/// Take `n` samples from the host: as they are, and as the net hears them
REM_RT static void
hear(RemAudio* const self, const uint32_t at, const uint32_t n)
{
  RemPiece* const piece = &self->piece;
  for (uint32_t c = 0U; c < self->n_channels; ++c) {
    const float* const in    = (const float*)self->ports[REM_AUDIO_IN + c];
    float* const       dry   = piece->dry[c];
    float* const       heard = piece->in[c];
    for (uint32_t i = 0U; i < n; ++i) {
      dry[i]   = in ? only_finite(self, in[at + i]) : 0.0f;
      heard[i] = only_finite(self, piece->in_gain[i] * dry[i]);
    }
  }
}

/// Let the slot play a piece.  A model of another sample rate than the host's
/// is to be resampled to and fro in here: outside are samples of the host,
/// inside the slot samples of the model.
REM_RT static void
play(RemAudio* const self, const uint32_t n)
{
  RemPiece* const piece = &self->piece;
  RemSlotBuffers  b     = {{NULL}, {NULL}, {NULL}, piece->through};
  for (uint32_t c = 0U; c < self->n_channels; ++c) {
    b.in[c]  = piece->in[c];
    b.out[c] = piece->wet[c];
  }
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    b.knobs[k] = piece->knobs[k];
  }
  rem_slot_block(self->slot, &b, n);
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

/// Give `n` samples to the host
REM_RT static void
give(RemAudio* const self, const uint32_t at, const uint32_t n)
{
  RemPiece* const p    = &self->piece;
  const uint32_t  port = REM_AUDIO_IN + self->n_channels;
  for (uint32_t c = 0U; c < self->n_channels; ++c) {
    float* const out = (float*)self->ports[port + c];
    for (uint32_t i = 0U; out && i < n; ++i) {
      const float wet = p->share[i] * p->out_gain[i] * p->wet[c][i];
      const float dry = 1.0f - p->share[i] * (1.0f - p->through[i]);
      out[at + i]     = only_finite(self, mixed(wet, p->dry[c][i], dry));
    }
  }
}

REM_RT static void
show_number(const RemAudio* const self, const uint32_t port, const float x)
{
  float* const to = (float*)rem_audio_port(self, port);
  if (to) {
    *to = x;
  }
}

REM_RT static int
status(const RemAudio* const self)
{
  const RemVoice* const voice = rem_slot_voice(self->slot);
  if (rem_slot_is_fading(self->slot)) {
    return FADING;
  }
  if (self->failed) {
    return LAST_LOAD_FAILED;
  }
  if (!voice) {
    return NO_MODEL;
  }
  return fabs(rem_voice_rate(voice) - self->rate) > 0.5
           ? PLAYING_AT_ANOTHER_RATE
           : PLAYING;
}

/// Follow the share of a block's time that went by since `start`
REM_RT static void
measure(RemAudio* const self, const uint64_t start, const uint32_t n)
{
  const double most = (double)n * self->ticks_per_sample;
  if (most > 0.0) {
    const float now    = (float)((double)(rem_ticks() - start) / most);
    const float weight = (float)(n / (n + LOAD_SECONDS * self->rate));
    self->load += weight * (now - self->load);
  }
}

REM_RT static void
show(RemAudio* const self)
{
  const uint64_t n_bad =
    (uint64_t)self->n_non_finite + rem_slot_n_non_finite(self->slot);

  show_number(self, REM_AUDIO_STATUS, (float)status(self));
  show_number(
    self, REM_AUDIO_DSP_LOAD, fminf(100.0f * self->load, REM_DSP_LOAD_MAX));
  show_number(
    self, REM_AUDIO_NON_FINITE, fminf((float)n_bad, REM_NON_FINITE_MAX));
}

REM_RT void
rem_audio_run(const LV2_Handle instance, const uint32_t n_samples)
{
  RemAudio* const    self  = (RemAudio*)instance;
  const uint64_t     start = rem_ticks();
  const RemFloatMode mode  = rem_denormals_off();

  rem_audio_receive(self);
  rem_slot_pick_up(self->slot);
  aim(self);
  for (uint32_t at = 0U, n = 0U; at < n_samples; at += n) {
    n = n_samples - at < REM_SLOT_CHUNK ? n_samples - at : REM_SLOT_CHUNK;
    move(&self->controls, &self->piece, n);
    hear(self, at, n);
    play(self, n);
    give(self, at, n);
    self->started = true;
  }
  rem_audio_notify(self);
  measure(self, start, n_samples);
  show(self);
  rem_denormals_restore(mode);
}
