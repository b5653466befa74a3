// SPDX-License-Identifier: ISC

/// Everything that can happen to a listener under audio happens, and run() is
/// watched: it may not allocate, free, lock, sleep, read a clock or make a
/// system call

#define _XOPEN_SOURCE 700 // setenv()

#include "dsp/modelfile/modelfile.h"
#include "plugin/listener/listener.h"
#include "tests/check.h"
#include "tests/host/audit.h"
#include "tests/host/chatter.h"
#include "tests/host/client.h"
#include "tests/host/fixture.h"
#include "tests/listener.h"

#include <lv2/atom/atom.h>

#include <string.h>

enum { N_BLOCKS = 6000, MAX_BLOCK = 300, N_MODELS = 3 };

static const struct {
  uint32_t n_labels;
  double   rate;
} models[N_MODELS] = {{3U, 24000.0}, {200U, 48000.0}, {1U, 44100.0}};

/// What to ask for
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       paths[N_MODELS + 1][FIXTURE_PATH]; ///< The last one is bad
  float      in[MAX_BLOCK];
} Realtime;

static uint32_t
below(uint32_t* const seed, const uint32_t n)
{
  return (uint32_t)((0.5 + 0.5 * (double)noise(seed)) * (double)n);
}

/// Ask for one thing or another
static void
send_something(const Realtime* const rt,
               Host* const           host,
               const Client* const   client,
               uint32_t* const       seed)
{
  char text[32] = "";
  if (below(seed, 2U)) {
    snprintf(
      text, sizeof(text), "127.0.0.1:%d", lo_server_get_port(client->lo));
  }
  switch (below(seed, 10U)) {
  case 0U:
    host_send_get(host, 0U, NULL);
    break;
  case 1U:
    host_send_set(host,
                  0U,
                  HOST_CLIENT,
                  LV2_ATOM__String,
                  text,
                  (uint32_t)strlen(text) + 1U);
    break;
  case 2U:
    host_send_model(host, 0U, rt->paths[below(seed, N_MODELS + 1U)]);
    break;
  default:
    break;
  }
}

/// Turn some control to anywhere, beyond its range too
static void
move_something(Host* const host, uint32_t* const seed)
{
  const RemControl* const c =
    &rem_listener_controls[below(seed, REM_LISTENER_N_CONTROLS)];
  const float range = c->maximum - c->minimum;
  const float x     = c->normal + 1.2f * range * noise(seed);
  host_set(host, c->symbol, below(seed, 40U) ? x : NAN);
}

/// Fill the input with all kinds of sound
static void
fill(Realtime* const rt, uint32_t* const seed)
{
  listener_sound(rt->in, MAX_BLOCK, 1U + below(seed, 100000U));
  if (!below(seed, 20U)) {
    rt->in[below(seed, MAX_BLOCK)] = below(seed, 2U) ? NAN : INFINITY;
  }
}

static void
run_watched(Realtime* const rt,
            Host* const     host,
            Client* const   client,
            const uint32_t  n_blocks)
{
  uint32_t           seed = 99U;
  float              out[MAX_BLOCK];
  const float* const in[1] = {rt->in};
  float* const       to[1] = {out};
  host->audio_hook         = audit_section;
  for (uint32_t i = 0U; i < n_blocks; ++i) {
    send_something(rt, host, client, &seed);
    move_something(host, &seed);
    fill(rt, &seed);
    host->notify_bytes = below(&seed, 3U) ? HOST_ATOM_BYTES : 64U;
    host->n_midi       = 0U;
    host_run(host, in, to, below(&seed, MAX_BLOCK));
    const uint32_t n_calls = audit_take();
    if (n_calls) {
      fprintf(
        stderr, "%u calls in run(), the last is %s\n", n_calls, audit_last());
    }
    CHECK(!n_calls);
    if (i % 4U == 0U) {
      fixture_pause();
    }
    while (lo_server_recv_noblock(client->lo, 0) > 0) {
    }
  }
  host->audio_hook = NULL;
}

static void
run_host(Realtime* const rt, const HostSpec* const spec, const uint32_t n)
{
  static const char* const names[] = {"listener-1", "nobody"};
  const char* const        paths[] = {
           "m0.safetensors", "m1.safetensors", "m2.safetensors", "bad.nam"};
  Host* const host = host_open(rt->world, spec);
  CHECK(host);
  host_activate(host);
  const ChatterSpec chat = {
    client_port_of(host), names, 2U, paths, 4U, 300U, 8U};
  Client* const  client  = client_new(client_port_of(host), NULL, 0U);
  Chatter* const chatter = chatter_start(&chat);
  run_watched(rt, host, client, n);
  printf("%u loads asked, %u told, %u OSC commands, %.0f not finite\n",
         atomic_load(&host->worker.n_asked),
         host->heard.n_model,
         chatter_stop(chatter),
         (double)host_get(host, "non_finite"));
  CHECK(host->heard.n_model > 5U);
  host_close(host);
  client_free(client);
}

int
main(void)
{
  Realtime* const rt = calloc(1, sizeof(Realtime));
  CHECK(rt);
  if (!audit_can_watch()) {
    printf("a sanitizer watches these functions itself\n");
    free(rt);
    return 77;
  }
  rt->dir   = fixture_begin();
  rt->world = host_world_new(BUILD_DIR "/lv2");
  CHECK(!setenv("REMANENCE_MODEL_PATH", rt->dir.path, 1));
  for (uint32_t i = 0U; i < N_MODELS; ++i) {
    char            name[32];
    RemModel* const model =
      listener_model(models[i].n_labels, 3U + i, models[i].rate);
    snprintf(name, sizeof(name), "m%u.safetensors", i);
    fixture_path(&rt->dir, name, rt->paths[i]);
    CHECK(!rem_model_write(model, REM_FORMAT_NATIVE, rt->paths[i], NULL));
    rem_model_free(model);
  }
  fixture_write_text(fixture_path(&rt->dir, "bad.nam", rt->paths[N_MODELS]),
                     "{]");
  (void)audit_begin();
  static const HostWork works[] = {HOST_WORK_THREAD,
                                   HOST_WORK_NOW,
                                   HOST_WORK_MUTE,
                                   HOST_WORK_REFUSE,
                                   HOST_WORK_DROP,
                                   HOST_WORK_NONE};
  for (uint32_t i = 0U; i < sizeof(works) / sizeof(*works); ++i) {
    const HostSpec spec = {HOST_LISTENER, 48000.0, HOST_FEATURE_ALL, works[i]};
    run_host(rt, &spec, i ? N_BLOCKS / 10U : N_BLOCKS / 2U);
  }
  host_world_free(rt->world);
  fixture_end(&rt->dir);
  free(rt);
  return 0;
}
