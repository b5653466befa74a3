// SPDX-License-Identifier: ISC

/// The control plugin in a host that cuts blocks anywhere, offers little and
/// sets controls to anything; test_control_exact.c has what is played

#include "plugin/control/control.h"
#include "tests/check.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"

#include <string.h>

enum { RATE = 48000, SECONDS = 4, N = SECONDS * RATE };

#define MAPPING "cc 1 20; cc 1 21; cc 2 7 127 0; note 3"

static const GestureModel model_a = {1U, 4U, 16U, 0U, 1U, 0.03f};
static const GestureModel faders  = {3U, 9U, 12U, 0U, 0U, 0.02f};

/// What the tests share
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       a[FIXTURE_PATH];
  char       faders[FIXTURE_PATH];
  HostMidi*  kept; ///< What was played before
  uint32_t   n_kept;
} Control;

static void
keep(Control* const control, const Host* const host)
{
  memcpy(control->kept, host->midi, host->n_midi * sizeof(HostMidi));
  control->n_kept = host->n_midi;
}

static bool
is_kept(const Control* const control, const Host* const host)
{
  return control->n_kept == host->n_midi &&
         !memcmp(control->kept, host->midi, host->n_midi * sizeof(HostMidi));
}

/// Play MIDI at fixed samples: gestures with rests in between
static void
play_story(Host* const host, const uint32_t block)
{
  uint32_t seed = 5U;
  uint64_t next = 1000U;
  for (uint64_t at = 0U; at < N; at += block) {
    const uint32_t n = N - at < block ? (uint32_t)(N - at) : block;
    for (; next < at + n; next += next % 7U ? 997U : 31013U) {
      const uint8_t  value = (uint8_t)(64.0f + 63.0f * noise(&seed));
      const uint32_t frame = (uint32_t)(next - at);
      if (next % 3U) {
        host_send_midi(host, frame, 0xB0U, 20U + next % 2U, value);
      } else {
        host_send_midi(host, frame, 0x92U, value, 99U);
        host_send_midi(host, frame, 0x82U, value, 0U);
      }
    }
    host_step(host, n);
  }
}

/// Let a pause end what sounds
static void
hush(Host* const host)
{
  host_set(host, "pause", 1.0f);
  host_step(host, 1U);
  CHECK(!gesture_sounding(host));
  host_set(host, "pause", 0.0f);
}

/// The same comes out at the same samples however time is cut, in every mode
static void
test_blocks(Control* const control)
{
  static const uint32_t blocks[] = {8192, 1, 61, 64, 1024};
  Host* const host = gesture_host(control->world, HOST_CONTROL, control->a);
  gesture_map(host, MAPPING);
  host_set(host, "threshold", 0.2f);
  for (uint32_t mode = 0U; mode < 4U; ++mode) {
    host_set(host, "mode", (float)mode);
    host_set(host, "input_thru", mode == 1U || mode == 3U ? 1.0f : 0.0f);
    for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); ++i) {
      host_activate(host);
      play_story(host, blocks[i]);
      host_step(host, 0U);
      hush(host);
      if (!i) {
        keep(control, host);
        printf("mode %u: %u messages\n", mode, host->n_midi);
        CHECK(host->n_midi > 50U);
      }
      CHECK(is_kept(control, host));
    }
  }
  host_close(host);
}

/// In call and response the net is silent until the threshold, goes on then
/// and stops at the sample of a touch
static void
test_turns(Control* const control)
{
  Host* const host = gesture_host(control->world, HOST_CONTROL, control->a);
  gesture_map(host, MAPPING);
  host_set(host, "threshold", 0.5f);
  host_activate(host);
  gesture_play(host, RATE, 64U);
  CHECK(!host->n_midi && host_get(host, "turn") == 0.0f);
  host_send_midi(host, 17U, 0xB0U, 20U, 99U);
  gesture_play(host, RATE, 64U);
  CHECK(host->n_midi && host->midi[0].at > RATE + 17U + RATE / 2U);
  CHECK(host_get(host, "turn") == 1.0f && gesture_sounding(host) == 1U);
  host_send_midi(host, 33U, 0xB0U, 20U, 98U);
  gesture_play(host, 64U, 64U);
  CHECK(host->midi[host->n_midi - 1U].at == 2U * RATE + 33U);
  CHECK(host_get(host, "turn") == 0.0f && gesture_sounding(host) == 0U);
  host_close(host);
}

/// The ports of the first dimensions: a move is a touch, an event is shown
static void
test_ports(Control* const control)
{
  Host* const host =
    gesture_host(control->world, HOST_CONTROL, control->faders);
  host_set(host, "mode", 3.0f);
  host_set(host, "input_thru", 1.0f);
  host_set(host, "in_2", 0.75f); // Where a port is at the start is no touch
  host_activate(host);
  host_step(host, 0U);
  host_step(host, 64U);
  CHECK(host_get(host, "out_2") == 0.0f && !host->n_midi);
  host_set(host, "in_3", 0.25f);
  host_set(host, "in_8", NAN);
  host_step(host, 64U);
  CHECK(host_get(host, "out_3") == 0.25f && host_get(host, "out_8") == 0.5f);
  host_set(host, "in_1", 7.0f);
  host_step(host, 64U);
  CHECK(host_get(host, "out_1") == 1.0f && host_get(host, "out_3") == 0.25f);
  host_close(host);
}

/// Without a net, and with few features, the player's frames pass and nothing
/// else happens
static void
test_little(Control* const control)
{
  static const char* const uris[] = {HOST_CONTROL, HOST_CONTROL_CV};
  for (unsigned i = 0U; i < 2U; ++i) {
    for (unsigned features = 0U; features <= HOST_FEATURE_ALL; ++features) {
      const HostSpec spec = {uris[i], 48000.0, features, HOST_WORK_NONE};
      Host* const    host = host_open(control->world, &spec);
      CHECK(host);
      host_set(host, "input_thru", 1.0f);
      host_activate(host);
      host_step(host, 100U);
      if (!i) {
        host_set(host, "in_1", 0.5f);
        host_step(host, 100U);
        CHECK(host_get(host, "out_1") == 0.5f);
      }
      CHECK(host_get(host, "status") == 0.0f);
      CHECK(host_get(host, "non_finite") == 0.0f);
      host_close(host);
    }
  }
}

/// Where nobody can carry it out, a mapping that is asked for is answered with
/// the one that stays
static void
test_no_worker(Control* const control)
{
  const HostSpec spec = {
    HOST_CONTROL, 48000.0, HOST_FEATURE_ALL, HOST_WORK_NONE};
  CHECK(!setenv("REMANENCE_OSC_PORT", "0", 1));
  Host* const host = host_open(control->world, &spec);
  CHECK(host && !unsetenv("REMANENCE_OSC_PORT"));
  host_activate(host);
  host_step(host, 64U);
  host_forget(host);
  host_send_set(host, 0U, HOST_MAPPING, LV2_ATOM__String, "note 1", 7U);
  host_step(host, 64U);
  CHECK(strstr(host->heard.mapping, "cc 1 20; cc 1 21"));
  host_close(host);
}

/// A host may send anything to anything
static void
test_wild(Control* const control)
{
  static const float wild[] = {1e30f, INFINITY, -1e30f, -INFINITY, NAN, 0.5f};
  static const char* const uris[] = {HOST_CONTROL, HOST_CONTROL_CV};
  for (unsigned i = 0U; i < 2U; ++i) {
    Host* const host = gesture_host(control->world, uris[i], control->a);
    uint32_t    seed = 3U;
    for (uint32_t k = 0U; k < 3000U; ++k) {
      const uint32_t place = (uint32_t)((0.5f + 0.5f * noise(&seed)) * 16.0f);
      const uint32_t what  = (uint32_t)((0.5f + 0.5f * noise(&seed)) * 6.0f);
      const RemControl* const c = &rem_control_controls[place];
      host_set(host,
               c->symbol,
               k % 2U ? wild[what]
                      : c->minimum + (c->maximum - c->minimum) *
                                       (0.5f + 0.5f * noise(&seed)));
      host_send_midi(host, 3U, (uint8_t)(0x80U + k), (uint8_t)k, (uint8_t)what);
      host_step(host, k % 97U + 4U);
    }
    CHECK(host_get(host, "non_finite") == 0.0f);
    for (uint32_t d = 0U; d < 8U && !i; ++d) {
      const float x = host->controls[REM_CONTROL_OUT_1 + d];
      CHECK(x >= 0.0f && x <= 1.0f);
    }
    host_close(host);
  }
}

/// Events that come out of order, or outside the block, happen within it and
/// what is played stays in order: the host of these tests insists
static void
test_disorder(Control* const control)
{
  Host* const host = gesture_host(control->world, HOST_CONTROL, control->a);
  gesture_map(host, MAPPING);
  host_set(host, "mode", 3.0f);
  host_set(host, "input_thru", 1.0f);
  host_activate(host);
  host_send_midi(host, 40U, 0xB0U, 20U, 1U);
  host_send_midi(host, 7U, 0xB0U, 20U, 2U);
  host_send_midi(host, 9999U, 0xB0U, 20U, 3U);
  host_step(host, 64U);
  host_step(host, 64U);
  const HostMidi* const last = &host->midi[host->n_midi - 1U];
  CHECK(last->at == 63U && last->bytes[2] != 2U);
  host_close(host);
}

/// Nets of the wrong kind are refused by either kind of plugin, with a reason
static void
test_wrong_kind(Control* const control)
{
  const FixtureModel sound = {5U, 12U, 1U, 0U, false};
  char               path[FIXTURE_PATH];
  fixture_write(&sound, fixture_path(&control->dir, "s.safetensors", path));
  Host* const host = gesture_host(control->world, HOST_CONTROL, control->a);
  host_send_model(host, 0U, path);
  host_step(host, 0U);
  host_worker_drain(&host->worker);
  host_step(host, 64U);
  CHECK(strstr(host->heard.message,
               "is a net for audio frames; expected a net for "
               "control frames (remanence train "
               "--control); a.safetensors plays on"));
  CHECK(host_get(host, "status") == 3.0f);
  host_close(host);

  float              x[64] = {0.0f};
  const float* const in[]  = {x};
  float* const       out[] = {x};
  Host* const        audio = host_open_usual(control->world, HOST_WORK_LATER);
  host_activate(audio);
  host_send_model(audio, 0U, control->a);
  host_run(audio, in, out, 64U);
  host_worker_drain(&audio->worker);
  host_run(audio, in, out, 64U);
  CHECK(strstr(audio->heard.message,
               "is a net for control frames; expected a net for sound"));
  host_close(audio);
}

/// Two instances of one seed play alike, another seed does not; pressing reset
/// begins the same again
static void
test_seed(Control* const control)
{
  Host* const host = gesture_host(control->world, HOST_CONTROL, control->a);
  gesture_map(host, MAPPING);
  host_set(host, "mode", 2.0f);
  host_set(host, "seed", 3.0f);
  host_activate(host);
  gesture_play(host, RATE, 64U);
  keep(control, host);
  hush(host);
  host_set(host, "seed", 4.0f);
  host_activate(host);
  gesture_play(host, RATE, 64U);
  CHECK(!is_kept(control, host));
  hush(host);
  host_set(host, "seed", 3.0f);
  host_activate(host);
  gesture_play(host, RATE, 64U);
  CHECK(is_kept(control, host));
  host_set(host, "reset", 1.0f);
  host->n_midi = 0U;
  gesture_play(host, RATE, 64U);
  uint32_t n = 0U;
  for (uint32_t i = 0U; i < host->n_midi; ++i) {
    n += (host->midi[i].bytes[0] & 0xF0U) == 0x90U;
  }
  uint32_t n_kept = 0U;
  for (uint32_t i = 0U; i < control->n_kept; ++i) {
    n_kept += (control->kept[i].bytes[0] & 0xF0U) == 0x90U;
  }
  CHECK(n == n_kept);
  host_close(host);
}

int
main(void)
{
  Control* const control = calloc(1, sizeof(Control));
  CHECK(control && (control->kept = calloc(HOST_MAX_MIDI, sizeof(HostMidi))));
  control->dir   = fixture_begin();
  control->world = host_world_new(BUILD_DIR "/lv2");
  gesture_write(&model_a,
                fixture_path(&control->dir, "a.safetensors", control->a));
  gesture_write(&faders,
                fixture_path(&control->dir, "f.safetensors", control->faders));
  test_blocks(control);
  test_turns(control);
  test_ports(control);
  test_no_worker(control);
  test_little(control);
  test_wild(control);
  test_disorder(control);
  test_wrong_kind(control);
  test_seed(control);
  host_world_free(control->world);
  fixture_end(&control->dir);
  free(control->kept);
  free(control);
  return 0;
}
