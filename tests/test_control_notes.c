// SPDX-License-Identifier: ISC

/// No note of the control plugin sounds for ever, whatever happens to it

#include "tests/check.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"

#include <string.h>

enum { RATE = 48000, BLOCK = 256 };

#define MAPPING "cc 1 20; key 2 50; note 3; note 4"

static const GestureModel model_a = {1U, 4U, 16U, 1U, 2U, 0.03f};
static const GestureModel model_b = {2U, 4U, 24U, 1U, 2U, 0.05f};

/// What the tests share
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       a[FIXTURE_PATH];
  char       b[FIXTURE_PATH];
} Notes;

/// Return a host in which notes of a battle sound
static Host*
sounding_host(const Notes* const notes)
{
  Host* const host = gesture_host(notes->world, HOST_CONTROL, notes->a);
  gesture_map(host, MAPPING);
  host_set(host, "mode", 2.0f);
  host_activate(host);
  gesture_play(host, RATE, BLOCK);
  CHECK(gesture_sounding(host) >= 2U);
  return host;
}

/// Check that nothing sounds, that the last to end did so at sample `at`, and
/// close
static void
check_silent(Host* const host, const uint64_t at)
{
  CHECK(!gesture_sounding(host));
  CHECK(host->midi[host->n_midi - 1U].at == at);
  host_close(host);
}

/// Controls that end what sounds, at the block's first sample
static void
test_controls(const Notes* const notes)
{
  static const struct {
    const char* symbol;
    float       value;
  } ends[] = {
    {"mode", 0.0f}, {"mode", 3.0f}, {"enabled", 0.0f}, {"pause", 1.0f}};
  for (size_t i = 0U; i < sizeof(ends) / sizeof(*ends); ++i) {
    Host* const    host = sounding_host(notes);
    const uint64_t now  = host->now;
    host_set(host, ends[i].symbol, ends[i].value);
    gesture_play(host, RATE, BLOCK);
    check_silent(host, now);
  }
}

/// A reset ends what sounds and the battle begins anew
static void
test_reset(const Notes* const notes)
{
  Host* const    host   = sounding_host(notes);
  const uint64_t now    = host->now;
  const uint32_t before = host->n_midi;
  const uint32_t n      = gesture_sounding(host);
  host_set(host, "reset", 1.0f);
  host_step(host, BLOCK);
  for (uint32_t i = 0U; i < n; ++i) {
    CHECK(host->midi[before + i].at == now);
    CHECK((host->midi[before + i].bytes[0] & 0xF0U) == 0x80U);
  }
  host_close(host);
}

/// Nothing can be sent when a host deactivates; it is made up for in the first
/// block, also if that has no samples
static void
test_activate(const Notes* const notes)
{
  for (uint32_t i = 0U; i < 2U; ++i) {
    Host* const    host   = sounding_host(notes);
    const uint32_t n      = gesture_sounding(host);
    const uint32_t before = host->n_midi;
    host_set(host, "mode", 3.0f);
    lilv_instance_deactivate(host->instance);
    lilv_instance_activate(host->instance);
    host->now = 0U;
    host_step(host, i ? BLOCK : 0U);
    CHECK(host->n_midi == before + n);
    check_silent(host, 0U);
  }
}

/// The notes of a net that is replaced end, in a mode that plays on and in one
/// that does not
static void
test_swap(const Notes* const notes)
{
  Host* const host = sounding_host(notes);
  host_send_model(host, 0U, notes->b);
  host_step(host, BLOCK);
  host_worker_drain(&host->worker);
  const uint32_t n      = gesture_sounding(host);
  const uint32_t before = host->n_midi;
  const uint64_t now    = host->now;
  host_step(host, BLOCK);
  for (uint32_t i = 0U; i < n; ++i) {
    CHECK(host->midi[before + i].at == now);
    CHECK((host->midi[before + i].bytes[0] & 0xF0U) == 0x80U);
  }
  host_set(host, "mode", 3.0f);
  host_step(host, BLOCK);
  CHECK(!gesture_sounding(host));
  host_close(host);
}

/// The transport stops in the middle of a block
static void
test_transport(const Notes* const notes)
{
  Host* const host = sounding_host(notes);
  gesture_transport(host, 10U, 4.0, 120.0f, 1.0f);
  host_step(host, BLOCK);
  CHECK(gesture_sounding(host));
  host_set(host, "timescale", 10.0f); // So that the net rests for a while
  host_step(host, BLOCK);
  const uint64_t at = host->now + 77U;
  gesture_transport(host, 77U, 4.5, 120.0f, 0.0f);
  host_step(host, 79U);
  check_silent(host, at);
}

/// Another mapping: what the old one struck ends
static void
test_mapping(const Notes* const notes)
{
  Host* const host = sounding_host(notes);
  gesture_map(host, "-");
  gesture_play(host, RATE, BLOCK);
  check_silent(host, (uint64_t)RATE);
}

/// The player's own notes are passed, and end when they no longer are
static void
test_thru(const Notes* const notes)
{
  static const char* const ends[] = {"input_thru", "enabled"};
  for (uint32_t i = 0U; i < 2U; ++i) {
    Host* const host = gesture_host(notes->world, HOST_CONTROL, notes->a);
    gesture_map(host, MAPPING);
    host_set(host, "mode", 3.0f);
    host_set(host, ends[i], i ? 0.0f : 1.0f); // What is bypassed passes
    host_activate(host);
    host_send_midi(host, 5U, 0x92U, 64U, 100U);
    host_send_midi(host, 5U, 0x93U, 60U, 100U);
    host_step(host, BLOCK);
    CHECK(gesture_sounding(host) == 2U);
    CHECK(host->midi[0].at == 5U);
    host_set(host, ends[i], i ? 1.0f : 0.0f);
    host_step(host, BLOCK);
    check_silent(host, BLOCK);
  }
}

/// A note that is passed lasts as long as the player holds it, whatever else
/// moves meanwhile
static void
test_held(const Notes* const notes)
{
  Host* const host = gesture_host(notes->world, HOST_CONTROL, notes->a);
  gesture_map(host, MAPPING);
  host_set(host, "mode", 3.0f);
  host_set(host, "input_thru", 1.0f);
  host_activate(host);
  host_send_midi(host, 5U, 0xB0U, 20U, 100U); // Nobody has struck a note yet
  host_step(host, BLOCK);
  CHECK(host->n_midi == 1U && !gesture_sounding(host));
  host_send_midi(host, 9U, 0x92U, 64U, 100U);
  host_send_midi(host, 20U, 0xB0U, 20U, 90U);
  host_send_midi(host, 30U, 0x82U, 65U, 0U); // Another one
  host_step(host, BLOCK);
  CHECK(host->n_midi == 3U && gesture_sounding(host) == 1U);
  host_send_midi(host, 40U, 0x92U, 64U, 0U);
  host_step(host, BLOCK);
  CHECK(host->n_midi == 4U);
  host_send_midi(host, 50U, 0x93U, 60U, 100U); // For no time at all
  host_send_midi(host, 50U, 0x83U, 60U, 0U);
  host_step(host, BLOCK);
  CHECK(host->n_midi == 6U);
  check_silent(host, 3U * BLOCK + 50U);
}

/// A fader that moves strikes no key that nobody has touched, with a net that
/// has a switch and without one
static void
test_rest(const Notes* const notes)
{
  for (uint32_t i = 0U; i < 2U; ++i) {
    const HostSpec spec = {
      HOST_CONTROL, RATE, HOST_FEATURE_ALL, HOST_WORK_LATER};
    Host* const host = i ? gesture_host(notes->world, HOST_CONTROL, notes->a)
                         : host_open(notes->world, &spec);
    host_activate(host);
    gesture_map(host, "cc 1 20; key 2 50");
    host_set(host, "mode", 3.0f);
    host_set(host, "input_thru", 1.0f);
    host_activate(host);
    host_send_midi(host, 5U, 0xB0U, 20U, 100U);
    host_step(host, BLOCK);
    CHECK(host_get(host, "out_2") == 0.0f && !gesture_sounding(host));
    host_send_midi(host, 5U, 0x91U, 50U, 127U);
    host_send_midi(host, 6U, 0xB0U, 20U, 90U);
    host_step(host, BLOCK);
    CHECK(host_get(host, "out_2") == 1.0f && gesture_sounding(host) == 1U);
    if (i) { // The switch is one without MIDI, too
      gesture_map(host, "cc 1 20");
      host_activate(host);
      host_send_midi(host, 5U, 0xB0U, 20U, 100U);
      host_step(host, BLOCK);
      CHECK(host_get(host, "out_1") > 0.5f && host_get(host, "out_2") == 0.0f);
    }
    host_close(host);
  }
}

/// A notify port that is too small, or missing, delays ends and loses none
static void
test_small_port(const Notes* const notes)
{
  Host* const host = sounding_host(notes);
  for (uint32_t bytes = 32U; bytes < 200U; bytes += 8U) {
    host->notify_bytes = bytes;
    gesture_play(host, RATE / 4U, 97U);
  }
  host->notify_bytes = 32U;
  host_set(host, "mode", 3.0f);
  host_step(host, BLOCK);
  host->notify_bytes = HOST_ATOM_BYTES;
  host_step(host, BLOCK);
  CHECK(!gesture_sounding(host));

  host_set(host, "mode", 2.0f);
  gesture_play(host, RATE, BLOCK);
  lilv_instance_connect_port(host->instance, host->notify_port, NULL);
  host_set(host, "mode", 3.0f);
  lilv_instance_run(host->instance, BLOCK);
  lilv_instance_connect_port(host->instance, host->notify_port, host->received);
  host_step(host, BLOCK);
  CHECK(!gesture_sounding(host));
  host_close(host);
}

int
main(void)
{
  Notes* const notes = calloc(1, sizeof(Notes));
  CHECK(notes);
  notes->dir   = fixture_begin();
  notes->world = host_world_new(BUILD_DIR "/lv2");
  gesture_write(&model_a, fixture_path(&notes->dir, "a.safetensors", notes->a));
  gesture_write(&model_b, fixture_path(&notes->dir, "b.safetensors", notes->b));
  test_controls(notes);
  test_reset(notes);
  test_activate(notes);
  test_swap(notes);
  test_transport(notes);
  test_mapping(notes);
  test_thru(notes);
  test_held(notes);
  test_rest(notes);
  test_small_port(notes);
  host_world_free(notes->world);
  fixture_end(&notes->dir);
  free(notes);
  return 0;
}
