// SPDX-License-Identifier: ISC

/// A pair of a player and a net, and what they play

#ifndef REM_TESTS_IMPROVISER_H
#define REM_TESTS_IMPROVISER_H

#include "dsp/improviser.h"
#include "tests/check.h"
#include "tests/notes.h"

#include <string.h>

enum { RATE = 48000, N_MESSAGES = 65536 };

/// What was played, in order
typedef struct {
  uint32_t       n;
  bool           sounds[REM_N_KEYS];
  RemNoteMessage messages[N_MESSAGES];
} Heard;

static Heard heard;

/// Take out what comes before `until`: in order, and no key twice
static inline void
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

static inline bool
is_silent(const Heard* const of)
{
  return !memchr(of->sounds, 1, sizeof(of->sounds));
}

static inline void
strike(RemImproviser* const pair,
       const uint64_t       at,
       const uint8_t        key,
       Heard* const         to)
{
  const uint8_t bytes[] = {0x90U, key, 70U};
  take(pair, at, to);
  rem_improviser_hear(pair, at, bytes);
}

static inline void
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
static inline RemImproviser*
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

static inline void
free_pair(RemImproviser* const pair)
{
  rem_mind_free(rem_improviser_set_mind(pair, pair->now, NULL));
  free(pair);
}

#endif // REM_TESTS_IMPROVISER_H
