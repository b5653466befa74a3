// SPDX-License-Identifier: ISC

/// What a net plays in turns with a player is what its weights and the seed say

#include "dsp/improviser.h"

#include "dsp/decoder.h"
#include "dsp/denormal.h"
#include "dsp/head/draw.h"
#include "tests/check.h"
#include "tests/improviser.h"
#include "tests/notes.h"

#include <string.h>

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

int
main(void)
{
  const RemFloatMode mode = rem_denormals_off();
  test_reference();
  test_decoder();
  rem_denormals_restore(mode);
  return 0;
}
