// SPDX-License-Identifier: ISC

/// What is not a finite number comes in or grows in a net: nothing of it comes
/// out, it is counted, and the sound returns by itself

#include "tests/check.h"
#include "tests/host/stage.h"

#include <string.h>

/// The nets of the tests forget what they heard within so many samples, to the
/// last bit (seen: 600)
enum { FORGOTTEN = 2400 };

static bool
all_finite(const float* const x, const uint32_t n)
{
  return fixture_largest_difference(x, x, n) == 0.0f;
}

/// Spoil [at, at + n) of `x`
static void
spoil(float* const x, const uint32_t at, const uint32_t n, const float value)
{
  for (uint32_t t = at; t < at + n; ++t) {
    x[t] = value;
  }
}

/// A sample that is no number counts as silence, to the last bit
static void
test_input(Stage* const stage)
{
  static const float bad[] = {NAN, -NAN, INFINITY, -INFINITY};
  Host* const        host  = stage_host(stage, stage->plain);
  for (uint32_t i = 0U; i < sizeof(bad) / sizeof(*bad); ++i) {
    const uint32_t n = 1U + 100U * i;
    float          spoiled[STAGE_N];
    memcpy(spoiled, stage->in, sizeof(spoiled));
    spoil(spoiled, 3000U, n, 0.0f);
    host_activate(host);
    host_play(host, spoiled, stage->again, STAGE_N, STAGE_BLOCK);
    CHECK(host_get(host, "non_finite") == 0.0f);

    spoil(spoiled, 3000U, n, bad[i]);
    host_activate(host);
    host_play(host, spoiled, stage->out, STAGE_N, STAGE_BLOCK);
    CHECK(fixture_equal(stage->again, stage->out, STAGE_N));
    CHECK(host_get(host, "non_finite") == (float)n);

    const uint32_t well = 3000U + n + FORGOTTEN;
    CHECK(fixture_equal(stage->wet, stage->out, 3000U));
    CHECK(fixture_equal(stage->wet + well, stage->out + well, STAGE_N - well));
  }
  host_close(host);
}

/// Finite but absurd: the loudest number there is, at the highest gain
static void
test_loud_input(Stage* const stage)
{
  Host* const host = stage_host(stage, stage->plain);
  float       loud[STAGE_N];
  memcpy(loud, stage->in, sizeof(loud));
  spoil(loud, 1000U, 300U, 3e38f);
  spoil(loud, 1300U, 300U, -3e38f);
  host_set(host, "in_gain", 24.0f);
  host_set(host, "out_gain", 24.0f);
  host_activate(host);
  host_play(host, loud, stage->out, 2000U, STAGE_BLOCK);
  CHECK(all_finite(stage->out, 2000U));
  CHECK(host_get(host, "non_finite") > 0.0f);

  host_set(host, "in_gain", 0.0f);
  host_set(host, "out_gain", 0.0f);
  host_play(host, loud + 2000, stage->out + 2000, STAGE_N - 2000U, STAGE_BLOCK);
  const uint32_t well = 2000U + STAGE_FADE + FORGOTTEN;
  CHECK(fixture_equal(stage->wet + well, stage->out + well, STAGE_N - well));
  host_close(host);
}

/// A net that leaves the finite numbers is silenced, put to rest and comes
/// back; a net of sound mind can take over from it
static void
test_net(Stage* const stage)
{
  char           path[FIXTURE_PATH];
  const uint32_t swap = 6000U;
  const uint32_t fade = swap + STAGE_BLOCK;
  fixture_write_explosive(
    fixture_path(&stage->dir, "explosive.safetensors", path));
  Host* const host = stage_host(stage, path);

  float quiet[STAGE_N];
  spoil(quiet, 0U, STAGE_N, 0.0f);
  host_play(host, quiet, stage->again, STAGE_N, STAGE_BLOCK);
  CHECK(host_get(host, "non_finite") == 0.0f); // It does rest in silence
  CHECK(stage->again[0] != 0.0f);

  spoil(quiet, 1000U, 2000U, 0.5f);
  host_activate(host);
  host_play(host, quiet, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(all_finite(stage->out, STAGE_N));
  CHECK(host_get(host, "non_finite") > 0.0f);
  const uint32_t well = 3000U + FORGOTTEN;
  CHECK(fixture_equal(stage->again + well, stage->out + well, STAGE_N - well));

  host_activate(host);
  host_play(host, stage->in, stage->out, swap, STAGE_BLOCK);
  host_send_model(host, 0U, stage->plain);
  host_play(
    host, stage->in + swap, stage->out + swap, STAGE_BLOCK, STAGE_BLOCK);
  host_worker_drain(&host->worker);
  host_play(
    host, stage->in + fade, stage->out + fade, STAGE_N - fade, STAGE_BLOCK);
  const uint32_t end = fade + STAGE_FADE;
  CHECK(all_finite(stage->out, STAGE_N));
  CHECK(fixture_equal(stage->wet + end, stage->out + end, STAGE_N - end));
  host_close(host);
}

/// What heals does so at the same sample whatever the blocks
static void
test_blocks(Stage* const stage)
{
  char path[FIXTURE_PATH];
  fixture_path(&stage->dir, "explosive.safetensors", path);
  Host* const host = stage_host(stage, path);
  host_play(host, stage->in, stage->again, STAGE_N, HOST_MAX_BLOCK);
  for (uint32_t longest = 1U; longest < 400U; longest *= 3U) {
    host_activate(host);
    host_play_cut(host, stage->in, stage->out, STAGE_N, longest, longest);
    CHECK(fixture_equal(stage->again, stage->out, STAGE_N));
  }
  host_close(host);
}

int
main(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  test_input(stage);
  test_loud_input(stage);
  test_net(stage);
  test_blocks(stage);
  stage_close(stage);
  return 0;
}
