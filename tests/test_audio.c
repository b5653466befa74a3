// SPDX-License-Identifier: ISC

/// Audio files: round trips, what is refused, and that nothing is lost

#include "offline_trainer/data/audio.h"
#include "tests/check.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_FRAMES 5000U

static char folder[] = "/tmp/remanence-audio-XXXXXX";
static char path[128];

/// Return the path of `name` in the test's folder, valid until the next call
static const char*
in_folder(const char* const name)
{
  (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
  return path;
}

static RemAudio
make_audio(const uint32_t n_channels)
{
  RemAudio audio = {48000U, n_channels, N_FRAMES, NULL};
  uint32_t seed  = 5U;
  audio.samples  = (float*)malloc(sizeof(float) * N_FRAMES * n_channels);
  CHECK(audio.samples);
  for (uint32_t i = 0; i < N_FRAMES * n_channels; ++i) {
    audio.samples[i] = 0.9f * noise(&seed);
  }
  return audio;
}

/// Write, read, and return the largest difference
static float
round_trip(const char* const name, const RemAudio* const audio)
{
  RemError error   = {REM_SUCCESS, "", ""};
  RemAudio again   = {0U, 0U, 0U, NULL};
  float    largest = 0.0f;
  CHECK(!rem_audio_write(in_folder(name), audio, &error));
  CHECK(!rem_audio_read(in_folder(name), &again, &error));
  CHECK(again.rate == audio->rate && again.n_channels == audio->n_channels);
  CHECK(again.n_frames == audio->n_frames);
  for (size_t i = 0; i < audio->n_frames * audio->n_channels; ++i) {
    const float difference = fabsf(again.samples[i] - audio->samples[i]);
    largest                = fmaxf(largest, difference);
  }
  rem_audio_clear(&again);
  CHECK(!again.samples && !again.n_frames);
  return largest;
}

static void
test_round_trips(void)
{
  for (uint32_t n_channels = 1U; n_channels <= 3U; ++n_channels) {
    RemAudio audio     = make_audio(n_channels);
    audio.samples[100] = 3.5f; // Float files hold more than full scale
    CHECK(round_trip("a.wav", &audio) == 0.0f);
    audio.samples[100] = 0.0f;
    CHECK(round_trip("b.FLAC", &audio) <= 1.0f / 8388608.0f); // 24 bit
    rem_audio_clear(&audio);
  }

  RemAudio audio = make_audio(1U);
  RemError error;
  CHECK(!rem_audio_write(in_folder("c.ogg"), &audio, &error));
  audio.n_frames = 0U;
  CHECK(round_trip("empty.wav", &audio) == 0.0f);
  rem_audio_clear(&audio);
}

static bool
exists(const char* const name)
{
  struct stat info;
  return !stat(in_folder(name), &info);
}

static RemStatus
read_status(const char* const name)
{
  RemError        error = {REM_SUCCESS, "", ""};
  RemAudio        audio = {0U, 0U, 0U, NULL};
  const RemStatus st    = rem_audio_read(in_folder(name), &audio, &error);
  CHECK(st == error.status && (!st || (error.text[0] && !audio.samples)));
  CHECK(!st || strstr(error.place, name));
  rem_audio_clear(&audio);
  return st;
}

static void
test_refused(void)
{
  CHECK(read_status("missing.wav") == REM_NO_FILE);
  CHECK(!mkdir(in_folder("folder.wav"), 0700));
  CHECK(read_status("folder.wav") == REM_NO_FILE);
  CHECK(!mkfifo(in_folder("fifo.wav"), 0600));
  CHECK(read_status("fifo.wav") == REM_NO_FILE);

  FILE* const text = fopen(in_folder("text.wav"), "w");
  CHECK(text && fputs("no audio at all\n", text) >= 0 && !fclose(text));
  CHECK(read_status("text.wav") == REM_BAD_FORMAT);

  // A FLAC file says how long it is, so that a broken one is noticed
  CHECK(exists("b.FLAC") && !truncate(in_folder("b.FLAC"), 9000));
  CHECK(read_status("b.FLAC") == REM_BAD_FORMAT);
}

/// What stood before a failed write still stands, and no scraps are left
static void
test_nothing_lost(void)
{
  RemError error;
  RemAudio audio = make_audio(1U);
  CHECK(!rem_audio_write(in_folder("keep.flac"), &audio, &error));
  audio.rate = 0U; // Which libsndfile refuses
  CHECK(rem_audio_write(in_folder("keep.flac"), &audio, &error) ==
        REM_CANNOT_WRITE);
  CHECK(read_status("keep.flac") == REM_SUCCESS);

  audio.rate = 48000U;
  CHECK(rem_audio_write(in_folder("a.mp7"), &audio, &error) == REM_UNSUPPORTED);
  CHECK(rem_audio_write(in_folder("noending"), &audio, &error) ==
        REM_UNSUPPORTED);
  CHECK(rem_audio_write(in_folder("folder.wav"), &audio, &error) ==
        REM_CANNOT_WRITE);
  CHECK(rem_audio_write(in_folder("no/such/a.wav"), &audio, &error) ==
        REM_CANNOT_WRITE);
  rem_audio_clear(&audio);

  char part[64];
  (void)snprintf(part, sizeof(part), "keep.flac.%ld.part", (long)getpid());
  CHECK(!exists(part));
}

int
main(void)
{
  CHECK(mkdtemp(folder));
  test_round_trips();
  test_refused();
  test_nothing_lost();

  const char* const names[] = {"a.wav",
                               "b.FLAC",
                               "c.ogg",
                               "empty.wav",
                               "text.wav",
                               "keep.flac",
                               "fifo.wav"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    CHECK(!unlink(in_folder(names[i])));
  }
  CHECK(!rmdir(in_folder("folder.wav")) && !rmdir(folder));
  return 0;
}
