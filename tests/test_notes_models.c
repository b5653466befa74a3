// SPDX-License-Identifier: ISC

/// Models of the notes plugin: those that answer, those that it refuses, and
/// what a session brings back

#include "tests/check.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"
#include "tests/notes.h"
#include "tests/notes_host.h"

#include <string.h>

/// Send a model; return what is said of it
static const char*
ask(Host* const host, const char* const path)
{
  host_send_model(host, 0U, path);
  host_step(host, BLOCK);
  host_worker_drain(&host->worker);
  host_step(host, BLOCK);
  return host->heard.message;
}

/// Models of other kinds are refused by name, both ways; what played plays on
static void
test_refusals(const Notes* const notes)
{
  static const GestureModel faders = {1U, 4U, 16U, 1U, 2U, 0.03f};
  static const FixtureModel sound  = {1U, 8U, 1U, 0U, false};
  char                      path[FIXTURE_PATH];
  Host* const               host = open_host(notes);
  gesture_write(&faders, fixture_path(&notes->dir, "f.safetensors", path));
  CHECK(strstr(ask(host, path), "a net for control frames"));
  fixture_write(&sound, fixture_path(&notes->dir, "s.safetensors", path));
  CHECK(strstr(ask(host, path), "a net for audio frames"));
  CHECK(strstr(host->heard.message, "MIDI events"));
  CHECK(host_get(host, "status") == 3.0f);
  tap(host);
  gesture_play(host, 4U * RATE, BLOCK);
  CHECK(host->n_midi);
  host_close(host);
  Host* const other =
    gesture_host(notes->world,
                 HOST_CONTROL,
                 fixture_path(&notes->dir, "f.safetensors", path));
  CHECK(strstr(ask(other, notes->a), "a net for symbols frames"));
  host_close(other);
}

/// A net with an encoder answers each phrase, and then waits for the next
static void
test_answers(const Notes* const notes)
{
  Host* const host = open_host(notes);
  CHECK(strstr(ask(host, notes->c), "answers"));
  host_set(host, "mode", 1.0f);
  for (uint32_t i = 0U; i < 4U; ++i) {
    const uint32_t before = host->n_midi;
    tap(host);
    gesture_play(host, RATE / 4U, BLOCK);
    CHECK(host->n_midi == before);
    gesture_play(host, 400U * RATE, BLOCK);
    CHECK(!gesture_sounding(host) && host_get(host, "turn") == 0.0f);
    CHECK(host->n_midi > before || i);
    CHECK(host->midi[host->n_midi - 1U].at < host->now - 5U * RATE);
  }
  host_close(host);
}

/// A session brings back the model and the controls
static void
test_session(const Notes* const notes)
{
  char        saved[FIXTURE_PATH];
  Host* const host = open_host(notes);
  host_set(host, "temperature", 0.5f);
  CHECK(host_save(host, fixture_path(&notes->dir, "session", saved)));
  host_set(host, "temperature", 1.5f);
  CHECK(strstr(ask(host, notes->b), "b.safetensors"));
  host_restore(host, saved);
  host_worker_drain(&host->worker);
  host_step(host, BLOCK);
  CHECK(strstr(host->heard.model, "a.safetensors"));
  CHECK(host_get(host, "temperature") == 0.5f);
  host_close(host);
}

int
main(void)
{
  Notes* const notes = notes_new();
  test_refusals(notes);
  test_answers(notes);
  test_session(notes);
  notes_free(notes);
  return 0;
}
