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

/// Return how many tokens wait that let a key go
static uint32_t
count_offs(const RemImproviser* const pair, const uint32_t key)
{
  uint32_t n = 0U;
  for (uint32_t i = 0U; i < pair->n_waiting; ++i) {
    const uint32_t at = (pair->first_waiting + i) % REM_IMPROVISER_WAITING;
    n += pair->waiting[at] == REM_TOKEN_OFF + key;
  }
  return n;
}

static void
test(RemMind* const mind, const RemImproviserMode mode)
{
  RemImproviser* const pair = (RemImproviser*)calloc(1U, sizeof(RemImproviser));
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
  hear(pair, at + 1U, 0x90U, 11U, 70U); // The player takes over
  CHECK(!pair->speaks);
  hear(pair, at + 2U, 0x80U, 11U, 0U);
  CHECK(!count_offs(pair, 11U));
  hear(pair, at + 3U, 0xB0U, 64U, 0U);
  CHECK(count_offs(pair, 11U) == 1U);
  CHECK(count_offs(pair, 10U) == (rem_mind_answers(mind) ? 0U : 1U));
  free(pair);
}

int
main(void)
{
  const RemFloatMode mode     = rem_denormals_off();
  RemModel* const    models[] = {notes_model(3U, 16U), notes_answerer(7U, 16U)};
  for (uint32_t i = 0U; i < 4U; ++i) {
    RemMind* const mind = rem_mind_new(models[i / 2U]);
    test(mind, i % 2U ? REM_IMPROVISE_ANSWER : REM_IMPROVISE_ON);
    rem_mind_free(mind);
  }
  rem_model_free(models[0]);
  rem_model_free(models[1]);
  rem_denormals_restore(mode);
  return 0;
}
