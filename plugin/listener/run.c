// SPDX-License-Identifier: ISC

/// The audio thread of the listener

#include "plugin/listener/listener.h"

#include "dsp/denormal.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

REM_RT void
rem_listener_activate(const LV2_Handle instance)
{
  RemListener* const self = (RemListener*)instance;

  self->started    = false; // Time begins anew in the first block
  self->shell.load = 0.0f;
  self->stage.n_failed -= rem_listener_stage_n_failures(&self->stage);
}

/// Forget what was heard
REM_RT static void
forget(RemListener* const self)
{
  if (self->stage.playing) {
    rem_hearer_reset(self->stage.playing);
  }
  memset(self->out, 0, sizeof(self->out));
  memset(self->cc, 0, sizeof(self->cc));
}

/// Follow activation, the switch and another net
REM_RT static void
follow(RemListener* const self)
{
  const bool enabled = self->shell.value[REM_LISTENER_AT_ENABLED] > 0.5f;
  const bool another = rem_listener_stage_pick_up(&self->stage);
  memset(self->fresh, 0, sizeof(self->fresh));
  if (!self->started || another || !enabled) {
    rem_listener_silence(self, 0U);
  }
  if (!self->started) {
    self->now = 0U;
  }
  if (!self->started || another || enabled != self->enabled) {
    forget(self);
  }
  self->enabled = enabled;
}

/// Listen to `n` samples at the net's rate; `at` says at which sample of the
/// block each has come, or is NULL if that is `first` on
REM_RT static void
hear(RemListener* const    self,
     const float* const    x,
     const uint32_t        n,
     const uint32_t* const at,
     const uint32_t        first)
{
  for (uint32_t t = 0U; t < n;) {
    const float* strengths = NULL;
    t += rem_ear_take(self->stage.playing->ear, x + t, n - t, &strengths);
    if (strengths) {
      rem_listener_give(self, strengths, first + (at ? at[t - 1U] : t - 1U));
    }
  }
}

/// Listen to a block
REM_RT static void
attend(RemListener* const self, const float* const x, const uint32_t n)
{
  RemHearer* const hearer = self->stage.playing;
  if (!hearer->sound) {
    hear(self, x, n, NULL, 0U);
    return;
  }
  for (uint32_t t = 0U; t < n; t += REM_RESAMPLE_CHUNK) {
    const uint32_t left = n - t;
    const uint32_t some = left < REM_RESAMPLE_CHUNK ? left : REM_RESAMPLE_CHUNK;
    float          clean[REM_RESAMPLE_CHUNK];
    for (uint32_t i = 0U; i < some; ++i) {
      clean[i] = isfinite(x[t + i]) ? x[t + i] : 0.0f;
    }
    const uint32_t m = rem_resampler_take(
      &hearer->resampler, clean, some, hearer->sound, hearer->at);
    hear(self, hearer->sound, m, hearer->at, t);
  }
}

/// Tell the host and everyone else how we are
REM_RT static void
show(RemListener* const self)
{
  RemShell* const        shell  = &self->shell;
  const RemHearer* const hearer = self->stage.playing;
  const uint32_t         status = rem_shell_status(shell, hearer);
  const float    load  = fminf(100.0f * shell->load, REM_LISTENER_DSP_LOAD_MAX);
  const uint32_t n_bad = rem_listener_stage_n_failures(&self->stage);
  const double   delay = hearer ? hearer->delay : 0.0;
  const float    ms    = fminf((float)(1000.0 * delay), REM_LISTENER_DELAY_MAX);
  for (uint32_t o = 0U; o < REM_LISTENER_PORTS; ++o) {
    rem_shell_show(shell, REM_LISTENER_OUT_1 + o, self->out[o]);
  }
  rem_shell_show(shell, REM_LISTENER_STATUS, (float)status);
  rem_shell_show(shell, REM_LISTENER_DSP_LOAD, load);
  rem_shell_show(shell,
                 REM_LISTENER_NON_FINITE,
                 fminf((float)n_bad, REM_LISTENER_NON_FINITE_MAX));
  rem_shell_show(shell, REM_LISTENER_DELAY, ms);
  rem_publish(&shell->remote.status, status);
  rem_publish(&shell->remote.load, load);
  rem_publish(&shell->remote.n_non_finite, n_bad);
  rem_publish(&shell->remote.latency,
              (uint32_t)lrintf((float)(delay * shell->rate)));
}

/// Go through a block
REM_RT static void
play(RemListener* const self, const uint32_t n)
{
  const float* const in  = (const float*)self->shell.ports[REM_LISTENER_IN];
  float* const       out = (float*)self->shell.ports[REM_LISTENER_OUT];
  follow(self);
  if (in && self->enabled && self->stage.playing) {
    attend(self, in, n);
  }
  rem_listener_end_notes(self, n);
  if (in && out && in != out) {
    memmove(out, in, n * sizeof(float));
  } else if (out && !in) {
    memset(out, 0, n * sizeof(float));
  }
}

REM_RT void
rem_listener_run(const LV2_Handle instance, const uint32_t n_samples)
{
  RemListener* const self  = (RemListener*)instance;
  RemShell* const    shell = &self->shell;
  const uint64_t     begun = rem_shell_begin(shell);
  const RemFloatMode mode  = rem_denormals_off();

  rem_shell_read_controls(shell);
  rem_shell_receive(shell);
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
