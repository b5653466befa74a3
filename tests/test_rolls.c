// SPDX-License-Identifier: ISC

/// Piano rolls: files, pieces by rule, habits of keys, and what nets make of
/// them

#include "offline_trainer/binary_cross_entropy.h"
#include "offline_trainer/midi/song.h"
#include "offline_trainer/rolls/roll_lesson.h"
#include "offline_trainer/rolls/rolls.h"
#include "tests/check.h"
#include "tests/reference.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void
write_file(const char* const path, const char* const text)
{
  FILE* const file = fopen(path, "w");
  CHECK(file && fputs(text, file) >= 0 && !fclose(file));
}

/// What is read is what was written, silence included
static void
test_files(void)
{
  static const char text[] = "# piece of 3 frames\n60 64 67\n\n21 108\n"
                             "# piece of 1 frames\n60\n";
  RemRolls          rolls;
  RemRolls          again;
  RemError          error;
  write_file("rolls.txt", text);
  CHECK(!rem_rolls_read("rolls.txt", &rolls, &error));
  CHECK(rolls.n == 2U && rolls.begins[1] == 3U && rolls.begins[2] == 4U);
  CHECK(rem_rolls_n_foretold(&rolls) == 2U);
  CHECK(rolls.keys[60 - 21] && rolls.keys[64 - 21] && !rolls.keys[61 - 21]);
  for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
    CHECK(!rolls.keys[REM_ROLL_KEYS + k]);
  }
  CHECK(rolls.keys[2U * REM_ROLL_KEYS] && rolls.keys[3U * REM_ROLL_KEYS - 1U]);
  CHECK(!rem_rolls_write(&rolls, "again.txt", &error));
  CHECK(!rem_rolls_read("again.txt", &again, &error));
  CHECK(again.n == 2U && !memcmp(again.keys, rolls.keys, 4U * REM_ROLL_KEYS));
  rem_rolls_clear(&rolls);
  rem_rolls_clear(&again);
}

/// What is no roll is refused, with its line
static void
test_bad_files(void)
{
  static const struct {
    const char* text;
    const char* part;
  } bad[] = {{"60 64\n", "before the first"},
             {"# one\n60\n60 20\n", "line 3"},
             {"# one\n109\n", "line 2"},
             {"# one\nC4\n", "line 2"},
             {"# one\n60\n", "no pieces"},
             {"", "no pieces"}};
  for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); ++i) {
    RemRolls rolls;
    RemError error;
    write_file("bad.txt", bad[i].text);
    CHECK(rem_rolls_read("bad.txt", &rolls, &error) == REM_BAD_FORMAT);
    CHECK(strstr(error.text, bad[i].part) && !rolls.keys && !rolls.begins);
  }
}

/// A key that goes on and off by turns is foretold but for what was counted
static void
test_habits(void)
{
  static const uint32_t key   = 60U;
  RemRolls              rolls = {.n = 0U};
  CHECK(rem_rolls_begin(&rolls));
  for (uint32_t t = 0; t < 101U; ++t) {
    CHECK(rem_rolls_add(&rolls, &key, t % 2U));
  }
  // 50 times on, 50 times off; the other 87 keys were off 100 times
  const double expected = -log(50.5 / 51.0) - 87.0 * log(100.5 / 101.0);
  CHECK(fabs(rem_rolls_markov(&rolls, &rolls) - expected) < 1e-9);
  rem_rolls_clear(&rolls);
}

/// Four voices that differ, in chords of the same piece for the same seed
static void
test_made(void)
{
  RemRolls rolls;
  RemRolls again;
  RemError error;
  CHECK(!rem_rolls_make(20U, 3U, &rolls, &error));
  CHECK(!rem_rolls_make(20U, 3U, &again, &error));
  const size_t n = rolls.begins[20];
  CHECK(again.begins[20] == n);
  CHECK(!memcmp(rolls.keys, again.keys, n * REM_ROLL_KEYS));
  for (size_t t = 0; t < n; ++t) {
    uint32_t sum = 0U;
    for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
      sum += rolls.keys[t * REM_ROLL_KEYS + k];
    }
    CHECK(sum >= 2U && sum <= 4U); // Voices may meet
  }
  rem_rolls_clear(&rolls);
  rem_rolls_clear(&again);
}

/// The net's surprise by the equations in double, from its learned beginning
static double
reference_nll(const RemNetSpec* const spec,
              const float* const      params,
              const RemRolls* const   rolls)
{
  static double q[20000], state[64], x[REM_ROLL_KEYS], y[REM_ROLL_KEYS];
  const size_t  n   = rem_net_n_params(spec);
  double        sum = 0.0;
  CHECK(n <= 20000U && rem_net_n_state(spec) <= 64U);
  for (size_t i = 0; i < n; ++i) {
    q[i] = (double)params[i];
  }
  for (size_t i = 0; i < rolls->n; ++i) {
    const size_t at = rem_net_initial_at(spec).bias;
    memcpy(state, q + at, rem_net_n_state(spec) * sizeof(double));
    for (size_t t = rolls->begins[i]; t + 1U < rolls->begins[i + 1U]; ++t) {
      const uint8_t* const now = rolls->keys + t * REM_ROLL_KEYS;
      for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
        x[k] = now[k];
      }
      rem_reference_step(spec, q, state, x, y);
      for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
        sum += log1p(exp(now[REM_ROLL_KEYS + k] ? -y[k] : y[k]));
      }
    }
  }
  return sum / (double)rem_rolls_n_foretold(rolls);
}

static void
test_nll(void)
{
  const RemTrainSpec spec   = rem_roll_train_default(REM_CELL_GRU, 12U);
  const size_t       n      = rem_net_n_params(&spec.net);
  float* const       params = (float*)calloc(n, sizeof(float));
  RemPool* const     pool   = rem_pool_new(2U);
  RemRolls           rolls;
  RemError           error;
  CHECK(params && pool && !rem_rolls_make(5U, 1U, &rolls, &error));
  random_params(&spec.net, params, 0.5f, 7U);
  const double nll = rem_rolls_nll(&spec.net, params, &rolls, pool);
  printf("%.6f nats a frame\n", nll);
  CHECK(fabs(nll - reference_nll(&spec.net, params, &rolls)) < 1e-4);
  rem_rolls_clear(&rolls);
  rem_pool_free(pool);
  free(params);
}

/// Every frame but the first of every piece is foretold once an epoch, from a
/// state of zeros where a piece begins
static void
test_epoch(void)
{
  RemTrainSpec spec = rem_roll_train_default(REM_CELL_LSTM, 4U);
  RemRolls     rolls;
  RemError     error;
  RemLesson    lesson;
  RemRandom    random = {5U};
  enum { STEPS = 16, STREAMS = 3, N = STEPS * STREAMS * 88 };
  static float x[N], y[N], dy[N], state[STREAMS * 8];
  spec.n_steps   = STEPS;
  spec.n_streams = STREAMS;
  CHECK(!rem_rolls_make(11U, 1U, &rolls, &error));
  CHECK(!rem_roll_lesson_open(&spec, &rolls, &rolls, 1U, &lesson, &error));
  const RemStreamRange all    = {0U, STREAMS};
  double               loss   = 0.0;
  size_t               n      = 0U;
  uint32_t             begins = 0U;
  lesson.draw(lesson.handle, &random);
  for (uint32_t w = 0; w < lesson.n_windows; ++w) {
    for (size_t i = 0; i < sizeof(state) / sizeof(*state); ++i) {
      state[i] = 1.0f;
    }
    lesson.rest(lesson.handle, all, (int64_t)w * STEPS, state);
    for (uint32_t s = 0; s < STREAMS; ++s) {
      begins += state[s * 8U] == 0.0f;
    }
    lesson.fill(lesson.handle, all, (int64_t)w * STEPS, STEPS, x);
    loss += lesson.compare(lesson.handle, 0U, all, w, y, dy);
    for (size_t i = 0; i < N; i += 88U) {
      n += dy[i] != 0.0f;
    }
  }
  // y is 0: every key costs log 2
  CHECK(fabs(loss / lesson.n_windows - 88.0 * log(2.0)) < 1e-4);
  CHECK(n == rem_rolls_n_foretold(&rolls) && begins == 11U);
  rem_lesson_clear(&lesson);
  rem_rolls_clear(&rolls);
}

/// Write a song of one key that is held for `seconds`
static void
write_song(const char* const path, const uint8_t key, const double seconds)
{
  RemSong            song = {0U, NULL};
  const RemTimedMidi on   = {0.0, {0x90U, key, 80U}},
                     off  = {seconds, {0x80U, key, 0U}};
  CHECK(rem_song_add(&song, &on) && rem_song_add(&song, &off));
  CHECK(!rem_song_write(&song, path, NULL));
  rem_song_clear(&song);
}

/// Songs of a folder are pieces, dealt to three parts
static void
test_songs(void)
{
  RemRolls rolls;
  RemRolls parts[3];
  RemError error = {REM_SUCCESS, "", ""};
  CHECK(!mkdir("songs", 0777));
  CHECK(rem_rolls_read_midi("songs", 0.25, &rolls, &error) == REM_NO_FILE);
  for (char name[] = "songs/0.mid"; name[6] < '8'; ++name[6]) {
    write_song(name, (uint8_t)(60 + name[6] - '0'), 1.0);
  }
  CHECK(!rename("songs/7.mid", "songs/7.MID"));
  CHECK(!rem_rolls_read_midi("songs", 0.25, &rolls, &error));
  CHECK(rolls.n == 8U && rolls.begins[8] == 32U && !rolls.begins[0]);
  CHECK(rolls.keys[4U * REM_ROLL_KEYS + 61U - REM_ROLL_LOWEST]);
  CHECK(!rem_rolls_deal(&rolls, parts, &error));
  CHECK(parts[0].n == 6U && parts[1].n == 1U && parts[2].n == 1U);
  for (size_t p = 0; p < 3U; ++p) {
    rem_rolls_clear(&parts[p]);
  }
  rem_rolls_clear(&rolls);
}

int
main(void)
{
  test_songs();
  test_files();
  test_bad_files();
  test_habits();
  test_made();
  test_nll();
  test_epoch();
  return 0;
}
