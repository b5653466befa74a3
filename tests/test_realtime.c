// SPDX-License-Identifier: ISC

/// Everything that can happen under audio happens, and run() is watched: it
/// may not allocate, free, lock, sleep, read a clock or make a system call

#include "dsp/net.h"
#include "plugin/audio/audio.h"
#include "tests/check.h"
#include "tests/host/audit.h"
#include "tests/host/chatter.h"
#include "tests/host/client.h"
#include "tests/host/stage.h"
#include "tests/host/watched.h"

#include <lv2/midi/midi.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_BLOCKS = 6000, MAX_BLOCK = 300 };

/// What to ask for
typedef struct {
  Stage* stage;
  char   explosive[FIXTURE_PATH];
  char   bad[FIXTURE_PATH];
} Realtime;

/// The watch sees what it should: calls from here, and from the plugin's own
/// code, of which loading is full
static void
test_watch(Realtime* const rt, const bool sees_system_calls)
{
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  audit_section(true);
  void* volatile block = malloc(1); // Else the compiler leaves both out
  free(block);
  CHECK(!pthread_mutex_lock(&lock));
  CHECK(!pthread_mutex_unlock(&lock));
  audit_section(false);
  CHECK(audit_take() == 4U);

  audit_section(true);
  (void)getppid();
  audit_section(false);
  CHECK(audit_take() == (sees_system_calls ? 1U : 0U));

  Host* const  host   = host_open_usual(rt->stage->world, HOST_WORK_LATER);
  float        x[1]   = {0.0f};
  const float* in[1]  = {x};
  float* const out[1] = {x};
  host_activate(host);
  host_send_model(host, 0U, rt->stage->plain);
  host_run(host, in, out, 0U);
  audit_section(true);
  host_worker_drain(&host->worker);
  audit_section(false);
  CHECK(audit_take() > 1U);
  host_close(host);
}

/// Send a few MIDI events, mostly programs and controllers, some cut short
static void
send_midi(Host* const host, uint32_t* const seed)
{
  for (uint32_t i = watched_below(seed, 4U), frame = 0U; i > 0U; --i) {
    const uint8_t kind     = watched_below(seed, 2U) ? 0xB0U : 0xC0U;
    const uint8_t status   = watched_below(seed, 8U) ? kind : 0x80U;
    const uint8_t number   = watched_below(seed, 2U) ? 5U : 128U;
    const uint8_t bytes[3] = {(uint8_t)(status | watched_below(seed, 2U)),
                              (uint8_t)watched_below(seed, number),
                              (uint8_t)watched_below(seed, 128U)};
    frame += watched_below(seed, 60U);
    host_send_raw(host,
                  frame,
                  LV2_MIDI__MidiEvent,
                  bytes,
                  watched_below(seed, 9U) ? 3U : 1U);
  }
}

/// Ask for one thing or another
static void
send_something(Realtime* const rt, Host* const host, uint32_t* const seed)
{
  const char* const paths[] = {
    rt->stage->plain, rt->stage->knobby, rt->explosive, rt->bad, "/nowhere"};
  switch (watched_below(seed, 14U)) {
  case 0U:
    host_send_get(host, 0U, NULL);
    break;
  case 1U:
    host_send_set(host, 0U, HOST_MODEL, LV2_ATOM__Int, seed, sizeof(*seed));
    break;
  case 2U:
    host_send_model(host, 0U, paths[watched_below(seed, 5U)]);
    host_send_model(host, 0U, paths[watched_below(seed, 5U)]);
    break;
  case 3U:
  case 4U:
    host_send_model(host, 0U, paths[watched_below(seed, 5U)]);
    break;
  case 5U:
  case 6U:
    send_midi(host, seed);
    break;
  default:
    break;
  }
}

/// Turn some control to anywhere, beyond its range too
static void
move_something(Host* const host, uint32_t* const seed)
{
  const RemControl* const control =
    &rem_audio_controls[watched_below(seed, REM_AUDIO_N_CONTROLS)];
  const float range = control->maximum - control->minimum;
  const float x     = control->normal + 1.2f * range * noise(seed);
  if (strcmp(control->symbol, "quality") != 0) {
    host_set(host, control->symbol, watched_below(seed, 40U) ? x : NAN);
  } else if (watched_below(seed, 8U) == 0U) { // That loads the model again
    host_set(host, control->symbol, (float)(1U << watched_below(seed, 3U)));
  }
}

/// Fill a block with sound, and now and then with what is none
static void
make_block(float* const x, const uint32_t n, uint32_t* const seed)
{
  static const float bad[] = {NAN, INFINITY, 3e38f, 1e-40f};
  fixture_noise(x, n, 0.8f, *seed);
  (void)noise(seed);
  if (n && watched_below(seed, 8U) == 0U) {
    x[watched_below(seed, n)] = bad[watched_below(seed, 4U)];
  }
}

static void
run_watched(Realtime* const rt, Host* const host, const uint32_t n_blocks)
{
  uint32_t seed = 99U;
  float    x[HOST_MAX_CHANNELS][MAX_BLOCK];
  float    y[HOST_MAX_CHANNELS][MAX_BLOCK];
  host_activate(host);
  host->audio_hook = audit_section;
  for (uint32_t i = 0U; i < n_blocks; ++i) {
    const uint32_t     n     = watched_below(&seed, MAX_BLOCK);
    const float* const in[]  = {x[0], x[1]};
    float* const       out[] = {y[0], watched_below(&seed, 2U) ? y[1] : x[1]};
    make_block(x[0], n, &seed);
    make_block(x[1], n, &seed);
    send_something(rt, host, &seed);
    move_something(host, &seed);
    host->notify_bytes = watched_below(&seed, 3U) ? HOST_ATOM_BYTES : 64U;
    host_run(host, in, out, n);
    watched_check();
    CHECK(fixture_largest_difference(out[0], out[0], n) == 0.0f);
    if (i % 4U == 0U) {
      fixture_pause();
    }
  }
}

/// Play while another thread sends OSC commands of every kind
/// @return How many samples were not finite.
static float
run_host(Realtime* const rt, const HostSpec* const spec, const uint32_t n)
{
  static const char* const names[] = {"audio-1", "audio-1", "nobody"};
  const char* const        paths[] = {"plain.safetensors",
                                      "knobby.safetensors",
                                      "explosive.safetensors",
                                      "bad.nam",
                                      "../../nowhere"};
  Host* const              host =
    stage_host_from_environment(rt->stage, rt->stage->plain, spec);
  host_activate(host);
  const ChatterSpec chat = {
    client_port_of(host), names, 3U, paths, 5U, 300U, 8U};
  Chatter* const chatter = chatter_start(&chat);
  run_watched(rt, host, n);
  host->audio_hook       = NULL;
  const float    n_bad   = host_get(host, "non_finite");
  const uint32_t n_heard = chatter_n_answers(chatter);
  printf("%u loads asked, %u told, %u OSC commands, %u answers, %.0f not "
         "finite\n",
         atomic_load(&host->worker.n_asked),
         host->heard.n_model,
         chatter_stop(chatter),
         n_heard,
         (double)n_bad);
  host_close(host);
  return n_bad;
}

static void
test_run(Realtime* const rt)
{
  for (uint32_t i = 0U; i < WATCHED_WORKS; ++i) {
    const HostSpec spec = {i % 2U ? HOST_STEREO : HOST_AUDIO,
                           48000.0,
                           HOST_FEATURE_ALL,
                           watched_works[i]};
    CHECK(run_host(rt, &spec, i ? N_BLOCKS / 20U : N_BLOCKS) > 0.0f);
  }
}

/// Hosts at other rates: resampled, doubled, in phases
static void
test_rates(Realtime* const rt)
{
  static const double rates[] = {44100.0, 96000.0, 22050.0, 192000.0, 8000.0};
  for (uint32_t i = 0U; i < sizeof(rates) / sizeof(*rates); ++i) {
    const HostSpec spec = {i % 2U ? HOST_STEREO : HOST_AUDIO,
                           rates[i],
                           HOST_FEATURE_ALL,
                           HOST_WORK_THREAD};
    printf("%.0f Hz: ", rates[i]);
    CHECK(run_host(rt, &spec, N_BLOCKS / 8U) > 0.0f);
  }
}

/// The code of every instruction set, for one channel and for two
static void
test_instruction_sets(Realtime* const rt)
{
  static const char* const isas[] = {"generic", "avx2", "avx512", "neon"};
  for (uint32_t i = 0U; i < 8U; ++i) {
    const HostSpec spec = {i % 2U ? HOST_STEREO : HOST_AUDIO,
                           48000.0,
                           HOST_FEATURE_ALL,
                           HOST_WORK_THREAD};
    CHECK(!setenv("REMANENCE_ISA", isas[i / 2U], 1));
    if (!strcmp(rem_net_isa(), isas[i / 2U])) {
      printf("%s: ", isas[i / 2U]);
      CHECK(run_host(rt, &spec, N_BLOCKS / 20U) > 0.0f);
    }
  }
  CHECK(!unsetenv("REMANENCE_ISA"));
}

int
main(void)
{
  if (!audit_can_watch()) {
    puts("a sanitizer has malloc() for itself");
    return 77;
  }
  const bool sees_system_calls = audit_begin();
  Realtime   rt                = {.stage = stage_open(BUILD_DIR "/lv2")};
  fixture_write_explosive(
    fixture_path(&rt.stage->dir, "explosive.safetensors", rt.explosive));
  fixture_write_text(fixture_path(&rt.stage->dir, "bad.nam", rt.bad), "{]");
  test_watch(&rt, sees_system_calls);
  CHECK(!setenv("REMANENCE_MODEL_PATH", rt.stage->dir.path, 1));
  test_run(&rt);
  test_rates(&rt);
  test_instruction_sets(&rt);
  if (!sees_system_calls) {
    puts("only calls of the C library were watched: this kernel has no "
         "dispatch of system calls to the program");
  }
  stage_close(rt.stage);
  return 0;
}
