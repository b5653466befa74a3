// SPDX-License-Identifier: ISC

/// Events stand where their times say: over hours, however blocks are cut, and
/// on the host's grid

#include "tests/duet.h"

enum { N = 2, BEAT = 24000 }; // 120 quarter notes a minute

/// 100000 events, their times summed up exactly: a float is a whole number of
/// 2^-40 seconds or so, and so are all sums of them in a long double
static void
test_drift(void)
{
  static Heard   heard;
  RemDuet* const duet  = duet_of(noisy_net(N), REM_DUET_BATTLE);
  long double    place = 0.0L;
  uint64_t       n     = 0U;
  for (uint64_t until = RATE; n < 100000U; until += RATE) {
    heard.n = 0U;
    hear_until(duet, until, &heard);
    for (uint32_t i = 0U; i < heard.n; ++i) {
      place += (long double)heard.events[i].dt * RATE;
      CHECK(heard.events[i].at == (uint64_t)floorl(place + 0.5L));
    }
    n += heard.n;
  }
  CHECK(place > 100000.0L * 48.0L);
  end_duet(duet);
}

/// A player at work in a song: everything that may happen, at odd samples
static void
do_something(RemDuet* const duet, const uint64_t at, const uint32_t step)
{
  switch (step % 23U) {
  case 5:
    CHANGE(duet, at, mode, (RemDuetMode)(step / 23U % REM_DUET_N_MODES));
    break;
  case 11:
    CHANGE(duet, at, paused, step / 23U % 3U == 2U);
    break;
  case 13:
    CHANGE(duet, at, grid, step / 23U % 2U ? 0.25 : 0.0);
    break;
  case 17:
    CHANGE(duet, at, timescale, 0.25f * (float)(1U + step / 23U % 5U));
    break;
  case 19:
    rem_duet_reset(duet, at);
    break;
  default:
    rem_duet_move(duet, at, step % N, (float)(step % 31U) / 31.0f);
  }
}

/// Say where the host is: it plays for 15 seconds, at two speeds
static void
tell_transport(RemDuet* const duet, const uint64_t at)
{
  const double slow = fmin((double)at, 7.0 * RATE);
  const double fast = (double)at - slow;
  rem_duet_transport(duet,
                     at,
                     (slow + 1.5 * fast) / BEAT,
                     (at < 7U * RATE ? 1.0 : 1.5) / BEAT,
                     at < 15U * RATE);
}

/// Play 20 seconds in blocks of `n_block` samples
static void
play_in_blocks(const uint32_t n_block, Heard* const heard)
{
  RemDuet* const duet  = duet_of(noisy_net(N), REM_DUET_CALLRESPONSE);
  uint64_t       next  = 333U;
  uint64_t       speed = 7U * RATE;
  heard->n             = 0U;
  CHANGE(duet, 0U, keep_swing, true);
  CHANGE(duet, 0U, threshold, 0.02f);
  uint32_t step = 0U;
  for (uint64_t at = 0U; at < 20U * RATE; at += n_block) {
    tell_transport(duet, at);
    while (next < at + n_block || speed < at + n_block) {
      if (speed <= next) { // The host changes within a block
        hear_until(duet, speed, heard);
        tell_transport(duet, speed);
        speed = speed == 7U * RATE ? 15U * RATE : REM_DUET_NEVER;
      } else {
        hear_until(duet, next, heard);
        do_something(duet, next, step);
        next += 61U + 997U * (step++ % 7U);
      }
    }
    hear_until(duet, at + n_block, heard);
  }
  end_duet(duet);
}

static void
test_cuts(void)
{
  static const uint32_t blocks[] = {1U, 61U, 64U, 20U * RATE};
  static Heard          whole, cut;
  uint32_t              n_net = 0U;
  play_in_blocks(1024U, &whole);
  for (uint32_t i = 0U; i < whole.n; ++i) {
    n_net += whole.events[i].kind == REM_EVENT_NET;
  }
  CHECK(n_net > 100U && whole.n > n_net + 100U);
  for (uint32_t b = 0U; b < 4U; ++b) {
    play_in_blocks(blocks[b], &cut);
    uint32_t n_same = 0U; // The last block may go on for longer
    while (n_same < cut.n && n_same < whole.n &&
           cut.events[n_same].at < 20U * RATE) {
      CHECK(!memcmp(
        &cut.events[n_same], &whole.events[n_same], sizeof(RemDuetEvent)));
      ++n_same;
    }
    CHECK(n_same > 200U && n_same + 5U > whole.n);
  }
}

/// Events go to the nearest line; the net's own time goes on beside it
static void
test_grid(void)
{
  static Heard   heard;
  RemDuet* const duet = duet_of(steady_net(N, 0.28f), REM_DUET_CALLRESPONSE);
  CHANGE(duet, 0U, grid, 0.5);
  rem_duet_transport(duet, 0U, 0.0, 1.0 / BEAT, true);
  touch(duet, 1000U, 0.5f, &heard);
  hear_until(duet, 20U * RATE, &heard);
  CHECK(heard.n > 60U);
  for (uint32_t i = 1U; i < heard.n; ++i) {
    const double free = 25000.0 + i * (double)0.28f * RATE;
    expect(&heard,
           i,
           REM_EVENT_NET,
           (uint64_t)(floor(free / 12000.0 + 0.5) * 12000.0));
  }
  CHANGE(duet, 20U * RATE, grid, 0.0); // And back, where it would have been
  const double   n    = heard.n;
  const uint64_t next = (uint64_t)(25000.0 + n * (double)0.28f * RATE + 0.5);
  hear_until(duet, 21U * RATE, &heard);
  expect(&heard, (uint32_t)n, REM_EVENT_NET, next);
  end_duet(duet);
}

/// The line before is past when the turn begins; several events on one line
/// follow each other; a grid without a rolling transport is none
static void
test_grid_edges(void)
{
  static Heard   heard;
  RemDuet* const duet = duet_of(steady_net(N, 0.05f), REM_DUET_CALLRESPONSE);
  CHANGE(duet, 0U, grid, 0.5);
  rem_duet_transport(duet, 0U, 0.0, 1.0 / BEAT, true);
  touch(duet, 500U, 0.5f, &heard); // Takes over at 24500, drawn for 26900
  hear_until(duet, 61000U, &heard);
  const uint64_t times[] = {36000,
                            36012,
                            36024,
                            36036,
                            36048,
                            36060,
                            36072,
                            48000,
                            48012,
                            48024,
                            48036,
                            48048,
                            60000};
  for (uint32_t i = 0U; i < 13U; ++i) {
    expect(&heard, 1U + i, REM_EVENT_NET, times[i]);
  }
  hear_until(duet, 65000U, &heard);
  const uint32_t n = heard.n;
  rem_duet_transport(duet, 65000U, 65000.0 / BEAT, 1.0 / BEAT, false);
  hear_until(duet, 75000U, &heard);
  expect(&heard, n, REM_EVENT_SILENCE, 65000U);
  CHECK(heard.n >= n + 4U);
  for (uint32_t i = n + 1U; i < heard.n; ++i) {
    CHECK(heard.events[i].at % 2400U == 500U);
  }
  end_duet(duet);
}

/// A host that tells its place roughly does not shake the lines; one that jumps
/// does not move events into the past
static void
test_hosts(void)
{
  static Heard   heard;
  const double   line = 12050.15; // Samples
  RemDuet* const duet = duet_of(steady_net(N, 0.28f), REM_DUET_BATTLE);
  CHANGE(duet, 0U, grid, 0.5);
  heard.n = 0U;
  for (uint64_t at = 0U; at < 20U * RATE; at += 997U) {
    const double rough = 0.4 * sin((double)at) + (double)at;
    hear_until(duet, at, &heard);
    rem_duet_transport(duet, at, 0.5 * rough / line, 0.5 / line, true);
  }
  CHECK(heard.n > 60U);
  for (uint32_t i = 0U; i < heard.n; ++i) {
    const double k = floor((double)heard.events[i].at / line + 0.5);
    expect(&heard, i, REM_EVENT_NET, (uint64_t)floor(k * line + 0.5));
  }

  rem_duet_reset(duet, 0U);
  heard.n = 0U;
  hear_until(duet, 1U, &heard); // The silence of what sounded before
  heard.n = 0U;
  rem_duet_transport(duet, 0U, 0.0, 1.0 / BEAT, true);
  hear_until(duet, 11900U, &heard);
  CHECK(rem_duet_due(duet) == 12000U);
  rem_duet_transport(duet, 11900U, 0.51, 1.0 / BEAT, true); // 240 too far
  hear_until(duet, 12000U, &heard);
  expect(&heard, 0U, REM_EVENT_NET, 11900U);
  end_duet(duet);
}

/// A line that lies a part of a sample before the start counts as the start
static void
test_first_line(void)
{
  static Heard   heard;
  RemDuet* const duet = duet_of(steady_net(N, 0.01f), REM_DUET_BATTLE);
  CHANGE(duet, 0U, grid, 0.5);
  rem_duet_transport(duet, 0U, 0.9 / BEAT, 1.0 / BEAT, true);
  hear_until(duet, RATE, &heard);
  expect(&heard, 0U, REM_EVENT_NET, 0U);
  end_duet(duet);
}

/// Whatever a host says, events come, in order, and not too many
static void
test_wild_hosts(void)
{
  static const double wild[] = {
    0.0, -0.0, 1e-3, -7.7, 1e9, -1e9, 1e300, -1e300, 1e-300, 1e-9, 0.3, 1.0};
  for (uint32_t i = 0U; i < 14U * 14U; ++i) {
    static Heard   heard;
    RemDuet* const duet = duet_of(steady_net(N, 0.01f), REM_DUET_BATTLE);
    const uint32_t a    = i % 14U;
    const uint32_t b    = i / 14U;
    heard.n             = 0U;
    CHANGE(duet, 0U, grid, 0.25);
    rem_duet_transport(duet,
                       0U,
                       a < 12U   ? wild[a]
                       : a < 13U ? (double)NAN
                                 : HUGE_VAL,
                       b < 12U   ? wild[b]
                       : b < 13U ? (double)NAN
                                 : HUGE_VAL,
                       true);
    hear_until(duet, RATE, &heard);
    CHECK(heard.n == 99U || heard.n == 100U); // Every 10 ms
    end_duet(duet);
  }
}

/// Straight playing leaves odd lines where they are; triplets move them
static void
test_swing(void)
{
  static Heard   heard;
  RemDuet* const duet = duet_of(steady_net(N, 0.25f), REM_DUET_CALLRESPONSE);
  CHANGE(duet, 0U, grid, 0.5);
  CHANGE(duet, 0U, keep_swing, true);
  CHANGE(duet, 0U, threshold, 1.0f);
  rem_duet_transport(duet, 0U, 0.0, 1.0 / BEAT, true);
  for (uint64_t i = 0U; i < 80U; ++i) { // Even, then a third late
    touch(duet, i * (uint64_t)BEAT, 0.5f, &heard);
    touch(duet, i * (uint64_t)BEAT + 16000U, 0.25f, &heard);
    if (!i) {
      CHECK(fabs(rem_duet_swing(duet) - 1.0 / 24.0) < 1e-12);
    }
  }
  CHECK(fabs(rem_duet_swing(duet) - 1.0 / 3.0) < 1e-4);
  const uint32_t n = heard.n;
  const double   s = rem_duet_swing(duet);
  hear_until(duet, 90U * (uint64_t)BEAT, &heard);
  CHECK(heard.n > n + 10U);
  for (uint32_t i = n + 1U; i < heard.n; ++i) {
    const uint64_t line = (heard.events[i].at + 6000U) / 12000U;
    const double   odd  = line % 2U ? 12000.0 * s : 0.0;
    CHECK(heard.events[i].kind == REM_EVENT_NET);
    CHECK(fabs((double)heard.events[i].at - odd - 12000.0 * (double)line) <
          0.6);
  }
  CHANGE(duet, 90U * (uint64_t)BEAT, keep_swing, false);
  const uint32_t m = heard.n;
  hear_until(duet, 100U * (uint64_t)BEAT, &heard);
  CHECK(heard.n > m + 10U);
  for (uint32_t i = m; i < heard.n; ++i) {
    CHECK(heard.events[i].at % 12000U == 0U);
  }
  end_duet(duet);
}

/// What waits moves with the swing that touches teach
static void
test_swing_moves(void)
{
  static Heard   heard;
  RemDuet* const duet = duet_of(steady_net(N, 0.5f), REM_DUET_POLYPHONY);
  CHANGE(duet, 0U, grid, 0.5);
  CHANGE(duet, 0U, keep_swing, true);
  rem_duet_transport(duet, 0U, 0.0, 1.0 / BEAT, true);
  touch(duet, 12500U, 0.5f, &heard); // s = 1 / 192: 62.5 samples
  hear_until(duet, 12501U, &heard);
  CHECK(rem_duet_due(duet) == 36063U);
  touch(duet, 14000U, 0.5f, &heard); // s += (1 / 6 - s) / 8: 304.7 samples
  hear_until(duet, 2U * RATE, &heard);
  expect(&heard, 2U, REM_EVENT_NET, 36305U);
  expect(&heard, 3U, REM_EVENT_NET, 36306U);
  end_duet(duet);
}

int
main(void)
{
  test_drift();
  test_cuts();
  test_grid();
  test_grid_edges();
  test_hosts();
  test_first_line();
  test_wild_hosts();
  test_swing();
  test_swing_moves();
  return 0;
}
