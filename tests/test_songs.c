// SPDX-License-Identifier: ISC

/// Folders of MIDI files as tokens: held out, in other keys, as calls and
/// answers; what is no song is named

#include "offline_trainer/midi/calls.h"
#include "offline_trainer/midi/roll.h"
#include "offline_trainer/midi/songs.h"
#include "tests/check.h"
#include "tests/host/fixture.h"

#include <string.h>
#include <sys/stat.h>

/// Write a song: a key every half second, each for a quarter of one
static void
write_song(const char* const path, const uint8_t lowest, const uint32_t n)
{
  RemSong song = {0U, NULL};
  for (uint32_t i = 0U; i < n; ++i) {
    const uint8_t      key = (uint8_t)(lowest + i % 4U);
    const RemTimedMidi on  = {0.5 * i, {0x90U, key, 70U}};
    const RemTimedMidi off = {0.5 * i + 0.25, {0x80U, key, 0U}};
    CHECK(rem_song_add(&song, &on) && rem_song_add(&song, &off));
  }
  CHECK(!rem_song_write(&song, path, NULL));
  rem_song_clear(&song);
}

/// Read; the test ends if that fails
static RemTokens*
read_songs(const char* const path)
{
  RemTokens* tokens = NULL;
  RemError   error  = {REM_SUCCESS, "", ""};
  if (rem_songs_read(&path, 1U, &tokens, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
    exit(1);
  }
  return tokens;
}

static void
test_read(const FixtureDir* const dir)
{
  static const uint32_t expected[] = {REM_TOKEN_START,
                                      REM_TOKEN_VELOCITY + 17U,
                                      REM_TOKEN_ON + 60U,
                                      REM_TOKEN_WAIT + 24U,
                                      REM_TOKEN_OFF + 60U,
                                      REM_TOKEN_WAIT + 24U,
                                      REM_TOKEN_ON + 61U,
                                      REM_TOKEN_WAIT + 24U,
                                      REM_TOKEN_OFF + 61U,
                                      REM_TOKEN_END};
  char                  path[FIXTURE_PATH];
  write_song(fixture_path(dir, "b.mid", path), 60U, 2U);
  write_song(fixture_path(dir, "a.MIDI", path), 0U, 5U);
  write_song(fixture_path(dir, ".hidden.mid", path), 50U, 2U);
  fixture_write_text(fixture_path(dir, "notes.txt", path), "no song");
  RemTokens* const songs = read_songs(dir->path);
  CHECK(songs->n_pieces == 2U && songs->all[2] == REM_TOKEN_ON);
  CHECK(songs->begins[2] - songs->begins[1] == 10U);
  CHECK(!memcmp(songs->all + songs->begins[1], expected, sizeof(expected)));

  CHECK(rem_songs_transpose(songs, -2, 1));
  CHECK(songs->n_pieces == 6U); // The low one does not fit down there
  CHECK(songs->all[songs->begins[2] + 2U] == REM_TOKEN_ON + 58U);
  CHECK(songs->all[songs->begins[5] + 2U] == REM_TOKEN_ON + 61U);

  RemTokens* const out = rem_songs_hold_out(songs, 1.0 / 3.0);
  CHECK(out && out->n_pieces == 2U && songs->n_pieces == 4U);
  CHECK(out->all[2] == REM_TOKEN_ON + 58U);
  rem_tokens_free(out);
  rem_tokens_free(songs);
}

/// Songs of two phrases and a bit
static void
test_calls(const FixtureDir* const dir)
{
  char path[FIXTURE_PATH];
  write_song(fixture_path(dir, "c.mid", path), 60U, 9U);
  RemTokens* const   songs = read_songs(path);
  RemExamples* const calls = rem_songs_calls(songs, 2.0);
  CHECK(calls && calls->n == 2U);
  const RemExample* const e = calls->examples;
  CHECK(e[0].n_in == 16U && e[0].in[1] == REM_TOKEN_ON + 60U);
  CHECK(e[0].in[15] == REM_TOKEN_OFF + 63U);
  CHECK(e[0].n_out == 17U && e[0].out[16] == REM_TOKEN_END);
  CHECK(!memcmp(e[0].in, e[0].out, 16U * sizeof(uint32_t)));
  CHECK(e[1].n_in == 16U && e[1].n_out == 5U);
  rem_examples_free(calls);

  RemExamples* const cut = rem_songs_calls(songs, 1.1); // In a key
  CHECK(cut && cut->n == 3U);
  CHECK(cut->examples[0].in[10] == REM_TOKEN_WAIT + 9U);
  CHECK(cut->examples[0].in[11] == REM_TOKEN_OFF + 62U);
  rem_examples_free(cut);
  rem_tokens_free(songs);
}

/// A key sounds in every second frame
static void
test_roll(const FixtureDir* const dir)
{
  RemSong song;
  RemRoll roll;
  char    path[FIXTURE_PATH];
  CHECK(!rem_song_read(fixture_path(dir, "c.mid", path), &song, NULL));
  CHECK(rem_midi_roll(&song, 0.25, &roll) && roll.n == 17U);
  for (size_t t = 0U; t < roll.n; ++t) {
    for (uint32_t key = 0U; key < REM_N_KEYS; ++key) {
      CHECK(roll.keys[t * REM_N_KEYS + key] ==
            (t % 2U == 0U && key == 60U + t / 2U % 4U));
    }
  }
  rem_roll_clear(&roll);
  rem_song_clear(&song);
}

/// What is refused, with its name
static void
test_refusals(const FixtureDir* const dir)
{
  char        path[FIXTURE_PATH];
  const char* paths[] = {path};
  RemTokens*  tokens  = NULL;
  RemError    error   = {REM_SUCCESS, "", ""};
  fixture_path(dir, "empty", path);
  CHECK(!mkdir(path, 0777));
  CHECK(rem_songs_read(paths, 1U, &tokens, &error) == REM_BAD_ARGUMENT);
  CHECK(!tokens && strstr(error.text, "no MIDI files"));
  write_song(fixture_path(dir, "empty/silent.mid", path), 60U, 0U);
  CHECK(rem_songs_read(paths, 1U, &tokens, &error) == REM_BAD_ARGUMENT);
  CHECK(!tokens && strstr(error.place, "silent.mid"));
  fixture_write_text(fixture_path(dir, "empty/bad.mid", path), "MThd");
  fixture_path(dir, "empty", path);
  CHECK(rem_songs_read(paths, 1U, &tokens, &error) == REM_BAD_FORMAT);
  CHECK(!tokens && strstr(error.place, "bad.mid, byte 0"));
  fixture_path(dir, "nowhere", path);
  CHECK(rem_songs_read(paths, 1U, &tokens, &error) == REM_NO_FILE);
}

int
main(void)
{
  const FixtureDir dir = fixture_begin();
  test_read(&dir);
  test_calls(&dir);
  test_roll(&dir);
  test_refusals(&dir);
  fixture_end(&dir);
  return 0;
}
