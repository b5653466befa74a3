// SPDX-License-Identifier: ISC

/// What happens in a duet as time goes on

#include "dsp/duet_internal.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/// What there is to do
typedef enum { NOTHING, BE_SILENT, SHOW, LISTEN, TAKE_OVER, PLAY } Action;

/// Something to do, and when
typedef struct {
  Action   action;
  uint64_t at;
  uint32_t answer; ///< Place among answers, to play
} Task;

REM_RT Place
rem_place_add(const Place place, const double samples)
{
  const double whole = floor(samples);
  const double part  = place.part + (samples - whole);
  const double carry = part >= 1.0 ? 1.0 : 0.0;
  return (Place){place.whole + (uint64_t)whole + (uint64_t)carry, part - carry};
}

REM_RT uint64_t
rem_place_sample(const Place place)
{
  return place.whole + (place.part >= 0.5);
}

REM_RT static uint64_t
later_of(const uint64_t a, const uint64_t b)
{
  return a > b ? a : b;
}

/// Return where an answer stands without a grid
REM_RT static Place
free_place(const RemDuet* const duet, const Answer* const answer)
{
  const double seconds =
    (double)answer->frame[0] * (double)duet->settings.timescale;
  return rem_place_add(answer->base, seconds * duet->rate);
}

REM_RT void
rem_duet_place(const RemDuet* const duet, Answer* const answer)
{
  const Place place = free_place(duet, answer);
  answer->wanted    = rem_duet_has_grid(duet)
                        ? rem_duet_line(duet, place, answer->from)
                        : rem_place_sample(place);
}

REM_RT void
rem_duet_place_all(RemDuet* const duet)
{
  for (uint32_t i = 0U; i < duet->n_answers; ++i) {
    rem_duet_place(duet, &duet->answers[i]);
  }
}

/// Keep the earlier of `task` and this; the one that came first, if they tie
REM_RT static void
consider(Task* const    task,
         const Action   action,
         const uint64_t at,
         const uint32_t answer)
{
  if (at < task->at) {
    *task = (Task){action, at, answer};
  }
}

/// Return when the net takes over if no touch comes, unrounded
REM_RT static Place
end_of_call(const RemDuet* const duet)
{
  return rem_place_add((Place){duet->touch_at, 0.0},
                       (double)duet->settings.threshold * duet->rate);
}

/// Return what comes first
REM_RT static Task
first_task(const RemDuet* const duet)
{
  Task task = {NOTHING, REM_DUET_NEVER, 0U};
  if (duet->silence) {
    consider(&task, BE_SILENT, duet->silence_at, 0U);
  }
  if (duet->fresh) {
    consider(&task, SHOW, duet->touch_at, 0U);
  }
  if (!duet->predictor) {
    return task;
  }
  if (duet->unheard && rem_duet_listens(duet)) {
    const uint64_t at = later_of(duet->touch_at, duet->hears_from);
    consider(&task, LISTEN, later_of(at, duet->now), 0U);
  } else if (duet->settings.mode == REM_DUET_CALLRESPONSE && duet->touched &&
             !duet->taken && !duet->settings.paused) {
    const uint64_t at = rem_place_sample(end_of_call(duet));
    consider(&task, TAKE_OVER, later_of(at, duet->now), 0U);
  }
  const uint64_t soonest = later_of(duet->now, duet->plays_from);
  for (uint32_t i = 0U; i < duet->n_answers; ++i) {
    consider(&task, PLAY, later_of(duet->answers[i].wanted, soonest), i);
  }
  return task;
}

/// Fill the event of a frame
REM_RT static void
tell(RemDuet* const         duet,
     RemDuetEvent* const    event,
     const RemDuetEventKind kind,
     const uint64_t         at,
     const float            dt,
     const float* const     x)
{
  memset(event, 0, sizeof(*event));
  event->kind = kind;
  event->at   = at;
  event->thru = kind == REM_EVENT_PLAYER && duet->settings.input_thru;
  event->n    = duet->predictor ? rem_predictor_frames(duet->predictor)->n_dims
                                : duet->n_faders;
  event->dt   = dt;
  memcpy(event->x, x, event->n * sizeof(float));
  duet->sounding = duet->sounding || kind == REM_EVENT_NET || event->thru;
}

/// Show what the player did
REM_RT static void
show(RemDuet* const duet, RemDuetEvent* const event)
{
  const uint64_t at = duet->touch_at;
  tell(duet, event, REM_EVENT_PLAYER, at, rem_duet_dt(duet, at), duet->faders);
  event->moved   = duet->touches;
  duet->touches  = 0U;
  duet->fresh    = false;
  duet->shown    = true;
  duet->shown_at = at;
}

/// Hear the player
REM_RT static void
listen(RemDuet* const duet, const uint64_t at)
{
  float frame[REM_MAX_FRAME];
  frame[0] = rem_duet_dt(duet, at);
  memcpy(frame + 1, duet->faders, sizeof(duet->faders));
  rem_duet_hear(duet, at, frame);
  duet->unheard    = false;
  duet->hears_from = at + duet->spacing;
  if (duet->settings.mode == REM_DUET_POLYPHONY && !duet->settings.paused) {
    rem_duet_ask(duet, (Place){at, 0.0}, at);
  }
}

/// Let the net begin its turn
REM_RT static void
take_over(RemDuet* const duet, const uint64_t at)
{
  const Place end = end_of_call(duet);
  duet->taken     = true;
  rem_duet_ask(duet, rem_place_sample(end) < at ? (Place){at, 0.0} : end, at);
}

/// Return where time goes on after an answer that sounds at `at`: where it
/// stands without the grid, unless it is late for another reason
REM_RT static Place
next_base(const RemDuet* const duet,
          const Answer* const  answer,
          const uint64_t       at)
{
  const Place  place = free_place(duet, answer);
  const double may =
    rem_duet_has_grid(duet) ? rem_duet_grid_samples(duet) : 0.0;
  const Place last = rem_place_add(place, may);
  return at > rem_place_sample(last) ? (Place){at, 0.0} : place;
}

/// Sound an answer; a net that plays by itself hears it and thinks on
REM_RT static void
play(RemDuet* const duet, const Task* const task, RemDuetEvent* const event)
{
  const Answer   answer = duet->answers[task->answer];
  const uint64_t at     = task->at;
  const Place    base   = next_base(duet, &answer, at);
  tell(duet, event, REM_EVENT_NET, at, answer.frame[0], answer.frame + 1);
  duet->answers[task->answer] = duet->answers[--duet->n_answers];
  duet->plays_from            = at + 1U;
  if (rem_duet_plays_alone(duet)) {
    duet->plays_from = at + duet->spacing;
    rem_duet_hear(duet, at, answer.frame);
    rem_duet_ask(duet, base, answer.wanted < at ? answer.wanted : at);
  }
}

REM_RT bool
rem_duet_next(RemDuet* const      duet,
              const uint64_t      until,
              RemDuetEvent* const event)
{
  for (;;) {
    const Task task = first_task(duet);
    if (task.at >= until) {
      return false;
    }
    duet->now = later_of(duet->now, task.at);
    switch (task.action) {
    case NOTHING:
      return false;
    case BE_SILENT:
      memset(event, 0, sizeof(*event));
      event->kind    = REM_EVENT_SILENCE;
      event->at      = task.at;
      duet->silence  = false;
      duet->sounding = false;
      return true;
    case SHOW:
      show(duet, event);
      return true;
    case LISTEN:
      listen(duet, task.at);
      break;
    case TAKE_OVER:
      take_over(duet, task.at);
      break;
    case PLAY:
      play(duet, &task, event);
      return true;
    }
  }
}

REM_RT uint64_t
rem_duet_due(const RemDuet* const duet)
{
  return first_task(duet).at;
}
