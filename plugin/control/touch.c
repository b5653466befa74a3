// SPDX-License-Identifier: ISC

/// What the player does: ports, control voltage, MIDI, OSC; and where the
/// host's transport is

#include "plugin/control/control.h"

#include <lv2/atom/util.h>

#include <math.h>
#include <stddef.h>

#define USUAL_PERIOD 0.01 ///< Seconds, without a trigger
#define HIGH 0.5f         ///< A trigger is up from here on
#define MOVED 0.0005f     ///< Less is noise

/// Return the number of dimensions that can be moved
REM_RT static uint32_t
n_dims(const RemControlPlugin* const self)
{
  const RemPredictor* const net = rem_duet_predictor(self->duet);
  return net ? rem_predictor_frames(net)->n_dims : REM_MAX_DIMS;
}

REM_RT void
rem_control_rest_faders(RemControlPlugin* const self)
{
  const RemPredictor* const net    = rem_duet_predictor(self->duet);
  const RemFrames* const    frames = net ? rem_predictor_frames(net) : NULL;
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    const bool is_switch =
      frames && d < frames->n_dims && frames->dims[d].kind == REM_DIM_SWITCH;
    const bool is_key = self->mapping.entry[d].kind == REM_MAP_KEY;
    rem_duet_rest(self->duet, d, is_switch || is_key ? 0.0f : 0.5f);
  }
}

/// Let the player move one dimension.  Without a net, frames are as long as the
/// mapping, so that a take has one length from its first row on.
REM_RT static void
move(RemControlPlugin* const self,
     const uint64_t          at,
     const uint32_t          dim,
     const float             value)
{
  if (rem_duet_predictor(self->duet)) {
    rem_duet_move(self->duet, at, dim, value);
    return;
  }
  const uint32_t n = rem_mapping_n_dims(&self->mapping);
  float          x[REM_MAX_DIMS];
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    x[d] = d == dim ? value : NAN; // Others stay where they are
  }
  rem_duet_touch(self->duet, at, x, n > dim ? n : dim + 1U);
}

REM_RT void
rem_control_take_osc(RemControlPlugin* const self, const uint32_t until)
{
  RemTouch touch;
  while (self->osc_at < until && rem_ring_pop(&self->touches, &touch)) {
    rem_control_play_until(self, self->osc_at);
    rem_duet_touch(self->duet, self->now + self->osc_at, touch.x, touch.n);
    self->osc_at += self->n_spacing;
  }
  self->osc_at = self->osc_at < until ? until : self->osc_at;
}

REM_RT void
rem_control_take_ports(RemControlPlugin* const self)
{
  const uint32_t n = self->cv ? 0U : REM_PORT_DIMS;
  for (uint32_t d = 0U; d < n; ++d) {
    const float* const port =
      (const float*)self->shell.ports[REM_CONTROL_IN_1 + d];
    const float x = port && isfinite(*port) ? *port : self->in[d];
    if (self->started && x != self->in[d] && d < n_dims(self)) {
      move(self, self->now, d, x);
    }
    self->in[d] = x;
  }
}

/// Return sample `s` of a port of control voltage, or NaN if there is nothing
/// finite
REM_RT static float
voltage_at(const RemControlPlugin* const self,
           const uint32_t                port,
           const uint32_t                s)
{
  const float* const samples = (const float*)self->shell.ports[port];
  return samples && isfinite(samples[s]) ? samples[s] : NAN;
}

/// Take in the inputs at sample `s` as a touch; if `moved`, only if one of them
/// has moved
REM_RT static void
touch_voltage(RemControlPlugin* const self, const uint32_t s, const bool moved)
{
  RemVoltage* const v = &self->voltage;
  float             x[REM_PORT_DIMS];
  bool              touched = !moved;
  for (uint32_t d = 0U; d < REM_PORT_DIMS; ++d) {
    x[d] = voltage_at(self, REM_CONTROL_CV_IN_1 + d, s);
    touched |= d < n_dims(self) && fabsf(x[d] - v->seen[d]) > MOVED;
  }
  if (!touched) {
    return;
  }
  for (uint32_t d = 0U; d < REM_PORT_DIMS; ++d) {
    const bool connected = self->shell.ports[REM_CONTROL_CV_IN_1 + d] != NULL;
    self->n_bad += connected && !isfinite(x[d]);
    v->seen[d] = isfinite(x[d]) ? x[d] : v->seen[d];
  }
  rem_control_take_osc(self, s);
  rem_control_play_until(self, s);
  rem_duet_touch(self->duet, self->now + s, x, REM_PORT_DIMS);
}

/// Return the samples between two looks at the inputs; 0 for the trigger alone
REM_RT static uint32_t
period_of(const RemControlPlugin* const self)
{
  const bool   triggered = self->shell.ports[REM_CONTROL_CV_TRIGGER_IN] != NULL;
  const double ms        = (double)self->shell.value[REM_CONTROL_AT_PERIOD];
  const double seconds   = ms > 0.0 || triggered ? 0.001 * ms : USUAL_PERIOD;
  const double samples   = seconds * self->shell.rate + 0.5;
  return seconds > 0.0 && samples < 1.0 ? 1U : (uint32_t)samples;
}

/// Note where the inputs are, before the first frame
REM_RT static void
begin_voltage(RemControlPlugin* const self, const uint32_t s)
{
  RemVoltage* const v = &self->voltage;
  for (uint32_t d = 0U; d < REM_PORT_DIMS; ++d) {
    const float x = voltage_at(self, REM_CONTROL_CV_IN_1 + d, s);
    v->seen[d]    = isfinite(x) ? x : 0.0f;
  }
  v->known = true;
}

REM_RT void
rem_control_take_voltage(RemControlPlugin* const self, const uint32_t until)
{
  RemVoltage* const v      = &self->voltage;
  const uint32_t    period = self->cv ? period_of(self) : 0U;
  for (; self->cv && v->n_scanned < until; ++v->n_scanned) {
    const uint32_t s = v->n_scanned;
    if (!v->known) {
      begin_voltage(self, s);
    }
    const bool high = voltage_at(self, REM_CONTROL_CV_TRIGGER_IN, s) >= HIGH;
    v->n_until      = v->n_until < period ? v->n_until : period;
    const bool over = period && !v->n_until;
    if (high && !v->high) {
      touch_voltage(self, s, false);
    } else if (over) {
      touch_voltage(self, s, true);
    }
    v->n_until = over ? period - 1U : v->n_until - (v->n_until > 0U);
    v->high    = high;
  }
}

/// Return a number in an atom, or `otherwise` if it is none
REM_RT static double
number_in(const RemUris* const  uris,
          const LV2_Atom* const atom,
          const double          otherwise)
{
  if (!atom) {
    return otherwise;
  }
  if (atom->type == uris->atom_double && atom->size >= sizeof(double)) {
    return ((const LV2_Atom_Double*)atom)->body;
  }
  if (atom->type == uris->atom_float && atom->size >= sizeof(float)) {
    return (double)((const LV2_Atom_Float*)atom)->body;
  }
  if (atom->type == uris->atom_long && atom->size >= sizeof(int64_t)) {
    return (double)((const LV2_Atom_Long*)atom)->body;
  }
  if (atom->type == uris->atom_int && atom->size >= sizeof(int32_t)) {
    return (double)((const LV2_Atom_Int*)atom)->body;
  }
  return otherwise;
}

/// Tell the duet where the transport is.  LV2's beats are as long as the bar's
/// unit says; the duet's are quarter notes.
REM_RT static void
take_position(RemControlPlugin* const      self,
              const LV2_Atom_Object* const object,
              const uint32_t               at)
{
  const RemUris* const u        = &self->shell.uris;
  const LV2_Atom*      speed    = NULL;
  const LV2_Atom*      beat     = NULL;
  const LV2_Atom*      bar      = NULL;
  const LV2_Atom*      bar_beat = NULL;
  const LV2_Atom*      per_bar  = NULL;
  const LV2_Atom*      unit     = NULL;
  const LV2_Atom*      tempo    = NULL;
  // clang-format off
  lv2_atom_object_get(object,
                      u->time_speed, &speed, u->time_beat, &beat,
                      u->time_bar, &bar, u->time_bar_beat, &bar_beat,
                      u->time_beats_per_bar, &per_bar,
                      u->time_beat_unit, &unit,
                      u->time_beats_per_minute, &tempo, 0);
  // clang-format on
  RemTransport* const t = &self->transport;
  t->speed              = number_in(u, speed, t->speed);
  t->unit               = number_in(u, unit, t->unit);
  t->tempo              = number_in(u, tempo, t->tempo);
  t->per_bar            = number_in(u, per_bar, t->per_bar);
  const double in_bar   = number_in(u, bar_beat, NAN);
  const double bars     = number_in(u, bar, NAN);
  const double place    = number_in(u, beat, bars * t->per_bar + in_bar);
  const double quarters = t->unit > 0.0 ? 4.0 / t->unit : 1.0;
  const double step =
    t->tempo * t->speed * quarters / (60.0 * self->shell.rate);
  const bool known = isfinite(place) && isfinite(step) && step > 0.0;
  rem_duet_transport(self->duet,
                     self->now + at,
                     known ? place * quarters : 0.0,
                     known ? step : 0.0,
                     t->speed > 0.0);
}

/// Return whether notes of a channel are those of a dimension
REM_RT static bool
has_notes(const RemMapping* const mapping, const uint32_t channel)
{
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    if (mapping->entry[d].kind == REM_MAP_NOTE &&
        mapping->entry[d].channel == channel) {
      return true;
    }
  }
  return false;
}

/// Pass on that the player lets go of a note, also of one that was struck at
/// that very sample, in a block of `n` samples.  What ends is no `key`: all
/// else of a sample stays one frame.
REM_RT static void
pass_off(RemControlPlugin* const self,
         const uint8_t* const    bytes,
         const uint32_t          size,
         const uint32_t          at,
         const uint32_t          n)
{
  const bool off = size == 3U && ((bytes[0] & 0xF0U) == 0x80U ||
                                  ((bytes[0] & 0xF0U) == 0x90U && !bytes[2]));
  if (off && has_notes(&self->mapping, bytes[0] & 0x0FU) &&
      !rem_control_let_go(self, bytes, size, at) && at < n &&
      rem_duet_due(self->duet) <= self->now + at) {
    rem_control_play_until(self, at + 1U);
    (void)rem_control_let_go(self, bytes, size, at);
  }
}

/// Take in a MIDI message
REM_RT static void
take_midi(RemControlPlugin* const self,
          const LV2_Atom* const   atom,
          const uint32_t          at,
          const uint32_t          n)
{
  const uint8_t* const      bytes = (const uint8_t*)LV2_ATOM_BODY_CONST(atom);
  const RemPredictor* const net   = rem_duet_predictor(self->duet);
  RemMidiTouch              touch = {0U, 0.0f};
  if (rem_mapping_learn(&self->learn,
                        &self->shared,
                        net ? rem_predictor_frames(net) : NULL,
                        n_dims(self),
                        bytes,
                        atom->size)) {
    self->learned = true;
    rem_control_follow_mapping(self, at);
  }
  if (self->thru) {
    pass_off(self, bytes, atom->size, at, n);
  }
  if (rem_mapping_hear(
        &self->mapping, n_dims(self), bytes, atom->size, &touch)) {
    move(self, self->now + at, touch.dim, touch.value);
  }
}

/// Return when an event happens: within the block, and not before others
REM_RT static uint32_t
time_of(RemControlPlugin* const     self,
        const LV2_Atom_Event* const event,
        const uint32_t              n)
{
  const int64_t last = n ? (int64_t)n - 1 : 0;
  const int64_t time = event->time.frames < last ? event->time.frames : last;
  if (time > (int64_t)self->event_at) {
    self->event_at = (uint32_t)time;
  }
  return self->event_at;
}

REM_RT void
rem_control_take_event(RemControlPlugin* const     self,
                       const LV2_Atom_Event* const event,
                       const uint32_t              n)
{
  const RemUris* const  uris = &self->shell.uris;
  const LV2_Atom* const atom = &event->body;
  const bool            midi = atom->type == uris->midi_event;
  const bool            object =
    lv2_atom_forge_is_object_type(&self->shell.forge, atom->type) &&
    atom->size >= sizeof(LV2_Atom_Object_Body);
  const bool position =
    object && ((const LV2_Atom_Object*)atom)->body.otype == uris->time_position;
  if (!midi && !position) {
    return;
  }
  const uint32_t at = time_of(self, event, n);
  rem_control_take_voltage(self, at);
  rem_control_take_osc(self, at);
  rem_control_play_until(self, at);
  if (midi) {
    take_midi(self, atom, at, n);
  } else {
    take_position(self, (const LV2_Atom_Object*)atom, at);
  }
}
