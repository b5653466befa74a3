// SPDX-License-Identifier: ISC

/// Recording without a net, as everyone begins: a take is one file, whose rows
/// are as long as the mapping or as OSC has them

#include "dsp/logfile/log.h"
#include "tests/check.h"
#include "tests/host/client.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"

#include <string.h>

enum { RATE = 48000, APART = 2400 };

/// What the tests share
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       logs[FIXTURE_PATH];
} Takes;

/// Wait until the recorder has come to a state, playing on
static void
wait_for(Host* const host, const float state)
{
  for (uint32_t i = 0U; host_get(host, "recording") != state; ++i) {
    CHECK(i < 3000U);
    host_step(host, 1U);
    fixture_pause();
  }
}

/// Open an instance that records
static Host*
open_host(const Takes* const takes, const char* const mapping)
{
  const HostSpec spec = {HOST_CONTROL, RATE, HOST_FEATURE_ALL, HOST_WORK_LATER};
  Host* const    host = host_open(takes->world, &spec);
  CHECK(host);
  host_activate(host);
  if (mapping) {
    gesture_map(host, mapping);
  }
  host_set(host, "mode", 3.0f);
  host_set(host, "record", 1.0f);
  host_step(host, 64U);
  return host;
}

/// Move a fader
static void
move(Host* const   host,
     const uint8_t channel,
     const uint8_t number,
     const uint8_t value)
{
  host_send_midi(host, 0U, (uint8_t)(0xB0U | channel), number, value);
  gesture_play(host, APART, 64U);
}

/// Close it and check that there is one log, of `n` rows of `n_dims`
static void
check_take(const Takes* const takes,
           Host* const        host,
           const size_t       n,
           const uint32_t     n_dims)
{
  RemLogs  logs;
  RemError error = {REM_SUCCESS, "", ""};
  wait_for(host, 2.0f);
  host_set(host, "record", 0.0f);
  wait_for(host, 0.0f);
  host_close(host);
  if (rem_logs_read(takes->logs, 0U, &logs, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
    exit(1);
  }
  CHECK(logs.n == 1U && logs.n_dims == n_dims && logs.logs[0]->n_rows == n);
  CHECK(!remove(logs.logs[0]->path));
  rem_logs_free(&logs);
}

static void
test_default(const Takes* const takes)
{
  Host* const host = open_host(takes, NULL);
  for (uint8_t i = 0U; i < 8U; ++i) { // One after the other
    move(host, 0U, 20U + i, 100U);
  }
  check_take(takes, host, 8U, 8U);
}

static void
test_mapping(const Takes* const takes)
{
  Host* const host = open_host(takes, "cc 1 20; note 2; key 10 36");
  move(host, 0U, 20U, 1U);
  host_send_midi(host, 0U, 0x91U, 60U, 100U);
  gesture_play(host, APART, 64U);
  move(host, 0U, 20U, 2U);
  check_take(takes, host, 3U, 3U);
}

/// Learned on the spot: as many as were learned
static void
test_learn(const Takes* const takes)
{
  Host* const host = open_host(takes, NULL);
  host_set(host, "record", 0.0f);
  host_set(host, "learn", 1.0f);
  host_step(host, 64U);
  for (uint8_t i = 0U; i < 5U; ++i) {
    move(host, 3U, 60U + i, 100U);
  }
  host_set(host, "learn", 0.0f);
  host_set(host, "record", 1.0f);
  host_step(host, 64U);
  for (uint8_t i = 0U; i < 5U; ++i) {
    move(host, 3U, 60U + i, 1U);
  }
  check_take(takes, host, 5U, 5U);
}

static void
test_osc(const Takes* const takes)
{
  Host*         host   = open_host(takes, NULL);
  Client* const client = client_new(client_port_of(host), &host, 1U);
  for (uint32_t i = 0U; i < 3U; ++i) {
    const lo_message message = lo_message_new();
    for (uint32_t d = 0U; d < 4U; ++d) {
      (void)lo_message_add_float(message, 0.1f * (float)(d + i));
    }
    client_send(client, "/interface", message);
    for (uint32_t k = 0U; k < 40U; ++k) {
      client_play(client);
      fixture_pause();
    }
  }
  client_free(client);
  check_take(takes, host, 3U, 4U);
}

/// Open every log and remove them; return how many there are
static size_t
count_logs(const Takes* const takes)
{
  RemLogs  logs;
  RemError error = {REM_SUCCESS, "", ""};
  CHECK(!rem_logs_read(takes->logs, 0U, &logs, &error));
  const size_t n = logs.n;
  for (size_t i = 0U; i < n; ++i) {
    CHECK(logs.logs[i]->n_rows == 1U && !remove(logs.logs[i]->path));
  }
  rem_logs_free(&logs);
  return n;
}

/// A host that stops and starts the plugin ends the take, also if the next
/// touch comes later after the start than the last one did
static void
test_activate(const Takes* const takes)
{
  Host* const host = open_host(takes, "cc 1 20");
  move(host, 0U, 20U, 1U);
  wait_for(host, 2.0f);
  host_activate(host);
  gesture_play(host, 10U * APART, 64U);
  move(host, 0U, 20U, 2U);
  wait_for(host, 2.0f);
  host_set(host, "record", 0.0f);
  wait_for(host, 0.0f);
  host_close(host);
  CHECK(count_logs(takes) == 2U);
}

/// Frames that came while the host stood are none of what it plays next
static void
test_stale(const Takes* const takes)
{
  Host*         host   = open_host(takes, NULL);
  Client* const client = client_new(client_port_of(host), &host, 1U);
  for (uint32_t i = 0U; i < 20U; ++i) {
    const lo_message message = lo_message_new();
    (void)lo_message_add_float(message, 0.1f);
    client_send(client, "/interface", message);
    fixture_pause();
  }
  host_set(host, "input_thru", 1.0f);
  host_activate(host);
  gesture_play(host, RATE, 64U);
  CHECK(host_get(host, "out_1") == 0.0f);
  client_free(client);
  host_close(host);
}

int
main(void)
{
  Takes* const takes = calloc(1, sizeof(Takes));
  CHECK(takes);
  takes->dir   = fixture_begin();
  takes->world = host_world_new(BUILD_DIR "/lv2");
  fixture_path(&takes->dir, "remanence/logs", takes->logs);
  test_default(takes);
  test_mapping(takes);
  test_learn(takes);
  test_osc(takes);
  test_activate(takes);
  test_stale(takes);
  host_world_free(takes->world);
  fixture_end(&takes->dir);
  free(takes);
  return 0;
}
