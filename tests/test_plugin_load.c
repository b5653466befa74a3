// SPDX-License-Identifier: ISC

/// Models by patch:Set through the worker: good ones fade in warm, bad ones
/// change nothing that is heard

#define _XOPEN_SOURCE 700 // mkfifo(), realpath()

#include "tests/check.h"
#include "tests/host/stage.h"

#include <lv2/patch/patch.h>

#include <string.h>
#include <sys/stat.h>

static const FixtureModel slow = {9U, 10U, 1U, 0U, true};

/// Write a path without links, as the plugin tells it
static char*
real_path(const char* const path, char real[const FIXTURE_PATH])
{
  char* const found = realpath(path, NULL);
  CHECK(found && strlen(found) < FIXTURE_PATH);
  memcpy(real, found, strlen(found) + 1U);
  free(found);
  return real;
}

/// Ask for a model at sample `at` of the signal and play to its end
static void
play_and_ask(Stage* const      stage,
             Host* const       host,
             const uint32_t    at,
             const char* const path)
{
  host_activate(host);
  host_play(host, stage->in, stage->out, at, STAGE_BLOCK);
  host_send_model(host, 0U, path);
  host_play(host, stage->in + at, stage->out + at, STAGE_BLOCK, STAGE_BLOCK);
  host_worker_drain(&host->worker);
  const uint32_t next = at + STAGE_BLOCK;
  host_play(
    host, stage->in + next, stage->out + next, STAGE_N - next, STAGE_BLOCK);
}

/// A model that remembers for 50 ms comes in knowing what was played before:
/// from the end of the fade on it is as if it had played from the start
static void
test_good(Stage* const stage)
{
  const uint32_t  at    = 5120U;
  const uint32_t  fade  = at + STAGE_BLOCK;
  RemModel* const model = fixture_model(&slow);
  char            path[FIXTURE_PATH];
  char            real[FIXTURE_PATH];
  Host* const     host = stage_host(stage, stage->plain);

  fixture_write(&slow, fixture_path(&stage->dir, "slow.safetensors", path));
  fixture_render(model, 0.5f, stage->in, stage->again, STAGE_N);
  host_forget(host);
  play_and_ask(stage, host, at, path);

  const uint32_t end = fade + STAGE_FADE;
  CHECK(fixture_equal(stage->wet, stage->out, fade));
  CHECK(!fixture_equal(stage->again + fade, stage->out + fade, STAGE_FADE / 2));
  CHECK(fixture_equal(stage->again + end, stage->out + end, STAGE_N - end));
  for (uint32_t i = 0U; i < STAGE_FADE; ++i) { // Equal gain; some roundings
    const float share = (float)(i + 1U) / (float)STAGE_FADE;
    const float y =
      (1.0f - share) * stage->wet[fade + i] + share * stage->again[fade + i];
    CHECK(fabsf(y - stage->out[fade + i]) <= 1e-6f);
  }
  CHECK(host_get(host, "status") == 1.0f);
  CHECK(host->heard.n_model > 0U);
  CHECK(!strcmp(host->heard.model, real_path(path, real)));
  rem_model_free(model);
  host_close(host);
}

/// Ask for what cannot be loaded; `words` must be in the reason
static void
check_bad(Stage* const      stage,
          Host* const       host,
          const char* const path,
          const char* const words)
{
  char real[FIXTURE_PATH];
  host_forget(host);
  host_log_clear(host);
  play_and_ask(stage, host, 2048U, path);
  CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  CHECK(host_get(host, "status") == 3.0f);
  CHECK(host->heard.n_message > 0U);
  if (!strstr(host->heard.message, words)) {
    fprintf(stderr, "%s: no '%s' here\n", host->heard.message, words);
  }
  CHECK(strstr(host->heard.message, words));
  CHECK(!strcmp(host->heard.model, real_path(stage->plain, real)));
}

static void
test_bad(Stage* const stage)
{
  char        path[FIXTURE_PATH];
  Host* const host = stage_host(stage, stage->plain);

  fixture_path(&stage->dir, "missing.safetensors", path);
  check_bad(stage, host, path, "missing.safetensors");
  CHECK(host_logged(host, "missing.safetensors"));

  fixture_path(&stage->dir, "words.nam", path);
  fixture_write_text(path, "these are no weights\n");
  check_bad(stage, host, path, "words.nam");
  CHECK(host_logged(host, "words.nam"));

  fixture_path(&stage->dir, "empty.json", path);
  fixture_write_text(path, "");
  check_bad(stage, host, path, "empty.json");

  fixture_path(&stage->dir, "pipe.safetensors", path);
  CHECK(!mkfifo(path, 0600)); // Nobody will ever write to it
  check_bad(stage, host, path, "pipe.safetensors");

  check_bad(stage, host, stage->dir.path, stage->dir.path);
  check_bad(stage, host, "relative.safetensors", "relative.safetensors");
  check_bad(stage, host, "", "path");

  host_load(host, stage->plain); // And a good one is good again
  CHECK(host_get(host, "status") == 1.0f);
  host_close(host);
}

/// Send what is no request at all, among it a path without its end
static void
send_nonsense(Host* const host)
{
  const int32_t number    = 7;
  const char    endless[] = {'/', 't', 'm', 'p'};
  host_send_raw(host, 0U, LV2_ATOM__Int, &number, sizeof(number));
  host_send_raw(host, 1U, LV2_ATOM__Object, &number, sizeof(number));
  host_send_raw(host, 1U, LV2_ATOM__Chunk, "", 0U);
  host_send_set(host, 2U, HOST_MODEL, LV2_ATOM__Int, &number, sizeof(number));
  host_send_set(host, 3U, NULL, LV2_ATOM__Path, "/x", 3U);
  host_send_set(host, 4U, HOST_MODEL, NULL, NULL, 0U);
  host_send_set(host, 5U, HOST_MESSAGE, LV2_ATOM__String, "hello", 6U);
  host_send_set(host, 6U, HOST_MODEL, LV2_ATOM__Path, endless, sizeof(endless));
  host_send_set(host, 7U, HOST_MODEL, LV2_ATOM__Path, "", 0U);
}

static void
test_nonsense(Stage* const stage)
{
  Host* const host = stage_host(stage, stage->plain);
  for (uint32_t at = 0U; at < STAGE_N; at += 600U) {
    send_nonsense(host);
    host_play(host, stage->in + at, stage->out + at, 600U, 600U);
    host_worker_drain(&host->worker);
  }
  CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  host_close(host);
}

/// What is meant for others is no business of the plugin's
static void
test_others(Stage* const stage)
{
  Host* const host = stage_host(stage, stage->plain);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  host_forget(host);
  const unsigned asked = atomic_load(&host->worker.n_asked);
  host_send_set(host, 0U, HOST_MESSAGE, LV2_ATOM__String, "hello", 6U);
  host_send_set(host, 0U, "urn:other", LV2_ATOM__Path, "/x", 3U);
  host_send_get(host, 0U, "urn:other");
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(!host->heard.n_model && !host->heard.n_message);
  CHECK(atomic_load(&host->worker.n_asked) == asked);
  host_close(host);
}

/// patch:Get is answered, of one property or of all
static void
test_get(Stage* const stage)
{
  char        real[FIXTURE_PATH];
  Host* const host = stage_host(stage, stage->plain);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);

  host_forget(host);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(!host->heard.n_model && !host->heard.n_message); // Nothing is new

  host_send_get(host, 0U, HOST_MODEL);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(host->heard.n_model == 1U && host->heard.n_message == 0U);
  CHECK(!strcmp(host->heard.model, real_path(stage->plain, real)));

  host_forget(host);
  host_send_get(host, 9U, NULL);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(host->heard.n_model == 1U && host->heard.n_message == 1U);
  CHECK(host->heard.n_other == 0U);
  host_close(host);
}

/// However little room the host gives, nothing is written beyond it, and what
/// did not fit comes later
static void
test_little_room(Stage* const stage)
{
  Host* const host = stage_host(stage, stage->plain);
  host_forget(host);
  host_send_get(host, 0U, NULL);
  for (uint32_t bytes = 24U; bytes < 1024U; bytes += 8U) { // 24: "nothing new"
    host->notify_bytes = bytes;
    host_play(host, stage->in, stage->out, 16U, 16U);
  }
  CHECK(host->heard.n_model == 1U && host->heard.n_message == 1U);
  host_close(host);
}

/// With a worker that refuses or drops, the model plays on
static void
test_bad_worker(Stage* const stage)
{
  static const HostWork works[] = {
    HOST_WORK_REFUSE, HOST_WORK_DROP, HOST_WORK_MUTE};
  for (size_t i = 0; i < sizeof(works) / sizeof(*works); ++i) {
    const HostSpec spec = {HOST_AUDIO, 48000.0, HOST_FEATURE_ALL, works[i]};
    Host* const host = stage_host_from_environment(stage, stage->plain, &spec);
    play_and_ask(stage, host, 1024U, "/nowhere/at.all");
    CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
    host_close(host);
  }
}

/// Play on until the message holds `words`
static void
await(Stage* const stage, Host* const host, const char* const words)
{
  for (uint32_t i = 0U; !strstr(host->heard.message, words); ++i) {
    CHECK(i < 20000U);
    host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
    fixture_pause();
  }
}

/// A host without a worker borrows the thread of the OSC server
static void
test_no_worker(Stage* const stage)
{
  const HostSpec spec = {HOST_AUDIO, 48000.0, HOST_FEATURE_ALL, HOST_WORK_NONE};
  Host*          host = stage_host_from_environment(stage, stage->plain, &spec);
  play_and_ask(stage, host, 1024U, "/nowhere/at.all");
  CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  await(stage, host, "/nowhere/at.all");
  CHECK(host->heard.osc_port != 0);
  host_send_model(host, 0U, stage->knobby);
  await(stage, host, "Playing");
  CHECK(host->heard.n_changed == 0U); // The host itself asked
  host_close(host);

  CHECK(!setenv("REMANENCE_OSC_PORT", "0", 1)); // Nobody is left to load
  host = stage_host_from_environment(stage, stage->plain, &spec);
  play_and_ask(stage, host, 1024U, "/nowhere/at.all");
  CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  CHECK(strstr(host->heard.message, "worker"));
  CHECK(host->heard.osc_port == 0);
  host_close(host);
  CHECK(!unsetenv("REMANENCE_OSC_PORT"));
}

/// Work that is done at once takes effect at once
static void
test_work_now(Stage* const stage)
{
  Host* const     host  = host_open_usual(stage->world, HOST_WORK_NOW);
  RemModel* const model = fixture_model(&slow);
  char            path[FIXTURE_PATH];
  const uint32_t  end = 4096U + STAGE_FADE;
  fixture_path(&stage->dir, "slow.safetensors", path);
  fixture_render(model, 0.5f, stage->in, stage->again, STAGE_N);
  host_load(host, stage->plain);
  play_and_ask(stage, host, 4096U, path);
  CHECK(fixture_equal(stage->again + end, stage->out + end, STAGE_N - end));
  rem_model_free(model);
  host_close(host);
}

int
main(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  test_good(stage);
  test_bad(stage);
  test_nonsense(stage);
  test_others(stage);
  test_get(stage);
  test_little_room(stage);
  test_bad_worker(stage);
  test_no_worker(stage);
  test_work_now(stage);
  stage_close(stage);
  return 0;
}
