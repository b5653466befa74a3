// SPDX-License-Identifier: ISC

/// MIDI files: what is written is read again; what others write is understood;
/// what is broken is refused with its place, and never ends the program

#include "offline_trainer/midi/song.h"
#include "tests/check.h"
#include "tests/host/fixture.h"

#include <string.h>

#define N_BROKEN 20000U
#define N_LONG 20000U
#define MAX_BYTES 256U

/// A file in the making
typedef struct {
  size_t  n;
  uint8_t bytes[MAX_BYTES];
} File;

static RemError failed;

/// Append a chunk whose length is one byte
static void
add(File* const          file,
    const char* const    id,
    const uint8_t* const bytes,
    const size_t         n)
{
  memcpy(file->bytes + file->n, id, 4U);
  file->bytes[file->n + 7U] = (uint8_t)n;
  memcpy(file->bytes + file->n + 8U, bytes, n);
  file->n += 8U + n;
}

// clang-format off
static const uint8_t real_header[] = {0, 1, 0, 3, 0, 96};
static const uint8_t real_tempos[] = {
  0, 0xFF, 0x51, 3, 0x0F, 0x42, 0x40,    // 60 a minute
  96, 0xFF, 0x51, 3, 0x03, 0xD0, 0x90,   // 240
  0, 0xFF, 0x01, 3, 'a', 0x90, 0xFF};    // And no end
static const uint8_t real_other[] = {9, 9};
static const uint8_t real_notes[] = {
  0, 0x91, 60, 100,
  0, 64, 100,                            // Running status
  96, 0xF0, 3, 1, 2, 0xF7,
  0, 0xC1, 5,
  96, 0x81, 60, 64,
  0, 64, 64,
  0, 0xFF, 0x2F, 0,
  7, 7, 7};                              // Behind the end
static const uint8_t real_drums[] = {
  0, 0x99, 35, 100,
  0x81, 0x40, 0x90, 67, 90,              // None
  0, 0xFF, 0x2F, 0};
// clang-format on

/// Return a file of format 1 with all that real ones have
static File
real_file(void)
{
  File file = {0U, {0U}};
  add(&file, "MThd", real_header, sizeof(real_header));
  add(&file, "MTrk", real_tempos, sizeof(real_tempos));
  add(&file, "XFIH", real_other, sizeof(real_other));
  add(&file, "MTrk", real_notes, sizeof(real_notes));
  add(&file, "MTrk", real_drums, sizeof(real_drums));
  return file;
}

/// Parse; remember why not
static RemStatus
parse(const File* const file, RemSong* const song)
{
  uint8_t* const exact =
    (uint8_t*)malloc(file->n ? file->n : 1U); // For sanitizers
  CHECK(exact);
  memcpy(exact, file->bytes, file->n);
  failed             = (RemError){REM_SUCCESS, "", ""};
  const RemStatus st = rem_song_parse(exact, file->n, "x", song, &failed);
  free(exact);
  return st;
}

static void
test_real(void)
{
  static const RemTimedMidi expected[] = {{0.0, {0x91, 60, 100}},
                                          {0.0, {0x91, 64, 100}},
                                          {1.25, {0x81, 60, 64}},
                                          {1.25, {0x81, 64, 64}},
                                          {1.25, {0x90, 67, 90}}};
  const File                file       = real_file();
  RemSong                   song;
  CHECK(!parse(&file, &song));
  CHECK(song.n == 5U);
  for (uint32_t i = 0U; i < song.n; ++i) {
    CHECK(fabs(song.messages[i].at - expected[i].at) < 1e-9);
    CHECK(!memcmp(song.messages[i].bytes, expected[i].bytes, 3U));
  }
  rem_song_clear(&song);
}

/// Every file that is cut is refused, but where only what is behind the last
/// chunk is cut
static void
test_cut(void)
{
  const File whole  = real_file();
  uint32_t   n_fine = 0U;
  for (size_t n = 0U; n < whole.n; ++n) {
    File    file = whole;
    RemSong song;
    file.n             = n;
    const RemStatus st = parse(&file, &song);
    CHECK(!st || (strstr(failed.place, "x, byte ") && failed.text[0]));
    n_fine += !st;
    rem_song_clear(&song);
  }
  CHECK(n_fine == 24U); // Three chunks that follow one, 8 bytes before each
}

/// Return the error's text for a track's bytes
static const char*
refusal(const uint8_t* const header, const uint8_t* const track, const size_t n)
{
  File    file = {0U, {0U}};
  RemSong song;
  add(&file, "MThd", header, 6U);
  add(&file, "MTrk", track, n);
  CHECK(parse(&file, &song));
  CHECK(!song.n && !song.messages);
  return failed.text;
}

static void
test_refusals(void)
{
  static const uint8_t good[]    = {0, 0, 0, 1, 0, 96};
  static const uint8_t format[]  = {0, 2, 0, 1, 0, 96};
  static const uint8_t film[]    = {0, 0, 0, 1, 0xE7, 40};
  static const uint8_t none[]    = {0, 0, 0, 1, 0, 0};
  static const uint8_t empty[]   = {0, 0xFF, 0x2F, 0};
  static const uint8_t data[]    = {0, 60, 60};
  static const uint8_t escape[]  = {0, 0x90, 60, 60, 0, 0xF7, 1, 9, 0, 60, 0};
  static const uint8_t shorter[] = {0, 0x90, 60, 0x90, 60, 0};
  static const uint8_t system[]  = {0, 0xF3, 60};
  static const uint8_t number[]  = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x90, 60, 60};
  static const uint8_t sysex[]   = {0, 0xF0, 4, 1, 2, 3};
  static const uint8_t meta[]    = {0, 0xFF};
  static const uint8_t second[]  = {0, 0, 0, 1, 0, 1};
  static const uint8_t slow[]    = {0,
                                    0xFF,
                                    0x51,
                                    3,
                                    0xFF,
                                    0xFF,
                                    0xFF,
                                    0,
                                    0x90,
                                    60,
                                    60,
                                    0x81,
                                    0x80,
                                    0,
                                    0x80,
                                    60,
                                    60}; // 2^14 * 16.8 s
  CHECK(strstr(refusal(format, empty, sizeof(empty)), "format 2"));
  CHECK(strstr(refusal(film, empty, sizeof(empty)), "film"));
  CHECK(strstr(refusal(none, empty, sizeof(empty)), "film"));
  CHECK(strstr(refusal(good, data, sizeof(data)), "data"));
  CHECK(strstr(refusal(good, escape, sizeof(escape)), "data"));
  CHECK(strstr(refusal(good, shorter, sizeof(shorter)), "short"));
  CHECK(!strcmp(failed.place, "x, byte 25"));
  CHECK(strstr(refusal(good, system, sizeof(system)), "cannot have"));
  CHECK(strstr(refusal(good, number, sizeof(number)), "four bytes"));
  CHECK(strstr(refusal(good, sysex, sizeof(sysex)), "middle"));
  CHECK(strstr(refusal(good, meta, sizeof(meta)), "middle"));
  CHECK(strstr(refusal(second, slow, sizeof(slow)), "a day"));
}

/// Files with some bytes changed are read or refused
static void
test_broken(void)
{
  uint32_t seed   = 5U;
  uint32_t n_read = 0U;
  for (uint32_t i = 0U; i < N_BROKEN; ++i) {
    File    file = real_file();
    RemSong song;
    for (uint32_t k = 0U; k < 1U + i % 4U; ++k) {
      const float at         = (float)file.n * (0.5f + 0.499f * noise(&seed));
      file.bytes[(size_t)at] = (uint8_t)(128.0f + 127.9f * noise(&seed));
    }
    n_read += !parse(&file, &song);
    rem_song_clear(&song);
  }
  CHECK(n_read > N_BROKEN / 20U && n_read < N_BROKEN);
}

/// What is written is read, to the millisecond
static void
test_write(void)
{
  const FixtureDir dir  = fixture_begin();
  RemSong          song = {0U, NULL};
  RemSong          again;
  char             path[FIXTURE_PATH];
  (void)fixture_path(&dir, "out.mid", path);
  for (uint32_t i = 0U; i < N_LONG; ++i) {
    const RemTimedMidi message = {
      0.123 * i, {i % 2U ? 0x80U : 0x90U, (uint8_t)(20U + i / 2U % 80U), 64U}};
    CHECK(rem_song_add(&song, &message));
  }
  CHECK(!rem_song_write(&song, path, NULL));
  CHECK(!rem_song_read(path, &again, NULL));
  CHECK(again.n == song.n);
  for (size_t i = 0U; i < song.n; ++i) {
    CHECK(fabs(again.messages[i].at - song.messages[i].at) < 0.000501);
    CHECK(!memcmp(again.messages[i].bytes, song.messages[i].bytes, 3U));
  }
  rem_song_clear(&again);
  const RemTimedMidi late = {3e5, {0x90U, 60U, 64U}};
  CHECK(rem_song_add(&song, &late)); // libsmf would abort
  CHECK(rem_song_write(&song, path, NULL) == REM_TOO_LARGE);
  rem_song_clear(&song);
  CHECK(rem_song_write(&song, "/nowhere/out.mid", &failed) == REM_CANNOT_WRITE);
  CHECK(rem_song_read("/nowhere/out.mid", &song, &failed) == REM_NO_FILE);
  fixture_end(&dir);
}

int
main(void)
{
  test_real();
  test_cut();
  test_refusals();
  test_broken();
  test_write();
  return 0;
}
