// SPDX-License-Identifier: ISC

/// Sessions: saved, moved, and restored when the model has gone elsewhere

#define _XOPEN_SOURCE 700 // realpath(), setenv(), symlink()

#include "tests/check.h"
#include "tests/host/stage.h"

#include <lv2/atom/atom.h>
#include <lv2/state/state.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
make_folder(const Stage* const stage, const char* const name, char* const path)
{
  CHECK(!mkdir(fixture_path(&stage->dir, name, path), 0700));
}

/// Write "folder/name" into `path` [FIXTURE_PATH]
static void
join(char* const path, const char* const folder, const char* const name)
{
  CHECK(snprintf(path, FIXTURE_PATH, "%s/%s", folder, name) <
        (int)FIXTURE_PATH);
}

/// Save a session whose model is the file `model` into the folder `session`
static void
save_session(Stage* const      stage,
             const char* const model,
             const char* const session)
{
  Host* const host = stage_host(stage, model);
  host_set(host, "out_gain", -3.5f);
  host_set(host, "embed", 0.0f); // Else it would have no need to search
  host_play(host, stage->in, stage->out, STAGE_BLOCK, STAGE_BLOCK);
  CHECK(host_save(host, session));
  host_close(host);
}

/// Open a plugin on a session, as hosts do: restored first, then activated
static Host*
open_session(Stage* const stage, const char* const session)
{
  Host* const host = host_open_usual(stage->world, HOST_WORK_LATER);
  host_restore(host, session);
  host_activate(host);
  return host;
}

/// Check that `stage_plain` plays, from the rest state and at the saved gain
static void
check_plays(Stage* const stage, Host* const host)
{
  CHECK(host_get(host, "out_gain") == -3.5f);
  host_set(host, "out_gain", 0.0f);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  CHECK(host_get(host, "status") == 1.0f);
}

/// Check what the host was told to be the model
static void
check_told(const Host* const host, const char* const path)
{
  char* const real = realpath(path, NULL);
  CHECK(real);
  if (strcmp(host->heard.model, real)) {
    fprintf(stderr, "told %s, not %s\n", host->heard.model, real);
  }
  CHECK(!strcmp(host->heard.model, real));
  free(real);
}

static void
check_session(Stage* const      stage,
              const char* const session,
              const char* const model)
{
  Host* const host = open_session(stage, session);
  check_plays(stage, host);
  check_told(host, model);
  host_close(host);
}

/// There and back, also into a folder of another name
static void
test_move(Stage* const stage)
{
  char from[FIXTURE_PATH];
  char to[FIXTURE_PATH];
  fixture_path(&stage->dir, "session", from);
  fixture_path(&stage->dir, "moved", to);
  save_session(stage, stage->plain, from);
  check_session(stage, from, stage->plain);
  CHECK(!rename(from, to));
  check_session(stage, to, stage->plain);
}

/// A session that holds its model moves with it
static void
test_move_with_model(Stage* const stage)
{
  char from[FIXTURE_PATH];
  char to[FIXTURE_PATH];
  char model[FIXTURE_PATH];
  make_folder(stage, "whole", from);
  join(model, from, "own.safetensors");
  fixture_write(&stage_plain, model);
  save_session(stage, model, from);
  CHECK(!rename(from, fixture_path(&stage->dir, "elsewhere", to)));
  join(model, to, "own.safetensors");
  check_session(stage, to, model);
}

/// Save a session whose model is then lost
static void
lose_model(Stage* const stage, const char* const name, char* const session)
{
  char model[FIXTURE_PATH];
  char file[64];
  snprintf(file, sizeof(file), "%s.safetensors", name);
  fixture_path(&stage->dir, name, session);
  fixture_path(&stage->dir, file, model);
  fixture_write(&stage_plain, model);
  save_session(stage, model, session);
  CHECK(!unlink(model));
}

/// The same bytes are found under another name, deep in a model folder
static void
test_found_by_content(Stage* const stage)
{
  char session[FIXTURE_PATH];
  char root[FIXTURE_PATH];
  char inner[FIXTURE_PATH];
  char model[FIXTURE_PATH];
  char roots[2U * FIXTURE_PATH];
  lose_model(stage, "lost", session);
  make_folder(stage, "root", root);
  make_folder(stage, "root/inner", inner);
  join(model, root, "lost.safetensors"); // The name alone is second best
  fixture_write(&stage_knobby, model);
  join(model, inner, "renamed.safetensors");
  fixture_write(&stage_plain, model);

  snprintf(roots, sizeof(roots), "/nowhere:%s", root);
  CHECK(!setenv("REMANENCE_MODEL_PATH", roots, 1));
  Host* const host = open_session(stage, session);
  CHECK(host_logged(host, "renamed.safetensors"));
  check_plays(stage, host);
  check_told(host, model);
  CHECK(!unsetenv("REMANENCE_MODEL_PATH"));
  host_close(host);
}

/// A file of that name is better than none, and the log says what it is
static void
test_found_by_name(Stage* const stage)
{
  char session[FIXTURE_PATH];
  char root[FIXTURE_PATH];
  char model[FIXTURE_PATH];
  lose_model(stage, "retrained", session);
  make_folder(stage, "names", root);
  join(model, root, "retrained.safetensors");
  fixture_write(&stage_knobby, model);

  CHECK(!setenv("REMANENCE_MODEL_PATH", root, 1));
  Host* const host = open_session(stage, session);
  CHECK(host_logged(host, "retrained.safetensors"));
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(host_get(host, "status") == 1.0f);
  check_told(host, model);
  CHECK(!unsetenv("REMANENCE_MODEL_PATH"));
  host_close(host);
}

/// $XDG_DATA_HOME/remanence/models is searched without being named
static void
test_found_at_home(Stage* const stage)
{
  char session[FIXTURE_PATH];
  char folder[FIXTURE_PATH];
  char model[FIXTURE_PATH];
  lose_model(stage, "homeless", session);
  make_folder(stage, "remanence", folder);
  make_folder(stage, "remanence/models", folder);
  join(model, folder, "home.safetensors");
  fixture_write(&stage_plain, model);
  check_session(stage, session, model);
  CHECK(!unlink(model));
}

/// A model that is nowhere is named; what played goes on, and the next save
/// still knows what to look for
static void
test_lost(Stage* const stage)
{
  char session[FIXTURE_PATH];
  char again[FIXTURE_PATH];
  char folder[FIXTURE_PATH];
  char model[FIXTURE_PATH];
  lose_model(stage, "gone", session);

  Host* const host = stage_host(stage, stage->plain);
  host_restore(host, session);
  host_set(host, "out_gain", 0.0f);
  host_activate(host);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  CHECK(host_get(host, "status") == 3.0f);
  CHECK(strstr(host->heard.message, "gone"));
  CHECK(host_logged(host, "gone"));
  check_told(host, stage->plain);

  host_set(host, "out_gain", -3.5f);
  CHECK(host_save(host, fixture_path(&stage->dir, "again", again)));
  host_close(host);

  make_folder(stage, "found", folder); // And one day it turns up
  join(model, folder, "found.safetensors");
  fixture_write(&stage_plain, model);
  CHECK(!setenv("REMANENCE_MODEL_PATH", folder, 1));
  check_session(stage, again, model);
  CHECK(!unsetenv("REMANENCE_MODEL_PATH"));
}

/// A lost model is nowhere also when nothing played before
static void
test_lost_from_the_start(Stage* const stage)
{
  char session[FIXTURE_PATH];
  lose_model(stage, "never", session);
  Host* const host = open_session(stage, session);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(host_get(host, "status") == 3.0f);
  CHECK(strstr(host->heard.message, "never"));
  CHECK(isfinite(fixture_largest_step(stage->out, STAGE_N)));
  host_close(host);
}

/// A session without a model is one, and leaves the start model alone
static void
test_nothing(Stage* const stage)
{
  char           session[FIXTURE_PATH];
  const HostSpec spec = {
    HOST_AUDIO, 48000.0, HOST_FEATURE_ALL, HOST_WORK_LATER};
  Host* empty = host_open_usual(stage->world, HOST_WORK_LATER);
  host_activate(empty);
  host_set(empty, "out_gain", -3.5f);
  CHECK(host_save(empty, fixture_path(&stage->dir, "nothing", session)));
  host_close(empty);

  Host* const host = stage_host_from_environment(stage, stage->plain, &spec);
  host_restore(host, session);
  host_activate(host);
  check_plays(stage, host);
  host_close(host);
}

/// A session wins against the start model, also while the sound goes on, and a
/// link is saved as what it leads to
static void
test_restore_over(Stage* const stage)
{
  char           session[FIXTURE_PATH];
  char           link[FIXTURE_PATH];
  const HostSpec spec = {
    HOST_AUDIO, 48000.0, HOST_FEATURE_ALL, HOST_WORK_LATER};
  fixture_path(&stage->dir, "over", session);
  fixture_path(&stage->dir, "link.safetensors", link);
  CHECK(!symlink(stage->plain, link));
  save_session(stage, link, session);
  CHECK(!unlink(link));

  Host* const host = stage_host_from_environment(stage, stage->knobby, &spec);
  host_activate(host);
  host_play(host, stage->in, stage->out, STAGE_N / 2U, STAGE_BLOCK);
  host_restore(host, session);
  host_set(host, "out_gain", 0.0f);
  host_play(host,
            stage->in + STAGE_N / 2U,
            stage->out + STAGE_N / 2U,
            STAGE_N / 2U,
            STAGE_BLOCK);
  const uint32_t end = STAGE_N / 2U + STAGE_FADE + STAGE_BLOCK;
  CHECK(fixture_equal(stage->wet + end, stage->out + end, STAGE_N - end));
  check_told(host, stage->plain);
  host_close(host);
}

/// A state of one property, as a host gives it back
typedef struct {
  uint32_t key;
  uint32_t type;
  size_t   size;
  char*    text; ///< [size], nothing behind it
} OneText;

static const void*
retrieve_one(const LV2_State_Handle handle,
             const uint32_t         key,
             size_t* const          size,
             uint32_t* const        type,
             uint32_t* const        flags)
{
  const OneText* const one = (const OneText*)handle;
  if (key != one->key) {
    return NULL;
  }
  *size  = one->size;
  *type  = one->type;
  *flags = 0U;
  return one->text;
}

/// Restore the model's path as `length` bytes of type `type`
static LV2_State_Status
restore_text(Host* const       host,
             const char* const path,
             const size_t      length,
             const char* const type)
{
  const LV2_State_Interface* const state =
    (const LV2_State_Interface*)lilv_instance_get_extension_data(
      host->instance, LV2_STATE__interface);
  const LV2_Feature* const none[] = {NULL};
  OneText                  one    = {host_urid(host, "urn:remanence:model"),
                                     host_urid(host, type),
                                     length,
                                     (char*)malloc(length)};
  CHECK(state && one.text);
  memcpy(one.text, path, length);
  const LV2_State_Status st = state->restore(
    lilv_instance_get_handle(host->instance), retrieve_one, &one, 0U, none);
  free(one.text);
  return st;
}

/// Carla gives a path back without the zero behind it.  What is no path at all
/// is refused aloud, and what plays goes on.
static void
test_text(Stage* const stage)
{
  Host* const  host   = host_open_usual(stage->world, HOST_WORK_LATER);
  const size_t length = strlen(stage->plain);
  CHECK(!restore_text(host, stage->plain, length, LV2_ATOM__Path));
  CHECK(restore_text(host, stage->plain, length, LV2_ATOM__URI) ==
        LV2_STATE_ERR_BAD_TYPE);
  CHECK(host_logged(host, "no path"));
  host_set(host, "out_gain", -3.5f);
  host_activate(host);
  check_plays(stage, host);
  host_close(host);
}

int
main(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  test_move(stage);
  test_move_with_model(stage);
  test_found_by_content(stage);
  test_found_by_name(stage);
  test_found_at_home(stage);
  test_lost(stage);
  test_lost_from_the_start(stage);
  test_nothing(stage);
  test_restore_over(stage);
  test_text(stage);
  stage_close(stage);
  return 0;
}
