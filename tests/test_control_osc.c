// SPDX-License-Identifier: ISC

/// OSC for the control plugins: IMPSY's messages to all and to one, frames sent
/// to a client, and what sessions keep

#define _XOPEN_SOURCE 700 // setenv()

#include "tests/check.h"
#include "tests/host/client.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"

#include <string.h>

enum { HOSTS = 3, FOUR = 0, NINE = 1, AUDIO = 2 };

static const GestureModel four = {1U, 4U, 16U, 0U, 1U, 0.02f};
static const GestureModel nine = {3U, 9U, 12U, 0U, 0U, 0.02f};

/// control-1 has four dimensions, control-2 nine and control voltage; audio-1
/// is there to stay out of it
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       four[FIXTURE_PATH];
  char       nine[FIXTURE_PATH];
  Host*      hosts[HOSTS];
  Client*    client;
} Trio;

static void
send_frame(Client* const client, const char* const address, const uint32_t n)
{
  const lo_message message = lo_message_new();
  for (uint32_t d = 0U; d < n; ++d) {
    (void)lo_message_add_float(message, 0.1f * (float)(d + 1U));
  }
  client_send(client, address, message);
}

static void
settle(Client* const client)
{
  for (uint32_t i = 0U; i < 40U; ++i) {
    client_play(client);
    fixture_pause();
  }
}

/// Return what a control of an instance is
static float
control(Client* const client, const char* const instance, const char* symbol)
{
  char address[128];
  char ok[160];
  snprintf(address, sizeof(address), "/remanence/%s/%s", instance, symbol);
  snprintf(ok, sizeof(ok), "%s/ok", address);
  client_send_nothing(client, address);
  return (float)client_wait(client, ok)->numbers[0];
}

static bool
is_near(const float a, const float b)
{
  return fabsf(a - b) < 1e-6f;
}

/// Frames reach the instances that have so many dimensions, unanswered; a frame
/// that fits none is refused
static void
test_interface(Trio* const trio)
{
  Client* const client = trio->client;
  for (uint32_t i = 0U; i < 2U; ++i) {
    host_set(trio->hosts[i], "mode", 3.0f);
    host_set(trio->hosts[i], "input_thru", 1.0f);
  }
  settle(client);
  send_frame(client, "/interface", 4U);
  settle(client);
  CHECK(!client->n_replies);
  CHECK(is_near(host_get(trio->hosts[FOUR], "out_4"), 0.4f));
  CHECK(host_voltage(trio->hosts[NINE], "out_1")[0] == 0.0f);
  send_frame(client, "/interface", 9U);
  settle(client);
  CHECK(is_near(host_voltage(trio->hosts[NINE], "out_8")[0], 0.8f));
  CHECK(is_near(host_get(trio->hosts[FOUR], "out_1"), 0.1f));

  send_frame(client, "/interface", 5U);
  client_expect_error(client, "/interface", 1);
  const lo_message bad = lo_message_new();
  for (uint32_t d = 0U; d < 4U; ++d) {
    (void)lo_message_add_float(bad, d == 2U ? NAN : 0.9f);
  }
  client_send(client, "/interface", bad);
  client_expect_error(client, "/interface", 1);
  send_frame(client, "/remanence/control-2/interface", 4U);
  client_expect_error(client, "/remanence/control-2/interface", 1);
  CHECK(is_near(host_get(trio->hosts[FOUR], "out_1"), 0.1f));
  send_frame(client, "/remanence/audio-1/interface", 4U);
  client_expect_error(client, "/remanence/audio-1/interface", 2);
}

/// A host that stands takes some frames, and more are refused as too many
static void
test_too_many(Trio* const trio)
{
  for (uint32_t i = 0U; i < 300U; ++i) {
    send_frame(trio->client, "/interface", 9U);
    fixture_pause();
  }
  client_expect_error(trio->client, "/interface", 8);
  for (uint32_t i = 0U; i < 2U; ++i) {
    settle(trio->client); // Play them
  }
}

/// The words of IMPSY turn the controls, of all or of one
static void
test_words(Trio* const trio)
{
  Client* const client = trio->client;
  client_send_text(client, "/impsy/mode", "polyphony");
  (void)client_wait(client, "/impsy/mode/ok");
  settle(client);
  CHECK(control(client, "control-1", "mode") == 1.0f);
  CHECK(control(client, "control-2", "mode") == 1.0f);
  client_send_text(client, "/remanence/control-2/impsy/mode", "battle");
  (void)client_wait(client, "/remanence/control-2/impsy/mode/ok");
  CHECK(control(client, "control-1", "mode") == 1.0f);
  CHECK(control(client, "control-2", "mode") == 2.0f);
  client_send_number(client, "/impsy/sigmatemp", 0.25);
  (void)client_wait(client, "/impsy/sigmatemp/ok");
  client_send_number(client, "/impsy/pitemp", 0.5);
  (void)client_wait(client, "/impsy/pitemp/ok");
  client_send_number(client, "/impsy/timescale", 2.0);
  (void)client_wait(client, "/impsy/timescale/ok");
  client_send_number(client, "/impsy/pause", 1.0);
  (void)client_wait(client, "/impsy/pause/ok");
  client_send_number(client, "/impsy/reset", 1.0);
  (void)client_wait(client, "/impsy/reset/ok");
  settle(client);
  CHECK(control(client, "control-1", "sigmatemp") == 0.25f);
  CHECK(control(client, "control-1", "pitemp") == 0.5f);
  CHECK(control(client, "control-2", "timescale") == 2.0f);
  CHECK(control(client, "control-2", "pause") == 1.0f);

  client_send_text(client, "/impsy/mode", "solo");
  client_expect_error(client, "/impsy/mode", 1);
  client_send_number(client, "/impsy/sigmatemp", -1.0);
  client_expect_error(client, "/impsy/sigmatemp", 1);
  client_send_number(client, "/impsy/frob", 1.0);
  client_expect_error(client, "/impsy/frob", 2);
  client_send_number(client, "/impsy/pause", 0.0);
  (void)client_wait(client, "/impsy/pause/ok");
}

/// Commands for all plugins serve these as well
static void
test_commands(Trio* const trio)
{
  Client* const client = trio->client;
  client_send_nothing(client, "/remanence/list");
  CHECK(client_wait(client, "/remanence/list/ok")->numbers[0] == 3.0);
  CHECK(!strcmp(client->replies[0].texts[0], "control-1"));
  CHECK(!strcmp(client->replies[0].texts[1], HOST_CONTROL));
  CHECK(!strcmp(client->replies[1].texts[0], "control-2"));
  CHECK(!strcmp(client->replies[1].texts[1], HOST_CONTROL_CV));
  CHECK(!strcmp(client->replies[2].texts[0], "audio-1"));
  client_send_nothing(client, "/remanence/control-1/get");
  (void)client_wait(client, "/remanence/control-1/get/ok");
  CHECK(client_find(client, "/remanence/control-1/status/turn"));
  CHECK(client_find(client, "/remanence/control-1/status/dsp_load"));
  CHECK(client_find(client, "/remanence/control-1/threshold"));
  CHECK(!client_find(client, "/remanence/control-1/status/in_peak"));
  client_send_nothing(client, "/remanence/control-1/reset");
  (void)client_wait(client, "/remanence/control-1/reset/ok");
  client_send_text(client, "/remanence/control-1/load", "nine.safetensors");
  (void)client_wait(client, "/remanence/control-1/load/ok");
  client_send_nothing(client, "/remanence/control-1/next");
  (void)client_wait(client, "/remanence/control-1/next/ok");
  const lo_message preload = lo_message_new();
  (void)lo_message_add_int32(preload, 3);
  (void)lo_message_add_string(preload, "four.safetensors");
  client_send(client, "/remanence/control-1/preload", preload);
  (void)client_wait(client, "/remanence/control-1/preload/ok");
  client_send_number(client, "/remanence/control-1/slot", 3.0);
  (void)client_wait(client, "/remanence/control-1/slot/ok");
  client_send_nothing(client, "/remanence/control-1/knobs");
  CHECK(client_wait(client, "/remanence/control-1/knobs/ok")->numbers[0] ==
        0.0);
}

/// What the net plays is sent to a client
static void
test_client(Trio* const trio)
{
  Client* const client = trio->client;
  client_send_text(client, "/remanence/control-1/client", "nobody");
  client_expect_error(client, "/remanence/control-1/client", 1);
  const lo_message message = lo_message_new();
  (void)lo_message_add_string(message, "127.0.0.1");
  (void)lo_message_add_int32(message, lo_server_get_port(client->lo));
  client_send(client, "/remanence/control-1/client", message);
  CHECK(
    !strncmp(client_wait(client, "/remanence/control-1/client/ok")->texts[0],
             "127.0.0.1:",
             10U));
  client_send_text(client, "/remanence/control-1/impsy/mode", "battle");
  const ClientReply* const frame = client_wait(client, "/impsy");
  CHECK(!strcmp(frame->types, "ffff"));
  for (uint32_t d = 0U; d < 4U; ++d) {
    CHECK(frame->numbers[d] >= 0.0 && frame->numbers[d] <= 1.0);
  }
  client_send_text(client, "/remanence/control-1/client", "");
  (void)client_wait(client, "/remanence/control-1/client/ok");
  settle(client);
  client->n_replies = 0U;
  settle(client);
  CHECK(!client->n_replies);
}

/// A session keeps the mapping, the client and what OSC has turned
static void
test_session(Trio* const trio)
{
  Client* const client = trio->client;
  char          folder[FIXTURE_PATH];
  client_send_text(client, "/remanence/control-1/mapping", "what");
  client_expect_error(client, "/remanence/control-1/mapping", 1);
  client_send_text(client, "/remanence/control-1/mapping", "note 5; - ;cc 2 9");
  CHECK(
    !strcmp(client_wait(client, "/remanence/control-1/mapping/ok")->texts[0],
            "note 5; -; cc 2 9"));
  client_send_text(client, "/remanence/control-1/client", "localhost:57120");
  (void)client_wait(client, "/remanence/control-1/client/ok");
  settle(client);
  Host* const before = trio->hosts[FOUR];
  CHECK(!strcmp(before->heard.mapping, "note 5; -; cc 2 9"));
  CHECK(!strcmp(before->heard.client, "localhost:57120"));
  CHECK(host_save(before, fixture_path(&trio->dir, "session", folder)));

  const HostSpec spec = {
    HOST_CONTROL, 48000.0, HOST_FEATURE_ALL, HOST_WORK_THREAD};
  Host* const again = host_open(trio->world, &spec);
  host_restore(again, folder);
  host_activate(again);
  host_step(again, 64U);
  host_step(again, 64U);
  CHECK(!strcmp(again->heard.mapping, "note 5; -; cc 2 9"));
  CHECK(!strcmp(again->heard.client, "localhost:57120"));
  CHECK(strstr(again->heard.model, "four.safetensors"));
  CHECK(host_get(again, "status") == 1.0f);
  CHECK(host_get(again, "turn") == 1.0f); // The battle that OSC asked for
  host_close(again);
  client_send_text(client, "/remanence/control-1/client", "");
  (void)client_wait(client, "/remanence/control-1/client/ok");
}

/// Whoever opens a session does not record or learn because OSC did when it was
/// saved, nor does a preset end a take
static void
test_moment(Trio* const trio)
{
  static const char* const symbols[] = {"record", "learn"};
  Client* const            client    = trio->client;
  char                     folder[FIXTURE_PATH];
  char                     address[64];
  for (uint32_t i = 0U; i < 2U; ++i) {
    snprintf(address, sizeof(address), "/remanence/control-1/%s", symbols[i]);
    client_send_number(client, address, 1.0);
    settle(client);
  }
  CHECK(
    host_save(trio->hosts[FOUR], fixture_path(&trio->dir, "moment", folder)));
  host_restore(trio->hosts[FOUR], folder);
  settle(client);
  host_restore(trio->hosts[NINE], folder);
  settle(client);
  for (uint32_t i = 0U; i < 2U; ++i) {
    CHECK(control(client, "control-1", symbols[i]) == 1.0f);
    CHECK(control(client, "control-2", symbols[i]) == 0.0f);
    snprintf(address, sizeof(address), "/remanence/control-1/%s", symbols[i]);
    client_send_number(client, address, 0.0);
    settle(client);
  }
}

static Host*
open_one(Trio* const trio, const char* const uri, const char* const path)
{
  const HostSpec spec = {uri, 48000.0, HOST_FEATURE_ALL, HOST_WORK_THREAD};
  if (path) {
    CHECK(!setenv("REMANENCE_MODEL", path, 1));
  }
  Host* const host = host_open(trio->world, &spec);
  CHECK(host && !unsetenv("REMANENCE_MODEL"));
  host_activate(host);
  return host;
}

int
main(void)
{
  Trio* const trio = calloc(1, sizeof(Trio));
  CHECK(trio);
  trio->dir   = fixture_begin();
  trio->world = host_world_new(BUILD_DIR "/lv2");
  CHECK(!setenv("REMANENCE_MODEL_PATH", trio->dir.path, 1));
  gesture_write(&four,
                fixture_path(&trio->dir, "four.safetensors", trio->four));
  gesture_write(&nine,
                fixture_path(&trio->dir, "nine.safetensors", trio->nine));
  trio->hosts[FOUR]  = open_one(trio, HOST_CONTROL, trio->four);
  trio->hosts[NINE]  = open_one(trio, HOST_CONTROL_CV, trio->nine);
  trio->hosts[AUDIO] = open_one(trio, HOST_AUDIO, NULL);
  trio->client =
    client_new(client_port_of(trio->hosts[FOUR]), trio->hosts, HOSTS);
  test_interface(trio);
  test_too_many(trio);
  test_words(trio);
  test_commands(trio);
  test_client(trio);
  test_session(trio);
  test_moment(trio);
  client_free(trio->client);
  for (uint32_t i = 0U; i < HOSTS; ++i) {
    host_close(trio->hosts[i]);
  }
  host_world_free(trio->world);
  fixture_end(&trio->dir);
  free(trio);
  return 0;
}
