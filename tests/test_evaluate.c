// SPDX-License-Identifier: ISC

// The figures of `remanence eval` against what they must be for errors made on
// purpose, and rendering against the voice that the plugin plays.

#include "dsp/denormal.h"
#include "dsp/model.h"
#include "dsp/voice.h"
#include "offline_trainer/evaluate.h"
#include "tests/check.h"

#include <stdbool.h>
#include <string.h>

#define N 48000U
#define RATE 48000.0
#define TWO_PI 6.283185307179586

static float target[N];
static float y[N];

/// Fill both signals with the same noise
static void
fill_noise(void)
{
  uint32_t seed = 7U;
  for (uint32_t t = 0; t < N; ++t) {
    target[t] = y[t] = 0.5f * noise(&seed);
  }
}

static RemFigures
figures(void)
{
  RemFigures f;
  RemError   error;
  CHECK(!rem_evaluate(target, y, N, RATE, &f, &error));
  return f;
}

static bool
close_to(const double a, const double b, const double tolerance)
{
  return fabs(a - b) <= tolerance;
}

/// A prediction that is all there but for its level: every figure is known.
/// Floats of 24 bits leave 1e-7 of full scale, so 1e-5 of an error of 0.01.
static void
test_quieter(void)
{
  fill_noise();
  for (uint32_t t = 0; t < N; ++t) {
    y[t] = 0.99f * target[t];
  }
  const RemFigures f = figures();
  CHECK(close_to(f.esr, 1e-4, 1e-8));
  CHECK(close_to(f.esr_emphasis, 1e-4, 1e-8));
  CHECK(close_to(f.mae, 0.25 * 0.01, 2e-5)); // Mean of |noise|: 0.25
  CHECK(f.n_bands == 10U && f.bands[0].low == 31.25);
  for (uint32_t i = 0; i < f.n_bands; ++i) {
    CHECK(close_to(f.bands[i].error_db, -40.0, 1e-3));
    CHECK(close_to(f.bands[i].level_db, 20.0 * log10(0.99), 1e-3));
    CHECK(i == 0 || f.bands[i].low == f.bands[i - 1].high);
  }
  CHECK(f.bands[9].high == RATE / 2.0);
}

/// A prediction that is perfect
static void
test_perfect(void)
{
  fill_noise();
  const RemFigures f = figures();
  CHECK(f.esr == 0.0 && f.esr_emphasis == 0.0 && f.mae == 0.0 && f.dc == 0.0);
  CHECK(isinf(f.bands[3].error_db) && f.bands[3].error_db < 0.0);
  CHECK(close_to(f.bands[3].level_db, 0.0, 1e-9));
}

/// A constant that the prediction lacks is DC, and in no octave: the window
/// holds it within two bins of 5.9 Hz
static void
test_offset(void)
{
  fill_noise();
  for (uint32_t t = 0; t < N; ++t) {
    y[t] -= 0.125f;
  }
  const RemFigures f = figures();
  CHECK(close_to(f.dc, 0.125, 1e-7) && close_to(f.mae, 0.125, 1e-7));
  for (uint32_t i = 0; i < f.n_bands; ++i) {
    CHECK(f.bands[i].error_db < -60.0);
  }
}

/// A tone of 700 Hz too much is in the octave from 500 to 1000 Hz alone
static void
test_tone(void)
{
  fill_noise();
  for (uint32_t t = 0; t < N; ++t) {
    y[t] += (float)(0.1 * sin(TWO_PI * 700.0 * t / RATE));
  }
  const RemFigures f       = figures();
  const double     noise_e = 0.25 / 3.0 * 500.0 / (RATE / 2.0); // Of an octave
  CHECK(close_to(f.bands[4].error_db, 10.0 * log10(0.005 / noise_e), 0.3));
  for (uint32_t i = 0; i < f.n_bands; ++i) {
    CHECK(i == 4U || f.bands[i].error_db < -60.0);
  }
}

/// ESR with pre-emphasis against the plain filter of whole signals
static void
test_emphasis(void)
{
  fill_noise();
  uint32_t seed = 9U;
  for (uint32_t t = 0; t < N; ++t) {
    y[t] = 0.8f * y[t] + 0.1f * noise(&seed);
  }
  double above = 0.0, below = 0.0;
  for (uint32_t t = 0; t < N; ++t) {
    const double d = (double)target[t], e = d - (double)y[t];
    const double d1 = t ? (double)target[t - 1] : 0.0;
    const double e1 = t ? d1 - (double)y[t - 1] : 0.0;
    above += (e - 0.85 * e1) * (e - 0.85 * e1);
    below += (d - 0.85 * d1) * (d - 0.85 * d1);
  }
  const RemFigures f = figures();
  CHECK(close_to(f.esr_emphasis, above / below, 1e-9));
  CHECK(f.esr_emphasis != f.esr);
}

/// Octaves without sound say so instead of dividing rounding by rounding
static void
test_empty_bands(void)
{
  for (uint32_t t = 0; t < N; ++t) {
    target[t] = (float)(0.5 * sin(TWO_PI * 96.0 * t / RATE));
    y[t]      = 0.9f * target[t];
  }
  const RemFigures f = figures();
  CHECK(close_to(f.bands[1].error_db, -20.0, 0.01));
  CHECK(isnan(f.bands[9].error_db) && isnan(f.bands[9].level_db));
}

static void
test_refusals(void)
{
  RemFigures f;
  RemError   error;
  fill_noise();
  CHECK(rem_evaluate(target, y, 0U, RATE, &f, &error) == REM_BAD_AUDIO);
  y[100] = NAN;
  CHECK(rem_evaluate(target, y, N, RATE, &f, &error) == REM_NOT_FINITE);
  memset(target, 0, sizeof(target));
  y[100] = 0.0f;
  CHECK(rem_evaluate(target, y, N, RATE, &f, &error) == REM_BAD_AUDIO);
  CHECK(error.status == REM_BAD_AUDIO && *error.text);
}

/// Very short files and every usual rate
static void
test_sizes(void)
{
  static const double rates[] = {8000., 22050., 44100., 96000., 192000., 768e3};
  fill_noise();
  y[0] = 0.0f;
  for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
    for (uint32_t n = 1U; n < 20000U; n = 3U * n + 1U) {
      RemFigures f;
      RemError   error;
      CHECK(!rem_evaluate(target, y, n, rates[i], &f, &error));
      CHECK(f.n_bands >= 7U && f.n_bands <= REM_MAX_BANDS);
      CHECK(isfinite(f.esr) && isfinite(f.mae));
    }
  }
}

/// Return a model of random weights
static RemModel*
make_model(const uint32_t n_knobs, const uint32_t n_in)
{
  const RemNetSpec spec = {
    .n_in = n_in, .n_hidden = 9U, .n_layers = 2U, .n_out = 1U, .skip = true};
  RemModel* const model = rem_model_new(&spec);
  uint32_t        seed  = 3U;
  CHECK(model);
  for (size_t i = 0; i < rem_net_n_params(&spec); ++i) {
    model->params[i] = 0.3f * noise(&seed);
  }
  if (n_knobs) {
    model->knobs = (RemKnob*)calloc(n_knobs, sizeof(RemKnob));
    CHECK(model->knobs);
  }
  model->n_knobs = n_knobs;
  for (uint32_t k = 0; k < n_knobs; ++k) {
    model->knobs[k] = (RemKnob){"Gain", 0.0f, 1.0f, 0.5f};
  }
  return model;
}

/// What a voice makes of `target` in one call, in `out` [N]
static void
play_whole(const RemModel* const model,
           const float* const    knobs,
           float* const          out)
{
  static float rows[2][N];
  const float* pointers[2] = {rows[0], rows[1]};
  for (uint32_t t = 0; t < 2U * N; ++t) {
    rows[t / N][t % N] = knobs ? knobs[t / N] : 0.0f;
  }
  const RemFloatMode mode  = rem_denormals_off();
  RemVoice* const    voice = rem_voice_new(model, 1U);
  CHECK(voice);
  rem_voice_block(voice, 0U, target, pointers, knobs ? 2U : 0U, out, N);
  rem_voice_free(voice);
  rem_denormals_restore(mode);
}

/// Rendering is the voice, to the last bit
static void
test_render(void)
{
  static float    whole[N];
  RemError        error;
  const float     knobs[] = {0.25f, 1.0f};
  RemModel* const model   = make_model(2U, 3U);
  fill_noise();
  for (int given = 0; given < 2; ++given) {
    const float* const k = given ? knobs : NULL;
    play_whole(model, k, whole);
    CHECK(!rem_render(model, k, target, y, N, &error));
    CHECK(!memcmp(whole, y, sizeof(y)));
    memcpy(y, target, sizeof(y));
    CHECK(!rem_render(model, k, y, y, N, &error)); // In place
    CHECK(!memcmp(whole, y, sizeof(y)));
  }
  CHECK(!rem_render(model, NULL, target, y, 0U, &error));
  rem_model_free(model);
}

/// What cannot be played is refused
static void
test_render_refusals(void)
{
  RemError        error;
  RemModel* const model = make_model(0U, 1U);
  fill_noise();
  target[9999] = INFINITY;
  CHECK(rem_render(model, NULL, target, y, N, &error) == REM_NOT_FINITE);
  rem_model_free(model);

  RemModel* const wide = make_model(0U, 2U);
  CHECK(rem_render(wide, NULL, target, y, N, &error) == REM_UNSUPPORTED);
  rem_model_free(wide);
}

/// Note how far it is, and end it beyond half
static bool
until_half(void* const handle, const size_t n_done)
{
  size_t* const last = (size_t*)handle;
  CHECK(n_done > *last);
  *last = n_done;
  return n_done < N / 2U;
}

static void
test_watch(void)
{
  RemError        error;
  size_t          last  = 0;
  const RemWatch  watch = {until_half, &last};
  RemModel* const model = make_model(0U, 1U);
  fill_noise();
  CHECK(rem_render_watched(model, NULL, target, y, N, &watch, &error) ==
        REM_INTERRUPTED);
  CHECK(last >= N / 2U && last < N);
  rem_model_free(model);
}

int
main(void)
{
  test_quieter();
  test_perfect();
  test_offset();
  test_tone();
  test_emphasis();
  test_empty_bands();
  test_refusals();
  test_sizes();
  test_render();
  test_render_refusals();
  test_watch();
  return 0;
}
