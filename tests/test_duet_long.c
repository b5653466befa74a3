// SPDX-License-Identifier: ISC

/// Ten minutes of a player who moves, rests and changes nothing else, in every
/// mode: whose turn it is, how many events there are, and what ends them

#include "tests/duet.h"

enum { N = 8, SECONDS = 600, N_BLOCK = 64, THRESHOLD = RATE / 2 };

/// What was seen
typedef struct {
  uint64_t touched;  ///< Sample of the last touch
  uint64_t n_touch;  ///< Touches
  uint64_t n_net;    ///< Events of the net
  uint64_t n_ends;   ///< Silences
  uint64_t n_turns;  ///< That the net had
  uint64_t net_at;   ///< Its last event
  bool     sounding; ///< An event of the net since the last silence
} Seen;

/// Return the pause after a touch: some 30 ms in a gesture, seconds after it
static uint64_t
pause_of(uint32_t* const seed)
{
  const float chance = 0.5f + 0.5f * noise(seed);
  const float length = 0.5f + 0.5f * noise(seed);
  return chance < 0.97f ? 480U + (uint64_t)(1920.0f * length)
                        : (uint64_t)(3.0f * RATE * length) + 48U;
}

/// Take note of an event
static void
see(const RemDuetEvent* const event, const RemDuetMode mode, Seen* const seen)
{
  const bool turns = mode == REM_DUET_CALLRESPONSE;
  for (uint32_t d = 0U; d < event->n; ++d) {
    CHECK(event->x[d] >= 0.0f && event->x[d] <= 1.0f);
  }
  switch (event->kind) {
  case REM_EVENT_NET:
    CHECK(!turns || event->at > seen->touched + THRESHOLD);
    CHECK(!seen->n_net || event->at > seen->net_at);
    seen->n_turns += !seen->sounding;
    seen->sounding = true;
    seen->net_at   = event->at;
    ++seen->n_net;
    break;
  case REM_EVENT_PLAYER:
    CHECK(!turns || !seen->sounding); // Silence came before
    seen->touched = event->at;
    ++seen->n_touch;
    break;
  case REM_EVENT_SILENCE:
    CHECK(turns && seen->sounding);
    seen->sounding = false;
    ++seen->n_ends;
    break;
  }
}

/// Take out what happens before `until`
static void
take(RemDuet* const duet, const uint64_t until, Seen* const seen)
{
  RemDuetEvent event;
  while (rem_duet_next(duet, until, &event)) {
    CHECK(event.at < until);
    see(&event, rem_duet_get(duet)->mode, seen);
  }
}

static Seen
play(const RemDuetMode mode)
{
  Seen           seen = {0U, 0U, 0U, 0U, 0U, 0U, false};
  uint32_t       seed = 17U;
  uint64_t       next = 1000U;
  RemDuet* const duet = duet_of(noisy_net(N), mode);
  for (uint64_t at = 0U; at < (uint64_t)SECONDS * RATE; at += N_BLOCK) {
    for (; next < at + N_BLOCK; next += pause_of(&seed)) {
      take(duet, next, &seen);
      rem_duet_move(duet, next, seed % N, 0.5f + 0.5f * noise(&seed));
    }
    take(duet, at + N_BLOCK, &seen);
  }
  end_duet(duet);
  return seen;
}

int
main(void)
{
  const Seen call = play(REM_DUET_CALLRESPONSE);
  CHECK(call.n_touch > 5000U && call.n_net > 1000U && call.n_turns > 50U);
  CHECK(call.n_ends == call.n_turns || call.n_ends + 1U == call.n_turns);

  const Seen both = play(REM_DUET_POLYPHONY);
  CHECK(both.n_touch == call.n_touch && both.n_ends == 0U);
  CHECK(both.n_net <= both.n_touch && both.n_net + 100U > both.n_touch);

  const Seen battle = play(REM_DUET_BATTLE);
  CHECK(battle.n_touch == call.n_touch && battle.n_ends == 0U);
  CHECK(battle.n_net > call.n_net && battle.n_net < 1000U * SECONDS);

  const Seen alone = play(REM_DUET_USERONLY);
  CHECK(alone.n_touch == call.n_touch && !alone.n_net && !alone.n_ends);
  return 0;
}
