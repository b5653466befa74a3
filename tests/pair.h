// SPDX-License-Identifier: ISC

/// A recording of one device, to be spoilt, written and read, for the tests of
/// offline_trainer/data/pair.h

#ifndef REM_TESTS_PAIR_H
#define REM_TESTS_PAIR_H

#include "offline_trainer/data/audio.h"
#include "offline_trainer/data/pair.h"
#include "tests/check.h"
#include "tests/strings.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE 16000U
#define N ((size_t)3 * RATE)

static char folder[] = "/tmp/remanence-pair-XXXXXX";
static char input_path[128];
static char target_path[128];

/// Signals to be spoilt, and how to write and read them
typedef struct {
  float         input[N];
  float         target[N];
  size_t        n_input;
  size_t        n_target;
  uint32_t      input_rate;
  uint32_t      target_rate;
  RemPairSource source;
} Case;

static Case c;

/// Make the folder that the files of a case are written to
static inline void
make_folder(void)
{
  CHECK(mkdtemp(folder));
  (void)snprintf(input_path, sizeof(input_path), "%s/dry.wav", folder);
  (void)snprintf(target_path, sizeof(target_path), "%s/wet.wav", folder);
}

/// Remove the folder, in which nothing else may be left
static inline void
remove_folder(void)
{
  CHECK(!unlink(input_path) && !unlink(target_path) && !rmdir(folder));
}

/// Strings into a soft clipper with a low-pass
static inline void
reset(void)
{
  float state = 0.0f;
  float mean  = 0.0f;
  memset(&c, 0, sizeof(c));
  play_strings(c.input, N, RATE / 6U, 60U, 160U, 41U);
  for (size_t t = 0; t < N; ++t) {
    mean += 0.01f * (c.input[t] - mean);
    c.input[t] -= mean;
    state += 0.6f * (0.8f * tanhf(3.0f * c.input[t]) - state);
    c.target[t] = state;
  }
  c.n_input            = N;
  c.n_target           = N;
  c.input_rate         = RATE;
  c.target_rate        = RATE;
  c.source.input_path  = input_path;
  c.source.target_path = target_path;
}

/// Write `n` samples of all channels together
static inline void
write_file(const char* const  path,
           const float* const x,
           const size_t       n,
           const uint32_t     rate,
           const uint32_t     n_channels)
{
  static float   copy[2U * N];
  const RemAudio audio = {rate, n_channels, n / n_channels, copy};
  RemError       error;
  memcpy(copy, x, n * sizeof(float));
  CHECK(!rem_audio_write(path, &audio, &error));
}

/// Write the case and read it as a recording
static inline RemStatus
read_case(RemRecording* const out, RemError* const error)
{
  write_file(input_path, c.input, c.n_input, c.input_rate, 1U);
  write_file(target_path, c.target, c.n_target, c.target_rate, 1U);
  return rem_recording_read(&c.source, 1U, out, error);
}

static inline void
print_findings(const RemPair* const pair)
{
  for (uint32_t i = 0; i < pair->n_findings; ++i) {
    printf("%d %s\n", (int)pair->findings[i].level, pair->findings[i].text);
  }
}

/// Return whether one of a pair's findings holds both words
static inline bool
says(const RemPair* const pair, const char* const a, const char* const b)
{
  for (uint32_t i = 0; i < pair->n_findings; ++i) {
    const char* const text = pair->findings[i].text;
    CHECK(strlen(text) + 1U < sizeof(pair->findings[i].text));
    if (strstr(text, a) && strstr(text, b)) {
      return true;
    }
  }
  return false;
}

/// Let the target come later, and scale it
static inline void
delay_target(const size_t latency, const float scale)
{
  for (size_t t = N; t-- > 0U;) {
    c.target[t] = t >= latency ? scale * c.target[t - latency] : 0.0f;
  }
}

#endif // REM_TESTS_PAIR_H
