// SPDX-License-Identifier: ISC

/// Pairs: every finding and every refusal, each from a recording made for it

#include "offline_trainer/data/pair.h"
#include "offline_trainer/data/repeat.h"
#include "tests/check.h"
#include "tests/pair.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/// Read the case and check that one finding holds both words
static void
expect_finding(const char* const a, const char* const b)
{
  RemError     error = {REM_SUCCESS, "", ""};
  RemRecording recording;
  CHECK(!read_case(&recording, &error));
  print_findings(&recording.pairs[0]);
  CHECK(says(&recording.pairs[0], a, b));
  rem_recording_clear(&recording);
  CHECK(!recording.pairs && !recording.n_pairs);
}

static void
expect_refusal(const RemStatus st, const char* const place, const char* text)
{
  RemError     error = {REM_SUCCESS, "", ""};
  RemRecording recording;
  CHECK(read_case(&recording, &error) == st && error.status == st);
  CHECK(strstr(error.place, place) && strstr(error.text, text));
  CHECK(!recording.pairs && !recording.n_pairs && !recording.knobs);
}

/// A good recording has nothing but notes, and its samples arrive unchanged
static void
test_good(void)
{
  RemError     error;
  RemRecording recording;
  reset();
  CHECK(!read_case(&recording, &error));
  const RemPair* const pair = &recording.pairs[0];
  print_findings(pair);
  CHECK(recording.rate == RATE && recording.n_pairs == 1U);
  CHECK(pair->rate == RATE && pair->n == N && pair->alignment.latency == 0);
  CHECK(!memcmp(pair->input, c.input, sizeof(c.input)));
  CHECK(!memcmp(pair->target, c.target, sizeof(c.target)));
  CHECK(isnan(pair->self_esr) && says(pair, "Latency", "0 samples"));
  for (uint32_t i = 0; i < pair->n_findings; ++i) {
    CHECK(pair->findings[i].level == REM_FINDING_NOTE);
  }
  rem_recording_clear(&recording);
}

/// A latency is taken out: what is left begins together again
static void
test_latency(void)
{
  static float target[N];
  RemError     error;
  RemRecording recording;
  reset();
  memcpy(target, c.target, sizeof(target));
  delay_target(200U, -1.0f);
  CHECK(!read_case(&recording, &error));
  const RemPair* pair    = &recording.pairs[0];
  const int32_t  latency = pair->alignment.latency;
  CHECK(latency <= 200 && latency >= 197 && pair->alignment.inverted);
  CHECK(pair->n == N - (size_t)latency);
  CHECK(!memcmp(pair->input, c.input, pair->n * sizeof(float)));
  CHECK(pair->target[5000 + 200 - latency] == -target[5000]);
  CHECK(says(pair, "lags", "samples") && says(pair, "upside", "down"));
  rem_recording_clear(&recording);

  c.source.latency_given = true;
  c.source.latency       = -100;
  CHECK(!read_case(&recording, &error));
  pair = &recording.pairs[0];
  CHECK(pair->n == N - 100U && pair->alignment.latency == -100);
  CHECK(pair->input[0] == c.input[100] && pair->target[0] == c.target[0]);
  CHECK(says(pair, "as given", "-100"));
  rem_recording_clear(&recording);

  c.source.latency = INT32_MIN;
  expect_refusal(REM_BAD_AUDIO, target_path, "leaves nothing");
}

static void
test_findings(void)
{
  reset();
  c.n_target = N - RATE / 2U;
  expect_finding("3.000 s", "2.500 s");

  reset();
  for (size_t t = 0; t < N; ++t) {
    c.target[t] = fminf(fmaxf(3.0f * c.target[t], -1.0f), 1.0f);
  }
  expect_finding("target is clipped", "first at");

  reset();
  for (size_t t = 0; t < N; ++t) {
    c.target[t] = 0.5f * c.target[t] + 0.02f;
  }
  expect_finding("target has a DC", "0.02");

  reset();
  for (size_t t = 0; t < N; ++t) {
    c.input[t] *= 0.01f;
  }
  expect_finding("input is quiet", "dBFS");

  reset();
  memset(c.input + RATE / 2U, 0, (size_t)2 * RATE * sizeof(float));
  expect_finding("input is silent for 2.0 s", "0.5 s");

  reset();
  uint32_t seed = 43U;
  for (size_t t = 0; t < N; ++t) {
    c.target[t] = 0.3f * noise(&seed);
  }
  expect_finding("nothing to do", "belong together");
  expect_finding("cannot be measured", "--latency");
}

/// The noise floor is what was put there: 0.001 uniform noise is -64.8 dBFS
static void
test_noise(void)
{
  RemError     error;
  RemRecording recording;
  uint32_t     seed = 47U;
  reset();
  for (size_t t = N / 3U * 2U; t < N; ++t) {
    c.input[t]  = 0.0f;
    c.target[t] = 0.001f * noise(&seed);
  }
  CHECK(!read_case(&recording, &error));
  CHECK(fabs(recording.pairs[0].noise_floor_db + 64.8) < 0.5);
  rem_recording_clear(&recording);
}

/// Two takes with noise of variance s: the bound is s by the takes' energy
static void
test_repeat(void)
{
  RemError     error;
  RemRecording recording;
  uint32_t     seed   = 53U;
  double       energy = 0.0;
  const size_t again  = N / 2U + 1234U;
  const size_t length = N - again;
  reset();
  memcpy(c.input + again, c.input, length * sizeof(float));
  memcpy(c.target + again, c.target, length * sizeof(float));
  for (size_t t = 0; t < N; ++t) {
    c.target[t] += 0.01f * noise(&seed);
  }
  for (size_t t = 0; t < length; ++t) {
    energy += (double)c.target[t] * (double)c.target[t] / (double)length;
  }
  CHECK(!read_case(&recording, &error));
  const double want = 1e-4 / 3.0 / energy;
  const double esr  = recording.pairs[0].self_esr;
  CHECK(fabs(esr - want) < 0.1 * want); // The energy is not stationary
  CHECK(says(&recording.pairs[0], "Repeats", "take"));
  rem_recording_clear(&recording);

  RemRepeat phrase;
  CHECK(!rem_find_repeat(c.input, N, &phrase));
  CHECK(phrase.first == 0U && phrase.again == again);
  CHECK(phrase.length == length);
  for (size_t t = 0; t < N; ++t) { // A tone repeats itself, but not at once
    c.input[t] = t % 480U < 240U ? 0.5f : -0.5f;
  }
  CHECK(!rem_find_repeat(c.input, N, &phrase));
  CHECK(phrase.length && phrase.length <= phrase.again - phrase.first);
  memset(c.input, 0, sizeof(c.input)); // Silence repeats, but teaches nothing
  CHECK(!rem_find_repeat(c.input, N, &phrase) && !phrase.length);
}

static void
test_refusals(void)
{
  reset();
  c.input_rate = 2U * RATE;
  expect_refusal(REM_BAD_AUDIO, target_path, "16000 Hz");
  reset();
  c.n_input = RATE / 3U;
  expect_refusal(REM_BAD_AUDIO, input_path, "half a second");
  reset();
  c.n_input = 0U;
  expect_refusal(REM_BAD_AUDIO, input_path, "half a second");
  reset();
  c.target[RATE] = NAN;
  expect_refusal(REM_BAD_AUDIO, target_path, "at 1.0000 s is not a number");
  reset();
  memset(c.target, 0, sizeof(c.target));
  expect_refusal(REM_BAD_AUDIO, target_path, "silent");
  reset();
  c.source.target_path = "/nonexistent/wet.wav";
  expect_refusal(REM_NO_FILE, "/nonexistent/wet.wav", "No such file");
}

/// Stereo: equal channels are one; else the louder is taken
static void
test_stereo(void)
{
  static float both[2U * N];
  for (uint32_t equal = 0; equal < 2U; ++equal) {
    RemError     error;
    RemRecording recording;
    reset();
    for (size_t t = 0; t < N; ++t) {
      both[2U * t]      = equal ? c.input[t] : 0.01f * c.input[t];
      both[2U * t + 1U] = c.input[t];
    }
    write_file(input_path, both, 2U * N, RATE, 2U);
    write_file(target_path, c.target, N, RATE, 1U);
    CHECK(!rem_recording_read(&c.source, 1U, &recording, &error));
    const RemPair* const pair = &recording.pairs[0];
    CHECK(pair->n == N && !memcmp(pair->input, c.input, sizeof(c.input)));
    CHECK(says(pair, "input has 2", equal ? "equal" : "channel 2"));
    rem_recording_clear(&recording);
  }
}

int
main(void)
{
  make_folder();
  test_good();
  test_latency();
  test_findings();
  test_noise();
  test_repeat();
  test_refusals();
  test_stereo();
  remove_folder();
  return 0;
}
