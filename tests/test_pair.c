// SPDX-License-Identifier: ISC

/// Pairs: every finding and every refusal, each from a recording made for it

#include "offline_trainer/data/audio.h"
#include "offline_trainer/data/pair.h"
#include "offline_trainer/data/repeat.h"
#include "tests/check.h"

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

/// Plucked strings into a soft clipper with a low-pass
static void
reset(void)
{
  static float string[256];
  uint32_t     seed   = 41U;
  size_t       length = 60U;
  size_t       i      = 0;
  float        state  = 0.0f;
  float        mean   = 0.0f;
  memset(&c, 0, sizeof(c));
  for (size_t t = 0; t < N; ++t) {
    if (t % (RATE / 6U) == 0U) {
      length = 60U + (size_t)(50.0f * (1.0f + noise(&seed)));
      for (i = 0; i < length; ++i) {
        string[i] = 0.5f * noise(&seed);
      }
      i = 0;
    }
    const size_t next = i + 1U < length ? i + 1U : 0U;
    mean += 0.01f * (string[i] - mean);
    c.input[t] = string[i] - mean;
    string[i]  = 0.498f * (string[i] + string[next]);
    i          = next;
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

static void
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

static RemStatus
read_case(RemRecording* const out, RemError* const error)
{
  write_file(input_path, c.input, c.n_input, c.input_rate, 1U);
  write_file(target_path, c.target, c.n_target, c.target_rate, 1U);
  return rem_recording_read(&c.source, 1U, out, error);
}

static void
print_findings(const RemPair* const pair)
{
  for (uint32_t i = 0; i < pair->n_findings; ++i) {
    printf("%d %s\n", (int)pair->findings[i].level, pair->findings[i].text);
  }
}

/// Return whether one of a pair's findings holds both words
static bool
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

static void
delay_target(const size_t latency, const float scale)
{
  for (size_t t = N; t-- > 0U;) {
    c.target[t] = t >= latency ? scale * c.target[t - latency] : 0.0f;
  }
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
  CHECK(mkdtemp(folder));
  (void)snprintf(input_path, sizeof(input_path), "%s/dry.wav", folder);
  (void)snprintf(target_path, sizeof(target_path), "%s/wet.wav", folder);
  test_good();
  test_latency();
  test_common_latency();
  test_borrowed_latency();
  test_findings();
  test_noise();
  test_repeat();
  test_refusals();
  test_stereo();
  test_knobs();
  CHECK(!unlink(input_path) && !unlink(target_path) && !rmdir(folder));
  return 0;
}
