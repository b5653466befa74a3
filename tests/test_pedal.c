// SPDX-License-Identifier: ISC

/// The player's pedal stays down through turns of the net: keys under it sound
/// until it is up

#include "dsp/denormal.h"
#include "dsp/improviser.h"
#include "tests/check.h"
#include "tests/notes.h"

#include <stdlib.h>

enum { RATE = 48000 };

static void
hear(RemImproviser* const pair,
     const uint64_t       at,
     const uint8_t        status,
     const uint8_t        number,
     const uint8_t        value)
{
  const uint8_t  bytes[3] = {status, number, value};
  RemNoteMessage message;
  while (rem_improviser_next(pair, at, &message)) {
  }
  rem_improviser_hear(pair, at, bytes);
}

/// Return how many of `n` tokens from `first` on wait to be heard
static uint32_t
count(const RemImproviser* const pair, const uint32_t first, const uint32_t n)
{
  uint32_t found = 0U;
  for (uint32_t i = 0U; i < pair->n_waiting; ++i) {
    const uint32_t at = (pair->first_waiting + i) % REM_IMPROVISER_WAITING;
    found += pair->waiting[at] >= first && pair->waiting[at] < first + n;
  }
  return found;
}

static uint32_t
count_offs(const RemImproviser* const pair, const uint32_t key)
{
  return count(pair, REM_TOKEN_OFF + key, 1U);
}

/// Let the net take its turn over a key under the pedal; returns when it has
static uint64_t
begin(RemImproviser* const    pair,
      RemMind* const          mind,
      const RemImproviserMode mode)
{
  CHECK(pair && mind);
  rem_improviser_init(pair, RATE);
  RemImproviserSettings settings = rem_improviser_settings();
  settings.rest                  = 0.5;
  settings.mode                  = mode;
  rem_improviser_set(pair, 0U, &settings);
  (void)rem_improviser_set_mind(pair, 0U, mind);
  rem_improviser_reset(pair, 0U, 1U);

  uint64_t at = RATE;
  hear(pair, at, 0xB0U, 64U, 127U);
  hear(pair, at, 0x90U, 10U, 70U);
  hear(pair, at + 100U, 0x80U, 10U, 0U);
  RemNoteMessage message;
  while (!pair->speaks) {
    at += 64U;
    (void)rem_improviser_next(pair, at, &message);
  }
  return at;
}

/// The player takes over
static void
test_turns(RemMind* const mind, const RemImproviserMode mode)
{
  RemImproviser* const pair = (RemImproviser*)calloc(1U, sizeof(RemImproviser));
  const uint64_t       at   = begin(pair, mind, mode);
  hear(pair, at + 1U, 0x90U, 11U, 70U);
  CHECK(!pair->speaks);
  hear(pair, at + 2U, 0x80U, 11U, 0U);
  CHECK(!count_offs(pair, 11U));
  hear(pair, at + 3U, 0xB0U, 64U, 0U);
  CHECK(count_offs(pair, 11U) == 1U);
  CHECK(count_offs(pair, 10U) == (rem_mind_answers(mind) ? 0U : 1U));
  free(pair);
}

/// The pedal goes up while the net plays: it knows what time has gone by
static void
test_time(RemMind* const mind)
{
  RemImproviser* const pair = (RemImproviser*)calloc(1U, sizeof(RemImproviser));
  const uint64_t       at   = begin(pair, mind, REM_IMPROVISE_ON) + 20U * RATE;
  hear(pair, at, 0xB0U, 64U, 0U);
  CHECK(pair->speaks && count_offs(pair, 10U) == 1U);
  CHECK(!count(pair, REM_TOKEN_WAIT + 10U, REM_N_WAITS - 10U));
  free(pair);
}

int
main(void)
{
  const RemFloatMode mode     = rem_denormals_off();
  RemModel* const    models[] = {notes_model(3U, 16U), notes_answerer(7U, 16U)};
  for (uint32_t i = 0U; i < 4U; ++i) {
    RemMind* const mind = rem_mind_new(models[i / 2U]);
    test_turns(mind, i % 2U ? REM_IMPROVISE_ANSWER : REM_IMPROVISE_ON);
    rem_mind_free(mind);
  }
  RemMind* const mind = rem_mind_new(models[0]);
  test_time(mind);
  rem_mind_free(mind);
  rem_model_free(models[0]);
  rem_model_free(models[1]);
  rem_denormals_restore(mode);
  return 0;
}
