// SPDX-License-Identifier: ISC

#define _XOPEN_SOURCE 700 // setenv()

#include "tests/host/band.h"

#include "tests/check.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <string.h>

/// Write a model with knobs of its own names
static void
write_named(const char* const path)
{
  RemModel* const model = fixture_model(&stage_knobby);
  model->knobs[0]       = (RemKnob){"Gain", 0.0f, 10.0f, 5.0f};
  model->knobs[1]       = (RemKnob){"Mid Tone", -6.0f, 6.0f, 0.0f};
  CHECK(!rem_model_write(model, REM_FORMAT_NATIVE, path, NULL));
  rem_model_free(model);
}

static void
make_bank(Band* const band)
{
  static const char* const names[] = {
    "amp 2.safetensors", "amp 10.safetensors", "Clean.safetensors"};
  char path[2U * FIXTURE_PATH];
  fixture_path(&band->stage->dir, "bank", band->bank);
  CHECK(!mkdir(band->bank, 0700));
  CHECK(!setenv("REMANENCE_MODEL_PATH", band->bank, 1));
  for (uint32_t i = 0U; i < 3U; ++i) {
    const FixtureModel what = {20U + i, 8U, 1U, 0U, false};
    snprintf(path, sizeof(path), "%s/%s", band->bank, names[i]);
    fixture_write(&what, path);
  }
  snprintf(path, sizeof(path), "%s/named.safetensors", band->bank);
  write_named(path);
  snprintf(path, sizeof(path), "%s/bad.nam", band->bank);
  fixture_write_text(path, "{]");
}

Band*
band_open(const char* const lv2_path)
{
  Band* const band = calloc(1, sizeof(Band));
  CHECK(band);
  band->stage = stage_open(lv2_path);
  make_bank(band);
  for (uint32_t i = 0U; i < BAND_HOSTS; ++i) {
    const HostSpec spec = {i == 1U ? HOST_STEREO : HOST_AUDIO,
                           48000.0,
                           HOST_FEATURE_ALL,
                           i == 2U ? HOST_WORK_NONE : HOST_WORK_THREAD};
    band->hosts[i] = host_open(band->stage->world, &spec);
    CHECK(band->hosts[i]);
    host_activate(band->hosts[i]);
  }
  band->client =
    client_new(client_port_of(band->hosts[0]), band->hosts, BAND_HOSTS);
  return band;
}

void
band_close(Band* const band)
{
  client_free(band->client);
  for (uint32_t i = 0U; i < BAND_HOSTS; ++i) {
    if (band->hosts[i]) {
      host_close(band->hosts[i]);
    }
  }
  stage_close(band->stage);
  free(band);
}

void
band_load(Band* const band, const char* const instance, const char* const file)
{
  char address[64];
  char ok[CLIENT_TEXT];
  char loaded[CLIENT_TEXT];
  char path[2U * FIXTURE_PATH];
  snprintf(address, sizeof(address), "/remanence/%s/load", instance);
  snprintf(ok, sizeof(ok), "%s/ok", address);
  snprintf(loaded, sizeof(loaded), "/remanence/%s/loaded", instance);
  snprintf(path, sizeof(path), "%s/%s", band->bank, file);
  client_send_text(band->client, address, file);
  CHECK(!strcmp(client_wait(band->client, ok)->texts[0], path));
  CHECK(!strcmp(client_wait(band->client, loaded)->texts[0], path));
}

void
band_expect_told(Band* const band, const uint32_t host, const char* const words)
{
  const char* const told = band->hosts[host]->heard.model;
  for (int i = 0; i < 400 && !strstr(told, words); ++i) {
    client_play(band->client);
    fixture_pause();
  }
  CHECK(strstr(told, words));
}
