// SPDX-License-Identifier: ISC

/// The listener hears what `remanence tag` finds, at the sample where that is
/// known, however time is cut; passes sound on untouched; lets no note hang

#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/spectra/hear.h"
#include "offline_trainer/spectra/score.h"
#include "tests/check.h"
#include "tests/host/client.h"
#include "tests/host/fixture.h"
#include "tests/host/host.h"
#include "tests/listener.h"

#include <stdlib.h>
#include <string.h>

enum { RATE = 24000, N = 4 * RATE, HOP = 192, MAX_EVENTS = 2000 };

#define THRESHOLD 0.5f

static HostWorld* world;
static FixtureDir dir;
static char       path[FIXTURE_PATH];
static RemModel*  model;
static float      sound[2 * N];
static float      out[2 * N];

static Host*
open_at(const double rate)
{
  const HostSpec spec = {
    HOST_LISTENER, rate, HOST_FEATURE_ALL, HOST_WORK_LATER};
  Host* const host = host_open(world, &spec);
  CHECK(host);
  return host;
}

/// Open a listener with the model at rest
static Host*
listener_at(const double rate)
{
  Host* const host = open_at(rate);
  host_load(host, path);
  return host;
}

/// Return what is found offline in the sound of a file at `rate`
static RemLabels
find_offline(const uint32_t rate, const uint32_t n)
{
  RemSound  file   = {rate, n, malloc(n * sizeof(float))};
  RemHeard  heard  = {0U, 0U, NULL};
  RemLabels events = {0U, 0U, NULL};
  memcpy(file.x, sound, n * sizeof(float));
  CHECK(!rem_sound_resample(&file, RATE, NULL));
  CHECK(!rem_hear(model, &file, NULL, &heard, NULL));
  const RemPeakRule rule =
    rem_hear_rule(model->spectra, (double)THRESHOLD, 0.05);
  CHECK(rem_hear_events(model, &heard, &rule, &events));
  rem_heard_clear(&heard);
  rem_sound_clear(&file);
  return events;
}

/// At the model's rate every event is there, at its sample, and no other
static void
test_same_rate(void)
{
  const RemLabels want = find_offline(RATE, N);
  Host* const     host = listener_at(RATE);
  uint32_t        n_on = 0U, last = 0U;
  host_play(host, sound, out, N, 256U);
  CHECK(!memcmp(out, sound, N * sizeof(float)));
  for (size_t i = 0U; i < want.n; ++i) {
    const RemLabel* const e     = &want.items[i];
    const double          frame = (e->begin * RATE + 256.0) / HOP - 1.0;
    const uint64_t        at    = (uint64_t)(lrint(frame) + 2L) * HOP - 1U;
    const uint8_t         key   = (uint8_t)(36U + (uint32_t)(e->name[0] - 'a'));
    bool found = e->begin <= 0.0 || at >= N; // The first two frames
    for (uint32_t m = 0U; !found && m < host->n_midi; ++m) {
      const HostMidi* const x = &host->midi[m];
      found = x->at == at && x->bytes[0] == 0x90U && x->bytes[1] == key;
    }
    CHECK(found);
    last += at < N;
  }
  for (uint32_t m = 0U; m < host->n_midi; ++m) {
    n_on += host->midi[m].bytes[0] == 0x90U;
    CHECK(!m || host->midi[m].at >= host->midi[m - 1U].at);
  }
  printf("%zu events, %u notes\n", want.n, n_on);
  CHECK(n_on == last && n_on > 20U);
  RemLabels none = want;
  rem_labels_clear(&none);
  host_close(host);
}

/// At other rates most events are the same, late by what the port says; and
/// nothing depends on blocks
static void
test_other_rate(void)
{
  static HostMidi first[MAX_EVENTS];
  uint32_t        n_first = 0U;
  for (uint32_t block = 1U; block <= 4097U; block = block * 8U + 7U) {
    Host* const host = listener_at(2.0 * RATE);
    host_play(host, sound, out, 2U * N, block);
    CHECK(!memcmp(out, sound, 2U * N * sizeof(float)));
    CHECK(host->n_midi < MAX_EVENTS);
    if (block > 1U) {
      CHECK(host->n_midi == n_first);
      CHECK(!memcmp(first, host->midi, n_first * sizeof(HostMidi)));
    }
    n_first = host->n_midi;
    memcpy(first, host->midi, n_first * sizeof(HostMidi));
    host_close(host);
  }
  Host* const host = listener_at(2.0 * RATE);
  host_play(host, sound, out, 2U * N, 64U);
  const double    delay = 0.001 * (double)host_get(host, "delay");
  const RemLabels want  = find_offline(2U * RATE, 2U * N);
  RemLabels       found = {0U, 0U, NULL};
  RemScore        score = {0U, 0U, 0U};
  for (uint32_t m = 0U; m < host->n_midi; ++m) {
    RemLabel e = {.begin = (double)host->midi[m].at / (2.0 * RATE) - delay};
    CHECK(host->midi[m].bytes[0] != 0x90U || rem_labels_add(&found, &e));
  }
  rem_score_add(&score, &found, &want, NULL, 0.001);
  printf(
    "delay %.1f ms, F %.3f within 1 ms\n", 1e3 * delay, rem_score_f(&score));
  CHECK(delay > 0.018 && delay < 0.03 && rem_score_f(&score) > 0.95);
  RemLabels none = want;
  rem_labels_clear(&none);
  rem_labels_clear(&found);
  host_close(host);
}

/// Every note ends after its length, or where it is struck again
static void
test_notes(void)
{
  Host* const host     = open_at(RATE);
  int64_t     end[128] = {0};
  host_set(host, "length", 400.0f);
  host_set(host, "channel", 10.0f);
  host_set(host, "base_note", 60.0f);
  host_load(host, path);
  host_play(host, sound, out, N, 100U);
  uint32_t n_struck = 0U, n_early = 0U;
  for (uint32_t m = 0U; m < host->n_midi; ++m) {
    const HostMidi* const x   = &host->midi[m];
    int64_t* const        due = &end[x->bytes[1]];
    CHECK(x->bytes[1] >= 60U && x->bytes[1] < 63U);
    if (x->bytes[0] == 0x99U) {
      CHECK(!*due && x->bytes[2] >= 1U);
      *due = (int64_t)x->at + 9600;
      ++n_struck;
    } else {
      const bool struck = m + 1U < host->n_midi &&
                          host->midi[m + 1U].bytes[0] == 0x99U &&
                          host->midi[m + 1U].at == x->at;
      CHECK(x->bytes[0] == 0x89U && *due);
      CHECK((int64_t)x->at == *due || struck);
      n_early += (int64_t)x->at < *due;
      *due = 0;
    }
  }
  CHECK(n_struck > 20U && n_early > 0U);
  host_close(host);
}

/// Count the notes that sound
static uint32_t
sounding(const Host* const host)
{
  uint32_t n = 0U;
  for (uint32_t m = 0U; m < host->n_midi; ++m) {
    n += host->midi[m].bytes[0] == 0x90U;
    n -= host->midi[m].bytes[0] == 0x80U;
  }
  return n;
}

/// Switched off, it passes sound and nothing sounds on; so it is when another
/// model comes
static void
test_silence(void)
{
  Host* const host = listener_at(RATE);
  uint32_t    at   = 0U;
  host_set(host, "length", 5000.0f);
  for (; !sounding(host) && at < N; at += 64U) {
    host_play(host, sound + at, out, 64U, 64U);
  }
  CHECK(sounding(host));
  host_set(host, "enabled", 0.0f);
  const uint32_t n = host->n_midi;
  host_play(host, sound + at, out, 1000U, 100U);
  CHECK(!sounding(host) && host->midi[n].at == at);
  CHECK(!memcmp(out, sound + at, 1000U * sizeof(float)));
  const uint32_t n_off = host->n_midi;
  host_play(host, sound, out, N / 2U, 128U);
  CHECK(host->n_midi == n_off); // It does not listen
  host_set(host, "enabled", 1.0f);
  for (at = 0U; !sounding(host) && at < N; at += 64U) {
    host_play(host, sound + at, out, 64U, 64U);
  }
  CHECK(sounding(host));
  host_send_model(host, 0U, path);
  for (uint32_t i = 0U; i < 4U; ++i) {
    host_worker_drain(&host->worker);
    host_play(host, out + N, out, 16U, 16U); // Silence
  }
  CHECK(!sounding(host));
  host_close(host);
}

/// Controllers say how strong labels are, and so do ports
static void
test_controllers(void)
{
  Host* const host = listener_at(RATE);
  host_set(host, "midi", 2.0f);
  host_set(host, "base_cc", 30.0f);
  host_set(host, "channel", 3.0f);
  host_play(host, sound, out, N / 2U, HOP); // A frame a block
  uint8_t last[3] = {0U, 0U, 0U};
  for (uint32_t m = 0U; m < host->n_midi; ++m) {
    const uint8_t* const x = host->midi[m].bytes;
    CHECK(x[0] == 0xB2U && x[1] >= 30U && x[1] < 33U);
    CHECK(x[2] != last[x[1] - 30U] || host->midi[m].at < HOP);
    last[x[1] - 30U] = x[2];
  }
  CHECK(host->n_midi > 100U);
  for (uint32_t o = 0U; o < 3U; ++o) {
    static const char* const ports[] = {"out_1", "out_2", "out_3"};
    const float              x       = host_get(host, ports[o]);
    CHECK(x > 0.0f && fabsf(127.0f * x - (float)last[o]) <= 0.5001f);
  }
  CHECK(host_get(host, "out_4") <= 0.0f);
  CHECK(host_get(host, "status") > 0.9f && host_get(host, "status") < 1.1f);
  host_close(host);
}

/// Models that cannot listen are refused by name, and it listens on
static void
refuse(const RemModel* const bad, const char* const words)
{
  char        bad_path[FIXTURE_PATH];
  Host* const host = listener_at(RATE);
  fixture_path(&dir, "bad.safetensors", bad_path);
  CHECK(!rem_model_write(bad, REM_FORMAT_NATIVE, bad_path, NULL));
  host_send_model(host, 0U, bad_path);
  for (uint32_t i = 0U; i < 3U; ++i) {
    host_play(host, sound, out, 256U, 256U);
    host_worker_drain(&host->worker);
  }
  if (!strstr(host->heard.message, words)) {
    fprintf(stderr, "%s\n", host->heard.message);
  }
  CHECK(strstr(host->heard.message, words));
  CHECK(host_get(host, "status") > 2.9f);
  host_play(host, sound, out, N, 512U);
  CHECK(host->n_midi > 20U);
  host_close(host);
}

static void
test_refusals(void)
{
  const FixtureModel tone  = {1U, 8U, 1U, 0U, false};
  RemModel* const    audio = fixture_model(&tone);
  refuse(audio, "net for audio frames; expected a net for spectra");
  rem_model_free(audio);

  RemNetSpec spec      = model->spec;
  spec.both            = true;
  RemModel* const both = rem_model_new(&spec);
  CHECK(both);
  both->kind        = REM_FRAME_SPECTRUM;
  both->spectra     = malloc(sizeof(RemSpectra));
  both->labels      = rem_symbols_copy(model->labels);
  both->sample_rate = RATE;
  CHECK(both->spectra && both->labels);
  *both->spectra = *model->spectra;
  refuse(both, "both directions");
  rem_model_free(both);

  char            slow_path[FIXTURE_PATH];
  RemModel* const slow = listener_model(2U, 3U, 2000.0);
  Host* const     host = open_at(48000.0);
  host_activate(host);
  fixture_path(&dir, "slow.safetensors", slow_path);
  CHECK(!rem_model_write(slow, REM_FORMAT_NATIVE, slow_path, NULL));
  host_send_model(host, 0U, slow_path);
  for (uint32_t i = 0U; i < 3U; ++i) {
    host_play(host, sound, out, 256U, 256U);
    host_worker_drain(&host->worker);
  }
  CHECK(strstr(host->heard.message, "listens at 2000 Hz"));
  CHECK(host_get(host, "status") > 2.9f && !host->n_midi);
  host_close(host);
  rem_model_free(slow);
}

/// A client of OSC is told what is heard
static void
test_client(void)
{
  char    to[64];
  Host*   host   = listener_at(RATE);
  Client* client = client_new(client_port_of(host), NULL, 0U);
  snprintf(to, sizeof(to), "127.0.0.1:%d", lo_server_get_port(client->lo));
  client_send_text(client, "/remanence/listener-1/client", to);
  for (uint32_t i = 0U; i < 200U && !client_find(client, "/heard"); ++i) {
    host_play(host, sound, out, 8192U, 512U);
    fixture_pause();
    while (lo_server_recv_noblock(client->lo, 1) > 0) {
    }
  }
  CHECK(client_find(client, "/heard"));
  client_free(client);
  host_close(host);
}

/// The preset hears bursts begin, within 50 ms, at any rate
static void
test_preset(void)
{
  static const double rates[] = {44100.0, 48000.0};
  for (size_t i = 0U; i < 2U; ++i) {
    Host* const    host  = open_at(rates[i]);
    const uint32_t n     = 2U * N;
    RemLabels      there = {0U, 0U, NULL}, found = {0U, 0U, NULL};
    RemScore       score = {0U, 0U, 0U};
    uint32_t       seed  = 5U;
    for (uint32_t t = 0U; t < n; ++t) {
      const uint32_t since = t % 14000U;
      sound[t] = (0.5f * expf(-0.001f * (float)since) + 1e-3f) * noise(&seed);
      RemLabel label = {.begin = (double)t / rates[i]};
      CHECK(since || !t || rem_labels_add(&there, &label));
    }
    host_load_preset(host, "urn:remanence:preset:onsets");
    host_activate(host);
    host_play(host, sound, out, n, 512U);
    const double delay = 0.001 * (double)host_get(host, "delay");
    for (uint32_t m = 0U; m < host->n_midi; ++m) {
      RemLabel e = {.begin = (double)host->midi[m].at / rates[i] - delay};
      CHECK(host->midi[m].bytes[0] != 0x90U || e.begin < 0.1 ||
            rem_labels_add(&found, &e));
    }
    rem_score_add(&score, &found, &there, NULL, 0.05);
    printf("preset at %.0f Hz: %zu of %zu, %zu found\n",
           rates[i],
           score.n_hits,
           score.n_there,
           score.n_found);
    CHECK(score.n_there > 10U && rem_score_f(&score) > 0.95);
    rem_labels_clear(&there);
    rem_labels_clear(&found);
    host_close(host);
  }
}

int
main(void)
{
  dir   = fixture_begin();
  world = host_world_new(BUILD_DIR "/lv2");
  model = listener_model(3U, 9U, RATE);
  listener_sound(sound, 2U * N, 11U);
  fixture_path(&dir, "ear.safetensors", path);
  CHECK(!rem_model_write(model, REM_FORMAT_NATIVE, path, NULL));
  test_same_rate();
  test_other_rate();
  test_notes();
  test_silence();
  test_controllers();
  test_refusals();
  test_client();
  test_preset();
  rem_model_free(model);
  host_world_free(world);
  fixture_end(&dir);
  return 0;
}
