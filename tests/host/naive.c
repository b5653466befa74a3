// SPDX-License-Identifier: ISC

#include "tests/host/naive.h"

#include "dsp/denormal.h"
#include "tests/check.h"

#include <string.h>

/// An answer of polyphony
typedef struct {
  uint64_t at;
  float    frame[1U + PERFORMANCE_DIMS];
} Answer;

/// A duet that goes on
typedef struct {
  RemPredictor*      net;
  const Performance* performance;
  NaiveHow           how;
  long double        rate;
  uint64_t           spacing; ///< Samples between two frames that are heard
  Naive*             to;
  size_t             capacity;
  RemRandom          random;
  float    frame[1U + PERFORMANCE_DIMS]; ///< Dt, then where faders are
  bool     heard;
  uint64_t heard_at;
  uint64_t hears_from; ///< A touch before that is heard then
  Answer   answers[REM_DUET_MAX_ANSWERS];
  size_t   n_answers;
  uint64_t free_from; ///< An answer was at the sample before
} Duet;

static void
emit(Duet* const duet, const NaiveEvent event, const float* const frame)
{
  Naive* const to = duet->to;
  if (to->n == duet->capacity) {
    duet->capacity = 2U * duet->capacity + 1024U;
    to->events     = realloc(to->events, duet->capacity * sizeof(NaiveEvent));
    CHECK(to->events);
  }
  NaiveEvent* const now = &to->events[to->n++];
  *now                  = event;
  now->dt               = frame[0];
  memcpy(now->x, frame + 1, sizeof(now->x));
  to->n_net += event.net;
}

static void
hear(Duet* const duet, const uint64_t at, const float* const frame)
{
  rem_predictor_hear(duet->net, frame);
  duet->heard    = true;
  duet->heard_at = at;
}

static void
draw(Duet* const duet, float* const frame)
{
  const RemTemper temper = rem_temper();
  rem_predictor_draw(duet->net, &temper, &duet->random, frame);
}

/// The player makes the moves of one sample, from `i` on; return the one behind
static size_t
touch(Duet* const duet, size_t i, const bool yield)
{
  const Performance* const p     = duet->performance;
  const uint64_t           at    = p->moves[i].at;
  uint32_t                 moved = 0U;
  for (; i < p->n && p->moves[i].at == at; ++i) {
    duet->frame[1U + p->moves[i].dim] = (float)p->moves[i].value / 127.0f;
    moved |= 1U << p->moves[i].dim;
  }
  emit(
    duet, (NaiveEvent){.at = at, .yield = yield, .moved = moved}, duet->frame);
  return i;
}

/// Hear a touch at `at` that the one at `next` follows, unless both are heard
/// as one; return whether it was
static bool
hear_touch(Duet* const     duet,
           const uint64_t  at,
           const uint64_t  next,
           uint64_t* const heard_at)
{
  const uint64_t then = at > duet->hears_from ? at : duet->hears_from;
  if (then > at && next <= then) {
    return false;
  }
  duet->frame[0] = duet->heard
                     ? (float)((double)(then - duet->heard_at) / duet->how.rate)
                     : 0.0f;
  hear(duet, then, duet->frame);
  duet->hears_from = then + duet->spacing;
  *heard_at        = then;
  return true;
}

/// Return when the touch at the place `i` is, the end if there is none
static uint64_t
touch_at(const Duet* const duet, const size_t i)
{
  return i < duet->performance->n ? duet->performance->moves[i].at
                                  : duet->how.end;
}

/// The net plays from `start` on, before sample `until`, and hears itself
static void
play_alone(Duet* const duet, const long double start, const uint64_t until)
{
  long double place = start;
  for (;;) {
    float frame[1U + REM_MAX_DIMS];
    draw(duet, frame);
    place += (long double)frame[0] * duet->rate;
    const uint64_t at = (uint64_t)llroundl(place);
    if (at >= until) {
      return;
    }
    emit(duet, (NaiveEvent){.at = at, .net = true}, frame);
    hear(duet, at, frame);
  }
}

static void
call_and_respond(Duet* const duet)
{
  bool   taken = false;
  size_t i     = 0U;
  while (i < duet->performance->n) {
    const uint64_t    at = duet->performance->moves[i].at;
    const long double end =
      (long double)at + (long double)duet->how.threshold * duet->rate;
    uint64_t heard      = 0U;
    i                   = touch(duet, i, taken);
    const uint64_t next = touch_at(duet, i);
    taken =
      hear_touch(duet, at, next, &heard) && (uint64_t)llroundl(end) < next;
    if (taken) {
      play_alone(duet, end, next);
    }
  }
}

/// Let answers sound that are due before `until`, one to a sample
static void
answer_until(Duet* const duet, const uint64_t until)
{
  for (;;) {
    size_t   first = 0U;
    uint64_t at    = REM_DUET_NEVER;
    for (size_t i = 0U; i < duet->n_answers; ++i) {
      const uint64_t wanted = duet->answers[i].at;
      const uint64_t mine = wanted > duet->free_from ? wanted : duet->free_from;
      if (mine < at) {
        at    = mine;
        first = i;
      }
    }
    if (at >= until) {
      return;
    }
    const Answer answer  = duet->answers[first];
    duet->answers[first] = duet->answers[--duet->n_answers];
    duet->free_from      = at + 1U;
    emit(duet, (NaiveEvent){.at = at, .net = true}, answer.frame);
  }
}

/// Draw the answer to what was heard at `at`
static void
answer(Duet* const duet, const uint64_t at)
{
  if (duet->n_answers < REM_DUET_MAX_ANSWERS) {
    Answer* const next = &duet->answers[duet->n_answers++];
    float         frame[1U + REM_MAX_DIMS];
    draw(duet, frame);
    memcpy(next->frame, frame, sizeof(next->frame));
    next->at =
      (uint64_t)llroundl((long double)at + (long double)frame[0] * duet->rate);
  }
}

static void
answer_each(Duet* const duet)
{
  size_t i = 0U;
  while (i < duet->performance->n) {
    const uint64_t at    = duet->performance->moves[i].at;
    uint64_t       heard = 0U;
    answer_until(duet, at);
    i = touch(duet, i, false);
    if (hear_touch(duet, at, touch_at(duet, i), &heard)) {
      answer_until(duet, heard);
      answer(duet, heard);
    }
  }
  answer_until(duet, duet->how.end);
}

/// The player alone
static void
play_touches(Duet* const duet)
{
  size_t i = 0U;
  while (i < duet->performance->n) {
    i = touch(duet, i, false);
  }
}

static int
by_time(const void* const a, const void* const b)
{
  const NaiveEvent* const x = (const NaiveEvent*)a;
  const NaiveEvent* const y = (const NaiveEvent*)b;
  return x->at != y->at ? (x->at < y->at ? -1 : 1) : (int)x->net - (int)y->net;
}

Naive
naive_play(RemPredictor* const      net,
           const Performance* const performance,
           const NaiveHow* const    how)
{
  Naive              to   = {NULL, 0U, 0U};
  const RemFloatMode mode = rem_denormals_off();
  Duet* const        duet = calloc(1U, sizeof(Duet));
  CHECK(duet && rem_predictor_frames(net)->n_dims == PERFORMANCE_DIMS);
  duet->net          = net;
  duet->performance  = performance;
  duet->how          = *how;
  duet->rate         = (long double)how->rate;
  duet->spacing      = (uint64_t)floor(how->rate * REM_DUET_SPACING);
  duet->to           = &to;
  duet->random.state = how->seed;
  for (uint32_t d = 1U; d <= PERFORMANCE_DIMS; ++d) {
    duet->frame[d] = 0.5f;
  }
  if (how->mode == REM_DUET_CALLRESPONSE) {
    call_and_respond(duet);
  } else if (how->mode == REM_DUET_POLYPHONY) {
    answer_each(duet);
  } else {
    play_touches(duet);
    if (how->mode == REM_DUET_BATTLE) {
      play_alone(duet, 0.0L, how->end);
    }
  }
  qsort(to.events, to.n, sizeof(NaiveEvent), by_time);
  rem_denormals_restore(mode);
  free(duet);
  return to;
}

void
naive_free(Naive* const naive)
{
  free(naive->events);
  naive->events = NULL;
}
