// SPDX-License-Identifier: ISC

#include "dsp/improviser.h"

#include "dsp/head/draw.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

REM_RT RemImproviserSettings
rem_improviser_settings(void)
{
  const RemEventRules         rules    = {0U, 127U, 0xFFFU, false};
  const RemImproviserSettings settings = {
    REM_IMPROVISE_ON, true, 1.0, 1.0, 1.0f, 0U, rules};
  return settings;
}

void
rem_improviser_init(RemImproviser* const self, const double rate)
{
  memset(self, 0, sizeof(*self));
  self->rate     = rate;
  self->settings = rem_improviser_settings();
}

/// Return what the net's clock says
REM_RT static double
clock_at(const RemImproviser* const self, const double at)
{
  return self->clock + (at - (double)self->clock_at) /
                         (self->rate * self->settings.timescale);
}

/// Remember what the net has heard or said, for the next net
REM_RT static void
recall(RemImproviser* const self, const uint32_t token)
{
  self->n_recalled = token == REM_TOKEN_START ? 0U : self->n_recalled;
  self->recalled[self->n_recalled++ % REM_IMPROVISER_RECALLED] = token;
}

/// Let a token wait until the net hears it
REM_RT static void
push(RemImproviser* const self, const uint64_t at, const uint32_t token)
{
  if (!self->mind) {
    recall(self, token);
  } else if (self->n_waiting < REM_IMPROVISER_WAITING) {
    const uint32_t place =
      (self->first_waiting + self->n_waiting) % REM_IMPROVISER_WAITING;
    self->waiting[place] = token;
    self->pushed_at      = at;
    ++self->n_waiting;
  }
}

/// Let messages be taken out
REM_RT static void
put_out(RemImproviser* const      self,
        const uint64_t            at,
        const RemTimedMidi* const messages,
        const uint32_t            n)
{
  if (self->next_out == self->n_out) {
    self->next_out = 0U;
    self->n_out    = 0U;
  }
  for (uint32_t i = 0U; i < n && self->n_out < 2U * REM_MOST_MESSAGES; ++i) {
    RemNoteMessage* const out = &self->out[self->n_out++];
    out->at                   = at;
    memcpy(out->bytes, messages[i].bytes, sizeof(out->bytes));
  }
}

REM_RT static bool
answers(const RemImproviser* const self)
{
  return self->mind && rem_mind_answers(self->mind);
}

/// End the net's notes and turn.  One that goes on hears that they end.
REM_RT static void
fall_silent(RemImproviser* const self, const uint64_t at)
{
  RemTimedMidi   messages[REM_MOST_MESSAGES];
  const uint32_t n = rem_event_decode_rest(&self->decoder, messages);
  put_out(self, at, messages, n);
  for (uint32_t i = 0U; i < n && !answers(self); ++i) {
    push(self, at, REM_TOKEN_OFF + messages[i].bytes[1]);
  }
  self->speaks = false;
}

/// Make the net of one kind or the other ready for another call
REM_RT static void
listen_anew(RemImproviser* const self, const uint64_t at)
{
  self->encoder    = (RemEventEncoder){.pedal = self->encoder.pedal};
  self->n_recalled = 0U;
  if (answers(self)) {
    rem_mind_reset(self->mind);
  } else {
    push(self, at, REM_TOKEN_START);
  }
}

REM_RT void
rem_improviser_reset(RemImproviser* const self,
                     const uint64_t       at,
                     const uint32_t       seed)
{
  for (uint32_t i = self->next_out; i < self->n_out; ++i) {
    self->out[i].at = at; // Where time begins anew
  }
  fall_silent(self, at);
  self->encoder    = (RemEventEncoder){.begun = false};
  self->random     = (RemRandom){seed};
  self->called     = false;
  self->n_waiting  = 0U;
  self->n_recalled = 0U;
  self->clock      = 0.0;
  self->clock_at   = at;
  self->spent      = (double)at;
  self->now        = at;
  if (self->mind) {
    rem_mind_reset(self->mind);
  }
}

/// Put settings where they make sense
REM_RT static RemImproviserSettings
tidy(const RemImproviserSettings* const settings)
{
  RemImproviserSettings s = *settings;
  s.rest                  = fmin(fmax(s.rest, 0.0), REM_IMPROVISER_MAX_REST);
  s.timescale =
    fmin(fmax(s.timescale, REM_IMPROVISER_MIN_SCALE), REM_IMPROVISER_MAX_SCALE);
  s.temperature = fmaxf(s.temperature, 0.0f);
  return s;
}

REM_RT void
rem_improviser_set(RemImproviser* const               self,
                   const uint64_t                     at,
                   const RemImproviserSettings* const settings)
{
  const RemImproviserSettings s     = tidy(settings);
  const double                scale = self->settings.timescale;
  if (s.timescale < scale || s.timescale > scale) { // Else sums would round
    self->clock    = clock_at(self, (double)at);
    self->clock_at = at;
  }
  self->now = at;
  if (self->speaks && (!s.enabled || s.mode != self->settings.mode)) {
    fall_silent(self, at);
  }
  self->settings = s;
}

REM_RT RemMind*
rem_improviser_set_mind(RemImproviser* const self,
                        const uint64_t       at,
                        RemMind* const       mind)
{
  RemMind* const old = self->mind;
  fall_silent(self, at);
  for (; self->n_waiting; --self->n_waiting) { // The new one hears them too
    recall(self, self->waiting[self->first_waiting]);
    self->first_waiting = (self->first_waiting + 1U) % REM_IMPROVISER_WAITING;
  }
  const uint32_t end = self->n_recalled;
  const uint32_t n =
    end < REM_IMPROVISER_RECALLED ? end : REM_IMPROVISER_RECALLED;
  self->mind       = mind;
  self->n_recalled = mind ? 0U : end;
  self->now        = at;
  for (uint32_t i = end - n; mind && i < end; ++i) {
    const uint32_t token = self->recalled[i % REM_IMPROVISER_RECALLED];
    if (token != REM_TOKEN_START) { // It knows
      push(self, at, token);
    }
  }
  return old;
}

REM_RT void
rem_improviser_stop(RemImproviser* const self, const uint64_t at)
{
  fall_silent(self, at);
  self->called = false;
  self->now    = at;
}

/// Let what is heard stand after what was said, also where the net is about to
/// wait for longer
REM_RT static void
stand_behind(RemImproviser* const self)
{
  const double said =
    clock_at(self, fmax(self->said_at, (double)self->turn_at));
  self->encoder.begun = true;
  self->encoder.step  = (uint64_t)(fmax(said, 0.0) / REM_WAIT_SECONDS + 0.5);
}

/// Let the player take over
REM_RT static void
yield(RemImproviser* const self, const uint64_t at)
{
  fall_silent(self, at);
  if (answers(self)) {
    listen_anew(self, at);
  }
  self->encoder.velocity = 0U; // The net has chosen another
}

REM_RT void
rem_improviser_hear(RemImproviser* const self,
                    const uint64_t       at,
                    const uint8_t* const bytes)
{
  const uint32_t kind = bytes[0] & 0xF0U;
  const bool     key  = kind == 0x80U || kind == 0x90U;
  const bool     on   = kind == 0x90U && bytes[2];
  if (self->speaks && !answers(self)) {
    stand_behind(self);
  }
  if (on && self->speaks) {
    yield(self, at);
  }
  RemTimedMidi message = {clock_at(self, (double)at), {0U}};
  uint32_t     tokens[REM_MOST_TOKENS];
  memcpy(message.bytes, bytes, 3U);
  const uint32_t n = rem_event_encode(&self->encoder, &message, tokens);
  for (uint32_t i = 0U; i < n; ++i) {
    push(self, at, tokens[i]);
  }
  self->heard_at = key ? at : self->heard_at;
  self->called   = self->called || on;
  self->now      = at;
}

/// Return whether no finger is on a key
REM_RT static bool
rests(const RemImproviser* const self)
{
  return !memchr(self->encoder.held, 1, sizeof(self->encoder.held));
}

/// Return when from `at` on a step may be taken: nothing is made up for
REM_RT static uint64_t
afford(const RemImproviser* const self, const uint64_t at)
{
  const double saved =
    REM_IMPROVISER_BURST * REM_IMPROVISER_SPACING * self->rate;
  const uint64_t first = at > self->now ? at : self->now;
  const double   from  = ceil(self->spent - saved);
  return from > (double)first ? (uint64_t)from : first;
}

REM_RT static void
pay(RemImproviser* const self, const uint64_t at)
{
  self->spent =
    fmax(self->spent, (double)at) + REM_IMPROVISER_SPACING * self->rate;
  self->now = at;
}

/// Return when the next step is to be taken
REM_RT static uint64_t
due(const RemImproviser* const self)
{
  if (!self->mind) {
    return REM_IMPROVISER_NEVER;
  }
  if (self->n_waiting) {
    return afford(self, self->pushed_at);
  }
  if (self->speaks) {
    const double at = ceil(fmax(self->said_at, (double)self->turn_at));
    return afford(self, (uint64_t)at);
  }
  if (!self->called || !self->settings.enabled || !rests(self)) {
    return REM_IMPROVISER_NEVER;
  }
  const double rest = ceil(self->settings.rest * self->rate);
  return afford(self, self->heard_at + (uint64_t)rest);
}

/// Hear what waits longest
REM_RT static void
listen(RemImproviser* const self)
{
  const uint32_t token = self->waiting[self->first_waiting];
  self->first_waiting  = (self->first_waiting + 1U) % REM_IMPROVISER_WAITING;
  --self->n_waiting;
  recall(self, token);
  rem_mind_hear(self->mind, token);
}

/// Begin the net's turn at sample `at`.  Waits that it says first have gone by
/// while the player rested.
REM_RT static void
begin(RemImproviser* const self, const uint64_t at)
{
  const uint8_t velocity = self->encoder.velocity;
  self->speaks           = true;
  self->turn_at          = at;
  self->said_at          = (double)self->heard_at;
  self->n_at_once        = 0U;
  self->decoder.chosen   = false;
  self->decoder.velocity = velocity ? (uint8_t)(4U * velocity - 2U) : 0U;
  self->called = self->called && self->settings.mode == REM_IMPROVISE_ON;
  rem_mind_begin(self->mind);
}

/// Return what the net says next
REM_RT static uint32_t
choose(RemImproviser* const self)
{
  bool          allowed[REM_N_TOKENS];
  RemEventRules rules = self->settings.rules;
  const RemDraw how   = {
      self->settings.temperature, self->settings.top_k, allowed};
  rules.may_end = answers(self) || self->settings.mode == REM_IMPROVISE_ANSWER;
  rem_event_allow(&self->decoder, &rules, allowed);
  return self->n_at_once < REM_IMPROVISER_AT_ONCE
           ? rem_draw(
               rem_mind_logits(self->mind), REM_N_TOKENS, &how, &self->random)
           : REM_TOKEN_WAIT; // Or it would never get on
}

/// The net has said its end
REM_RT static void
end(RemImproviser* const self, const uint64_t at)
{
  if (answers(self) && self->settings.mode == REM_IMPROVISE_ON) {
    self->turn_at = at;
    self->said_at = (double)at;
    rem_mind_begin(self->mind); // The same call once more
    return;
  }
  self->speaks = false;
  listen_anew(self, at);
}

/// Let the net say something at sample `at`
REM_RT static void
speak(RemImproviser* const self, const uint64_t at)
{
  const uint32_t n_failures = rem_mind_n_failures(self->mind);
  const uint32_t token      = choose(self);
  RemTimedMidi   messages[REM_MOST_MESSAGES];
  rem_mind_say(self->mind, token);
  if (!answers(self)) {
    recall(self, token);
  }
  ++self->n_at_once;
  if (token >= REM_TOKEN_WAIT && token < REM_TOKEN_VELOCITY) {
    self->said_at += (token - REM_TOKEN_WAIT + 1U) * REM_WAIT_SECONDS *
                     self->rate * self->settings.timescale;
    self->n_at_once = 0U;
  } else {
    self->said_at = fmax(self->said_at, (double)self->turn_at);
  }
  put_out(
    self, at, messages, rem_event_decode(&self->decoder, token, messages));
  if (rem_mind_n_failures(self->mind) != n_failures) {
    rem_improviser_stop(self, at);
  } else if (token == REM_TOKEN_END) {
    end(self, at);
  }
}

REM_RT bool
rem_improviser_next(RemImproviser* const  self,
                    const uint64_t        until,
                    RemNoteMessage* const message)
{
  while (self->next_out == self->n_out) {
    const uint64_t at = due(self);
    if (at >= until) {
      return false;
    }
    pay(self, at);
    if (self->n_waiting) {
      listen(self);
    } else if (self->speaks) {
      speak(self, at);
    } else {
      begin(self, at);
    }
  }
  if (self->out[self->next_out].at >= until) {
    return false;
  }
  *message = self->out[self->next_out++];
  return true;
}
