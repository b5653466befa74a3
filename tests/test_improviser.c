// SPDX-License-Identifier: ISC

/// Turns of a player and a net: who plays when, what the net hears and says,
/// and that nothing depends on where blocks are cut

#include "dsp/improviser.h"

#include "dsp/decoder.h"
#include "dsp/denormal.h"
#include "dsp/head/draw.h"
#include "tests/check.h"
#include "tests/notes.h"

#include <string.h>

enum { RATE = 48000, N_MESSAGES = 65536, N_PLAYED = 600 };

/// What was played, in order
typedef struct {
  uint32_t       n;
  bool           sounds[REM_N_KEYS];
  RemNoteMessage messages[N_MESSAGES];
} Heard;

static Heard heard;
static Heard again;

/// Take out what comes before `until`: in order, and no key twice
static void
take(RemImproviser* const pair, const uint64_t until, Heard* const to)
{
  RemNoteMessage message;
  while (rem_improviser_next(pair, until, &message)) {
    const bool    on  = message.bytes[0] == 0x90U;
    const uint8_t key = message.bytes[1];
    CHECK(to->n < N_MESSAGES && message.at < until);
    CHECK(!to->n || message.at >= to->messages[to->n - 1U].at);
    CHECK(on != to->sounds[key] && (on || message.bytes[0] == 0x80U));
    to->sounds[key]       = on;
    to->messages[to->n++] = message;
  }
}

static bool
is_silent(const Heard* const of)
{
  return !memchr(of->sounds, 1, sizeof(of->sounds));
}

static void
strike(RemImproviser* const pair,
       const uint64_t       at,
       const uint8_t        key,
       Heard* const         to)
{
  const uint8_t bytes[] = {0x90U, key, 70U};
  take(pair, at, to);
  rem_improviser_hear(pair, at, bytes);
}

static void
let_go(RemImproviser* const pair,
       const uint64_t       at,
       const uint8_t        key,
       Heard* const         to)
{
  const uint8_t bytes[] = {0x80U, key, 70U};
  take(pair, at, to);
  rem_improviser_hear(pair, at, bytes);
}

/// Return a pair with a rest of half a second and a net of its own
static RemImproviser*
pair_of(const RemImproviserMode mode)
{
  RemModel* const      model = notes_model(3U, 16U);
  RemMind* const       mind  = rem_mind_new(model);
  RemImproviser* const pair = (RemImproviser*)calloc(1U, sizeof(RemImproviser));
  CHECK(mind && pair);
  rem_model_free(model);
  rem_improviser_init(pair, RATE);
  RemImproviserSettings settings = rem_improviser_settings();
  settings.mode                  = mode;
  settings.rest                  = 0.5;
  rem_improviser_set(pair, 0U, &settings);
  CHECK(!rem_improviser_set_mind(pair, 0U, mind));
  rem_improviser_reset(pair, 0U, 1U);
  memset(&heard, 0, sizeof(heard));
  return pair;
}

static void
free_pair(RemImproviser* const pair)
{
  rem_mind_free(rem_improviser_set_mind(pair, pair->now, NULL));
  free(pair);
}

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

/// What is said is what the net and the seed say without a player at all
static void
test_reference(void)
{
  RemImproviser* const pair   = pair_of(REM_IMPROVISE_ON);
  RemModel* const      model  = notes_model(3U, 16U);
  RemNet* const        net    = rem_net_new(&model->spec, model->params);
  RemNetState* const   state  = rem_net_state_new(net);
  static const float   call[] = {REM_TOKEN_START,
                                 REM_TOKEN_VELOCITY + 17.0f,
                                 REM_TOKEN_ON + 60.0f,
                                 REM_TOKEN_WAIT + 24.0f,
                                 REM_TOKEN_OFF + 60.0f};
  static float         y[REM_N_TOKENS];
  for (uint32_t i = 0U; i < 5U; ++i) {
    rem_net_block(net, state, &call[i], y, 1U);
  }
  strike(pair, RATE, 60U, &heard);
  let_go(pair, RATE + RATE / 4U, 60U, &heard);
  take(pair, 100U * RATE, &heard);

  const uint64_t  begin   = RATE + RATE / 4U + RATE / 2U;
  double          said    = 1.25 * RATE;
  RemRandom       random  = {1U};
  RemEventDecoder decoder = {.velocity = 70U};
  uint32_t        n       = 0U;
  while (n < 500U) {
    RemTimedMidi messages[REM_MOST_MESSAGES];
    bool         allowed[REM_N_TOKENS];
    rem_event_allow(&decoder, &pair->settings.rules, allowed);
    const RemDraw  how   = {1.0f, 0U, allowed};
    const uint32_t token = rem_draw(y, REM_N_TOKENS, &how, &random);
    const float    x     = (float)token;
    const uint32_t made  = rem_event_decode(&decoder, token, messages);
    rem_net_block(net, state, &x, y, 1U);
    if (token >= REM_TOKEN_WAIT && token < REM_TOKEN_VELOCITY) {
      said += 480.0 * (token - REM_TOKEN_WAIT + 1U);
    } else {
      said = fmax(said, (double)begin);
    }
    for (uint32_t i = 0U; i < made; ++i, ++n) {
      CHECK(!memcmp(heard.messages[n].bytes, messages[i].bytes, 3U));
      CHECK((double)heard.messages[n].at >= said);
      CHECK((double)heard.messages[n].at < said + 0.02 * RATE); // If a crowd
    }
  }
  CHECK(heard.n >= n);
  rem_net_state_free(state);
  rem_net_free(net);
  rem_model_free(model);
  free_pair(pair);
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

/// An answerer's answer is that of its decoder to the call alone
static void
test_decoder(void)
{
  static const float   call[] = {REM_TOKEN_VELOCITY + 17.0f,
                                 REM_TOKEN_ON + 60.0f,
                                 REM_TOKEN_WAIT + 24.0f,
                                 REM_TOKEN_OFF + 60.0f};
  RemModel* const      model  = notes_answerer(7U, 16U);
  RemMind* const       mind   = rem_mind_new(model);
  RemImproviser* const pair   = pair_of(REM_IMPROVISE_ANSWER);
  RemMind* const       old    = rem_improviser_set_mind(pair, 0U, mind);
  RemDecoder*          plain  = NULL;
  RemRandom            random = {1U};
  CHECK(!rem_mind_check(model, "x", NULL) && rem_mind_answers(mind));
  CHECK(!rem_decoder_new(model, REM_DECODER_FRAMES, true, &plain, NULL));
  uint32_t n = 0U;
  for (uint32_t turn = 1U; turn < 6U; ++turn) {
    const uint64_t at = 1000U * RATE * (uint64_t)turn;
    strike(pair, at, 60U, &heard);
    let_go(pair, at + RATE / 4U, 60U, &heard);
    take(pair, at + 900U * RATE, &heard);

    RemEventDecoder decoder = {.velocity = 70U};
    uint32_t        token   = REM_TOKEN_START;
    rem_decoder_reset(plain);
    for (uint32_t i = 0U; i < 4U; ++i) {
      rem_decoder_hear(plain, &call[i]);
    }
    rem_decoder_begin(plain);
    while (token != REM_TOKEN_END) {
      RemTimedMidi       messages[REM_MOST_MESSAGES];
      bool               allowed[REM_N_TOKENS];
      const float        x     = (float)token;
      const float* const y     = rem_decoder_step(plain, &x);
      RemEventRules      rules = pair->settings.rules;
      rules.may_end            = true;
      rem_event_allow(&decoder, &rules, allowed);
      token = rem_draw(y, REM_N_TOKENS, &(RemDraw){1.0f, 0U, allowed}, &random);
      const uint32_t made = rem_event_decode(&decoder, token, messages);
      for (uint32_t i = 0U; i < made; ++i, ++n) {
        CHECK(n < heard.n);
        CHECK(!memcmp(heard.messages[n].bytes, messages[i].bytes, 3U));
      }
    }
    CHECK(n == heard.n && !pair->speaks);
  }
  CHECK(n > 20U);
  rem_decoder_free(plain);
  rem_mind_free(old);
  rem_model_free(model);
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
  test_reference();
  test_flood();
  test_answer();
  test_decoder();
  test_endings();
  test_settings();
  test_failure();
  rem_denormals_restore(mode);
  return 0;
}
