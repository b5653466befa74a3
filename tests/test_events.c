// SPDX-License-Identifier: ISC

/// MIDI as tokens and back

#include "dsp/events.h"
#include "tests/check.h"

#include <string.h>

#define N_RANDOM 4000U

static const RemEventRules anything = {0U, 127U, 0xFFFU, true};

/// Write one message; return the tokens in words, with blanks between
static const char*
words(RemEventEncoder* const    encoder,
      const RemSymbols* const   symbols,
      const RemTimedMidi* const message)
{
  static char    text[4096];
  uint32_t       tokens[REM_MOST_TOKENS];
  const uint32_t n = rem_event_encode(encoder, message, tokens);
  text[0]          = '\0';
  for (uint32_t i = 0U; i < n; ++i) {
    (void)snprintf(text + strlen(text),
                   sizeof(text) - strlen(text),
                   i ? ", %s" : "%s",
                   symbols->names[tokens[i]]);
  }
  return text;
}

/// A performance and what it must become
static void
test_words(void)
{
  static const struct {
    RemTimedMidi message;
    const char*  tokens;
  } rows[] = {
    {{5.0, {0x80, 60, 0}}, ""}, // Does not sound
    {{5.0, {0x90, 60, 80}}, "velocity 82, on 60"},
    {{5.004, {0x91, 64, 83}}, "on 64"},
    {{5.25, {0x90, 60, 90}}, "wait 0.25, off 60, velocity 90, on 60"},
    {{5.26, {0xB0, 64, 127}}, ""}, // The pedal
    {{5.26, {0xE0, 60, 127}}, ""},
    {{5.26, {0x90, 200, 127}}, ""},
    {{5.30, {0x80, 60, 0}}, ""},
    {{5.50, {0x90, 64, 0}}, ""},
    {{6.50, {0xB0, 64, 0}}, "wait 1.00, wait 0.25, off 60, off 64"},
    {{6.40, {0x90, 0, 1}}, "velocity 2, on 0"}, // Time never goes back
    {{60.0, {0xB5, 123, 0}},
     "wait 1.00, wait 1.00, wait 1.00, wait 1.00, "
     "off 0"},
    {{NAN, {0x90, 127, 127}}, "velocity 126, on 127"},
  };
  RemSymbols* const symbols = rem_event_symbols();
  RemEventEncoder   encoder = {.begun = false};
  CHECK(symbols && symbols->n == 390U);
  for (size_t i = 0U; i < sizeof(rows) / sizeof(*rows); ++i) {
    const char* const text = words(&encoder, symbols, &rows[i].message);
    if (strcmp(text, rows[i].tokens) != 0) {
      fprintf(stderr, "%zu: %s, not %s\n", i, text, rows[i].tokens);
      exit(1);
    }
  }
  rem_symbols_free(symbols);
}

/// Fill `keys` with the time of every key's last message, or 0 while it rests
static void
follow(const RemTimedMidi* const message, double keys[const REM_N_KEYS])
{
  const bool on = (message->bytes[0] & 0xF0U) == 0x90U && message->bytes[2];
  CHECK(on || keys[message->bytes[1]] > 0.0); // None is let go twice
  CHECK(!on || !(keys[message->bytes[1]] > 0.0));
  keys[message->bytes[1]] = on ? message->at : 0.0;
}

/// A long random performance survives both ways, to 5 ms, without drift
static void
test_there_and_back(void)
{
  RemEventEncoder encoder            = {.begun = false};
  RemEventDecoder decoder            = {.step = 0U};
  double          played[REM_N_KEYS] = {0.0};
  double          heard[REM_N_KEYS]  = {0.0};
  uint32_t        seed               = 3U;
  double          now                = 0.0;
  uint32_t        tokens[REM_MOST_TOKENS];
  RemTimedMidi    messages[REM_MOST_MESSAGES];
  for (uint32_t i = 0U; i < N_RANDOM; ++i) {
    const uint8_t key = (uint8_t)(60.0f + 20.0f * noise(&seed));
    const bool    on  = !(played[key] > 0.0);
    now += i ? 0.2 * fabs((double)noise(&seed)) : 0.02;
    const RemTimedMidi message = {now,
                                  {(uint8_t)(on ? 0x90U : 0x80U), key, 66U}};
    follow(&message, played);
    const uint32_t n = rem_event_encode(&encoder, &message, tokens);
    for (uint32_t k = 0U; k < n; ++k) {
      const uint32_t m = rem_event_decode(&decoder, tokens[k], messages);
      for (uint32_t j = 0U; j < m; ++j) {
        messages[j].at += 0.02; // Tokens begin with the first message
        follow(&messages[j], heard);
        CHECK(fabs(messages[j].at - now) < 0.00501);
        CHECK(messages[j].bytes[1] == key &&
              messages[j].bytes[2] == (on ? 66U : 64U));
      }
    }
    CHECK(on == (heard[key] > 0.0));
  }
  CHECK(decoder.n_sounding > 0U);
  CHECK(rem_event_decode_rest(&decoder, messages) > 0U);
  CHECK(!decoder.n_sounding);
}

/// Whatever tokens come, no key is stuck, and what is allowed is not in vain
static void
test_any_tokens(void)
{
  RemEventDecoder decoder          = {.step = 0U};
  double          keys[REM_N_KEYS] = {0.0};
  uint32_t        seed             = 9U;
  RemTimedMidi    messages[REM_MOST_MESSAGES];
  for (uint32_t i = 0U; i < 20U * N_RANDOM; ++i) {
    bool           allowed[REM_N_TOKENS];
    const uint32_t token =
      (uint32_t)((float)REM_N_TOKENS * (0.5f + 0.4999f * noise(&seed)));
    rem_event_allow(&decoder, &anything, allowed);
    const uint32_t n = rem_event_decode(&decoder, token, messages);
    for (uint32_t j = 0U; j < n; ++j) {
      messages[j].at += 1.0;
      follow(&messages[j], keys);
    }
    CHECK(token >= REM_TOKEN_WAIT || n == (allowed[token] ? 1U : n));
    CHECK(token < REM_TOKEN_OFF || token >= REM_TOKEN_WAIT ||
          n == allowed[token]);
  }
  (void)rem_event_decode(&decoder, REM_TOKEN_END, messages);
  CHECK(!decoder.n_sounding);
}

static void
test_rules(void)
{
  const RemEventRules rules   = {60U, 72U, rem_event_scale(3U), false}; // D
  RemEventDecoder     decoder = {.step = 0U};
  RemTimedMidi        messages[REM_MOST_MESSAGES];
  bool                allowed[REM_N_TOKENS];
  (void)rem_event_decode(&decoder, REM_TOKEN_ON + 59U, messages);
  (void)rem_event_decode(&decoder, REM_TOKEN_ON + 62U, messages);
  rem_event_allow(&decoder, &rules, allowed);
  for (uint32_t key = 0U; key < REM_N_KEYS; ++key) {
    const bool expected = key == 61U || key == 64U || key == 66U ||
                          key == 67U || key == 69U || key == 71U;
    CHECK(allowed[REM_TOKEN_ON + key] == expected);
    CHECK(allowed[REM_TOKEN_OFF + key] == (key == 59U || key == 62U));
  }
  CHECK(allowed[REM_TOKEN_VELOCITY] && allowed[REM_TOKEN_WAIT]);
  CHECK(!allowed[REM_TOKEN_START] && !allowed[REM_TOKEN_END]);
  (void)rem_event_decode(&decoder, REM_TOKEN_VELOCITY + 3U, messages);
  rem_event_allow(&decoder, &anything, allowed);
  CHECK(!allowed[REM_TOKEN_VELOCITY] && allowed[REM_TOKEN_END]);
  CHECK(rem_event_scale(0U) == 0xFFFU);
  CHECK(rem_event_scale(1U) == rem_event_scale(22U)); // C major, A minor
  CHECK(rem_event_scale(4U) == rem_event_scale(13U)); // Eb major, C minor
}

static void
test_transpose(void)
{
  CHECK(rem_event_transpose(REM_TOKEN_ON + 60U, 7) == REM_TOKEN_ON + 67U);
  CHECK(rem_event_transpose(REM_TOKEN_OFF + 5U, -5) == REM_TOKEN_OFF);
  CHECK(rem_event_transpose(REM_TOKEN_OFF + 4U, -5) == REM_NO_SYMBOL);
  CHECK(rem_event_transpose(REM_TOKEN_ON + 127U, 1) == REM_NO_SYMBOL);
  CHECK(rem_event_transpose(REM_TOKEN_END, 1) == REM_TOKEN_END);
}

static void
test_vocabulary(void)
{
  RemSymbols* const symbols = rem_event_symbols();
  RemError          error   = {REM_SUCCESS, "", ""};
  CHECK(symbols);
  CHECK(!rem_event_symbols_check(symbols, NULL, &error));
  CHECK(rem_symbols_name(symbols, REM_TOKEN_WAIT, "wait 0.02"));
  CHECK(rem_event_symbols_check(symbols, NULL, &error) == REM_UNSUPPORTED);
  symbols->kind = REM_SYMBOLS_NAMES;
  CHECK(rem_event_symbols_check(symbols, NULL, &error) == REM_UNSUPPORTED);
  CHECK(rem_event_symbols_check(NULL, NULL, &error) == REM_UNSUPPORTED);
  rem_symbols_free(symbols);
}

int
main(void)
{
  test_words();
  test_there_and_back();
  test_any_tokens();
  test_rules();
  test_transpose();
  test_vocabulary();
  return 0;
}
