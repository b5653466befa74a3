// SPDX-License-Identifier: ISC

/// What a session holds beside the path of its model: the model itself, what
/// OSC and MIDI have turned, and what OSC calls the instance

#include "tests/check.h"
#include "tests/host/stage.h"

#include <lv2/midi/midi.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
file_holds(const char* const folder, const char* const words)
{
  char        path[2U * FIXTURE_PATH];
  static char text[1U << 20U];
  snprintf(path, sizeof(path), "%s/state.ttl", folder);
  FILE* const file = fopen(path, "rb");
  CHECK(file);
  text[fread(text, 1U, sizeof(text) - 1U, file)] = '\0';
  fclose(file);
  return strstr(text, words) != NULL;
}

/// Save a session of `path` with the model's bytes in it, or without
static void
save(Stage* const      stage,
     const char* const path,
     const float       embed,
     const char* const session)
{
  Host* const host = stage_host(stage, path);
  host_set(host, "embed", embed);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(host_save(host, session));
  CHECK(file_holds(session, "model-bytes") == (embed > 0.5f));
  host_close(host);
}

static Host*
open_session(Stage* const stage, const char* const session)
{
  Host* const host = host_open_usual(stage->world, HOST_WORK_LATER);
  host_restore(host, session);
  host_activate(host);
  return host;
}

static void
check_plays_plain(Stage* const stage, Host* const host)
{
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  CHECK(host_get(host, "status") == 1.0f);
}

/// On a machine without the file the session plays the same, and what it saves
/// then does so as well
static void
test_embedded(Stage* const stage)
{
  char model[FIXTURE_PATH];
  char first[FIXTURE_PATH];
  char second[FIXTURE_PATH];
  fixture_path(&stage->dir, "embedded.safetensors", model);
  fixture_path(&stage->dir, "first", first);
  fixture_path(&stage->dir, "second", second);
  fixture_write(&stage_plain, model);
  save(stage, model, 1.0f, first);
  CHECK(!unlink(model));

  Host* host = open_session(stage, first);
  check_plays_plain(stage, host);
  CHECK(host_logged(host, "the session has the model itself"));
  CHECK(strstr(host->heard.model, "embedded.safetensors"));
  CHECK(host_save(host, second));
  host_close(host);

  host = open_session(stage, second);
  check_plays_plain(stage, host);
  host_close(host);

  fixture_write(&stage_knobby, model); // A file that is there goes first
  host = open_session(stage, first);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(!fixture_equal(stage->wet, stage->out, STAGE_N));
  CHECK(host_logged(host, "has changed since"));
  host_close(host);
  CHECK(!unlink(model));
}

/// Bytes that are no model any more are refused by name, and kept for the next
/// save; so are those of a session that was saved without
static void
test_lost(Stage* const stage)
{
  char model[FIXTURE_PATH];
  char session[FIXTURE_PATH];
  char again[FIXTURE_PATH];
  fixture_path(&stage->dir, "gone.safetensors", model);
  fixture_path(&stage->dir, "without", session);
  fixture_path(&stage->dir, "again", again);
  fixture_write(&stage_plain, model);
  save(stage, model, 0.0f, session);
  CHECK(!unlink(model));

  Host* const host = open_session(stage, session);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(host_get(host, "status") == 3.0f);
  CHECK(strstr(host->heard.message, "gone.safetensors"));
  CHECK(host_save(host, again));
  CHECK(file_holds(again, "gone.safetensors"));
  CHECK(file_holds(again, "model-sha256"));
  host_close(host);
}

/// A model of more than 256 KiB stays outside
static void
test_large(Stage* const stage)
{
  const FixtureModel what = {31U, 140U, 1U, 0U, false};
  char               model[FIXTURE_PATH];
  char               session[FIXTURE_PATH];
  struct stat        about;
  fixture_path(&stage->dir, "large.safetensors", model);
  fixture_path(&stage->dir, "large", session);
  fixture_write(&what, model);
  CHECK(!stat(model, &about) && about.st_size > 256 * 1024);
  Host* const host = stage_host(stage, model);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(host_save(host, session));
  CHECK(!file_holds(session, "model-bytes"));
  CHECK(file_holds(session, "large.safetensors"));
  host_close(host);
}

/// What a foot pedal has turned is as it was, until the host moves it
static void
test_turned(Stage* const stage)
{
  static const uint8_t bypass[] = {0xB0U, 64U, 127U};
  char                 session[FIXTURE_PATH];
  fixture_path(&stage->dir, "turned", session);
  Host* host = stage_host(stage, stage->plain);
  host_send_raw(host, 0U, LV2_MIDI__MidiEvent, bypass, sizeof(bypass));
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(host_save(host, session));
  CHECK(file_holds(session, "enabled=0"));
  host_close(host);

  host = open_session(stage, session);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  host_activate(host);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(fixture_equal(stage->in, stage->out, STAGE_N)); // Bypassed
  host_set(host, "enabled", 0.0f); // The host moves its own...
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  host_set(host, "enabled", 1.0f); // ...and has it
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  host_activate(host);
  check_plays_plain(stage, host);

  host_restore(host, session);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(host_save(host, session));
  CHECK(file_holds(session, "enabled=0"));
  host_close(host);
}

/// What is restored and not yet heard is saved again; what a pedal turns makes
/// the host ask to save
static void
test_unheard(Stage* const stage)
{
  static const uint8_t bypass[] = {0xB0U, 64U, 127U};
  char                 first[FIXTURE_PATH];
  char                 second[FIXTURE_PATH];
  fixture_path(&stage->dir, "unheard1", first);
  fixture_path(&stage->dir, "unheard2", second);
  Host* host = stage_host(stage, stage->plain);
  host_forget(host);
  host_send_raw(host, 0U, LV2_MIDI__MidiEvent, bypass, sizeof(bypass));
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(host->heard.n_changed == 1U);
  CHECK(host_save(host, first));
  host_close(host);

  host = host_open_usual(stage->world, HOST_WORK_LATER);
  host_restore(host, first);
  CHECK(host_save(host, second));
  CHECK(file_holds(second, "enabled=0"));
  host_close(host);
}

/// A preset brings its own model, though it moves the port `program` as well
static void
test_program(Stage* const stage)
{
  char session[FIXTURE_PATH];
  fixture_path(&stage->dir, "program", session);
  Host* host = stage_host(stage, stage->plain);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  host_set(host, "program", 99.0f); // The folder has no such model
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  host_worker_drain(&host->worker);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(host_get(host, "status") == 3.0f);
  CHECK(host_save(host, session));
  host_close(host);

  host = stage_host(stage, stage->knobby);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  host_restore(host, session); // Writes the port, too
  CHECK(host_get(host, "program") == 99.0f);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  host_worker_drain(&host->worker);
  host_activate(host);
  check_plays_plain(stage, host);
  host_set(host, "program", 98.0f); // By hand
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  host_worker_drain(&host->worker);
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(host_get(host, "status") == 3.0f);
  host_close(host);
}

int
main(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  test_embedded(stage);
  test_lost(stage);
  test_large(stage);
  test_turned(stage);
  test_unheard(stage);
  test_program(stage);
  stage_close(stage);
  return 0;
}
