// SPDX-License-Identifier: ISC

/// The control plugin for control voltage: what goes in and out, and at which
/// sample

#include "tests/check.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"

#include <string.h>

enum { RATE = 48000, N = 2 * RATE, PULSE = 48, N_OUT = 4 };

#define MAPPING "cc 1 20; cc 1 21; cc 2 7; note 3"

static const GestureModel model = {1U, 4U, 16U, 0U, 1U, 0.03f};

/// What the tests share
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       path[FIXTURE_PATH];
  float      in[N];             ///< Into every input
  float      gate[N];           ///< Into the trigger
  float      out[N_OUT + 1][N]; ///< The last one is the trigger
  float      kept[N_OUT + 1][N];
} Voltage;

static const char* const ins[] =
  {"in_1", "in_2", "in_3", "in_4", "in_5", "in_6", "in_7", "in_8"};

static Host*
open_host(const Voltage* const v, const bool triggered)
{
  Host* const host = gesture_host(v->world, HOST_CONTROL_CV, v->path);
  gesture_map(host, MAPPING);
  if (!triggered) {
    lilv_instance_connect_port(
      host->instance, host_port(host, "trigger_in"), NULL);
  }
  return host;
}

/// Connect two outputs to the buffers of inputs
static void
share_buffers(Host* const host)
{
  lilv_instance_connect_port(
    host->instance, host_port(host, "out_1"), host_voltage(host, "in_1"));
  lilv_instance_connect_port(host->instance,
                             host_port(host, "trigger_out"),
                             host_voltage(host, "trigger_in"));
}

/// Activate and play everything in blocks of `block`
/// @param shared As share_buffers() leaves them.
static void
play(Voltage* const v,
     Host* const    host,
     const uint32_t block,
     const bool     shared)
{
  const char* const outs[] = {shared ? "in_1" : "out_1",
                              "out_2",
                              "out_3",
                              "out_4",
                              shared ? "trigger_in" : "trigger_out"};

  host_activate(host);
  for (uint32_t at = 0U; at < N; at += block) {
    const uint32_t n = N - at < block ? N - at : block;
    for (uint32_t d = 0U; d < 8U; ++d) {
      memcpy(host_voltage(host, ins[d]), v->in + at, n * sizeof(float));
    }
    memcpy(host_voltage(host, "trigger_in"), v->gate + at, n * sizeof(float));
    host_step(host, n);
    for (uint32_t d = 0U; d <= N_OUT; ++d) {
      memcpy(v->out[d] + at, host_voltage(host, outs[d]), n * sizeof(float));
    }
  }
}

/// Outputs step at the samples of events and nowhere else, to their values, and
/// the trigger goes up there for a millisecond
static void
test_steps(Voltage* const v)
{
  Host* const host = open_host(v, true);
  host_set(host, "mode", 2.0f);
  play(v, host, 100U, false);
  uint32_t n_events = 0U;
  uint64_t last     = 0U;
  uint64_t before   = 0U;
  for (uint32_t i = 0U; i <= host->n_midi; ++i) {
    const uint64_t at = i < host->n_midi ? host->midi[i].at : (uint64_t)N;
    if (i < host->n_midi && host->midi[i].bytes[0] == 0xB0U &&
        host->midi[i].bytes[1] == 20U) {
      CHECK(fabsf(v->out[0][at] - (float)host->midi[i].bytes[2] / 127.0f) <
            0.5f / 127.0f + 1e-6f);
    }
    if (i < host->n_midi && host->midi[i].bytes[0] != 0x92U) {
      continue; // The note comes last in a frame
    }
    for (uint64_t s = last; s < at; ++s) {
      CHECK(s == last || v->out[0][s] == v->out[0][last]);
      CHECK(v->out[N_OUT][s] == (n_events && s < last + PULSE ? 1.0f : 0.0f));
    }
    before = last;
    last   = at;
    ++n_events;
  }
  printf("%u events\n", n_events);
  CHECK(n_events > 30U && before < last);
  host_close(host);
}

/// Blocks of any length and buffers that are input and output at once change
/// nothing
static void
test_blocks(Voltage* const v)
{
  static const uint32_t blocks[] = {8192, 1, 61, 64, 1024};
  Host* const           host     = open_host(v, true);
  host_set(host, "mode", 1.0f);
  host_set(host, "input_thru", 1.0f);
  host_set(host, "period", 7.0f);
  for (size_t i = 0; i < 2U * sizeof(blocks) / sizeof(*blocks); ++i) {
    if (i == 5U) {
      share_buffers(host);
    }
    play(v, host, blocks[i % 5U], i >= 5U);
    if (!i) {
      memcpy(v->kept, v->out, sizeof(v->out));
    }
    CHECK(!memcmp(v->kept, v->out, sizeof(v->out)));
  }
  host_close(host);
}

/// A rising edge takes in a frame at its sample, whatever the period
static void
test_trigger(Voltage* const v)
{
  Host* const host = open_host(v, true);
  host_set(host, "mode", 3.0f);
  host_set(host, "input_thru", 1.0f);
  play(v, host, 64U, false);
  float    held    = 0.0f;
  uint32_t n_edges = 0U;
  for (uint32_t s = 0U; s < N; ++s) {
    if (v->gate[s] >= 0.5f && (!s || v->gate[s - 1U] < 0.5f)) {
      held = v->in[s];
      ++n_edges;
    }
    CHECK(v->out[1][s] == held);
  }
  CHECK(n_edges > 20U);
  host_close(host);
}

/// Without a trigger, inputs that have moved are taken in once a period
static void
test_period(Voltage* const v)
{
  static const float periods[] = {0.0f, 1.0f, 25.0f};
  for (uint32_t i = 0U; i < 3U; ++i) {
    Host* const host = open_host(v, false);
    host_set(host, "mode", 3.0f);
    host_set(host, "input_thru", 1.0f);
    host_set(host, "period", periods[i]);
    play(v, host, 64U, false);
    const uint32_t period =
      (uint32_t)(i ? periods[i] * 48.0f : 480.0f); // 10 ms by itself
    float held = 0.0f;
    float seen = v->in[0];
    for (uint32_t s = 0U; s < N; ++s) {
      if (s % period == 0U && fabsf(v->in[s] - seen) > 0.0005f) {
        held = v->in[s];
        seen = held;
      }
      CHECK(v->out[1][s] == held);
    }
    CHECK(held > 0.0f);
    host_close(host);
  }
}

/// A still input is no touch, so the net goes on, nor is one that stays beyond
/// all numbers; what is no number is counted
static void
test_still(Voltage* const v)
{
  Host* const host = open_host(v, false);
  host_set(host, "threshold", 0.1f);
  host_activate(host);
  for (uint32_t i = 0U; i < 100U; ++i) {
    for (uint32_t s = 0U; s < 480U; ++s) {
      host_voltage(host, "in_1")[s] = i < 2U ? 0.1f * (float)i : 0.3f;
      host_voltage(host, "in_2")[s] = i == 1U ? NAN : 0.0f;
      host_voltage(host, "in_3")[s] = INFINITY;
    }
    host_step(host, 480U);
  }
  CHECK(host_get(host, "turn") == 1.0f);
  CHECK(host_get(host, "non_finite") > 0.0f);
  host_close(host);
}

int
main(void)
{
  Voltage* const v    = calloc(1, sizeof(Voltage));
  uint32_t       seed = 9U;
  CHECK(v);
  v->dir   = fixture_begin();
  v->world = host_world_new(BUILD_DIR "/lv2");
  gesture_write(&model, fixture_path(&v->dir, "a.safetensors", v->path));
  for (uint32_t s = 0U; s < N; ++s) {
    v->in[s] =
      s % 333U || !s ? (s ? v->in[s - 1U] : 0.5f) : 0.5f + 0.5f * noise(&seed);
    v->gate[s] = s % 4099U < 500U && s > 4000U ? 0.8f : 0.1f;
  }
  test_steps(v);
  test_blocks(v);
  test_trigger(v);
  test_period(v);
  test_still(v);
  host_world_free(v->world);
  fixture_end(&v->dir);
  free(v);
  return 0;
}
