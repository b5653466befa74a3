// SPDX-License-Identifier: ISC

/// What a stream answers depends on nothing but what it is sent: not on blocks,
/// pairs, or what it heard before a reset

#include "dsp/denormal.h"
#include "dsp/voice.h"
#include "plugin/resample.h"
#include "plugin/stream.h"
#include "tests/check.h"
#include "tests/engine.h"
#include "tests/stream.h"

#include <string.h>

enum { N = 3000, N_KNOBS = 2 };

/// Two channels of noise, knobs that move all the time, and room for outputs
typedef struct {
  float in[2][N];
  float knobs[N_KNOBS][N];
  float whole[2][N];
  float parts[2][N];
} Take;

static Take take;

static void
fill_take(void)
{
  uint32_t seed = 9U;
  for (int i = 0; i < N; ++i) {
    for (int c = 0; c < 2; ++c) {
      take.in[c][i]    = 0.5f * noise(&seed);
      take.knobs[c][i] = 0.5f + 0.5f * noise(&seed);
    }
  }
}

/// Play samples `at` to `at` + `n` of one channel in place
static void
play_some(RemStream* const stream,
          const uint32_t   c,
          const uint32_t   at,
          const uint32_t   n)
{
  const float* const knobs[N_KNOBS] = {take.knobs[0] + at, take.knobs[1] + at};
  float* const       y              = take.parts[c] + at;
  memcpy(y, take.in[c] + at, n * sizeof(float));
  rem_stream_block(stream, c, y, knobs, N_KNOBS, y, n);
}

static void
play_both(RemStream* const stream, const uint32_t at, const uint32_t n)
{
  const float* const knobs[N_KNOBS] = {take.knobs[0] + at, take.knobs[1] + at};
  const float* const in[2]          = {take.in[0] + at, take.in[1] + at};
  float* const       out[2]         = {take.parts[0] + at, take.parts[1] + at};
  rem_stream_block_pair(stream, in, knobs, N_KNOBS, out, n);
}

static void
reset_both(RemStream* const stream)
{
  rem_stream_reset(stream, 0);
  rem_stream_reset(stream, 1);
  memset(take.parts, 0, sizeof(take.parts));
}

/// Play everything in pieces of random length, as a pair or one by one
static void
play_cut(RemStream* const stream, uint32_t seed, const bool pair)
{
  for (uint32_t at = 0, n = 0; at < N; at += n) {
    const float r = 0.5f + 0.5f * noise(&seed);
    n             = (uint32_t)(r * r * r * 300.0f);
    n             = n < N - at ? n : N - at;
    if (pair) {
      play_both(stream, at, n);
    } else {
      play_some(stream, 0, at, n);
      play_some(stream, 1, at, n);
    }
  }
}

static bool
as_before(const int c)
{
  return !memcmp(take.parts[c], take.whole[c], sizeof(take.whole[c]));
}

static void
test_cuts(const RemModel* const model,
          const double          host,
          const uint32_t        quality)
{
  RemStream* const stream = make_stream(model, 2, host, quality);
  play_some(stream, 0, 0, N);
  play_some(stream, 1, 0, N);
  memcpy(take.whole, take.parts, sizeof(take.whole));
  CHECK(memcmp(take.whole[0], take.whole[1], sizeof(take.whole[0])) != 0);

  for (uint32_t seed = 1; seed < 5; ++seed) {
    reset_both(stream);
    play_cut(stream, seed, seed % 2);
    CHECK(as_before(0) && as_before(1));
  }
  reset_both(stream);
  for (uint32_t at = 0; at < N; ++at) {
    play_both(stream, at, 1);
  }
  CHECK(as_before(0) && as_before(1));

  for (uint32_t at = 0; at < N; at += 500) { // One reset does not touch another
    play_some(stream, 0, 0, 77);
    rem_stream_reset(stream, 0);
  }
  rem_stream_reset(stream, 1);
  play_some(stream, 0, 0, 100);
  play_some(stream, 1, 0, 101); // Out of step: one after the other
  play_some(stream, 0, 100, 1);
  play_both(stream, 101, N - 101);
  CHECK(as_before(0) && as_before(1));
  rem_stream_free(stream);
}

/// A channel that stays behind is played as alone
static void
test_out_of_step(const RemModel* const model,
                 const double          host,
                 const uint32_t        quality)
{
  RemStream* const stream = make_stream(model, 2, host, quality);
  play_some(stream, 0, 0, N);
  memcpy(take.whole, take.parts, sizeof(take.whole));
  reset_both(stream);
  play_some(stream, 0, 0, 100);
  play_cut(stream, 3U, true); // The second channel plays its own
  reset_both(stream);
  play_some(stream, 1, 0, 33);
  play_both(stream, 0, N);
  CHECK(as_before(0));
  rem_stream_free(stream);
}

/// At the model's rate a stream is a voice, to the last bit
static void
test_same_rate(const RemModel* const model)
{
  const float* const knobs[N_KNOBS] = {take.knobs[0], NULL};
  const float* const in[2]          = {take.in[0], take.in[1]};
  float* const       whole[2]       = {take.whole[0], take.whole[1]};
  float* const       parts[2]       = {take.parts[0], take.parts[1]};
  RemVoice* const    voice          = rem_voice_new(model, 2);
  RemStream* const stream = make_stream(model, 2, model->sample_rate + 0.4, 1);
  CHECK(voice && rem_stream_latency(stream) == 0);
  CHECK(rem_stream_n_knobs(stream) == N_KNOBS);
  CHECK(rem_stream_rate(stream) == model->sample_rate);
  CHECK(rem_stream_knob_default(stream, 1) == 0.25f);
  rem_voice_block_pair(voice, in, knobs, 2, whole, N);
  rem_stream_block_pair(stream, in, knobs, 2, parts, N);
  CHECK(as_before(0) && as_before(1));
  rem_voice_free(voice);
  rem_stream_free(stream);
}

/// At `times` the model's rate every phase is a voice of its own
static void
test_phases(const RemModel* const model, const uint32_t times)
{
  RemStream* const stream =
    make_stream(model, 2, times * model->sample_rate, times);
  CHECK(rem_stream_latency(stream) == 0);
  reset_both(stream);
  play_cut(stream, 7U, true);
  for (uint32_t p = 0; p < times; ++p) {
    static float    x[N], knobs[N_KNOBS][N];
    const float*    given[N_KNOBS] = {knobs[0], knobs[1]};
    RemVoice* const voice          = rem_voice_new(model, 1);
    CHECK(voice);
    for (uint32_t i = p, j = 0; i < N; i += times, ++j) {
      x[j]        = take.in[0][i];
      knobs[0][j] = take.knobs[0][i];
      knobs[1][j] = take.knobs[1][i];
    }
    rem_voice_block(voice, 0, x, given, N_KNOBS, x, N / times);
    for (uint32_t i = p, j = 0; i < N; i += times, ++j) {
      CHECK(take.parts[0][i] == x[j]);
    }
    rem_voice_free(voice);
  }
  rem_stream_free(stream);
}

/// NaN stays in its channel, is noticed, and is gone after a reset
static void
test_not_finite(const RemModel* const model,
                const double          host,
                const uint32_t        quality)
{
  RemStream* const stream = make_stream(model, 2, host, quality);
  static float     bad[N];
  memcpy(bad, take.in[0], sizeof(bad));
  bad[1000] = NAN;
  play_some(stream, 0, 0, N);
  play_some(stream, 1, 0, N);
  memcpy(take.whole, take.parts, sizeof(take.whole));
  reset_both(stream);
  rem_stream_block(stream, 0, bad, NULL, 0, bad, N);
  CHECK(isnan(bad[N - 1] + bad[N - 2] + bad[N - 3] + bad[N - 4])); // A phase
  CHECK(!rem_stream_is_finite(stream, 0));
  CHECK(rem_stream_is_finite(stream, 1));
  rem_stream_reset(stream, 0);
  CHECK(rem_stream_is_finite(stream, 0));
  play_some(stream, 0, 0, N);
  play_some(stream, 1, 0, N);
  CHECK(as_before(0) && as_before(1));
  rem_stream_free(stream);
}

/// What leaves the net not finite is noticed, though the net itself is well: it
/// is in the filter on the way out
static void
test_spoilt(void)
{
  RemModel* const model = straight_model(48000);
  float           x[64], y[64];
  model->out_gain_db      = 20.0f;
  RemStream* const stream = make_stream(model, 1, 44100, 1);
  for (int i = 0; i < 64; ++i) {
    x[i] = 1e38f;
  }
  rem_stream_block(stream, 0, x, NULL, 0, y, 64);
  CHECK(!rem_stream_is_finite(stream, 0));
  rem_stream_reset(stream, 0);
  CHECK(rem_stream_is_finite(stream, 0));
  rem_stream_free(stream);
  rem_model_free(model);
}

/// Through a net that adds nothing an impulse peaks at the latency; knobs are
/// optional, their pointers may be too many
static void
test_latency(const double host, const double rate)
{
  RemModel* const  model    = straight_model(rate);
  RemStream* const stream   = make_stream(model, 1, host, 1);
  const uint32_t   at       = 1001U;
  const uint32_t   late     = rem_stream_latency(stream);
  uint32_t         peak     = 0U;
  const float*     knobs[3] = {take.knobs[0], NULL, take.knobs[1]};
  float* const     y        = floats(N);
  y[at]                     = 1.0f;
  rem_stream_block(stream, 0, y, knobs, 3, y, N);
  for (uint32_t i = 0; i < N; ++i) {
    peak = fabsf(y[i]) > fabsf(y[peak]) ? i : peak;
  }
  CHECK(peak == at + late);
  CHECK(host == rate ? late == 0 : late > 0);
  rem_stream_free(stream);
  rem_model_free(model);
  free(y);
}

/// Single samples find something in the queue each time, and nothing waits
/// longer than it must: at one of them the queue is used up.  The clock of the
/// knobs agrees with the library.
static void
test_queue(const uint32_t host, const uint32_t rate)
{
  RemResampler r = {0};
  CHECK(rem_resampler_init(&r, host, rate));
  uint32_t least = r.latency;
  for (uint32_t i = 0; i < host; ++i) {
    const float    x = 1.0f;
    float          model[20], y;
    uint32_t       at[20];
    const uint32_t wait = r.wait;
    const uint32_t m    = rem_resampler_take(&r, &x, 1U, model, at);
    CHECK((m > 0) == (wait == 0) && m <= r.n_most && m < 20);
    rem_resampler_give(&r, model, m, &y, 1U);
    CHECK(r.n_queued <= r.n_room);
    least = r.n_queued < least ? r.n_queued : least;
    CHECK(i < 5000 || fabsf(y - 1.0f) < 1e-4f);
  }
  CHECK(least == 0);
  rem_resampler_clear(&r);
}

int
main(void)
{
  static const double odd_rates[] = {11025, 47952, 44099, 8000};
  rem_denormals_off();
  fill_take();
  RemModel* const models[2] = {small_model(5, 48000), small_model(49, 48000)};
  for (int m = 0; m < 2; ++m) {
    for (uint32_t quality = 1; quality <= 4; quality *= 2) {
      for (int h = 0; h < N_HOSTS; ++h) {
        test_cuts(models[m], host_rates[h], quality);
        test_not_finite(models[m], host_rates[h], quality);
      }
      test_out_of_step(models[m], 44100, quality);
    }
    test_same_rate(models[m]);
    test_phases(models[m], 2);
    test_phases(models[m], 4);
    rem_model_free(models[m]);
  }
  test_spoilt();
  for (int h = 0; h < N_HOSTS; ++h) {
    for (int i = 0; i < N_MODELS; ++i) {
      test_latency(host_rates[h], model_rates[i]);
      if (host_rates[h] != model_rates[i]) {
        test_queue((uint32_t)host_rates[h], (uint32_t)model_rates[i]);
      }
    }
    for (int i = 0; i < 4; ++i) {
      test_queue((uint32_t)host_rates[h], (uint32_t)odd_rates[i]);
    }
  }
  return 0;
}
