// SPDX-License-Identifier: ISC

/// What the control plugin plays is what the net draws, to the sample: by
/// itself, after a swap, and on a grid

#include "dsp/denormal.h"
#include "dsp/duet.h"
#include "dsp/predictor.h"
#include "plugin/control/mapping.h"
#include "tests/check.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"

#include <string.h>

enum { RATE = 48000, N = 4 * RATE };

#define MAPPING "cc 1 20; cc 1 21; cc 2 7 127 0; note 3"

static const GestureModel model_a = {1U, 4U, 16U, 0U, 1U, 0.03f};
static const GestureModel model_b = {2U, 4U, 24U, 0U, 1U, 0.05f};

/// What the tests share
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       a[FIXTURE_PATH];
  char       b[FIXTURE_PATH];
} Control;

/// A battle drawn by hand
typedef struct {
  RemPredictor* net;
  RemRandom     random;
  double        at; ///< Samples, unrounded
  float         frame[REM_MAX_FRAME];
} Battle;

/// Draw the next event of a battle and return its sample
static uint64_t
draw(Battle* const battle, const double timescale)
{
  const RemTemper temper = rem_temper();
  rem_predictor_draw(battle->net, &temper, &battle->random, battle->frame);
  rem_predictor_hear(battle->net, battle->frame);
  battle->at +=
    fmax((double)battle->frame[0] * timescale, REM_DUET_SPACING) * RATE;
  return (uint64_t)floor(battle->at + 0.5);
}

/// Look for message `bytes` at sample `at`, from `i` on
static bool
has(const Host* const host, uint32_t* const i, const uint64_t at, RemMidi m)
{
  while (*i < host->n_midi && host->midi[*i].at < at) {
    ++*i;
  }
  for (uint32_t k = *i; k < host->n_midi && host->midi[k].at == at; ++k) {
    if (!memcmp(host->midi[k].bytes, m.bytes, 3U)) {
      return true;
    }
  }
  return false;
}

/// Every event of a net that plays by itself comes out at the very sample that
/// the drawn times add up to, with the drawn values; nothing else comes out
static void
test_at_their_sample(Control* const control)
{
  const double    timescale = 1.7;
  RemModel* const model     = gesture_model(&model_a);
  Battle          battle    = {rem_predictor_new(model), {7U}, 0.0, {0.0f}};
  Host* const     host = gesture_host(control->world, HOST_CONTROL, control->a);
  uint32_t        n_events = 0U;
  uint32_t        i        = 0U;
  gesture_map(host, MAPPING);
  host_set(host, "mode", 2.0f);
  host_set(host, "seed", 7.0f);
  host_set(host, "timescale", (float)timescale);
  host_activate(host);
  gesture_play(host, N, 333U);
  const RemFloatMode mode = rem_denormals_off();
  for (uint64_t at = draw(&battle, (double)(float)timescale); at < N;
       at          = draw(&battle, (double)(float)timescale)) {
    const uint8_t note = (uint8_t)lrintf(127.0f * battle.frame[4]);
    CHECK(has(host, &i, at, (RemMidi){{0x92U, note, 127U}}));
    ++n_events;
  }
  rem_denormals_restore(mode);
  uint32_t n_struck = 0U;
  for (uint32_t k = 0U; k < host->n_midi; ++k) {
    n_struck += (host->midi[k].bytes[0] & 0xF0U) == 0x90U;
  }
  printf("%u events, each at its sample\n", n_events);
  CHECK(n_events > 50U && n_struck == n_events);
  CHECK(host_get(host, "turn") == 1.0f);
  rem_predictor_free(battle.net);
  rem_model_free(model);
  host_close(host);
}

/// Another net goes on at once, as if it had heard what was played
static void
test_swap(Control* const control)
{
  Host* const host = gesture_host(control->world, HOST_CONTROL, control->a);
  gesture_map(host, MAPPING);
  host_set(host, "mode", 2.0f);
  host_activate(host);
  gesture_play(host, RATE, 64U);
  host_send_model(host, 0U, control->b);
  host_step(host, 64U);
  host_worker_drain(&host->worker);
  const uint32_t before = host->n_midi;
  const uint64_t now    = host->now;
  gesture_play(host, RATE, 64U);
  CHECK(host->n_midi > before + 20U);
  CHECK(host->midi[before].at == now); // The old net's note ends
  CHECK(host->midi[before].bytes[0] == 0x82U);
  CHECK(host->midi[before + 1U].at < now + RATE / 2U);
  CHECK(!strcmp(host->heard.model, control->b));
  CHECK(strstr(host->heard.message, "LSTM 24 x 2; 4 dimensions, 3 mixtures"));
  CHECK(gesture_sounding(host) <= 1U);
  host_close(host);
}

/// Let net `b` of `battle` hear what `a` played last before sample `end`, as
/// far as the plugin remembers, and take over; `random` has drawn one event
/// more
static void
take_over(Battle* const battle, RemPredictor* const b, const uint64_t end)
{
  static float frames[4096][REM_MAX_FRAME];
  uint32_t     n = 0U;
  while (draw(battle, 1.0) < end) {
    CHECK(n < 4096U);
    memcpy(frames[n++], battle->frame, sizeof(battle->frame));
  }
  for (uint32_t i = n > 192U ? n - 192U : 0U; i < n; ++i) {
    rem_predictor_hear(b, frames[i]);
  }
  printf("swapped after %u events\n", n);
  battle->net = b;
  battle->at  = (double)end;
}

/// After a swap the new net plays as if it had heard the last events of the old
/// one, at once and to the sample
static void
test_warm(Control* const control)
{
  static const uint32_t seconds[] = {1, 9};
  for (uint32_t i = 0U; i < 2U; ++i) {
    RemModel* const     a      = gesture_model(&model_a);
    RemModel* const     b      = gesture_model(&model_b);
    RemPredictor* const old    = rem_predictor_new(a);
    Battle              battle = {old, {0U}, 0.0, {0.0f}};
    Host* const host = gesture_host(control->world, HOST_CONTROL, control->a);
    gesture_map(host, MAPPING);
    host_set(host, "mode", 2.0f);
    host_activate(host);
    gesture_play(host, seconds[i] * RATE, 64U);
    host_send_model(host, 0U, control->b);
    host_step(host, 64U);
    host_worker_drain(&host->worker);
    const uint64_t     end  = host->now;
    uint32_t           k    = host->n_midi;
    const RemFloatMode mode = rem_denormals_off();
    take_over(&battle, rem_predictor_new(b), end);
    gesture_play(host, RATE, 64U);
    for (uint64_t at = draw(&battle, 1.0); at < end + RATE;
         at          = draw(&battle, 1.0)) {
      const uint8_t note = (uint8_t)lrintf(127.0f * battle.frame[4]);
      CHECK(has(host, &k, at, (RemMidi){{0x92U, note, 127U}}));
    }
    rem_denormals_restore(mode);
    rem_predictor_free(old);
    rem_predictor_free(battle.net);
    rem_model_free(a);
    rem_model_free(b);
    host_close(host);
  }
}

/// On a grid every event of a net stands on a line of the host's transport;
/// without it, or while the transport stands, they do not
static void
test_grid(Control* const control)
{
  Host* const host = gesture_host(control->world, HOST_CONTROL, control->a);
  gesture_map(host, MAPPING);
  host_set(host, "mode", 2.0f);
  host_set(host, "quantise", 3.0f);
  host_activate(host);
  gesture_transport(host, 0U, 0.0, 125.0f, 0.0f);
  gesture_play(host, RATE, 64U);
  const uint32_t n_free = host->n_midi;
  const uint64_t start  = host->now;
  gesture_transport(host, 0U, 8.0, 125.0f, 1.0f);
  gesture_play(host, N, 64U);
  const uint64_t step  = RATE * 60U / 125U / 4U; // 1/16 at 125 a minute
  uint32_t       n_off = 0U;
  for (uint32_t i = 0U; i < host->n_midi; ++i) {
    const uint64_t at = host->midi[i].at;
    n_off += i < n_free && (at % step) != 0U;
    // What was pending when the transport began may sound a line at once
    CHECK(i < n_free || (at - start) % step <= REM_DUET_SPACING * RATE * 8.0);
  }
  CHECK(n_off > n_free / 2U && host->n_midi > n_free + 40U);
  CHECK(gesture_sounding(host) <= 1U);
  host_close(host);
}

/// The mapping is in the state
static void
check_saved(const Control* const control, Host* const host)
{
  char folder[FIXTURE_PATH];
  char path[FIXTURE_PATH];
  char text[8192] = "";
  CHECK(host_save(host, fixture_path(&control->dir, "saved", folder)));
  FILE* const file =
    fopen(fixture_path(&control->dir, "saved/state.ttl", path), "r");
  CHECK(file);
  CHECK(fread(text, 1U, sizeof(text) - 1U, file));
  CHECK(strstr(text, "\"note 3; cc 6 1; cc 6 2\""));
  CHECK(!fclose(file));
}

/// With learn on, each new controller or note goes to the next dimension, the
/// host is told, and notes of the old mapping end
static void
test_learn(Control* const control)
{
  Host* const host = gesture_host(control->world, HOST_CONTROL, control->a);
  gesture_map(host, MAPPING);
  host_set(host, "mode", 3.0f);
  host_set(host, "input_thru", 1.0f);
  host_set(host, "learn", 1.0f);
  host_activate(host);
  host_send_midi(host, 0U, 0x92U, 60U, 100U); // Learned by the first dimension
  host_send_midi(host, 9U, 0xB5U, 1U, 100U);
  host_send_midi(host, 9U, 0xB5U, 1U, 101U);
  host_send_midi(host, 20U, 0xB5U, 2U, 33U);
  host_step(host, 64U);
  host_set(host, "learn", 0.0f);
  host_send_midi(host, 20U, 0xB5U, 3U, 33U);
  host_step(host, 64U);
  check_saved(control, host); // Though the worker has not told it yet
  host_worker_drain(&host->worker);
  host_step(host, 64U);
  CHECK(!strcmp(host->heard.mapping, "note 3; cc 6 1; cc 6 2"));
  CHECK(host->heard.n_changed > 0U);
  CHECK(fabsf(host_get(host, "out_1") - 60.0f / 127.0f) < 1e-6f);
  CHECK(fabsf(host_get(host, "out_2") - 101.0f / 127.0f) < 1e-6f);
  CHECK(fabsf(host_get(host, "out_3") - 33.0f / 127.0f) < 1e-6f);
  host_close(host);
}

int
main(void)
{
  Control* const control = calloc(1, sizeof(Control));
  CHECK(control);
  control->dir   = fixture_begin();
  control->world = host_world_new(BUILD_DIR "/lv2");
  gesture_write(&model_a,
                fixture_path(&control->dir, "a.safetensors", control->a));
  gesture_write(&model_b,
                fixture_path(&control->dir, "b.safetensors", control->b));
  test_at_their_sample(control);
  test_swap(control);
  test_warm(control);
  test_grid(control);
  test_learn(control);
  host_world_free(control->world);
  fixture_end(&control->dir);
  free(control);
  return 0;
}
