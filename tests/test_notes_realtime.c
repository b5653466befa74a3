// SPDX-License-Identifier: ISC

/// Everything that can happen to a notes plugin under audio happens, and run()
/// is watched: it may not allocate, free, lock, sleep, read a clock or make a
/// system call

#define _XOPEN_SOURCE 700 // setenv()

#include "plugin/notes/notes.h"
#include "tests/check.h"
#include "tests/host/audit.h"
#include "tests/host/chatter.h"
#include "tests/host/client.h"
#include "tests/host/gesture.h"
#include "tests/notes.h"

#include <string.h>

enum { N_BLOCKS = 4000, MAX_BLOCK = 300 };

/// What to ask for
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       paths[4][FIXTURE_PATH]; ///< The last one is bad
} Realtime;

static uint32_t
below(uint32_t* const seed, const uint32_t n)
{
  return (uint32_t)((0.5 + 0.5 * (double)noise(seed)) * (double)n);
}

/// Send MIDI of any kind, in order
static void
send_midi(Host* const host, uint32_t* const seed, const uint32_t n)
{
  uint32_t frame = 0U;
  for (uint32_t i = below(seed, 12U); i > 0U; --i) {
    const uint8_t status =
      (uint8_t)((0x80U + 16U * below(seed, 8U)) | below(seed, 3U));
    frame += below(seed, 60U);
    host_send_midi(host,
                   frame < n ? frame : n,
                   status,
                   (uint8_t)(60U + below(seed, 5U)),
                   (uint8_t)below(seed, 128U));
  }
}

/// Ask for one thing or another
static void
send_something(Realtime* const rt,
               Host* const     host,
               uint32_t* const seed,
               const uint32_t  n)
{
  switch (below(seed, 14U)) {
  case 0U:
    host_send_get(host, 0U, NULL);
    break;
  case 1U:
    host_send_model(host, 0U, rt->paths[below(seed, 4U)]);
    break;
  case 2U:
    gesture_transport(
      host, below(seed, n + 1U), 0.0, 120.0f, (float)below(seed, 2U));
    break;
  default:
    if (below(seed, 3U)) {
      send_midi(host, seed, n);
    }
    break;
  }
}

/// Turn some control to anywhere, beyond its range too
static void
move_something(Host* const host, uint32_t* const seed)
{
  const RemControl* const c =
    &rem_notes_controls[below(seed, REM_NOTES_N_CONTROLS)];
  const float range = c->maximum - c->minimum;
  const float x     = c->normal + 1.2f * range * noise(seed);
  if (below(seed, 8U) == 0U) {
    host_set(host, c->symbol, below(seed, 40U) ? x : NAN);
  }
  host_set(host, "rest", 0.01f * (float)below(seed, 100U));
}

static void
run_watched(Realtime* const rt,
            Host* const     host,
            Client* const   client,
            const uint32_t  n_blocks)
{
  uint32_t seed    = 99U;
  host->audio_hook = audit_section;
  for (uint32_t i = 0U; i < n_blocks; ++i) {
    const uint32_t n = below(&seed, MAX_BLOCK);
    send_something(rt, host, &seed, n);
    move_something(host, &seed);
    host->notify_bytes = below(&seed, 3U) ? HOST_ATOM_BYTES : 64U;
    host->n_midi       = 0U;
    host_step(host, n);
    const uint32_t n_calls = audit_take();
    if (n_calls) {
      fprintf(
        stderr, "%u calls in run(), the last is %s\n", n_calls, audit_last());
    }
    CHECK(!n_calls);
    if (i % 4U == 0U) {
      fixture_pause();
    }
    while (lo_server_recv_noblock(client->lo, 0) > 0) {
    }
  }
  host->audio_hook = NULL;
}

static void
run_host(Realtime* const rt, const HostSpec* const spec, const uint32_t n)
{
  static const char* const names[] = {"notes-1", "notes-1", "nobody"};
  const char* const        paths[] = {
           "m0.safetensors", "m1.safetensors", "bad.nam", "../../nowhere"};
  Host* const host = host_open(rt->world, spec);
  CHECK(host);
  host_activate(host);
  const ChatterSpec chat = {
    client_port_of(host), names, 3U, paths, 4U, 300U, 8U};
  Client* const  client  = client_new(client_port_of(host), NULL, 0U);
  Chatter* const chatter = chatter_start(&chat);
  run_watched(rt, host, client, n);
  printf("%u loads asked, %u told, %u OSC commands, %.0f not finite\n",
         atomic_load(&host->worker.n_asked),
         host->heard.n_model,
         chatter_stop(chatter),
         (double)host_get(host, "non_finite"));
  CHECK(host->heard.n_model > 10U);
  host_close(host);
  client_free(client);
}

int
main(void)
{
  Realtime* const rt = calloc(1, sizeof(Realtime));
  CHECK(rt);
  if (!audit_can_watch()) {
    printf("a sanitizer watches these functions itself\n");
    free(rt);
    return 77;
  }
  rt->dir   = fixture_begin();
  rt->world = host_world_new(BUILD_DIR "/lv2");
  CHECK(!setenv("REMANENCE_MODEL_PATH", rt->dir.path, 1));
  for (uint32_t i = 0U; i < 3U; ++i) {
    char name[32];
    snprintf(name, sizeof(name), "m%u.safetensors", i);
    notes_write(i < 2U ? notes_model(i + 1U, 8U << i) : notes_answerer(i, 32U),
                fixture_path(&rt->dir, name, rt->paths[i]));
  }
  fixture_write_text(fixture_path(&rt->dir, "bad.nam", rt->paths[3]), "{]");
  (void)audit_begin();
  static const HostWork works[] = {HOST_WORK_THREAD,
                                   HOST_WORK_NOW,
                                   HOST_WORK_MUTE,
                                   HOST_WORK_REFUSE,
                                   HOST_WORK_DROP,
                                   HOST_WORK_NONE};
  for (uint32_t i = 0U; i < sizeof(works) / sizeof(*works); ++i) {
    const HostSpec spec = {HOST_NOTES, 48000.0, HOST_FEATURE_ALL, works[i]};
    run_host(rt, &spec, i ? N_BLOCKS / 10U : N_BLOCKS);
  }
  host_world_free(rt->world);
  fixture_end(&rt->dir);
  free(rt);
  return 0;
}
