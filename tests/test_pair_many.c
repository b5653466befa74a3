// SPDX-License-Identifier: ISC

/// Several pairs of one device: what they say of each other's latency, and the
/// knobs that tell them apart

#include "offline_trainer/data/pair.h"
#include "tests/check.h"
#include "tests/pair.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/// Pairs of one device that measure nearly the same latency get the same: the
/// earlier.  One that is plainly another keeps its own.
static void
test_common_latency(void)
{
  char          other_path[160];
  char          far_path[160];
  RemError      error;
  RemRecording  recording;
  RemPairSource sources[3];
  (void)snprintf(other_path, sizeof(other_path), "%s/other.wav", folder);
  (void)snprintf(far_path, sizeof(far_path), "%s/far.wav", folder);
  reset();
  write_file(input_path, c.input, N, RATE, 1U);
  delay_target(200U, 1.0f);
  write_file(target_path, c.target, N, RATE, 1U);
  delay_target(5U, 1.0f);
  write_file(other_path, c.target, N, RATE, 1U);
  delay_target(300U, 1.0f);
  write_file(far_path, c.target, N, RATE, 1U);
  for (uint32_t i = 0; i < 3U; ++i) {
    sources[i] = c.source;
  }
  sources[0].target_path = other_path;
  sources[2].target_path = far_path;

  CHECK(!rem_recording_read(sources, 3U, &recording, &error));
  const RemPair* const pairs = recording.pairs;
  CHECK(pairs[0].alignment.latency == pairs[1].alignment.latency);
  CHECK(pairs[1].alignment.latency >= 197 && pairs[1].alignment.latency <= 200);
  CHECK(pairs[2].alignment.latency >= 502 && pairs[2].alignment.latency <= 505);
  rem_recording_clear(&recording);
  CHECK(!remove(other_path) && !remove(far_path));
}

/// A pair that cannot tell its latency borrows that of one that can: this one
/// has lost its target to noise
static void
test_borrowed_latency(void)
{
  char          noise_path[160];
  uint32_t      seed = 51U;
  RemError      error;
  RemRecording  recording;
  RemPairSource sources[2];
  reset();
  delay_target(200U, 1.0f);
  write_file(input_path, c.input, N, RATE, 1U);
  write_file(target_path, c.target, N, RATE, 1U);
  for (size_t t = 0; t < N; ++t) {
    c.target[t] = 0.3f * noise(&seed);
  }
  (void)snprintf(noise_path, sizeof(noise_path), "%s/noise.wav", folder);
  write_file(noise_path, c.target, N, RATE, 1U);

  sources[0]             = c.source;
  sources[0].target_path = noise_path;
  sources[1]             = c.source;
  CHECK(!rem_recording_read(sources, 2U, &recording, &error));
  const RemPair* const a = &recording.pairs[0];
  const RemPair* const b = &recording.pairs[1];
  print_findings(a);
  CHECK(b->alignment.confident && !b->alignment.borrowed);
  CHECK(!a->alignment.confident && a->alignment.borrowed);
  CHECK(a->alignment.latency == b->alignment.latency && a->n == b->n);
  CHECK(says(a, "Latency", "another pair"));
  rem_recording_clear(&recording);
  CHECK(!remove(noise_path));
}

static RemStatus
read_knobs(const RemKnobSetting* const first,
           const RemKnobSetting* const second,
           const uint32_t              n_second,
           RemRecording* const         out)
{
  RemError      error      = {REM_SUCCESS, "", ""};
  RemPairSource sources[2] = {c.source, c.source};
  sources[0].n_knobs       = 2U;
  sources[0].knobs         = first;
  sources[1].n_knobs       = n_second;
  sources[1].knobs         = second;
  return rem_recording_read(sources, 2U, out, &error);
}

static void
test_knobs(void)
{
  RemRecording   recording;
  RemError       error;
  RemKnobSetting a[2] = {{"Gain", 2.0f}, {"Tone", 0.25f}};
  RemKnobSetting b[2] = {{"Tone", 0.75f}, {"Gain", 10.0f}};
  reset();
  CHECK(!read_case(&recording, &error));
  rem_recording_clear(&recording);
  CHECK(!read_knobs(a, b, 2U, &recording));
  CHECK(recording.n_knobs == 2U && !strcmp(recording.knobs[0].name, "Gain"));
  CHECK(recording.knobs[0].minimum == 2.0f);
  CHECK(recording.knobs[0].maximum == 10.0f);
  CHECK(recording.knobs[0].default_value == 6.0f);
  CHECK(recording.knobs[1].minimum == 0.0f);
  CHECK(recording.knobs[1].maximum == 1.0f);
  CHECK(recording.pairs[0].knobs[0] == 0.0f);
  CHECK(recording.pairs[0].knobs[1] == 0.25f);
  CHECK(recording.pairs[1].knobs[0] == 1.0f);
  CHECK(recording.pairs[1].knobs[1] == 0.75f);
  rem_recording_clear(&recording);

  CHECK(read_knobs(a, b, 1U, &recording) == REM_BAD_ARGUMENT);
  b[1].value = 2.0f; // Gain never moves, outside 0 to 1
  CHECK(read_knobs(a, b, 2U, &recording) == REM_BAD_ARGUMENT);
  b[1].value = NAN;
  CHECK(read_knobs(a, b, 2U, &recording) == REM_BAD_ARGUMENT);
  b[1] = b[0];
  CHECK(read_knobs(a, b, 2U, &recording) == REM_BAD_ARGUMENT);
  CHECK(rem_recording_read(NULL, 0U, &recording, &error) == REM_BAD_ARGUMENT);
}

int
main(void)
{
  make_folder();
  test_common_latency();
  test_borrowed_latency();
  test_knobs();
  remove_folder();
  return 0;
}
