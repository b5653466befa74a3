// SPDX-License-Identifier: ISC

/// The notes plugin in a host, and models for it

#ifndef REM_TESTS_NOTES_HOST_H
#define REM_TESTS_NOTES_HOST_H

#include "tests/check.h"
#include "tests/host/fixture.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"
#include "tests/notes.h"

enum { RATE = 48000, BLOCK = 256 };

/// What the tests share
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       a[FIXTURE_PATH];
  char       b[FIXTURE_PATH];
  char       c[FIXTURE_PATH]; ///< Answers
} Notes;

static inline Host*
open_host(const Notes* const notes)
{
  Host* const host = gesture_host(notes->world, HOST_NOTES, notes->a);
  host_set(host, "rest", 0.5f);
  host_activate(host);
  return host;
}

/// Strike a key and let it go, in one block
static inline void
tap(Host* const host)
{
  host_send_midi(host, 10U, 0x93U, 60U, 70U);
  host_send_midi(host, 20U, 0x83U, 60U, 0U);
  host_step(host, BLOCK);
}

/// Return a host in which notes of the net sound
static inline Host*
sounding_host(const Notes* const notes)
{
  Host* const host = open_host(notes);
  tap(host);
  gesture_play(host, 4U * RATE, BLOCK);
  while (!gesture_sounding(host)) {
    host_step(host, BLOCK);
  }
  CHECK(host_get(host, "turn") == 1.0f);
  return host;
}

/// Make a folder with models
static inline Notes*
notes_new(void)
{
  Notes* const notes = calloc(1, sizeof(Notes));
  CHECK(notes);
  notes->dir   = fixture_begin();
  notes->world = host_world_new(BUILD_DIR "/lv2");
  notes_write(notes_model(1U, 16U),
              fixture_path(&notes->dir, "a.safetensors", notes->a));
  notes_write(notes_model(2U, 16U),
              fixture_path(&notes->dir, "b.safetensors", notes->b));
  notes_write(notes_answerer(3U, 16U),
              fixture_path(&notes->dir, "c.safetensors", notes->c));
  return notes;
}

/// Free the world and remove the folder
static inline void
notes_free(Notes* const notes)
{
  host_world_free(notes->world);
  fixture_end(&notes->dir);
  free(notes);
}

#endif // REM_TESTS_NOTES_HOST_H
