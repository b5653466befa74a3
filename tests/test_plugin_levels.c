// SPDX-License-Identifier: ISC

/// Levels: normalised and calibrated models, the DC blocker, the peak meters

#include "tests/check.h"
#include "tests/host/stage.h"

#include <string.h>

/// A model that tells its levels, and what it plays
typedef struct {
  Stage*    stage;
  RemModel* model;
  char      path[FIXTURE_PATH];
} Levels;

static void
begin(Levels* const levels,
      const float   loudness_db,
      const float   input_dbu,
      const float   output_dbu)
{
  levels->model                   = fixture_model(&stage_plain);
  levels->model->loudness_db      = loudness_db;
  levels->model->input_level_dbu  = input_dbu;
  levels->model->output_level_dbu = output_dbu;
  fixture_path(&levels->stage->dir, "levels.safetensors", levels->path);
  CHECK(!rem_model_write(levels->model, REM_FORMAT_NATIVE, levels->path, NULL));
}

/// Check that a model plays `in_db` louder in and `out_db` louder out
static void
check(Levels* const levels,
      const float   normalise,
      const float   calibrate,
      const float   in_db,
      const float   out_db)
{
  Stage* const stage = levels->stage;
  Host* const  host  = stage_host(stage, levels->path);
  const float  in    = (float)pow(10.0, 0.05 * (double)in_db);
  const float  out   = (float)pow(10.0, 0.05 * (double)out_db);
  for (uint32_t t = 0U; t < STAGE_N; ++t) {
    stage->again[t] = in * stage->in[t];
  }
  fixture_render(levels->model, 0.5f, stage->again, stage->again, STAGE_N);
  for (uint32_t t = 0U; t < STAGE_N; ++t) {
    stage->again[t] *= out;
  }

  host_set(host, "normalise", normalise);
  host_set(host, "calibrate", calibrate);
  host_set(host, "input_level", 10.0f);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK); // It glides
  host_activate(host);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  // As test_plugin_controls.c: a few roundings of powf(), and the net's slope
  const float bound = 2e-5f * fmaxf(1.0f, out) * fmaxf(1.0f, in);
  const float off =
    fixture_largest_difference(stage->again, stage->out, STAGE_N);
  printf("in %g dB, out %g dB: %g off\n",
         (double)in_db,
         (double)out_db,
         (double)off);
  CHECK(off <= bound);
  host_close(host);
}

static void
test_levels(Stage* const stage)
{
  Levels levels = {.stage = stage};
  begin(&levels, -24.0f, 4.0f, 7.0f);
  check(&levels, 0.0f, 0.0f, 0.0f, 0.0f);
  check(&levels, 1.0f, 0.0f, 0.0f, 6.0f);  // -18 dB is 6 above its loudness
  check(&levels, 0.0f, 1.0f, 6.0f, -3.0f); // 10 dBu for 4; 7 dBu for 10
  check(&levels, 1.0f, 1.0f, 6.0f, 6.0f);  // Loudness goes before output level
  rem_model_free(levels.model);

  begin(&levels, NAN, NAN, NAN); // It does not tell: nothing is done
  check(&levels, 1.0f, 1.0f, 0.0f, 0.0f);
  rem_model_free(levels.model);
}

/// Two models that are brought to one loudness swap without a step
static void
test_swap(Stage* const stage)
{
  Levels levels = {.stage = stage};
  begin(&levels, -38.0f, NAN, NAN); // 20 dB up
  Host* const host = stage_host(stage, stage->plain);
  host_set(host, "normalise", 1.0f);
  host_play(host, stage->in, stage->out, 4096U, STAGE_BLOCK);
  host_send_model(host, 0U, levels.path);
  for (uint32_t at = 4096U; at < STAGE_N; at += STAGE_BLOCK) {
    const uint32_t n = at + STAGE_BLOCK < STAGE_N ? STAGE_BLOCK : STAGE_N - at;
    host_play(host, stage->in + at, stage->out + at, n, n);
    host_worker_drain(&host->worker);
  }
  // y = (1 - a) w + 10 a w: ten times the model's step, and nine times its
  // size over the length of the fade
  float largest = 0.0f;
  for (uint32_t t = 0U; t < STAGE_N; ++t) {
    largest = fmaxf(largest, fabsf(stage->wet[t]));
  }
  const float bound = 10.0f * fixture_largest_step(stage->wet, STAGE_N) +
                      9.0f * largest / (float)STAGE_FADE + 1e-5f;
  CHECK(fixture_largest_step(stage->out, STAGE_N) <= bound);
  CHECK(fabsf(stage->out[STAGE_N - 1U] - 10.0f * stage->wet[STAGE_N - 1U]) <
        1e-3f);
  rem_model_free(levels.model);
  host_close(host);
}

/// What does not change is taken out; a tone of 100 Hz passes
static void
test_dc_block(Stage* const stage)
{
  enum { N = 48000 };
  static float x[N];
  static float y[N];
  const double turn  = 6.283185307179586 * 100.0 / 48000.0;
  Host* const  host  = host_open_usual(stage->world, HOST_WORK_LATER);
  RemModel*    model = fixture_model(&stage_plain);
  char         path[FIXTURE_PATH];

  // A net that is nothing but its skip connection and a constant
  memset(model->params + rem_net_head_at(&model->spec).weight,
         0,
         model->spec.n_hidden * sizeof(float));
  model->params[rem_net_head_at(&model->spec).bias] = 0.3f;
  CHECK(!rem_model_make_check(model, NULL));
  CHECK(!rem_model_write(model,
                         REM_FORMAT_NATIVE,
                         fixture_path(&stage->dir, "dc.safetensors", path),
                         NULL));
  for (uint32_t t = 0U; t < N; ++t) {
    x[t] = 0.5f * (float)sin(turn * t);
  }
  host_load(host, path);
  host_set(host, "dc_block", 1.0f);
  host_activate(host);
  host_play(host, x, y, N, STAGE_BLOCK);

  double mean = 0.0;
  double tone = 0.0;
  for (uint32_t t = N - 4800U; t < N; ++t) { // Ten periods
    mean += (double)y[t] / 4800.0;
    tone += 2.0 * (double)y[t] * sin(turn * t) / 4800.0;
  }
  printf("DC blocker: mean %.2g, tone %.4f\n", mean, tone);
  CHECK(fabs(mean) < 1e-4);       // exp(-2 pi 7 Hz 0.9 s) is nothing
  CHECK(fabs(tone - 0.5) < 0.01); // 7 Hz lets 99.75 % of 100 Hz through
  host_set(host, "dc_block", 0.0f);
  host_activate(host);
  host_play(host, x, y, N, STAGE_BLOCK);
  CHECK(fabsf(y[N - 1U] - x[N - 1U] - 0.3f) < 1e-6f);
  rem_model_free(model);
  host_close(host);
}

/// Peaks are those of the block, and fall by 20 dB a second
static void
test_peaks(Stage* const stage)
{
  enum { N = 48000 };
  static float x[N];
  static float y[N];
  Host* const  host = host_open_usual(stage->world, HOST_WORK_LATER);
  host_activate(host);
  memset(x, 0, sizeof(x));
  x[100] = -0.5f;
  host_set(host, "in_gain", 6.0f); // Meters see what the host gives and gets
  host_play(host, x, y, 256U, 256U);
  CHECK(fabsf(host_get(host, "in_peak") + 6.0206f) < 0.2f);
  CHECK(fabsf(host_get(host, "out_peak") + 6.0206f) < 0.2f);
  memset(x, 0, sizeof(x));
  host_play(host, x, y, N, 256U);
  CHECK(fabsf(host_get(host, "in_peak") + 26.02f) < 0.5f);
  for (uint32_t i = 0U; i < 6U; ++i) {
    host_play(host, x, y, N, 256U);
  }
  CHECK(host_get(host, "out_peak") == -100.0f);
  host_close(host);
}

int
main(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  test_levels(stage);
  test_swap(stage);
  test_dc_block(stage);
  test_peaks(stage);
  stage_close(stage);
  return 0;
}
