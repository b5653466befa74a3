// SPDX-License-Identifier: ISC

/// OSC as docs/osc.md says: every command, its answer, and that the answer is
/// true.  test_osc_controls.c has controls, banks and
/// status.

#include "tests/check.h"
#include "tests/host/band.h"

#include <lv2/midi/midi.h>

#include <string.h>

static void
test_list(Band* const band)
{
  client_send_nothing(band->client, "/remanence/list");
  const ClientReply* const ok = client_wait(band->client, "/remanence/list/ok");
  CHECK((int)ok->numbers[0] == BAND_HOSTS);
  for (uint32_t i = 0U; i < BAND_HOSTS; ++i) {
    const ClientReply* const reply = &band->client->replies[i];
    char                     name[16];
    snprintf(name, sizeof(name), "audio-%u", i + 1U);
    CHECK(!strcmp(reply->address, "/remanence/instance"));
    CHECK(!strcmp(reply->types, "sss"));
    CHECK(!strcmp(reply->texts[0], name));
    CHECK(!strcmp(reply->texts[1], i == 1U ? HOST_STEREO : HOST_AUDIO));
    CHECK(!strcmp(band->hosts[i]->heard.name, name));
  }
}

/// The host hears of what it did not ask for, and saves what is heard
static void
test_load(Band* const band)
{
  Host* const host = band->hosts[0];
  char        path[2U * FIXTURE_PATH];
  char        session[FIXTURE_PATH];
  host_forget(host);
  band_load(band, "audio-1", "amp 2.safetensors");
  client_play(band->client);
  snprintf(path, sizeof(path), "%s/amp 2.safetensors", band->bank);
  band_expect_told(band, 0U, path);
  CHECK(host->heard.n_changed == 1U);
  CHECK(host_save(host, fixture_path(&band->stage->dir, "session", session)));

  band_load(band, "audio-1", "Clean.safetensors");
  host_restore(host, session);
  for (int i = 0; i < 40; ++i) {
    client_play(band->client);
  }
  CHECK(!strcmp(host->heard.model, path));
  CHECK(host->heard.n_changed == 2U); // Not for what a session restored
}

/// What is bad changes nothing, and the answer says why
static void
test_bad(Band* const band)
{
  Client* const c = band->client;
  band_load(band, "audio-1", "amp 2.safetensors");
  client_send_text(c, "/remanence/audio-1/load", "bad.nam");
  client_expect_error(c, "/remanence/audio-1/load", 5);
  client_send_text(c, "/remanence/audio-1/load", "none.nam");
  client_expect_error(c, "/remanence/audio-1/load", 9);
  client_send_text(c, "/remanence/audio-1/load", "/etc/passwd");
  client_expect_error(c, "/remanence/audio-1/load", 4);
  client_send_number(c, "/remanence/audio-1/load", 1.0);
  client_expect_error(c, "/remanence/audio-1/load", 1);
  client_send_nothing(c, "/remanence/audio-9/get");
  client_expect_error(c, "/remanence/audio-9/get", 3);
  client_send_nothing(c, "/remanence/audio-1/frob");
  client_expect_error(c, "/remanence/audio-1/frob", 2);
  client_send_nothing(c, "/other");
  client_expect_error(c, "/other", 2);
  client_send_number(c, "/remanence/audio-1/slot", 3.0);
  client_expect_error(c, "/remanence/audio-1/slot", 9);
  client_send_number(c, "/remanence/audio-1/slot", 64.0);
  client_expect_error(c, "/remanence/audio-1/slot", 1);
  client_send_nothing(c, "/remanence/audio-1/model/99");
  client_expect_error(c, "/remanence/audio-1/model/99", 9);
  client_send_text(c, "/remanence/audio-1/name", "a b");
  client_expect_error(c, "/remanence/audio-1/name", 1);
  client_send_text(c, "/remanence/audio-1/mix", "loud");
  client_expect_error(c, "/remanence/audio-1/mix", 1);
  band_expect_told(band, 0U, "amp 2.safetensors");
}

/// Answers are never answered, or two servers would go on for ever
static void
test_no_echo(Band* const band)
{
  client_send_nothing(band->client, "/remanence/audio-1/load/ok");
  client_send_nothing(band->client, "/remanence/audio-1/load/error");
  for (int i = 0; i < 200; ++i) {
    client_play(band->client);
    fixture_pause();
  }
  CHECK(band->client->n_replies == 0U);
}

static void
test_ready(Band* const band)
{
  Client* const c = band->client;
  for (int32_t slot = 0; slot < 20; ++slot) {
    const lo_message message = lo_message_new();
    lo_message_add_int32(message, slot);
    lo_message_add_string(message,
                          slot % 2 ? "amp 2.safetensors" : "Clean.safetensors");
    client_send(c, "/remanence/audio-2/preload", message);
    CHECK((int)client_wait(c, "/remanence/audio-2/preload/ok")->numbers[0] ==
          slot);
  }
  for (int32_t slot = 0; slot < 20; ++slot) {
    client_send_number(c, "/remanence/audio-2/slot", slot);
    const ClientReply* const ok = client_wait(c, "/remanence/audio-2/slot/ok");
    CHECK(strstr(ok->texts[1], slot % 2 ? "amp 2" : "Clean"));
    band_expect_told(band, 1U, slot % 2 ? "amp 2" : "Clean");
  }
}

/// Nothing that does not sound is called loaded
static void
test_truth(Band* const band)
{
  Client* const c = band->client;
  c->n_hosts      = 0U; // The host stops
  client_send_text(c, "/remanence/audio-1/load", "named.safetensors");
  client_expect_error(c, "/remanence/audio-1/load", 7);
  CHECK(!client_find(c, "/remanence/audio-1/loaded"));
  client_send_nothing(c, "/remanence/audio-1/get"); // What sounded last
  client_wait(c, "/remanence/audio-1/get/ok");
  CHECK(strcmp(client_find(c, "/remanence/audio-1/status/model")->texts[0],
               "named.safetensors") != 0);
  client_send_text(c, "/remanence/audio-1/load", "Clean.safetensors");
  const lo_message second = lo_message_new();
  lo_message_add_string(second, "amp 10.safetensors");
  CHECK(lo_send_message_from(c->to, c->lo, "/remanence/audio-1/load", second) >
        0);
  lo_message_free(second);
  client_expect_error(c, "/remanence/audio-1/load", 6);
  c->n_hosts                  = BAND_HOSTS;
  const ClientReply* const ok = client_wait(c, "/remanence/audio-1/load/ok");
  CHECK(strstr(ok->texts[0], "amp 10"));
}

/// Names are kept, and who was given one keeps it
static void
test_names(Band* const band)
{
  Client* const c = band->client;
  char          session[FIXTURE_PATH];
  fixture_path(&band->stage->dir, "named", session);
  client_send_text(c, "/remanence/audio-1/name", "lead");
  CHECK(
    !strcmp(client_wait(c, "/remanence/audio-1/name/ok")->texts[0], "lead"));
  for (int i = 0; i < 400 && strcmp(band->hosts[0]->heard.name, "lead"); ++i) {
    client_play(c);
    fixture_pause();
  }
  CHECK(!strcmp(band->hosts[0]->heard.name, "lead"));
  // A name that nobody was given is free: who has it takes another one
  client_send_text(c, "/remanence/audio-3/name", "audio-2");
  client_wait(c, "/remanence/audio-3/name/ok");
  for (int k = 0; k < 400 && strcmp(band->hosts[1]->heard.name, "audio-1");
       ++k) {
    client_play(c);
    fixture_pause();
  }
  CHECK(!strcmp(band->hosts[1]->heard.name, "audio-1"));
  client_send_text(c, "/remanence/audio-2/name", "third");
  client_wait(c, "/remanence/audio-2/name/ok");
  client_send_text(c, "/remanence/audio-1/name", "audio-2");
  client_wait(c, "/remanence/audio-1/name/ok");

  client_send_text(c, "/remanence/audio-2/name", "lead");
  client_expect_error(c, "/remanence/audio-2/name", 1);
  client_send_nothing(c, "/remanence/lead/reset");
  client_wait(c, "/remanence/lead/reset/ok");

  host_send_set(band->hosts[1], 0U, HOST_NAME, LV2_ATOM__String, "rhythm", 7U);
  for (int i = 0; i < 400 && strcmp(band->hosts[1]->heard.name, "rhythm");
       ++i) {
    client_play(c);
    fixture_pause();
  }
  CHECK(!strcmp(band->hosts[1]->heard.name, "rhythm"));

  CHECK(host_save(band->hosts[0], session));
  host_close(band->hosts[0]);
  band->hosts[0] = host_open_usual(band->stage->world, HOST_WORK_THREAD);
  host_restore(band->hosts[0], session);
  host_activate(band->hosts[0]);
  client_send_nothing(c, "/remanence/lead/get");
  client_wait(c, "/remanence/lead/get/ok");

  // A copy of a track, or a preset, takes no name from who has it
  host_restore(band->hosts[2], session);
  client_play(c);
  client_send_nothing(c, "/remanence/list");
  client_wait(c, "/remanence/list/ok");
  uint32_t n_lead = 0U;
  for (uint32_t k = 0U; k < c->n_replies; ++k) {
    n_lead += !strcmp(c->replies[k].texts[0], "lead");
  }
  CHECK(n_lead == 1U);
  CHECK(!strcmp(band->hosts[0]->heard.name, "lead"));
}

/// A program over OSC is answered for like a model
static void
test_program(Band* const band)
{
  Client* const c = band->client;
  band_load(band, "rhythm", "Clean.safetensors");
  client_send_number(c, "/remanence/rhythm/program", 2.0);
  CHECK(
    strstr(client_wait(c, "/remanence/rhythm/program/ok")->texts[0], "amp 10"));
  client_send_number(c, "/remanence/rhythm/program", 99.0);
  client_expect_error(c, "/remanence/rhythm/program", 9);
}

/// MIDI: programs, controllers, their channel
static void
test_midi(Band* const band)
{
  static const uint8_t program[] = {0xC2U, 3U};
  static const uint8_t knob[]    = {0xB2U, 2U, 127U};
  static const uint8_t bypass[]  = {0xB2U, 64U, 127U};
  Client* const        c         = band->client;
  Host* const          host      = band->hosts[1];
  band_load(band, "rhythm", "amp 2.safetensors");
  host_send_raw(host, 3U, LV2_MIDI__MidiEvent, program, 2U);
  host_send_raw(host, 5U, LV2_MIDI__MidiEvent, knob, 3U);
  host_send_raw(host, 9U, LV2_MIDI__MidiEvent, bypass, 3U);
  client_play(c);
  for (int i = 0; i < 4000 && !strstr(host->heard.model, "Clean"); ++i) {
    client_play(c);
    fixture_pause();
  }
  CHECK(strstr(host->heard.model, "Clean"));
  client_send_nothing(c, "/remanence/rhythm/knob_2");
  CHECK(client_wait(c, "/remanence/rhythm/knob_2/ok")->numbers[0] == 1.0);
  client_send_nothing(c, "/remanence/rhythm/enabled");
  CHECK(client_wait(c, "/remanence/rhythm/enabled/ok")->numbers[0] == 0.0);

  host_set(host, "program", 2.0f); // As automation does
  client_play(c);
  band_expect_told(band, 1U, "amp 10");

  host_set(host, "midi_channel", 1.0f); // Another one
  host_set(host, "cc_knob_1", 2.0f);
  client_play(c);
  host_send_raw(host, 5U, LV2_MIDI__MidiEvent, knob, 3U);
  client_play(c);
  client_send_nothing(c, "/remanence/rhythm/knob_1");
  CHECK(client_wait(c, "/remanence/rhythm/knob_1/ok")->numbers[0] == 0.5);
  host_set(host, "midi_channel", 3.0f);
  client_play(c);
  host_send_raw(host, 5U, LV2_MIDI__MidiEvent, knob, 3U);
  client_play(c);
  client_send_nothing(c, "/remanence/rhythm/knob_1");
  CHECK(client_wait(c, "/remanence/rhythm/knob_1/ok")->numbers[0] == 1.0);
}

int
main(void)
{
  Band* const band = band_open(BUILD_DIR "/lv2");
  test_list(band);
  test_load(band);
  test_bad(band);
  test_no_echo(band);
  test_ready(band);
  test_truth(band);
  test_names(band);
  test_program(band);
  test_midi(band);
  band_close(band);
  return 0;
}
