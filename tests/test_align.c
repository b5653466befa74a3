// SPDX-License-Identifier: ISC

/// Latency and polarity of devices that are known: made here, and a real pedal

#include "offline_trainer/data/align.h"
#include "offline_trainer/data/audio.h"
#include "offline_trainer/data/causal_fit.h"
#include "offline_trainer/data/correlate.h"
#include "tests/check.h"
#include "tests/strings.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000U
#define N ((size_t)4 * RATE)
#define MAX_LATENCY 24000U

// Under AddressSanitizer a search takes ten times as long: there one of each
// kind shows what it is to show
#ifdef __SANITIZE_ADDRESS__
#  define FULL 0U
#else
#  define FULL 1U
#endif

/// Play strings of all kinds of pitch
static void
play_input(float* const out)
{
  play_strings(out, N, RATE / 5U, 120U, 340U, 11U);
}

static void
low_pass(float* const x, const double hertz)
{
  const float a     = (float)(1.0 - exp(-2.0 * acos(-1.0) * hertz / RATE));
  float       state = 0.0f;
  for (size_t t = 0; t < N; ++t) {
    state += a * (x[t] - state);
    x[t] = state;
  }
}

static void
saturate(float* const x, const float drive, const float limit)
{
  for (size_t t = 0; t < N; ++t) {
    x[t] = fmaxf(-limit, fminf(limit, tanhf(drive * x[t])));
  }
}

/// One all-pass stage: a group delay of up to 19 samples, but no latency
static void
all_pass(float* const x)
{
  const float a       = -0.9f;
  float       last_in = 0.0f;
  float       out     = 0.0f;
  for (size_t t = 0; t < N; ++t) {
    const float in = x[t];
    out            = a * in + last_in - a * out;
    last_in        = in;
    x[t]           = out;
  }
}

/// A loudspeaker in a box: a sharp front, then decaying resonances
static void
cabinet(float* const x)
{
  static float out[N];
  float        h[400];
  uint32_t     seed = 3U;
  for (uint32_t k = 0; k < 400U; ++k) {
    h[k] = (k ? 0.3f * noise(&seed) : 1.0f) * expf(-(float)k / 60.0f);
  }
  for (size_t t = 0; t < N; ++t) {
    out[t] = 0.0f;
    for (size_t k = 0; k < 400U && k <= t; ++k) {
      out[t] += h[k] * x[t - k];
    }
  }
  memcpy(x, out, sizeof(out));
}

/// Make one of the devices' targets
static void
play_device(const uint32_t device, const float* const input, float* const out)
{
  memcpy(out, input, N * sizeof(float));
  switch (device) {
  case 0: // A wire
    break;
  case 1: // An overdriven amplifier
    saturate(out, 5.0f, 1.0f);
    low_pass(out, 4000.0);
    break;
  case 2: // A phaser that stands still
    saturate(out, 3.0f, 1.0f);
    for (uint32_t i = 0; i < 6U; ++i) {
      all_pass(out);
    }
    break;
  case 3: // Two clipping stages of high gain
    saturate(out, 60.0f, 0.7f);
    low_pass(out, 6000.0);
    saturate(out, 3.0f, 0.9f);
    low_pass(out, 8000.0);
    break;
  default:
    saturate(out, 4.0f, 1.0f);
    cabinet(out);
  }
}

/// Shift [n] samples later by `latency` and scale them
static void
shift(const float* const x,
      const size_t       n,
      const int32_t      latency,
      const float        scale,
      float* const       out)
{
  for (size_t t = 0; t < n; ++t) {
    const ptrdiff_t from = (ptrdiff_t)t - latency;
    out[t] = from >= 0 && from < (ptrdiff_t)n ? scale * x[from] : 0.0f;
  }
}

static RemAlignment
align(const float* const x, const float* const y, const size_t n)
{
  RemAlignment out;
  RemError     error;
  CHECK(!rem_align(x, y, n, RATE, MAX_LATENCY, &out, &error));
  CHECK(out.confidence >= 0.0f && out.confidence <= 1.0f);
  return out;
}

/// Never late, and at most the margin of 3 early
static void
test_devices(void)
{
  static float input[N];
  static float target[N];
  static float shifted[N];
  play_input(input);
  for (uint32_t device = 0; device < 5U; ++device) {
    const int32_t shifts[] = {0, -54, 2400};
    play_device(device, input, target);
    const bool inverted = align(input, target, N).inverted;
    for (size_t i = 0; i < (FULL ? 3U : 1U); ++i) {
      const float scale = i % 2U ? -0.3f : 1.0f;
      shift(target, N, shifts[i], scale, shifted);
      const RemAlignment found = align(input, shifted, N);
      CHECK(found.confident && found.related);
      CHECK(found.latency <= shifts[i] && found.latency >= shifts[i] - 3);
      CHECK(shifts[i] || found.latency == 0);
      CHECK(found.inverted == (inverted != (scale < 0.0f)));
    }
  }
}

/// Noise 40 dB below the target's mean changes nothing but the margin
static void
test_noise(void)
{
  static float input[N];
  static float target[N];
  static float shifted[N];
  uint32_t     seed   = 17U;
  double       energy = 0.0;
  play_input(input);
  play_device(1U, input, target);
  for (size_t t = 0; t < N; ++t) {
    energy += (double)target[t] * (double)target[t] / (double)N;
  }
  const float level = (float)(0.01 * sqrt(3.0 * energy));
  for (size_t t = 0; t < N; ++t) {
    target[t] += level * noise(&seed);
  }
  shift(target, N, 113, 1.0f, shifted);
  const RemAlignment found = align(input, shifted, N);
  CHECK(found.confident && found.latency <= 113 && found.latency >= 110);
}

/// Nothing in common, nothing at all, too little: no confidence, no shift
static void
test_doubt(void)
{
  static float input[N];
  static float other[N];
  uint32_t     seed = 23U;
  play_input(input);
  CHECK(!align(input, other, N).confident);
  CHECK(!align(other, other, N).confident);
  CHECK(!align(input, input, 2000U).confident);
  for (size_t t = 0; t < N; ++t) {
    other[t] = noise(&seed);
  }
  const RemAlignment found = align(input, other, N);
  CHECK(!found.confident && found.latency == 0 && !found.related);
}

/// The parts: correlation by FFT is the correlation, and a fit finds the lags
static void
test_parts(void)
{
  enum { LENGTH = 20000, LAGS = 700 };
  static float x[LENGTH];
  static float y[LENGTH];
  static float c[2 * LAGS + 1];
  double       gain[64];
  uint32_t     seed = 29U;
  for (uint32_t t = 0; t < LENGTH; ++t) {
    x[t] = noise(&seed);
    y[t] = 0.01f * noise(&seed) + (t < 7U ? 0.0f : x[t - 7U]) -
           (t < 9U ? 0.0f : 0.5f * x[t - 9U]);
  }
  CHECK(!rem_correlate(x, y, LENGTH, LAGS, c));
  for (int32_t lag = -LAGS; lag <= LAGS; ++lag) {
    const double sum = rem_dot_lagged(x, y, LENGTH, lag);
    CHECK(fabs(sum - (double)c[lag + LAGS]) < 1e-6 * LENGTH);
  }

  // The newest sample is worth 1e4 times the noise, an acausal one chance
  CHECK(!rem_causal_fit(x, y, LENGTH, -16, 64U, gain));
  CHECK(gain[16 + 7] > 1e3);
  for (uint32_t i = 0; i < 16U + 7U; ++i) {
    CHECK(gain[i] < 1e-2);
  }
}

/// Read both files of a part of ds1 and append them
static bool
append(const char* const part, float** const xy, size_t* const n)
{
  const char* const shared  = getenv("REMANENCE_SHARED");
  const char* const kinds[] = {"input", "target"};
  size_t            end     = *n;
  for (uint32_t i = 0; i < 2U; ++i) {
    char     path[512];
    RemAudio audio;
    (void)snprintf(path,
                   sizeof(path),
                   "%s/data/ds1/%s-%s.flac",
                   shared ? shared : SOURCE_DIR "/../shared",
                   part,
                   kinds[i]);
    if (rem_audio_read(path, &audio, NULL)) {
      return false;
    }
    end   = *n + audio.n_frames;
    xy[i] = (float*)realloc(xy[i], end * sizeof(float));
    CHECK(xy[i] && audio.n_channels == 1U);
    memcpy(xy[i] + *n, audio.samples, audio.n_frames * sizeof(float));
    rem_audio_clear(&audio);
  }
  *n = end;
  return true;
}

/// A pedal whose recordings are aligned.  Its onset is at sample 3, so that
/// copies which lead by 1 to 3 samples are causal and stay as they are.
static void
check_pedal(float* const*        xy,
            const size_t         n,
            const int32_t* const shifts,
            const size_t         n_shifts)
{
  float* const shifted = (float*)malloc(n * sizeof(float));
  CHECK(shifted);
  for (size_t i = 0; i < n_shifts; ++i) {
    const int32_t want = shifts[i] < 0 && shifts[i] >= -3 ? 0 : shifts[i];
    shift(xy[1], n, shifts[i], i % 2U ? -1.0f : 1.0f, shifted);
    const RemAlignment found = align(xy[0], shifted, n);
    printf("%7d: %d, confidence %.2f\n",
           shifts[i],
           found.latency,
           (double)found.confidence);
    CHECK(found.confident ? found.latency == want : found.latency <= want);
    CHECK(found.inverted == !(i % 2U));
  }
  free(shifted);
}

/// Return false if the recordings are not there
static bool
test_pedal(void)
{
  const int32_t all[]   = {0, 0, 1, -1, 12, -12, 54, -54, 480, -480, 2400};
  const int32_t few[]   = {-54, 12};
  const size_t  n_of[]  = {1U + 2U * FULL, 1U + 10U * FULL, FULL};
  float*        both[2] = {NULL, NULL};
  size_t        n       = 0;
  const char*   parts[] = {"val", "test", "train"};
  for (uint32_t i = 0; i < 3U; ++i) {
    float* xy[2]  = {NULL, NULL};
    size_t n_part = 0;
    if (!append(parts[i], xy, &n_part) || !append(parts[i], both, &n)) {
      free(xy[0]);
      free(xy[1]);
      free(both[0]);
      free(both[1]);
      return false;
    }
    check_pedal(xy, n_part, i < 2U ? all : few, n_of[i]);
    free(xy[0]);
    free(xy[1]);
  }
  check_pedal(both, n, few + 1, FULL);
  free(both[0]);
  free(both[1]);
  return true;
}

/// Somebody talks, louder than all playing, for longer than the fit looks at:
/// the parts in which the device is heard say where it stands
static void
test_interrupted(void)
{
  enum { LATENCY = 77, N_PLAYED = 6, N_TALK = 23 };
  const size_t n_played = N_PLAYED * N;
  const size_t n        = n_played + (size_t)N_TALK * RATE;
  float* const x        = (float*)calloc(n + LATENCY, sizeof(float));
  float* const y        = (float*)calloc(n + LATENCY, sizeof(float));
  static float played[N];
  static float device[N];
  uint32_t     seed = 31U;
  RemAlignment a;
  CHECK(x && y);

  play_input(played);
  play_device(1U, played, device);
  for (size_t i = 0; i < N_PLAYED; ++i) {
    memcpy(x + i * N, played, sizeof(played));
    memcpy(y + i * N + LATENCY, device, sizeof(device));
  }
  for (size_t t = n_played + LATENCY; t < n; ++t) {
    x[t] = 0.9f * noise(&seed);
    y[t] = 0.9f * noise(&seed);
  }
  CHECK(!rem_align(x, y, n, RATE, 4800U, &a, NULL));
  printf("interrupted: %d, confidence %.2f\n", a.latency, (double)a.confidence);
  CHECK(a.confident && a.latency <= LATENCY && a.latency >= LATENCY - 3);
  free(x);
  free(y);
}

int
main(void)
{
  test_parts();
  test_devices();
  test_noise();
  test_doubt();
  test_interrupted();
  if (!test_pedal()) {
    printf("ds1 not found, checked on made devices only\n");
  }
  return 0;
}
