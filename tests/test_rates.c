// SPDX-License-Identifier: ISC

/// Models of other rates and other qualities in the plugin: what its latency
/// port says is true of wet and dry, and swaps between them make no step

#include "tests/check.h"
#include "tests/host/stage.h"

#include <lv2/midi/midi.h>

#include <string.h>

/// Write `stage_plain` as a model of another sample rate
static void
write_at(const Stage* const stage,
         const double       rate,
         const char* const  name,
         char* const        path)
{
  RemModel* const model = fixture_model(&stage_plain);
  model->sample_rate    = rate;
  fixture_path(&stage->dir, name, path);
  CHECK(!rem_model_write(model, REM_FORMAT_NATIVE, path, NULL));
  rem_model_free(model);
}

/// The dry signal comes out as late as the port says, to the bit
static void
test_dry(Stage* const stage)
{
  static const double rates[] = {44100.0, 96000.0, 48000.0, 32000.0};
  for (uint32_t i = 0U; i < 4U; ++i) {
    char path[FIXTURE_PATH];
    write_at(stage, rates[i], "rate.safetensors", path);
    Host* const    host    = stage_host(stage, path);
    const uint32_t latency = (uint32_t)host_get(host, "latency");
    printf("%.0f Hz in a host at 48000: latency %u\n", rates[i], latency);
    CHECK((latency == 0U) == (rates[i] == 48000.0));
    host_set(host, "mix", 0.0f);
    host_activate(host);
    host_play_cut(host, stage->in, stage->out, STAGE_N, 200U, 7U);
    CHECK(fixture_equal(stage->in, stage->out + latency, STAGE_N - latency));
    for (uint32_t t = 0U; t < latency; ++t) {
      CHECK(stage->out[t] == 0.0f);
    }
    host_set(host, "mix", 1.0f); // Bypassed it is as late as it was
    host_set(host, "enabled", 0.0f);
    host_activate(host);
    host_play_cut(host, stage->in, stage->out, STAGE_N, 200U, 8U);
    CHECK(fixture_equal(stage->in, stage->out + latency, STAGE_N - latency));
    host_close(host);
  }
}

/// Blocks of any size play the same, resampled or not, whatever the quality
static void
test_cuts(Stage* const stage)
{
  static const float qualities[] = {1.0f, 2.0f, 4.0f};
  for (uint32_t i = 0U; i < 6U; ++i) {
    char path[FIXTURE_PATH];
    write_at(stage, i % 2U ? 44100.0 : 48000.0, "cut.safetensors", path);
    Host* const host = host_open_usual(stage->world, HOST_WORK_LATER);
    host_set(host, "quality", qualities[i / 2U]);
    host_load(host, path);
    host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
    host_worker_drain(&host->worker);
    host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
    host_activate(host);
    host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
    host_activate(host);
    host_play_cut(host, stage->in, stage->again, STAGE_N, 150U, i + 1U);
    CHECK(fixture_equal(stage->out, stage->again, STAGE_N));
    if (i == 0U) {
      CHECK(fixture_equal(stage->out, stage->wet, STAGE_N));
    } else {
      CHECK(!fixture_equal(stage->out, stage->wet, STAGE_N));
    }
    host_close(host);
  }
}

/// From rate to rate and quality to quality while the sound goes on
static void
test_swaps(Stage* const stage)
{
  enum { N_RATES = 3 };
  static const double rates[N_RATES] = {48000.0, 44100.0, 96000.0};
  char                paths[N_RATES][FIXTURE_PATH];
  float               largest = 0.0f;
  float               last    = 0.0f;
  for (uint32_t i = 0U; i < N_RATES; ++i) {
    char name[32];
    snprintf(name, sizeof(name), "swap%u.safetensors", i);
    write_at(stage, rates[i], name, paths[i]);
  }
  Host* const host = stage_host(stage, paths[0]);
  host_set(host, "mix", 0.5f); // The dry signal jumps in time as well
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  for (uint32_t i = 0U; i < 24U; ++i) {
    host_set(host, "quality", (float)(1U << (i / 2U % 3U)));
    host_send_model(host, 0U, paths[i % N_RATES]);
    for (uint32_t at = 0U; at < STAGE_N; at += STAGE_BLOCK) {
      const uint32_t n =
        at + STAGE_BLOCK < STAGE_N ? STAGE_BLOCK : STAGE_N - at;
      host_play(host, stage->in + at, stage->out + at, n, n);
      host_worker_drain(&host->worker);
    }
    // The input has a seam where it begins again: so leave that out
    for (uint32_t t = 2048U; t < STAGE_N; ++t) {
      largest = fmaxf(largest, fabsf(stage->out[t] - stage->out[t - 1U]));
    }
    last = host_get(host, "latency");
  }
  float size = 0.0f;
  for (uint32_t t = 0U; t < STAGE_N; ++t) {
    size = fmaxf(size, fmaxf(fabsf(stage->wet[t]), fabsf(stage->in[t])));
  }
  // As in test_swap.c: the steps of both, and their difference over a fade
  const float bound = fmaxf(fixture_largest_step(stage->wet, STAGE_N),
                            fixture_largest_step(stage->in, STAGE_N)) *
                        1.5f +
                      2.0f * size / (float)STAGE_FADE;
  printf("largest step %.4f of %.4f\n", (double)largest, (double)bound);
  CHECK(largest <= bound);
  CHECK(last > 0.0f);
  host_close(host);
}

/// A controller turns at its sample, wherever a block begins
static void
test_midi_cuts(Stage* const stage)
{
  static const uint8_t turn[] = {0xB0U, 1U, 100U};
  float* const         outs[] = {stage->out, stage->again};
  for (uint32_t i = 0U; i < 2U; ++i) {
    Host* const    host  = stage_host(stage, stage->knobby);
    const uint32_t block = i ? 100U : 1000U;
    for (uint32_t at = 0U; at < 10000U; at += block) {
      if (at <= 3333U && 3333U < at + block) {
        host_send_raw(host, 3333U - at, LV2_MIDI__MidiEvent, turn, 3U);
      }
      host_play(host, stage->in + at, outs[i] + at, block, block);
    }
    host_close(host);
  }
  CHECK(fixture_equal(stage->out, stage->again, 10000U));
}

int
main(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  test_dry(stage);
  test_cuts(stage);
  test_swaps(stage);
  test_midi_cuts(stage);
  stage_close(stage);
  return 0;
}
