// SPDX-License-Identifier: ISC

/// What a duet is told

#include "dsp/duet.h"

#include "dsp/duet_internal.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const char* const mode_names[REM_DUET_N_MODES] = {"callresponse",
                                                         "polyphony",
                                                         "battle",
                                                         "useronly"};

REM_RT const char*
rem_duet_mode_name(const RemDuetMode mode)
{
  return mode_names[(unsigned)mode < REM_DUET_N_MODES ? mode : 0];
}

REM_RT bool
rem_duet_mode_of(const char* const name, RemDuetMode* const mode)
{
  for (int m = 0; m < REM_DUET_N_MODES; ++m) {
    if (!strcmp(name, mode_names[m])) {
      *mode = (RemDuetMode)m;
      return true;
    }
  }
  return false;
}

REM_RT RemDuetSettings
rem_duet_settings(void)
{
  const RemDuetSettings settings = {
    REM_DUET_CALLRESPONSE, 1.0f, 1.0f, rem_temper(), false, false, 0.0, false};
  return settings;
}

REM_RT bool
rem_duet_listens(const RemDuet* const duet)
{
  return duet->settings.mode == REM_DUET_CALLRESPONSE ||
         duet->settings.mode == REM_DUET_POLYPHONY;
}

REM_RT bool
rem_duet_plays_alone(const RemDuet* const duet)
{
  return duet->settings.mode == REM_DUET_CALLRESPONSE ||
         duet->settings.mode == REM_DUET_BATTLE;
}

REM_RT float
rem_duet_dt(const RemDuet* const duet, const uint64_t at)
{
  const bool     net    = rem_duet_listens(duet) && duet->predictor;
  const bool     known  = net ? duet->heard : duet->shown;
  const uint64_t before = net ? duet->heard_at : duet->shown_at;
  return known && at > before ? (float)((double)(at - before) / duet->rate)
                              : 0.0f;
}

REM_RT void
rem_duet_ask(RemDuet* const duet, const Place base, const uint64_t from)
{
  if (duet->n_answers < REM_DUET_MAX_ANSWERS) {
    Answer* const answer = &duet->answers[duet->n_answers++];
    answer->base         = base;
    answer->from         = from;
    rem_predictor_draw(
      duet->predictor, &duet->settings.temper, &duet->random, answer->frame);
    rem_duet_place(duet, answer);
  }
}

REM_RT void
rem_duet_hear(RemDuet* const duet, const uint64_t at, const float* const frame)
{
  const uint32_t n = rem_predictor_frames(duet->predictor)->n_dims;
  memcpy(duet->last, frame, (1U + n) * sizeof(float));
  rem_predictor_hear(duet->predictor, duet->last);
  duet->heard    = true;
  duet->heard_at = at;
}

REM_RT void
rem_duet_end_notes(RemDuet* const duet, const uint64_t at)
{
  if (duet->sounding && (!duet->silence || at < duet->silence_at)) {
    duet->silence    = true;
    duet->silence_at = at;
  }
}

REM_RT void
rem_duet_stop(RemDuet* const duet, const uint64_t at)
{
  duet->n_answers = 0U;
  duet->taken     = false;
  rem_duet_end_notes(duet, at);
}

REM_RT void
rem_duet_begin(RemDuet* const duet, const uint64_t at)
{
  if (duet->predictor && !duet->settings.paused &&
      duet->settings.mode == REM_DUET_BATTLE) {
    rem_duet_ask(duet, (Place){at, 0.0}, at);
  }
}

/// Note that something changes at `at`
REM_RT static void
come_to(RemDuet* const duet, const uint64_t at)
{
  duet->now = at > duet->now ? at : duet->now;
}

REM_RT RemPredictor*
rem_duet_set_predictor(RemDuet* const      duet,
                       const uint64_t      at,
                       RemPredictor* const predictor)
{
  RemPredictor* const before = duet->predictor;
  const bool          taken  = duet->taken && predictor;
  come_to(duet, at);
  rem_duet_stop(duet, at);
  duet->predictor = predictor;
  duet->taken     = taken;
  if (predictor && duet->heard) {
    rem_predictor_hear(predictor, duet->last);
  }
  if (taken) {
    rem_duet_ask(duet, (Place){at, 0.0}, at);
  }
  rem_duet_begin(duet, at);
  return before;
}

REM_RT RemPredictor*
rem_duet_predictor(const RemDuet* const duet)
{
  return duet->predictor;
}

/// Return `x` within a range, or `before` if it is no number
REM_RT static float
within(const float x, const float least, const float most, const float before)
{
  return isnan(x) ? before : fminf(fmaxf(x, least), most);
}

/// Return settings in range
REM_RT static RemDuetSettings
tame(const RemDuetSettings* const wanted, const RemDuetSettings* const before)
{
  RemDuetSettings next = *wanted;
  if ((unsigned)next.mode >= REM_DUET_N_MODES) {
    next.mode = before->mode;
  }
  next.threshold =
    within(next.threshold, 0.0f, REM_DUET_MAX_THRESHOLD, before->threshold);
  next.timescale     = within(next.timescale,
                          REM_DUET_MIN_TIMESCALE,
                          REM_DUET_MAX_TIMESCALE,
                          before->timescale);
  next.temper.pitemp = within(
    next.temper.pitemp, 0.0f, REM_DUET_MAX_TEMPER, before->temper.pitemp);
  next.temper.sigmatemp = within(
    next.temper.sigmatemp, 0.0f, REM_DUET_MAX_TEMPER, before->temper.sigmatemp);
  next.grid = isnan(next.grid) ? before->grid
                               : fmin(fmax(next.grid, 0.0), REM_DUET_MAX_GRID);
  next.grid = next.grid < REM_DUET_MIN_GRID ? 0.0 : next.grid;
  return next;
}

/// Return whether two settings place what is pending alike
REM_RT static bool
are_alike(const RemDuetSettings* const a, const RemDuetSettings* const b)
{
  return a->threshold == b->threshold && a->timescale == b->timescale &&
         a->grid == b->grid && a->keep_swing == b->keep_swing;
}

REM_RT void
rem_duet_set(RemDuet* const               duet,
             const uint64_t               at,
             const RemDuetSettings* const settings)
{
  const RemDuetSettings before = duet->settings;
  const RemDuetSettings next   = tame(settings, &before);
  duet->settings               = next;
  if (next.mode != before.mode || next.paused != before.paused) {
    come_to(duet, at);
    rem_duet_stop(duet, at);
    duet->unheard = duet->unheard && (next.mode == before.mode ||
                                      next.mode == REM_DUET_CALLRESPONSE);
    rem_duet_begin(duet, at);
  } else if (!are_alike(&next, &before)) {
    come_to(duet, at);
    rem_duet_place_all(duet);
  }
}

REM_RT const RemDuetSettings*
rem_duet_get(const RemDuet* const duet)
{
  return &duet->settings;
}

REM_RT void
rem_duet_seed(RemDuet* const duet, const uint64_t seed)
{
  duet->random.state = seed;
}

REM_RT void
rem_duet_reset(RemDuet* const duet, const uint64_t at)
{
  if (at < duet->now) {
    memset(&duet->transport, 0, sizeof(duet->transport));
  }
  duet->now        = at;
  duet->touched    = false;
  duet->fresh      = false;
  duet->touches    = 0U;
  duet->unheard    = false;
  duet->heard      = false;
  duet->shown      = false;
  duet->hears_from = at;
  duet->plays_from = at;
  rem_duet_stop(duet, at);
  if (duet->predictor) {
    rem_predictor_reset(duet->predictor);
  }
  rem_duet_begin(duet, at);
}

/// Note that the player made a frame
REM_RT static void
note_touch(RemDuet* const duet, const uint64_t at)
{
  if (duet->taken) {
    rem_duet_stop(duet, at);
  }
  come_to(duet, at);
  if (!duet->fresh || at != duet->touch_at) {
    rem_duet_learn_swing(duet, at);
  }
  duet->touched  = true;
  duet->fresh    = true;
  duet->unheard  = true;
  duet->touch_at = at;
}

REM_RT void
rem_duet_let_go(RemDuet* const duet)
{
  duet->moved    = 0U;
  duet->n_faders = 0U;
  for (uint32_t d = 0U; d < REM_MAX_DIMS; ++d) {
    duet->faders[d] = 0.5f;
  }
}

REM_RT void
rem_duet_rest(RemDuet* const duet, const uint32_t dim, const float value)
{
  if (dim < REM_MAX_DIMS && !(duet->moved >> dim & 1U)) {
    duet->faders[dim] = within(value, 0.0f, 1.0f, duet->faders[dim]);
  }
}

/// Put a fader where the player has it
REM_RT static void
put(RemDuet* const duet, const uint32_t dim, const float value)
{
  const uint32_t bit = isnan(value) ? 0U : 1U << dim;
  duet->moved |= bit;
  duet->touches |= bit;
  duet->faders[dim] = within(value, 0.0f, 1.0f, duet->faders[dim]);
}

REM_RT void
rem_duet_touch(RemDuet* const     duet,
               const uint64_t     at,
               const float* const x,
               const uint32_t     n)
{
  const uint32_t n_taken = n < REM_MAX_DIMS ? n : REM_MAX_DIMS;
  for (uint32_t d = 0U; d < n_taken; ++d) {
    put(duet, d, x[d]);
  }
  duet->n_faders = n_taken > duet->n_faders ? n_taken : duet->n_faders;
  note_touch(duet, at);
}

REM_RT void
rem_duet_move(RemDuet* const duet,
              const uint64_t at,
              const uint32_t dim,
              const float    value)
{
  if (dim < REM_MAX_DIMS) {
    put(duet, dim, value);
    duet->n_faders = dim >= duet->n_faders ? dim + 1U : duet->n_faders;
    note_touch(duet, at);
  }
}

REM_RT RemDuetTurn
rem_duet_turn(const RemDuet* const duet)
{
  if (!duet->predictor || duet->settings.paused) {
    return REM_TURN_PLAYER;
  }
  switch (duet->settings.mode) {
  case REM_DUET_CALLRESPONSE:
    return duet->taken ? REM_TURN_NET : REM_TURN_PLAYER;
  case REM_DUET_POLYPHONY:
    return REM_TURN_BOTH;
  case REM_DUET_BATTLE:
    return REM_TURN_NET;
  case REM_DUET_USERONLY:
    break;
  }
  return REM_TURN_PLAYER;
}
