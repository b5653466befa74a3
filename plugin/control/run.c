// SPDX-License-Identifier: ISC

/// The audio thread of the control plugins

#include "plugin/control/control.h"

#include "dsp/denormal.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/// Return the seed that the control asks for
REM_RT static uint32_t
wanted_seed(const RemControlPlugin* const self)
{
  return (uint32_t)lrintf(self->shell.value[REM_CONTROL_AT_SEED]);
}

REM_RT static void
sow(RemControlPlugin* const self)
{
  self->seed = wanted_seed(self);
  rem_duet_seed(self->duet, self->seed);
}

/// Forget everything, from the block's first sample on.  What is drawn first is
/// drawn by the seed.
REM_RT static void
reset(RemControlPlugin* const self)
{
  sow(self);
  rem_duet_reset(self->duet, self->now);
  rem_cast_forget(&self->cast);
}

REM_RT void
rem_control_activate(const LV2_Handle instance)
{
  RemControlPlugin* const self = (RemControlPlugin*)instance;

  RemTouch touch;
  while (rem_ring_pop(&self->touches, &touch)) { // Of a time that is over
  }
  rem_recorder_split(self->recorder);
  self->started    = false; // Time begins anew in the first block
  self->n_bad      = 0U;
  self->shell.load = 0.0f;
  self->voltage    = (RemVoltage){.known = false};
  self->cast.n_failed -= rem_cast_n_failures(&self->cast);
}

/// Return how to play, as the controls say.  What is bypassed passes on.
REM_RT static RemDuetSettings
settings_of(const RemControlPlugin* const self)
{
  static const double grids[] = {0.0, 1.0, 0.5, 0.25, 0.125};
  const float* const  x       = self->shell.value;
  const bool          enabled = x[REM_CONTROL_AT_ENABLED] > 0.5f;

  RemDuetSettings s  = rem_duet_settings();
  s.mode             = (RemDuetMode)lrintf(x[REM_CONTROL_AT_MODE]);
  s.threshold        = x[REM_CONTROL_AT_THRESHOLD];
  s.timescale        = x[REM_CONTROL_AT_TIMESCALE];
  s.temper.pitemp    = x[REM_CONTROL_AT_PITEMP];
  s.temper.sigmatemp = x[REM_CONTROL_AT_SIGMATEMP];
  s.paused           = !enabled || x[REM_CONTROL_AT_PAUSE] > 0.5f;
  s.input_thru       = !enabled || x[REM_CONTROL_AT_INPUT_THRU] > 0.5f;
  s.grid             = grids[lrintf(x[REM_CONTROL_AT_QUANTISE])];
  s.keep_swing       = x[REM_CONTROL_AT_SWING] > 0.5f;
  return s;
}

/// Do what the controls ask for
REM_RT static void
follow_controls(RemControlPlugin* const self)
{
  const RemDuetSettings settings = settings_of(self);
  const bool            again =
    rem_button_take(&self->reset, self->shell.value[REM_CONTROL_AT_RESET]);
  if (!self->started || (self->thru && !settings.input_thru)) {
    rem_control_end_notes(self, 0U);
  }
  if (!self->started && !self->owes_silence) {
    rem_midi_out_init(&self->midi); // Controllers are told anew
  }
  self->thru = settings.input_thru;
  rem_duet_set(self->duet, self->now, &settings);
  if (!self->started) {
    memset(self->out, 0, sizeof(self->out));
    rem_duet_let_go(self->duet); // Every activation plays the same
    rem_control_rest_faders(self);
    self->now = 0U;
  }
  if (again || !self->started) {
    reset(self);
  } else if (wanted_seed(self) != self->seed) {
    sow(self);
  }
}

/// Take over another net, if there is one
REM_RT static void
follow_loader(RemControlPlugin* const self)
{
  if (rem_cast_pick_up(&self->cast, self->duet, self->now)) {
    const RemPredictor* const net = rem_duet_predictor(self->duet);
    atomic_store(&self->n_dims, rem_predictor_frames(net)->n_dims);
    rem_control_rest_faders(self);
  }
}

/// Return whether the net hears what happens
REM_RT static bool
is_heard(const RemControlPlugin* const self, const RemDuetEvent* const event)
{
  const RemDuetMode mode = rem_duet_get(self->duet)->mode;
  switch (event->kind) {
  case REM_EVENT_NET:
    return mode == REM_DUET_CALLRESPONSE || mode == REM_DUET_BATTLE;
  case REM_EVENT_PLAYER:
    return mode == REM_DUET_CALLRESPONSE || mode == REM_DUET_POLYPHONY;
  case REM_EVENT_SILENCE:
    break;
  }
  return false;
}

/// Remember an event for the next net
REM_RT static void
remember(RemControlPlugin* const self, const RemDuetEvent* const event)
{
  float frame[REM_MAX_FRAME] = {event->dt};
  for (uint32_t d = 0U; d < event->n; ++d) {
    frame[1U + d] = event->x[d];
  }
  rem_cast_remember(&self->cast, frame, 1U + event->n);
}

REM_RT void
rem_control_play_until(RemControlPlugin* const self, const uint32_t until)
{
  RemDuetEvent event;
  while (rem_duet_next(self->duet, self->now + until, &event)) {
    const uint64_t late = event.at > self->now ? event.at - self->now : 0U;
    if (is_heard(self, &event)) {
      remember(self, &event);
    }
    rem_control_give(self, &event, (uint32_t)late);
  }
}

/// Go through a block
REM_RT static void
play(RemControlPlugin* const self, const uint32_t n)
{
  const RemShell* const shell = &self->shell;
  rem_control_begin_giving(self);
  rem_mapping_learn_switch(&self->learn,
                           shell->value[REM_CONTROL_AT_LEARN] > 0.5f);
  rem_control_follow_mapping(self, 0U);
  follow_controls(self);
  follow_loader(self);
  rem_recorder_arm(self->recorder, shell->value[REM_CONTROL_AT_RECORD] > 0.5f);
  rem_recorder_tick(self->recorder, self->now);
  if (n > 0U || !self->started) {
    rem_control_take_ports(self);
  }
  for (const LV2_Atom_Event* e = rem_shell_first_event(shell); e;
       e                       = rem_shell_next_event(shell, e)) {
    rem_control_take_event(self, e, n);
  }
  rem_control_take_voltage(self, n);
  rem_control_take_osc(self, n);
  rem_control_play_until(self, n);
  rem_control_end_giving(self, n);
}

/// Tell the host and everyone else how we are
REM_RT static void
show(RemControlPlugin* const self)
{
  RemShell* const shell  = &self->shell;
  const uint32_t  status = rem_shell_status(shell, self->cast.playing);
  const float     load  = fminf(100.0f * shell->load, REM_CONTROL_DSP_LOAD_MAX);
  const uint32_t  n_bad = self->n_bad + rem_cast_n_failures(&self->cast);
  const uint32_t  turn  = (uint32_t)rem_duet_turn(self->duet);

  const struct {
    uint32_t port;
    float    value;
  } outputs[] = {
    {REM_CONTROL_STATUS, (float)status},
    {REM_CONTROL_DSP_LOAD, load},
    {REM_CONTROL_NON_FINITE, fminf((float)n_bad, REM_CONTROL_NON_FINITE_MAX)},
    {REM_CONTROL_TURN, (float)turn},
    {REM_CONTROL_RECORDING, (float)rem_recorder_state(self->recorder)}};
  for (uint32_t i = 0U; i < sizeof(outputs) / sizeof(*outputs); ++i) {
    rem_shell_show(
      shell, rem_control_port(self, outputs[i].port), outputs[i].value);
  }
  rem_publish(&shell->remote.status, status);
  rem_publish(&shell->remote.load, load);
  rem_publish(&shell->remote.n_non_finite, n_bad);
  rem_publish(&shell->remote.turn, turn);
}

/// Let the worker tell what is new.  A freewheeling host does so at once.
REM_RT static void
ask_worker(RemControlPlugin* const self)
{
  const uint32_t n = rem_recorder_n_told(self->recorder);
  if (self->learned &&
      rem_shell_ask_number(&self->shell, REM_WORK_LEARNED, 0U)) {
    self->learned = false;
  }
  if (n != self->n_recorded &&
      rem_shell_ask_number(&self->shell, REM_WORK_RECORDED, 0U)) {
    self->n_recorded = n;
  }
}

REM_RT void
rem_control_run(const LV2_Handle instance, const uint32_t n_samples)
{
  RemControlPlugin* const self  = (RemControlPlugin*)instance;
  RemShell* const         shell = &self->shell;
  const uint64_t          begun = rem_shell_begin(shell);
  const RemFloatMode      mode  = rem_denormals_off();

  rem_shell_read_controls(shell);
  rem_shell_receive(shell);
  ask_worker(self);
  self->writing = rem_shell_begin_notify(shell, n_samples);
  play(self, n_samples);
  if (self->writing) {
    rem_shell_end_notify(shell);
  }
  self->now += n_samples;
  self->started = true;
  rem_shell_end(shell, begun, n_samples);
  show(self);
  atomic_fetch_add(&shell->remote.n_done, 1U);
  rem_denormals_restore(mode);
}
