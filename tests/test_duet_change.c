// SPDX-License-Identifier: ISC

/// What ends a turn from outside: pause, reset, another mode, another net,
/// other settings; and settings that make no sense

#include "tests/duet.h"

enum { N = 2, DT = 4800, THRESHOLD = 24000 }; // A net that repeats every 0.1 s

static RemDuet*
steady_duet(const RemDuetMode mode)
{
  return duet_of(steady_net(N, 0.1f), mode);
}

/// Let the player touch at 0, and the net play at 28800 and so on
static RemDuet*
playing_duet(Heard* const heard, const uint64_t until)
{
  RemDuet* const duet = steady_duet(REM_DUET_CALLRESPONSE);
  heard->n            = 0U;
  touch(duet, 0U, 0.25f, heard);
  hear_until(duet, until, heard);
  expect(heard, heard->n - 1U, REM_EVENT_NET, THRESHOLD + DT);
  CHECK(heard->n == 2U && rem_duet_turn(duet) == REM_TURN_NET);
  return duet;
}

static void
test_pause(void)
{
  static Heard   heard;
  RemDuet* const duet = playing_duet(&heard, 30000U);
  CHANGE(duet, 30000U, paused, true);
  CHECK(rem_duet_turn(duet) == REM_TURN_PLAYER);
  touch(duet, 40000U, 0.75f, &heard); // It is heard all the same
  hear_until(duet, 90000U, &heard);
  CHANGE(duet, 90000U, paused, false); // Longer than the threshold ago
  hear_until(duet, 90001U + DT, &heard);
  expect(&heard, 2U, REM_EVENT_SILENCE, 30000U);
  expect(&heard, 3U, REM_EVENT_PLAYER, 40000U);
  expect(&heard, 4U, REM_EVENT_NET, 90000U + DT);
  CHECK(heard.n == 5U && fabsf(heard.events[4].x[0] - 0.75f) < 1e-6f);

  CHANGE(duet, 100000U, mode, REM_DUET_BATTLE);
  CHANGE(duet, 100000U, paused, true);
  hear_until(duet, 200000U, &heard);
  CHANGE(duet, 200000U, paused, false);
  hear_until(duet, 200001U + DT, &heard);
  expect(&heard, 5U, REM_EVENT_SILENCE, 100000U);
  expect(&heard, 6U, REM_EVENT_NET, 200000U + DT);
  CHECK(heard.n == 7U);
  end_duet(duet);
}

static void
test_reset(void)
{
  static Heard   heard, again;
  RemDuet* const duet = duet_of(noisy_net(N), REM_DUET_CALLRESPONSE);
  again.n             = 0U;
  for (int round = 0; round < 2; ++round) {
    Heard* const to = round ? &again : &heard;
    rem_duet_seed(duet, 5U);
    rem_duet_reset(duet, 0U);
    hear_until(duet, 1U, to);
    to->n = 0U; // The silence of what sounded before
    touch(duet, 100U, 0.5f, to);
    touch(duet, 9000U, 0.25f, to);
    hear_until(duet, 200000U, to);
  }
  CHECK(heard.n > 4U && heard.n == again.n);
  CHECK(!memcmp(heard.events, again.events, heard.n * sizeof(RemDuetEvent)));
  rem_duet_reset(duet, 200000U);
  hear_until(duet, 900000U, &heard);
  CHECK(heard.n == again.n + 1U); // Nothing before the next touch
  expect(&heard, again.n, REM_EVENT_SILENCE, 200000U);
  touch(duet, 900000U, 0.5f, &heard);
  hear_until(duet, 900001U, &heard);
  CHECK(heard.events[again.n + 1U].dt == 0.0f);
  end_duet(duet);
}

/// What nobody has moved rests where it is told to, what was moved stays until
/// it is let go
static void
test_rest(void)
{
  static Heard   heard;
  RemDuet* const duet = steady_duet(REM_DUET_USERONLY);
  rem_duet_rest(duet, 1U, 0.0f);
  rem_duet_rest(duet, REM_MAX_DIMS, 0.0f); // No such fader
  rem_duet_move(duet, 100U, 0U, 0.25f);
  rem_duet_rest(duet, 0U, 1.0f);
  hear_until(duet, 200U, &heard);
  CHECK(heard.events[0].x[0] == 0.25f && heard.events[0].x[1] == 0.0f);
  rem_duet_let_go(duet);
  rem_duet_move(duet, 300U, 1U, NAN); // Moves nothing
  rem_duet_rest(duet, 1U, 1.0f);
  hear_until(duet, 400U, &heard);
  CHECK(heard.events[1].x[0] == 0.5f && heard.events[1].x[1] == 1.0f);
  CHECK(heard.n == 2U);
  end_duet(duet);
}

/// Every pair of modes: what was pending is dropped, what sounds ends at once
static void
test_modes(void)
{
  for (int from = 0; from < REM_DUET_N_MODES; ++from) {
    for (int to = 0; to < REM_DUET_N_MODES; ++to) {
      static Heard    heard;
      RemDuet* const  duet = steady_duet((RemDuetMode)from);
      const uint64_t  at   = 5U * (uint64_t)DT - 100U;
      RemDuetSettings odd  = *rem_duet_get(duet);
      heard.n              = 0U;
      touch(duet, 3U * DT, 0.5f, &heard);
      hear_until(duet, at, &heard);
      const uint32_t before = heard.n;
      const bool     sounds = heard.events[before - 1U].kind == REM_EVENT_NET;
      odd.mode              = (RemDuetMode)42; // Says nothing
      rem_duet_set(duet, at, &odd);
      CHANGE(duet, at, mode, (RemDuetMode)to);
      hear_until(duet, 4U * THRESHOLD, &heard);
      if (from == to) {
        CHECK(before == heard.n || heard.events[before].at > at);
      } else if (sounds) {
        expect(&heard, before, REM_EVENT_SILENCE, at);
      }
      const uint32_t next = before + (from != to && sounds);
      if (from != to && to == REM_DUET_BATTLE) {
        expect(&heard, next, REM_EVENT_NET, at + DT);
      } else if (to == REM_DUET_CALLRESPONSE) {
        expect(&heard, next, REM_EVENT_NET, 3U * DT + THRESHOLD + DT);
      } else if (from != to) {
        CHECK(heard.n == next);
      }
      end_duet(duet);
    }
  }
}

/// The turn stays, what sounds ends, and the next net goes on from the frame
/// that was heard last
static void
test_swap(void)
{
  static Heard        heard;
  RemDuet* const      duet   = playing_duet(&heard, 30000U);
  RemPredictor* const before = rem_duet_predictor(duet);
  RemPredictor* const next   = steady_net(3U, 0.2f);
  CHECK(rem_duet_set_predictor(duet, 30000U, next) == before);
  CHECK(rem_duet_turn(duet) == REM_TURN_NET);
  hear_until(duet, 50000U, &heard);
  expect(&heard, 2U, REM_EVENT_SILENCE, 30000U);
  expect(&heard, 3U, REM_EVENT_NET, 30000U + 2U * DT);
  expect(&heard, 4U, REM_EVENT_NET, 30000U + 4U * DT);
  CHECK(heard.n == 5U && heard.events[3].n == 3U);
  CHECK(fabsf(heard.events[3].x[0] - 0.25f) < 1e-6f);
  CHECK(heard.events[3].x[2] == 0.5f);

  CHECK(rem_duet_set_predictor(duet, 50000U, NULL) == next);
  CHECK(rem_duet_turn(duet) == REM_TURN_PLAYER);
  hear_until(duet, 100000U, &heard);
  expect(&heard, 5U, REM_EVENT_SILENCE, 50000U);
  CHECK(!rem_duet_set_predictor(duet, 100000U, before));
  hear_until(duet, 100001U + DT, &heard);
  expect(&heard, 6U, REM_EVENT_NET, 100000U + DT);
  CHECK(heard.n == 7U);

  CHANGE(duet, 110000U, mode, REM_DUET_BATTLE);
  hear_until(duet, 111000U, &heard);
  CHECK(rem_duet_set_predictor(duet, 111000U, next) == before);
  hear_until(duet, 111001U + 2U * DT, &heard);
  expect(&heard, 7U, REM_EVENT_SILENCE, 110000U);
  expect(&heard, 8U, REM_EVENT_NET, 111000U + 2U * DT);
  CHECK(heard.n == 9U);
  rem_predictor_free(before);
  end_duet(duet);
}

/// What is pending moves with threshold and timescale, never into the past
static void
test_settings(void)
{
  static Heard   heard;
  RemDuet* const duet = steady_duet(REM_DUET_CALLRESPONSE);
  heard.n             = 0U;
  touch(duet, 0U, 0.5f, &heard);
  hear_until(duet, 10000U, &heard);
  CHANGE(duet, 10000U, threshold, 0.125f); // It was over at 6000
  CHECK(rem_duet_due(duet) == 10000U);
  hear_until(duet, 12000U, &heard);
  CHANGE(duet, 12000U, timescale, 2.0f);
  CHECK(rem_duet_due(duet) == 10000U + 2U * DT);
  hear_until(duet, 15000U, &heard);
  CHANGE(duet, 15000U, timescale, 0.5f); // It should have been at 12400
  hear_until(duet, 15001U + DT / 2, &heard);
  expect(&heard, 1U, REM_EVENT_NET, 15000U);
  expect(&heard, 2U, REM_EVENT_NET, 15000U + DT / 2);
  CHECK(heard.n == 3U);
  end_duet(duet);
}

/// Numbers without sense stay in range, and work is bounded by time
static void
test_wild(void)
{
  static Heard    heard;
  const float     wild[]  = {NAN, INFINITY, -INFINITY, 1e30f, 1e-30f, 0.0f};
  RemDuet* const  duet    = duet_of(steady_net(N, 0.001f), REM_DUET_BATTLE);
  const double    rates[] = {(double)NAN, 0.0, -1.0, (double)INFINITY};
  RemDuetSettings before  = *rem_duet_get(duet);
  for (uint32_t i = 0U; i < 6U; ++i) {
    RemDuetSettings bad = before;
    bad.threshold = bad.timescale = wild[i];
    bad.temper.pitemp = bad.temper.sigmatemp = wild[i];
    bad.grid                                 = (double)wild[i];
    rem_duet_set(duet, 0U, &bad);
    const RemDuetSettings* const now = rem_duet_get(duet);
    CHECK(now->threshold >= 0.0f && now->threshold <= REM_DUET_MAX_THRESHOLD);
    CHECK(now->timescale >= REM_DUET_MIN_TIMESCALE);
    CHECK(now->timescale <= REM_DUET_MAX_TIMESCALE);
    CHECK(now->temper.pitemp >= 0.0f && now->temper.sigmatemp <= 100.0f);
    CHECK(now->grid == 0.0 || now->grid >= REM_DUET_MIN_GRID);
    CHECK(now->grid <= REM_DUET_MAX_GRID);
    rem_duet_transport(duet, 0U, (double)wild[i], (double)wild[5U - i], true);
    (void)rem_duet_due(duet);
  }
  rem_duet_transport(duet, 0U, 0.0, 1e-5, false);
  CHANGE(duet, 0U, timescale, 0.0f);
  heard.n = 0U;
  hear_until(duet, 12U * 4000U, &heard);
  CHECK(heard.n > 3990U && heard.n <= 4000U); // In one second
  for (uint32_t i = 1U; i < heard.n; ++i) {
    CHECK(heard.events[i].at - heard.events[i - 1U].at == 12U);
  }
  end_duet(duet);
  for (uint32_t i = 0U; i < 4U; ++i) {
    RemDuet* const odd = rem_duet_new(rates[i]);
    rem_duet_touch(odd, 0U, wild, 6U);
    CHECK(odd && rem_duet_due(odd) == 0U);
    rem_duet_free(odd);
  }
  rem_duet_free(NULL);
}

/// Words to modes and back
static void
test_names(void)
{
  RemDuetMode mode = REM_DUET_BATTLE;
  CHECK(!rem_duet_mode_of("Battle", &mode) && mode == REM_DUET_BATTLE);
  CHECK(!rem_duet_mode_of("", &mode));
  for (int m = 0; m < REM_DUET_N_MODES; ++m) {
    CHECK(rem_duet_mode_of(rem_duet_mode_name((RemDuetMode)m), &mode));
    CHECK(mode == (RemDuetMode)m);
  }
  CHECK(!strcmp(rem_duet_mode_name(REM_DUET_USERONLY), "useronly"));
}

int
main(void)
{
  test_pause();
  test_reset();
  test_modes();
  test_rest();
  test_swap();
  test_settings();
  test_wild();
  test_names();
  return 0;
}
