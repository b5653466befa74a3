// SPDX-License-Identifier: ISC

/// OSC as docs/osc.md says: the folder of the model, controls and knobs, status

#include "tests/check.h"
#include "tests/host/band.h"

#include <string.h>

static void
test_bank(Band* const band)
{
  static const char* const order[] = {"amp 2.safetensors",
                                      "amp 10.safetensors",
                                      "bad.nam",
                                      "Clean.safetensors",
                                      "named.safetensors"};
  Client* const            c       = band->client;
  band_load(band, "audio-1", "amp 2.safetensors");
  client_send_nothing(c, "/remanence/audio-1/models");
  CHECK((int)client_wait(c, "/remanence/audio-1/models/ok")->numbers[0] == 5);
  for (uint32_t i = 0U; i < 5U; ++i) {
    CHECK((uint32_t)c->replies[i].numbers[0] == i + 1U);
    CHECK(!strcmp(c->replies[i].texts[1], order[i]));
  }
  client_send_nothing(c, "/remanence/audio-1/next");
  client_wait(c, "/remanence/audio-1/next/ok");
  band_expect_told(band, 0U, "amp 10");
  client_send_nothing(c, "/remanence/audio-1/prev");
  client_wait(c, "/remanence/audio-1/prev/ok");
  band_expect_told(band, 0U, "amp 2.");
  client_send_number(c, "/remanence/audio-1/next", 1.0); // A button
  client_wait(c, "/remanence/audio-1/next/ok");
  band_expect_told(band, 0U, "amp 10");
  client_send_number(c, "/remanence/audio-1/next", 0.0); // Let go
  client_wait(c, "/remanence/audio-1/next/ok");
  band_expect_told(band, 0U, "amp 10");
  client_send_nothing(c, "/remanence/audio-1/next"); // Over what is bad
  client_wait(c, "/remanence/audio-1/next/ok");
  band_expect_told(band, 0U, "Clean");
  client_send_nothing(c, "/remanence/audio-1/prev");
  client_wait(c, "/remanence/audio-1/prev/ok");
  band_expect_told(band, 0U, "amp 10");
  client_send_text(c, "/remanence/audio-1/next", "slowly");
  client_expect_error(c, "/remanence/audio-1/next", 1);
  client_send_number(c, "/remanence/audio-1/prev", 1.0);
  client_wait(c, "/remanence/audio-1/prev/ok");
  client_send_number(c, "/remanence/audio-1/prev", 5.0); // Fade of 5 ms
  CHECK(
    strstr(client_wait(c, "/remanence/audio-1/prev/ok")->texts[0], "named"));
  client_send_number(c, "/remanence/audio-1/model/4", 1.0);
  client_wait(c, "/remanence/audio-1/model/4/ok");
  band_expect_told(band, 0U, "Clean");
  client_send_number(c, "/remanence/audio-1/model/1", 0.0); // Let go
  client_wait(c, "/remanence/audio-1/model/1/ok");
  band_expect_told(band, 0U, "Clean");
}

static void
test_controls(Band* const band)
{
  Client* const c    = band->client;
  Host* const   host = band->hosts[0];
  client_send_number(c, "/remanence/audio-1/mix", 0.25);
  client_wait(c, "/remanence/audio-1/mix/ok");
  client_send_nothing(c, "/remanence/audio-1/mix");
  CHECK(client_wait(c, "/remanence/audio-1/mix/ok")->numbers[0] == 0.25);
  client_send_number(c, "/remanence/audio-1/mix", 7.0); // Into its range
  CHECK(client_wait(c, "/remanence/audio-1/mix/ok")->numbers[0] == 1.0);
  client_send_nothing(c, "/remanence/audio-1/mix");
  CHECK(client_wait(c, "/remanence/audio-1/mix/ok")->numbers[0] == 1.0);

  host_set(host, "mix", 0.5f); // Who moves last has it
  client_play(c);
  client_send_nothing(c, "/remanence/audio-1/mix");
  CHECK(client_wait(c, "/remanence/audio-1/mix/ok")->numbers[0] == 0.5);
}

static void
test_knobs(Band* const band)
{
  Client* const c = band->client;
  band_load(band, "audio-1", "named.safetensors");
  band_expect_told(band, 0U, "named");
  CHECK(!strcmp(band->hosts[0]->heard.knobs,
                "1: Gain, 0 to 10; 2: Mid Tone, -6 to 6"));
  client_send_number(c, "/remanence/audio-1/knob/gain", 7.5);
  client_wait(c, "/remanence/audio-1/knob/gain/ok");
  client_send_number(c, "/remanence/audio-1/knob/Mid_Tone", -3.0);
  client_wait(c, "/remanence/audio-1/knob/Mid_Tone/ok");
  client_send_nothing(c, "/remanence/audio-1/knobs");
  CHECK((int)client_wait(c, "/remanence/audio-1/knobs/ok")->numbers[0] == 2);
  const ClientReply* const tone = &c->replies[1];
  CHECK(!strcmp(tone->types, "isffff") && !strcmp(tone->texts[1], "Mid Tone"));
  CHECK(tone->numbers[2] == -6.0 && tone->numbers[3] == 6.0);
  CHECK(fabs(tone->numbers[5] + 3.0) < 1e-5);
  client_send_nothing(c, "/remanence/audio-1/knob_1");
  CHECK(client_wait(c, "/remanence/audio-1/knob_1/ok")->numbers[0] == 0.75);
  client_send_number(c, "/remanence/audio-1/knob/Presence", 1.0);
  client_expect_error(c, "/remanence/audio-1/knob/Presence", 9);
}

static double
status(const Client* const c, const char* const key)
{
  char address[CLIENT_TEXT];
  snprintf(address, sizeof(address), "/remanence/audio-1/%s", key);
  const ClientReply* const reply = client_find(c, address);
  CHECK(reply);
  return reply->numbers[0];
}

static void
test_status(Band* const band)
{
  Client* const c = band->client;
  band_load(band, "audio-1", "amp 10.safetensors");
  client_send_nothing(c, "/remanence/audio-1/get");
  client_wait(c, "/remanence/audio-1/get/ok");
  CHECK(status(c, "status/rate") == 48000.0);
  CHECK(status(c, "status/model_rate") == 48000.0);
  CHECK(status(c, "status/latency") == 0.0);
  CHECK((int32_t)status(c, "status/port") == band->hosts[0]->heard.osc_port);
  CHECK(status(c, "status/dsp_load") > 0.0);
  CHECK(status(c, "status/in_peak") == -100.0);
  CHECK(status(c, "status/non_finite") == 0.0);
#if !defined(__SANITIZE_THREAD__) // Which is too slow to be on time
  CHECK(status(c, "status/late_swaps") == 0.0);
#endif
  CHECK(status(c, "mix") == 0.5);
  CHECK(!strcmp(client_find(c, "/remanence/audio-1/status/model")->texts[0],
                "amp 10.safetensors"));
}

static void
test_subscribe(Band* const band)
{
  Client* const    c       = band->client;
  const lo_message message = lo_message_new();
  const int32_t    port    = lo_server_get_port(c->lo);
  lo_message_add_int32(message, port);
  lo_message_add_float(message, 50.0f);
  client_send(c, "/remanence/audio-1/subscribe", message);
  client_wait(c, "/remanence/audio-1/subscribe/ok");
  for (int i = 0; i < 5; ++i) {
    c->n_replies = 0U;
    client_wait(c, "/remanence/audio-1/status/model");
  }
  host_send_model(band->hosts[0], 0U, band->stage->plain); // Whoever asked
  c->n_replies = 0U;
  CHECK(!strcmp(client_wait(c, "/remanence/audio-1/loaded")->texts[0],
                band->stage->plain));

  const lo_message none = lo_message_new();
  lo_message_add_int32(none, port);
  lo_message_add_float(none, 0.0f);
  client_send(c, "/remanence/audio-1/subscribe", none);
  client_wait(c, "/remanence/audio-1/subscribe/ok");
  c->n_replies = 0U;
  for (int i = 0; i < 200; ++i) {
    client_play(c);
    fixture_pause();
  }
  CHECK(!client_find(c, "/remanence/audio-1/status/model"));
}

int
main(void)
{
  Band* const band = band_open(BUILD_DIR "/lv2");
  test_bank(band);
  test_controls(band);
  test_knobs(band);
  test_status(band);
  test_subscribe(band);
  band_close(band);
  return 0;
}
