// SPDX-License-Identifier: ISC

/// Who plays when: each mode with scripted time, to the sample

#include "tests/duet.h"

enum { N = 2, DT = 4800, THRESHOLD = 24000 }; // A net that repeats every 0.1 s

static RemDuet*
steady_duet(const RemDuetMode mode)
{
  return duet_of(steady_net(N, 0.1f), mode);
}

/// The net takes over at the threshold, to the sample, and goes on from the
/// player's last frame; a touch wins where they meet
static void
test_takeover(void)
{
  static Heard   heard;
  RemDuet* const duet = steady_duet(REM_DUET_CALLRESPONSE);
  hear_until(duet, 500000U, &heard); // Nothing without a first touch
  CHECK(!heard.n && rem_duet_due(duet) == REM_DUET_NEVER);
  rem_duet_reset(duet, 0U);

  touch(duet, 1000U, 0.25f, &heard);
  hear_until(duet, 1000U + THRESHOLD, &heard);
  CHECK(rem_duet_turn(duet) == REM_TURN_PLAYER);
  CHECK(rem_duet_due(duet) == 1000U + THRESHOLD);
  hear_until(duet, 1001U + THRESHOLD, &heard);
  CHECK(rem_duet_turn(duet) == REM_TURN_NET);
  CHECK(rem_duet_due(duet) == 1000U + THRESHOLD + DT);
  touch(duet, 1000U + THRESHOLD + 2U * DT, 0.75f, &heard);
  CHECK(rem_duet_turn(duet) == REM_TURN_PLAYER);
  touch(duet, 1000U + 2U * THRESHOLD + 2U * DT, 0.5f, &heard);
  CHECK(rem_duet_turn(duet) == REM_TURN_PLAYER);
  touch(duet, 1001U + 3U * THRESHOLD + 2U * DT, 0.5f, &heard); // Just too late
  hear_until(duet, 1001U + 4U * THRESHOLD + 3U * DT + 1U, &heard);

  expect(&heard, 0U, REM_EVENT_PLAYER, 1000U);
  expect(&heard, 1U, REM_EVENT_NET, 1000U + THRESHOLD + DT);
  CHECK(fabsf(heard.events[1].dt - 0.1f) < 1e-6f && heard.events[1].n == N);
  CHECK(fabsf(heard.events[1].x[0] - 0.25f) < 1e-6f);
  CHECK(fabsf(heard.events[1].x[1] - 0.75f) < 1e-6f);
  expect(&heard, 2U, REM_EVENT_SILENCE, 1000U + THRESHOLD + 2U * DT);
  expect(&heard, 3U, REM_EVENT_PLAYER, 1000U + THRESHOLD + 2U * DT);
  CHECK(heard.events[3].x[0] == 0.75f && !heard.events[3].thru);
  CHECK(heard.events[3].dt == 0.1f); // Since the net's event
  expect(&heard, 4U, REM_EVENT_PLAYER, 1000U + 2U * THRESHOLD + 2U * DT);
  expect(&heard, 5U, REM_EVENT_PLAYER, 1001U + 3U * THRESHOLD + 2U * DT);
  expect(&heard, 6U, REM_EVENT_NET, 1001U + 4U * THRESHOLD + 3U * DT);
  CHECK(heard.n == 7U); // No silence where nothing sounded
  end_duet(duet);
}

/// Draw and hear as the net of a duet should
static void
twin_plays(RemPredictor* const net, RemRandom* const random, float* const frame)
{
  const RemTemper temper = rem_temper();
  rem_predictor_draw(net, &temper, random, frame);
}

static void
twin_hears(RemPredictor* const net, const float dt, const float x)
{
  const float frame[1 + N] = {dt, x, 1.0f - x};
  rem_predictor_hear(net, frame);
}

static void
check_frame(const RemDuetEvent* const event, const float* const frame)
{
  CHECK(event->kind == REM_EVENT_NET && event->dt == frame[0]);
  CHECK(!memcmp(event->x, frame + 1, N * sizeof(float)));
}

/// In callresponse the net hears the player, then itself, then the player
static void
test_hearing_turns(void)
{
  static Heard        heard;
  float               frame[1 + N];
  RemRandom           random = {7U};
  RemPredictor* const twin   = noisy_net(N);
  RemDuet* const      duet   = duet_of(noisy_net(N), REM_DUET_CALLRESPONSE);
  rem_duet_seed(duet, 7U);
  touch(duet, 100U, 0.25f, &heard);
  touch(duet, 4900U, 0.5f, &heard);
  hear_until(duet, 100000U, &heard);
  const uint32_t n  = heard.n;
  const uint64_t at = heard.events[n - 1U].at;
  CHECK(n > 4U);
  touch(duet, 100000U, 0.75f, &heard);
  hear_until(duet, 200000U, &heard);

  twin_hears(twin, 0.0f, 0.25f);
  twin_hears(twin, 0.1f, 0.5f);
  for (uint32_t i = 2U; i < n; ++i) {
    twin_plays(twin, &random, frame);
    check_frame(&heard.events[i], frame);
    rem_predictor_hear(twin, frame);
  }
  twin_plays(twin, &random, frame); // What the touch cancels is not heard
  twin_hears(twin, (float)((double)(100000U - at) / RATE), 0.75f);
  twin_plays(twin, &random, frame);
  expect(&heard, n, REM_EVENT_SILENCE, 100000U);
  expect(&heard, n + 1U, REM_EVENT_PLAYER, 100000U);
  check_frame(&heard.events[n + 2U], frame);
  rem_predictor_free(twin);
  end_duet(duet);
}

/// In polyphony each touch gets one answer after its own dt, and only touches
/// are heard
static void
test_polyphony(void)
{
  static Heard        heard;
  float               frames[20][1 + N];
  RemRandom           random = {3U};
  RemPredictor* const twin   = noisy_net(N);
  RemDuet* const      duet   = duet_of(noisy_net(N), REM_DUET_POLYPHONY);
  rem_duet_seed(duet, 3U);
  CHECK(rem_duet_turn(duet) == REM_TURN_BOTH);
  for (uint32_t i = 0U; i < 20U; ++i) {
    const float x = (float)i / 20.0f;
    touch(duet, 480U * i, x, &heard);
    twin_hears(twin, i ? 0.01f : 0.0f, x);
    twin_plays(twin, &random, frames[i]);
  }
  hear_until(duet, 480U * 20U + 61U * RATE, &heard);
  CHECK(heard.n == 40U);
  for (uint32_t i = 0U; i < 20U; ++i) { // Whatever their order is
    uint32_t k = 0U;
    while (k < 40U && (heard.events[k].kind != REM_EVENT_NET ||
                       heard.events[k].dt != frames[i][0])) {
      ++k;
    }
    CHECK(k < 40U);
    check_frame(&heard.events[k], frames[i]);
    expect(&heard,
           k,
           REM_EVENT_NET,
           480U * i + (uint64_t)((double)frames[i][0] * RATE + 0.5));
  }
  rem_predictor_free(twin);
  end_duet(duet);
}

/// Too many answers at once: what is too much is heard, but not answered
static void
test_polyphony_flood(void)
{
  static Heard   heard;
  RemDuet* const duet = duet_of(steady_net(N, 50.0f), REM_DUET_POLYPHONY);
  for (uint32_t i = 0U; i < 300U; ++i) {
    touch(duet, 12U * i, 0.5f, &heard);
  }
  hear_until(duet, 60U * RATE, &heard);
  CHECK(heard.n == 300U + REM_DUET_MAX_ANSWERS);
  end_duet(duet);
}

/// In battle the net begins at once and hears only itself
static void
test_battle(void)
{
  static Heard        heard;
  float               frame[1 + N];
  RemRandom           random = {9U};
  RemPredictor* const twin   = noisy_net(N);
  RemDuet* const      duet   = duet_of(noisy_net(N), REM_DUET_BATTLE);
  uint64_t            at     = 77U;
  rem_duet_seed(duet, 9U);
  rem_duet_reset(duet, 77U);
  CHECK(rem_duet_turn(duet) == REM_TURN_NET);
  for (uint32_t i = 0U; i < 50U; ++i) {
    touch(duet, 1000U + 2000U * i, 0.5f, &heard);
  }
  hear_until(duet, 200000U, &heard);
  CHECK(heard.n > 60U && heard.events[heard.n - 1U].dt < 1.0f);
  for (uint32_t i = 0U, k = 0U; i < heard.n; ++i) {
    CHECK(heard.events[i].kind != REM_EVENT_SILENCE);
    if (heard.events[i].kind == REM_EVENT_NET) {
      twin_plays(twin, &random, frame);
      check_frame(&heard.events[i], frame);
      rem_predictor_hear(twin, frame);
      CHECK(heard.events[i].at > at);
      at = heard.events[i].at;
    } else {
      expect(&heard, i, REM_EVENT_PLAYER, 1000U + 2000U * k);
      CHECK(heard.events[i].dt == (k++ ? (float)(2000.0 / RATE) : 0.0f));
    }
  }
  rem_predictor_free(twin);
  end_duet(duet);
}

/// In useronly, and without a net, what the player does comes out alone
static void
test_alone(void)
{
  for (int with_net = 0; with_net < 2; ++with_net) {
    static Heard   heard;
    RemDuet* const duet =
      duet_of(with_net ? steady_net(N, 0.1f) : NULL,
              with_net ? REM_DUET_USERONLY : REM_DUET_BATTLE);
    heard.n = 0U;
    CHECK(rem_duet_turn(duet) == REM_TURN_PLAYER);
    touch(duet, 10U, 0.25f, &heard);
    CHANGE(duet, 10U, input_thru, true);
    hear_until(duet, 20U, &heard);
    rem_duet_move(duet, 4810U, 1U, 0.125f);
    rem_duet_move(duet, 4810U, REM_MAX_DIMS, 0.5f); // No such fader
    hear_until(duet, 1000000U, &heard);
    CHECK(heard.n == 2U);
    expect(&heard, 0U, REM_EVENT_PLAYER, 10U);
    expect(&heard, 1U, REM_EVENT_PLAYER, 4810U);
    CHECK(heard.events[1].thru && heard.events[1].n == N);
    CHECK(heard.events[1].dt == 0.1f && heard.events[1].x[0] == 0.25f);
    CHECK(heard.events[1].x[1] == 0.125f);
    CHANGE(duet, 1000000U, paused, true); // What went through ends too
    hear_until(duet, 2000000U, &heard);
    CHECK(heard.n == 3U);
    expect(&heard, 2U, REM_EVENT_SILENCE, 1000000U);
    end_duet(duet);
  }
}

/// More values than there can be dimensions
static void
test_many_values(void)
{
  static Heard   heard;
  RemDuet* const duet = duet_of(NULL, REM_DUET_USERONLY);
  float          x[REM_MAX_DIMS + 8U];
  for (uint32_t d = 0U; d < REM_MAX_DIMS + 8U; ++d) {
    x[d] = (float)d / 64.0f;
  }
  rem_duet_touch(duet, 0U, x, REM_MAX_DIMS + 8U);
  hear_until(duet, 1U, &heard);
  CHECK(heard.n == 1U && heard.events[0].n == REM_MAX_DIMS);
  CHECK(!memcmp(heard.events[0].x, x, REM_MAX_DIMS * sizeof(float)));
  end_duet(duet);
}

/// Frames of one sample are one; so, for the net, are those of one instant
static void
test_one_frame(void)
{
  static Heard        heard;
  const float         wild[4] = {NAN, 7.0f, INFINITY, -INFINITY};
  float               frame[1 + N];
  RemRandom           random = {0U};
  RemPredictor* const twin   = noisy_net(N);
  RemDuet* const      duet   = duet_of(noisy_net(N), REM_DUET_POLYPHONY);
  touch(duet, 50U, 0.25f, &heard);
  rem_duet_move(duet, 50U, 1U, 0.25f);
  rem_duet_touch(duet, 50U, wild, 4U); // NaN stays, 7 is 1
  rem_duet_move(duet, 50U, 1U, 0.75f);
  touch(duet, 53U, 0.5f, &heard); // Heard as one at 62
  touch(duet, 55U, 0.625f, &heard);
  hear_until(duet, 56U, &heard);
  CHECK(heard.n == 3U && rem_duet_due(duet) == 62U);
  hear_until(duet, 63U, &heard);
  hear_until(duet, 60U * RATE, &heard);
  CHECK(heard.n == 5U);
  CHECK(heard.events[0].x[0] == 0.25f && heard.events[0].x[1] == 0.75f);
  twin_hears(twin, 0.0f, 0.25f);
  twin_plays(twin, &random, frame);
  const bool first = heard.events[3].dt == frame[0];
  check_frame(&heard.events[first ? 3 : 4], frame);
  twin_hears(twin, 12.0f / RATE, 0.625f);
  twin_plays(twin, &random, frame);
  check_frame(&heard.events[first ? 4 : 3], frame);
  CHECK(heard.events[first ? 4 : 3].at ==
        62U + (uint64_t)((double)frame[0] * RATE + 0.5));
  rem_predictor_free(twin);
  end_duet(duet);
}

int
main(void)
{
  test_takeover();
  test_hearing_turns();
  test_polyphony();
  test_polyphony_flood();
  test_battle();
  test_alone();
  test_many_values();
  test_one_frame();
  return 0;
}
