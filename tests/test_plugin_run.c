// SPDX-License-Identifier: ISC

/// run() in a host that offers little, cuts blocks anywhere and sets controls
/// to anything

#include "dsp/denormal.h"
#include "remanence_ports.h"
#include "tests/check.h"
#include "tests/host/stage.h"

#include <string.h>

/// Without a model, and without most features, the signal passes unchanged
static void
test_dry(Stage* const stage)
{
  static const char* const uris[] = {HOST_AUDIO, HOST_STEREO};
  for (unsigned i = 0U; i < 2U; ++i) {
    for (unsigned features = 0U; features <= HOST_FEATURE_ALL; ++features) {
      const HostSpec spec = {uris[i], 48000.0, features, HOST_WORK_NONE};
      Host* const    host = host_open(stage->world, &spec);
      CHECK(host || !(features & HOST_FEATURE_MAP)); // May decline only then
      if (host) {
        host_activate(host);
        host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
        CHECK(fixture_equal(stage->in, stage->out, STAGE_N));
        CHECK(host_get(host, "status") == 0.0f);
        CHECK(host_get(host, "non_finite") == 0.0f);
        host_close(host);
      }
    }
  }
}

/// REMANENCE_MODEL names a model for hosts that cannot, and it plays from the
/// first sample as the voice does
static void
test_start_model(Stage* const stage)
{
  const HostSpec spec = {HOST_AUDIO, 48000.0, HOST_FEATURE_MAP, HOST_WORK_NONE};
  Host* const    host = stage_host_from_environment(stage, stage->plain, &spec);
  host_activate(host);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  CHECK(host_get(host, "status") == 1.0f);
  host_close(host);
}

/// The same samples come out however the stream is cut, also in place
static void
test_blocks(Stage* const stage)
{
  static const uint32_t blocks[] = {1, 63, 64, 1024, 8192};
  Host* const           host     = stage_host(stage, stage->plain);
  for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); ++i) {
    host_activate(host);
    host_play(host, stage->in, stage->out, STAGE_N, blocks[i]);
    CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
    host_activate(host);
    memcpy(stage->out, stage->in, sizeof(stage->in));
    host_play(host, stage->out, stage->out, STAGE_N, blocks[i]);
    CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  }
  for (uint32_t seed = 1U; seed < 6U; ++seed) {
    host_activate(host);
    host_play_cut(host, stage->in, stage->out, STAGE_N, seed * 97U, seed);
    CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  }
  host_close(host);
}

/// Play with controls that move and a model that is swapped in the middle, all
/// at fixed samples, in blocks of at most `longest` in between
static void
play_story(Stage* const   stage,
           Host* const    host,
           float* const   out,
           const uint32_t longest)
{
  static const char* const moves[] = {
    "in_gain", "enabled", "mix", "out_gain", "enabled", "knob_1"};
  static const float values[] = {6.0f, 0.0f, 0.3f, -9.0f, 1.0f, 0.9f};
  float              nothing[1];
  const float* const no_in[]  = {nothing};
  float* const       no_out[] = {nothing};
  const uint32_t     part     = STAGE_N / 8U;

  host_load(host, stage->plain);
  for (uint32_t i = 0U; i < 8U; ++i) {
    if (i < 6U) {
      host_set(host, moves[i], values[i]);
    } else if (i == 6U) {
      host_send_model(host, 0U, stage->knobby);
      host_run(host, no_in, no_out, 0U);
      host_worker_drain(&host->worker);
      host_run(host, no_in, no_out, 0U);
    }
    const uint32_t at = i * part;
    host_play_cut(host, stage->in + at, out + at, part, longest, longest);
  }
  host_close(host);
}

static void
test_blocks_while_things_move(Stage* const stage)
{
  static const uint32_t longest[] = {1, 63, 64, 300, 1024};
  play_story(stage,
             host_open_usual(stage->world, HOST_WORK_LATER),
             stage->again,
             HOST_MAX_BLOCK);
  for (size_t i = 0; i < sizeof(longest) / sizeof(*longest); ++i) {
    play_story(stage,
               host_open_usual(stage->world, HOST_WORK_LATER),
               stage->out,
               longest[i]);
    CHECK(fixture_equal(stage->again, stage->out, STAGE_N));
  }
}

/// A host may send anything; what leaves is what the nearest limit gives
static void
test_wild_controls(Stage* const stage)
{
  static const struct {
    const char* symbol;
    float       minimum;
    float       maximum;
  } controls[] = {
    {"enabled", REM_AUDIO_ENABLED_MIN, REM_AUDIO_ENABLED_MAX},
    {"in_gain", REM_AUDIO_IN_GAIN_MIN, REM_AUDIO_IN_GAIN_MAX},
    {"out_gain", REM_AUDIO_OUT_GAIN_MIN, REM_AUDIO_OUT_GAIN_MAX},
    {"mix", REM_AUDIO_MIX_MIN, REM_AUDIO_MIX_MAX},
    {"knob_1", REM_AUDIO_KNOB_1_MIN, REM_AUDIO_KNOB_1_MAX},
    {"knob_2", REM_AUDIO_KNOB_2_MIN, REM_AUDIO_KNOB_2_MAX},
  };
  Host* const host = stage_host(stage, stage->knobby);
  for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); ++i) {
    const float usual     = host_get(host, controls[i].symbol);
    const float wild[]    = {1e30f, INFINITY, -1e30f, -INFINITY, NAN};
    const float nearest[] = {controls[i].maximum,
                             controls[i].maximum,
                             controls[i].minimum,
                             controls[i].minimum};
    for (size_t k = 0; k < sizeof(wild) / sizeof(*wild); ++k) {
      host_set(host, controls[i].symbol, wild[k]);
      host_activate(host);
      host_play(host, stage->in, stage->out, STAGE_N / 4U, STAGE_BLOCK);
      if (k < 4U) {
        host_set(host, controls[i].symbol, nearest[k]);
        host_activate(host);
        host_play(host, stage->in, stage->again, STAGE_N / 4U, STAGE_BLOCK);
        CHECK(fixture_equal(stage->again, stage->out, STAGE_N / 4U));
      }
      CHECK(isfinite(fixture_largest_step(stage->out, STAGE_N / 4U)));
      CHECK(fixture_largest_difference(stage->out, stage->out, STAGE_N / 4U) ==
            0.0f);
    }
    host_set(host, controls[i].symbol, usual);
  }
  CHECK(host_get(host, "non_finite") == 0.0f);
  host_close(host);
}

/// Ports that may stay unconnected are left so
static void
test_unconnected(Stage* const stage)
{
  Host* const     host = stage_host(stage, stage->plain);
  LilvNode* const node =
    lilv_new_uri(stage->world->lilv, LV2_CORE__connectionOptional);
  for (uint32_t i = 0U; i < host->n_ports; ++i) {
    const LilvPort* const port = lilv_plugin_get_port_by_index(host->plugin, i);
    if (lilv_port_has_property(host->plugin, port, node)) {
      lilv_instance_connect_port(host->instance, i, NULL);
    }
  }
  lilv_node_free(node);
  lilv_instance_connect_port(host->instance, host->audio_in[0], stage->in);
  lilv_instance_connect_port(host->instance, host->audio_out[0], stage->out);
  host_activate(host);
  lilv_instance_run(host->instance, STAGE_N);
  CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  host_close(host);
}

/// A model of another rate says so and has a latency, and the load is a
/// percentage.  What it plays is for test_stream.c.
static void
test_manners(Stage* const stage)
{
  const HostSpec spec = {
    HOST_AUDIO, 44100.0, HOST_FEATURE_ALL, HOST_WORK_LATER};
  Host* const host = stage_host_from_environment(stage, stage->plain, &spec);
  host_activate(host);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(host_get(host, "status") == 1.0f);
  CHECK(host_get(host, "latency") > 0.0f);
  CHECK(host_logged(host, "44100"));
  CHECK(host_get(host, "dsp_load") >= 0.0f);
  CHECK(host_get(host, "dsp_load") <= 100.0f);
  host_close(host);
}

/// Return this thread's floating point mode, without the six flags of x86 that
/// say what has happened so far
static uint64_t
float_mode(void)
{
  const RemFloatMode mode = rem_denormals_off();
  rem_denormals_restore(mode);
  return mode.bits & ~(uint64_t)0x3fU;
}

int
main(void)
{
  const uint64_t before = float_mode();
  Stage* const   stage  = stage_open(BUILD_DIR "/lv2");
  test_dry(stage);
  test_start_model(stage);
  test_blocks(stage);
  test_blocks_while_things_move(stage);
  test_wild_controls(stage);
  test_unconnected(stage);
  test_manners(stage);
  stage_close(stage);
  CHECK(float_mode() == before); // run() left it as it was
  return 0;
}
