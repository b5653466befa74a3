// SPDX-License-Identifier: ISC

#define _XOPEN_SOURCE 700 // nftw(), mkdtemp()

#include "tests/host/fixture.h"

#include "dsp/denormal.h"
#include "dsp/voice.h"
#include "tests/check.h"

#include <ftw.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

FixtureDir
fixture_begin(void)
{
  FixtureDir  dir;
  const char* temp = getenv("TMPDIR");
  CHECK(snprintf(dir.path,
                 sizeof(dir.path),
                 "%s/remanence-test-XXXXXX",
                 temp && *temp ? temp : "/tmp") < (int)sizeof(dir.path));
  CHECK(mkdtemp(dir.path));
  CHECK(!unsetenv("REMANENCE_MODEL"));
  CHECK(!unsetenv("REMANENCE_MODEL_PATH"));
  CHECK(!setenv("HOME", dir.path, 1));
  CHECK(!setenv("XDG_DATA_HOME", dir.path, 1));
  return dir;
}

static int
remove_one(const char* const        path,
           const struct stat* const info,
           const int                type,
           struct FTW* const        at)
{
  (void)info;
  (void)type;
  (void)at;
  return remove(path);
}

void
fixture_end(const FixtureDir* const dir)
{
  CHECK(!nftw(dir->path, remove_one, 16, FTW_DEPTH | FTW_PHYS));
}

char*
fixture_path(const FixtureDir* const dir, const char* const name, char* path)
{
  CHECK(snprintf(path, FIXTURE_PATH, "%s/%s", dir->path, name) <
        (int)FIXTURE_PATH);
  return path;
}

/// Set `n` parameters to noise of `level`
static void
fill(float* const    params,
     const size_t    n,
     const float     level,
     const float     mean,
     uint32_t* const seed)
{
  for (size_t i = 0; i < n; ++i) {
    params[i] = mean + level * noise(seed);
  }
}

/// Uniform noise of level a has variance a^2/3: sums of n terms stay near 1.
/// Forget gates below a half forget the past within some ten samples.
static void
fill_layer(RemModel* const model,
           const uint32_t  layer,
           const bool      slow,
           uint32_t* const seed)
{
  const RemLayerAt at    = rem_net_layer_at(&model->spec, layer);
  const size_t     h     = model->spec.n_hidden;
  const float      level = sqrtf(3.0f / (float)h);
  fill(model->params + at.weight_ih,
       4U * h * at.n_in,
       layer ? 1.5f * level : 1.5f,
       0.0f,
       seed);
  fill(model->params + at.weight_hh, 4U * h * h, 0.5f * level, 0.0f, seed);
  fill(model->params + at.bias, 4U * h, 0.5f, 0.0f, seed);
  fill(model->params + at.bias + h, h, 0.5f, slow ? 7.0f : -0.5f, seed);
  for (size_t i = 0U; slow && i < h;
       ++i) { // Keeps the sums in such cells small
    model->params[at.bias + i] -= 4.0f;
  }
}

RemModel*
fixture_model(const FixtureModel* const what)
{
  const RemNetSpec spec  = {.cell     = REM_CELL_LSTM,
                            .head     = REM_HEAD_LINEAR,
                            .n_in     = 1U + what->n_knobs,
                            .n_hidden = what->n_hidden,
                            .n_layers = what->n_layers,
                            .n_out    = 1U,
                            .skip     = what->seed % 2U == 1U};
  RemModel* const  model = rem_model_new(&spec);
  uint32_t         seed  = what->seed * 2654435761U + 1U;
  CHECK(model);
  for (uint32_t layer = 0U; layer < spec.n_layers; ++layer) {
    fill_layer(model, layer, what->slow, &seed);
  }
  const RemHeadAt head = rem_net_head_at(&spec);
  fill(model->params + head.weight,
       spec.n_hidden,
       2.0f * sqrtf(3.0f / (float)spec.n_hidden),
       0.0f,
       &seed);
  fill(model->params + head.bias, 1U, 0.2f, 0.0f, &seed);

  if (what->n_knobs) {
    model->n_knobs = what->n_knobs;
    CHECK((model->knobs = calloc(what->n_knobs, sizeof(RemKnob))));
  }
  for (uint32_t k = 0U; k < what->n_knobs; ++k) {
    model->knobs[k] = (RemKnob){"", 0.0f, 1.0f, 0.25f};
    snprintf(model->knobs[k].name, sizeof(model->knobs[k].name), "K%u", k);
  }
  model->rate_known = true;
  CHECK(!rem_model_settle(model, NULL));
  CHECK(!rem_model_make_check(model, NULL));
  return model;
}

void
fixture_write(const FixtureModel* const what, const char* const path)
{
  RemModel* const model = fixture_model(what);
  RemError        error = {REM_SUCCESS, "", ""};
  const RemStatus st = rem_model_write(model, REM_FORMAT_NATIVE, path, &error);
  if (st) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
  }
  CHECK(!st);
  rem_model_free(model);
}

void
fixture_write_explosive(const char* const path)
{
  const FixtureModel what  = {2U, 8U, 1U, 0U, false};
  RemModel* const    model = fixture_model(&what);
  const RemLayerAt   at    = rem_net_layer_at(&model->spec, 0U);
  const RemHeadAt    head  = rem_net_head_at(&model->spec);
  float* const       p     = model->params;
  for (uint32_t i = 0U; i < 32U; ++i) {
    const uint32_t gate     = i / 8U;
    p[at.weight_ih + i]     = gate == 2U ? 4.0f : 0.0f;
    p[at.bias + i]          = gate == 2U ? 0.0f : (gate == 1U ? -5.0f : 5.0f);
    p[head.weight + i / 4U] = 3e38f;
  }
  memset(p + at.weight_hh, 0, 32U * 8U * sizeof(float));
  memset(model->rest, 0, 16U * sizeof(float));
  for (uint32_t t = 0U; t < model->check.n_frames; ++t) { // Silence alone
    model->check.input[t]  = 0.0f;
    model->check.output[t] = p[head.bias];
  }
  CHECK(!rem_model_write(model, REM_FORMAT_NATIVE, path, NULL));
  rem_model_free(model);
}

void
fixture_write_text(const char* const path, const char* const text)
{
  FILE* const file = fopen(path, "wb");
  CHECK(file);
  CHECK(fputs(text, file) >= 0);
  CHECK(!fclose(file));
}

void
fixture_render(const RemModel* const model,
               const float           knob,
               const float* const    in,
               float* const          out,
               const uint32_t        n)
{
  const RemFloatMode mode   = rem_denormals_off();
  RemVoice* const    voice  = rem_voice_new(model, 1U);
  float* const       values = malloc(n * sizeof(float));
  const float*       knobs[REM_MAX_KNOBS];
  CHECK(voice && values);
  for (uint32_t t = 0U; t < n; ++t) {
    values[t] = knob;
  }
  for (uint32_t k = 0U; k < model->n_knobs; ++k) {
    knobs[k] = values;
  }
  rem_voice_block(voice, 0U, in, knobs, model->n_knobs, out, n);
  free(values);
  rem_voice_free(voice);
  rem_denormals_restore(mode);
}

void
fixture_noise(float* const   x,
              const uint32_t n,
              const float    level,
              uint32_t       seed)
{
  for (uint32_t t = 0U; t < n; ++t) {
    x[t] = level * noise(&seed);
  }
}

void
fixture_tones(float* const x, const uint32_t n, const float level)
{
  for (uint32_t t = 0U; t < n; ++t) {
    const double s     = 6.283185307179586 * (double)(t % 48000U) / 48000.0;
    const double swell = 0.6 + 0.4 * sin(3.0 * s);
    const double tones = 0.6 * sin(110.0 * s) + 0.4 * sin(277.0 * s);
    x[t]               = level * (float)(swell * tones);
  }
}

float
fixture_largest_step(const float* const x, const uint32_t n)
{
  float largest = 0.0f;
  for (uint32_t t = 1U; t < n; ++t) {
    largest = fmaxf(largest, fabsf(x[t] - x[t - 1U]));
  }
  return largest;
}

float
fixture_largest_difference(const float* const a,
                           const float* const b,
                           const uint32_t     n)
{
  float largest = 0.0f;
  for (uint32_t t = 0U; t < n; ++t) {
    const float d = fabsf(a[t] - b[t]);
    if (!isfinite(d)) {
      return INFINITY;
    }
    largest = fmaxf(largest, d);
  }
  return largest;
}

bool
fixture_equal(const float* const a, const float* const b, const uint32_t n)
{
  return !memcmp(a, b, n * sizeof(float));
}

void
fixture_pause(void)
{
  const struct timespec pause = {0, 500000};
  nanosleep(&pause, NULL);
}
