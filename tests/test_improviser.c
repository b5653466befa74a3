// SPDX-License-Identifier: ISC

/// Turns of a player and a net: who plays when, what the net hears and says,
/// and that nothing depends on where blocks are cut

#include "dsp/improviser.h"

#include "dsp/denormal.h"
#include "tests/check.h"
#include "tests/improviser.h"
#include "tests/notes.h"

#include <string.h>

enum { N_PLAYED = 600 };

static Heard again;

/// The net waits for the player, rests as long as told, yields at once
static void
test_turns(void)
{
  RemImproviser* const pair = pair_of(REM_IMPROVISE_ON);
  take(pair, 10U * RATE, &heard);
  CHECK(!heard.n); // Nobody has played
  strike(pair, 10U * RATE, 60U, &heard);
  take(pair, 12U * RATE, &heard);
  CHECK(!heard.n); // A finger is on a key
  let_go(pair, 12U * RATE, 60U, &heard);
  take(pair, 12U * RATE + RATE / 2U, &heard);
  CHECK(!heard.n && !pair->speaks);
  take(pair, 12U * RATE + RATE / 2U + 1U, &heard);
  CHECK(pair->speaks);
  take(pair, 60U * RATE + 17U, &heard);
  CHECK(heard.n > 100U && pair->speaks);
  while (is_silent(&heard)) {
    take(pair, pair->now + 1U, &heard);
  }
  const uint64_t at = pair->now + 5U;
  strike(pair, at, 61U, &heard);
  take(pair, at + 1U, &heard);
  CHECK(is_silent(&heard) && heard.messages[heard.n - 1U].at == at);
  CHECK(!pair->speaks);
  free_pair(pair);
}

/// Play like a person, in blocks of `n` samples at most
static void
play(RemImproviser* const pair, const uint32_t n, Heard* const to)
{
  uint32_t seed = 5U;
  uint64_t now  = 0U;
  for (uint32_t i = 0U; i < N_PLAYED; ++i) {
    const float    x    = 0.5f + 0.5f * noise(&seed);
    const uint64_t next = now + (uint64_t)(x * x * x * x * 3.0f * RATE);
    for (; now + n < next; now += n) {
      take(pair, now + n, to);
    }
    now               = next;
    const uint8_t key = (uint8_t)(60U + i / 2U % 12U);
    if (i % 2U) {
      let_go(pair, now, key, to);
    } else {
      strike(pair, now, key, to);
    }
  }
  take(pair, now + 5U * RATE, to);
}

static void
test_cuts(void)
{
  static const uint32_t sizes[] = {4096U, 64U, 7U};
  for (uint32_t mode = 0U; mode < 2U; ++mode) {
    RemImproviser* const whole = pair_of((RemImproviserMode)mode);
    play(whole, 1000000U, &heard);
    CHECK(heard.n > 200U);
    free_pair(whole);
    again = heard;
    for (uint32_t i = 0U; i < 3U; ++i) {
      RemImproviser* const pair = pair_of((RemImproviserMode)mode);
      play(pair, sizes[i], &heard);
      CHECK(heard.n == again.n);
      CHECK(!memcmp(
        heard.messages, again.messages, heard.n * sizeof(*heard.messages)));
      free_pair(pair);
    }
  }
}

/// Steps are bounded in number, however much is played, and what waits is heard
/// in the end
static void
test_flood(void)
{
  RemImproviser* const pair = pair_of(REM_IMPROVISE_ON);
  uint64_t             at   = RATE;
  for (uint32_t i = 0U; i < 20000U; ++i) {
    const uint32_t before = pair->n_waiting;
    strike(pair, at + i / 100U, (uint8_t)(i % 128U), &heard);
    CHECK(pair->n_waiting <= REM_IMPROVISER_WAITING);
    CHECK(i % 100U == 0U || pair->n_waiting >= before);
  }
  at += 200U;
  CHECK(pair->n_waiting > REM_IMPROVISER_WAITING - 10U);
  for (uint32_t key = 0U; key < 128U; ++key) {
    let_go(pair, at, (uint8_t)key, &heard);
  }
  take(pair, at + RATE / 2U, &heard);
  CHECK(pair->n_waiting == REM_IMPROVISER_WAITING - 1000U);
  take(pair, at + 2U * RATE, &heard);
  CHECK(pair->speaks);
  free_pair(pair);
}

/// An answer ends; then the player must play again
static void
test_answer(void)
{
  RemImproviser* const pair   = pair_of(REM_IMPROVISE_ANSWER);
  uint32_t             before = 0U;
  for (uint32_t i = 1U; i < 8U; ++i) {
    const uint64_t at = 1000U * RATE * (uint64_t)i;
    strike(pair, at, 60U, &heard);
    let_go(pair, at + 1000U, 60U, &heard);
    take(pair, at + 800U * RATE, &heard);
    CHECK(heard.n > before && is_silent(&heard));
    CHECK(!pair->speaks);
    before = heard.n;
    take(pair, at + 999U * RATE, &heard);
    CHECK(heard.n == before);
  }
  free_pair(pair);
}

/// Let the net speak until keys sound
static RemImproviser*
speaking_pair(void)
{
  RemImproviser* const pair = pair_of(REM_IMPROVISE_ON);
  strike(pair, 100U, 60U, &heard);
  let_go(pair, 200U, 60U, &heard);
  take(pair, 10U * RATE, &heard);
  while (is_silent(&heard)) {
    take(pair, pair->now + 1U, &heard);
  }
  return pair;
}

static void
test_endings(void)
{
  for (uint32_t i = 0U; i < 5U; ++i) {
    RemImproviser* const pair = speaking_pair();
    const uint64_t       at   = pair->now + 10U;
    take(pair, at, &heard);
    RemImproviserSettings s = pair->settings;
    s.mode                  = i == 0U ? REM_IMPROVISE_ANSWER : s.mode;
    s.enabled               = i != 1U;
    RemMind* const mind     = pair->mind;
    const uint32_t before   = heard.n;
    const uint32_t n_sound  = pair->decoder.n_sounding;
    if (i < 2U) {
      rem_improviser_set(pair, at, &s);
    } else if (i == 2U) {
      rem_improviser_stop(pair, at);
    } else if (i == 3U) {
      rem_improviser_reset(pair, at, 1U);
    } else {
      CHECK(rem_improviser_set_mind(pair, at, NULL) == mind);
    }
    take(pair, at + 1U, &heard);
    CHECK(n_sound && heard.n >= before + n_sound);
    for (uint32_t k = before; k < before + n_sound; ++k) {
      CHECK(heard.messages[k].bytes[0] == 0x80U && heard.messages[k].at == at);
    }
    const uint32_t n = heard.n;
    CHECK(i == 0U || is_silent(&heard));
    take(pair, at + 20U * RATE, &heard);
    CHECK(i == 0U || heard.n == n);
    if (i == 4U) {
      (void)rem_improviser_set_mind(pair, at + 20U * RATE, mind);
      take(pair, at + 30U * RATE, &heard);
      CHECK(heard.n > n); // It goes on
    }
    free_pair(pair);
  }
}

/// Range, scale, cold and slow playing
static void
test_settings(void)
{
  RemImproviser* const  pair = pair_of(REM_IMPROVISE_ON);
  RemImproviserSettings s    = pair->settings;
  s.rules     = (RemEventRules){50U, 70U, rem_event_scale(1U), true};
  s.timescale = 2.0;
  rem_improviser_set(pair, 0U, &s);
  strike(pair, 100U, 61U, &heard);
  let_go(pair, 200U, 61U, &heard);
  take(pair, 200U * RATE, &heard);
  CHECK(heard.n > 50U && pair->speaks);
  for (uint32_t i = 0U; i < heard.n; ++i) {
    const uint8_t key = heard.messages[i].bytes[1];
    CHECK(key >= 50U && key <= 70U && (0xAB5U >> key % 12U & 1U));
    const uint64_t from = heard.messages[0].at;
    CHECK((heard.messages[i].at - from) % (RATE / 50U) == 0U);
  }
  free_pair(pair);
}

/// A net that runs away falls silent and is counted
static void
test_failure(void)
{
  RemModel* const model  = notes_model(3U, 16U);
  float* const    bias   = model->params + rem_net_head_at(&model->spec).bias;
  float* const    weight = model->params + rem_net_head_at(&model->spec).weight;
  for (uint32_t i = 0U; i < 16U * REM_N_TOKENS; ++i) {
    weight[i] = i % 2U ? 3e38f : -3e38f;
  }
  bias[0]                   = 1.0f;
  RemMind* const       mind = rem_mind_new(model);
  RemImproviser* const pair = pair_of(REM_IMPROVISE_ON);
  RemMind* const       old  = rem_improviser_set_mind(pair, 0U, mind);
  strike(pair, 100U, 60U, &heard);
  let_go(pair, 200U, 60U, &heard);
  take(pair, 10U * RATE, &heard);
  CHECK(rem_mind_n_failures(mind) > 0U && is_silent(&heard));
  CHECK(!pair->speaks && !pair->called);
  rem_mind_free(old);
  rem_model_free(model);
  free_pair(pair);
}

int
main(void)
{
  const RemFloatMode mode = rem_denormals_off();
  test_turns();
  test_cuts();
  test_flood();
  test_answer();
  test_endings();
  test_settings();
  test_failure();
  rem_denormals_restore(mode);
  return 0;
}
