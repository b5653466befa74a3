// SPDX-License-Identifier: ISC

/// What could not be taken out in its time, for want of a port or of room: it
/// comes as soon as it can, and not all of the work at once

#include "dsp/denormal.h"
#include "dsp/improviser.h"
#include "tests/check.h"
#include "tests/host/fixture.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"
#include "tests/listener.h"
#include "tests/notes.h"

#include <stdlib.h>
#include <string.h>

enum { RATE = 48000, BLOCK = 256, N_SOUND = 4 * RATE };

/// Return a pair of which the net speaks after half a second's rest
static RemImproviser*
pair_of(RemMind* const mind)
{
  RemImproviser* const pair = (RemImproviser*)calloc(1U, sizeof(RemImproviser));
  CHECK(pair && mind);
  rem_improviser_init(pair, RATE);
  RemImproviserSettings settings = rem_improviser_settings();
  settings.rest                  = 0.5;
  rem_improviser_set(pair, 0U, &settings);
  (void)rem_improviser_set_mind(pair, 0U, mind);
  return pair;
}

static void
tap(RemImproviser* const pair, const uint64_t at)
{
  static const uint8_t on[]  = {0x90U, 60U, 70U};
  static const uint8_t off[] = {0x80U, 60U, 70U};
  rem_improviser_hear(pair, at, on);
  rem_improviser_hear(pair, at, off);
}

/// Time begins anew while ends of notes wait: they come at its beginning
static void
test_reset(RemMind* const mind)
{
  RemImproviser* const pair = pair_of(mind);
  RemNoteMessage       message;
  tap(pair, RATE);
  while (!pair->decoder.n_sounding) {
    (void)rem_improviser_next(pair, pair->now + RATE, &message);
  }
  const uint32_t n = pair->decoder.n_sounding;
  rem_improviser_stop(pair, pair->now);
  rem_improviser_reset(pair, 0U, 1U);
  for (uint32_t i = 0U; i < n; ++i) {
    CHECK(rem_improviser_next(pair, 1U, &message));
    CHECK(message.at == 0U && message.bytes[0] == 0x80U);
  }
  free(pair);
}

/// Steps that nobody asked for in time are not all taken in one block
static void
test_work(RemMind* const mind)
{
  RemImproviser* const pair = pair_of(mind);
  RemNoteMessage       message;
  for (uint32_t i = 0U; i < 200U; ++i) {
    tap(pair, RATE + i * 1000U);
  }
  const uint64_t at = 60U * RATE;
  const uint32_t n  = pair->n_waiting;
  CHECK(n > 500U);
  rem_improviser_set(pair, at, &pair->settings);
  CHECK(!rem_improviser_next(pair, at + 24U, &message));
  CHECK(n - pair->n_waiting == REM_IMPROVISER_BURST + 1U);
  free(pair);
}

static void
reactivate(Host* const host)
{
  lilv_instance_deactivate(host->instance);
  lilv_instance_activate(host->instance);
  host->now = 0U;
}

/// A block without the notify port
static void
run_deaf(Host* const host)
{
  LilvInstance* const plugin = host->instance;
  lilv_instance_connect_port(plugin, host->notify_port, NULL);
  lilv_instance_run(plugin, BLOCK);
  lilv_instance_connect_port(plugin, host->notify_port, host->received);
}

/// The net's notes, left sounding by a host that took the port away
static void
test_notes(HostWorld* const world, const char* const path)
{
  Host* const host = gesture_host(world, HOST_NOTES, path);
  host_set(host, "rest", 0.5f);
  host_activate(host);
  host_send_midi(host, 10U, 0x90U, 60U, 70U);
  host_send_midi(host, 20U, 0x80U, 60U, 0U);
  gesture_play(host, 4U * RATE, BLOCK);
  while (!gesture_sounding(host)) {
    host_step(host, BLOCK);
  }
  run_deaf(host);
  reactivate(host);
  host_step(host, BLOCK);
  CHECK(!gesture_sounding(host));
  host_close(host);
}

/// Return how many notes sound
static uint32_t
sounding(const Host* const host)
{
  uint32_t n = 0U;
  for (uint32_t m = 0U; m < host->n_midi; ++m) {
    n += host->midi[m].bytes[0] == 0x90U;
    n -= host->midi[m].bytes[0] == 0x80U;
  }
  return n;
}

/// A note of the listener that cannot end in the first block ends in the next
static void
test_listener(HostWorld* const world, const char* const path)
{
  static float   sound[N_SOUND];
  static float   out[N_SOUND];
  const HostSpec spec = {
    HOST_LISTENER, RATE, HOST_FEATURE_ALL, HOST_WORK_LATER};
  Host* const host = host_open(world, &spec);
  uint32_t    at   = 0U;
  CHECK(host);
  listener_sound(sound, N_SOUND, 11U);
  host_set(host, "length", 5000.0f);
  host_load(host, path);
  for (; !sounding(host) && at < N_SOUND; at += BLOCK) {
    host_play(host, sound + at, out, BLOCK, BLOCK);
  }
  CHECK(sounding(host));
  reactivate(host);
  run_deaf(host);
  memset(sound, 0, sizeof(sound));
  host_set(host, "threshold", 1.0f);
  host_play(host, sound, out, BLOCK, BLOCK);
  CHECK(!sounding(host));
  host_close(host);
}

int
main(void)
{
  FixtureDir         dir   = fixture_begin();
  HostWorld* const   world = host_world_new(BUILD_DIR "/lv2");
  const RemFloatMode mode  = rem_denormals_off();
  RemModel* const    model = notes_model(3U, 16U);
  RemModel* const    ear   = listener_model(3U, 9U, 24000.0);
  RemMind* const     mind  = rem_mind_new(model);
  char               notes[FIXTURE_PATH], listens[FIXTURE_PATH];
  test_reset(mind);
  rem_mind_reset(mind);
  test_work(mind);
  rem_mind_free(mind);
  rem_denormals_restore(mode);

  notes_write(model, fixture_path(&dir, "notes.safetensors", notes));
  fixture_path(&dir, "ear.safetensors", listens);
  CHECK(!rem_model_write(ear, REM_FORMAT_NATIVE, listens, NULL));
  test_notes(world, notes);
  test_listener(world, listens);
  rem_model_free(ear);
  host_world_free(world);
  fixture_end(&dir);
  return 0;
}
