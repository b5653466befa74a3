// SPDX-License-Identifier: ISC

/// Everything that can happen to a listener under audio happens, and run() is
/// watched: it may not allocate, free, lock, sleep, read a clock or make a
/// system call

#include "dsp/modelfile/modelfile.h"
#include "plugin/listener/listener.h"
#include "tests/check.h"
#include "tests/host/watched.h"
#include "tests/listener.h"

#include <lv2/atom/atom.h>

#include <string.h>

enum { N_BLOCKS = 6000, MAX_BLOCK = 300 };

static const struct {
  uint32_t n_labels;
  double   rate;
} models[WATCHED_MODELS] = {{3U, 24000.0}, {200U, 48000.0}, {1U, 44100.0}};

/// What to ask for, and what is heard
typedef struct {
  Watched* watched;
  float    in[MAX_BLOCK];
} Realtime;

/// Ask for one thing or another
static void
send_something(const Realtime* const rt,
               Host* const           host,
               const Client* const   client,
               uint32_t* const       seed)
{
  char text[32] = "";
  if (watched_below(seed, 2U)) {
    snprintf(
      text, sizeof(text), "127.0.0.1:%d", lo_server_get_port(client->lo));
  }
  switch (watched_below(seed, 10U)) {
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
    host_send_model(
      host, 0U, rt->watched->paths[watched_below(seed, WATCHED_MODELS + 1U)]);
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
    &rem_listener_controls[watched_below(seed, REM_LISTENER_N_CONTROLS)];
  const float range = c->maximum - c->minimum;
  const float x     = c->normal + 1.2f * range * noise(seed);
  host_set(host, c->symbol, watched_below(seed, 40U) ? x : NAN);
}

/// Fill the input with all kinds of sound
static void
fill(Realtime* const rt, uint32_t* const seed)
{
  listener_sound(rt->in, MAX_BLOCK, 1U + watched_below(seed, 100000U));
  if (!watched_below(seed, 20U)) {
    rt->in[watched_below(seed, MAX_BLOCK)] =
      watched_below(seed, 2U) ? NAN : INFINITY;
  }
}

/// Let something happen, and play a block
static void
play(void* const     handle,
     Host* const     host,
     Client* const   client,
     uint32_t* const seed)
{
  Realtime* const    rt = (Realtime*)handle;
  float              out[MAX_BLOCK];
  const float* const in[1] = {rt->in};
  float* const       to[1] = {out};
  send_something(rt, host, client, seed);
  move_something(host, seed);
  fill(rt, seed);
  host->notify_bytes = watched_below(seed, 3U) ? HOST_ATOM_BYTES : 64U;
  host_run(host, in, to, watched_below(seed, MAX_BLOCK));
}

int
main(void)
{
  static const char* const names[] = {"listener-1", "nobody"};
  const char* const        paths[] = {
           "m0.safetensors", "m1.safetensors", "m2.safetensors", "bad.nam"};
  static Realtime rt;
  rt.watched = watched_open(BUILD_DIR "/lv2");
  if (!rt.watched) {
    return 77;
  }
  for (uint32_t i = 0U; i < WATCHED_MODELS; ++i) {
    RemModel* const model =
      listener_model(models[i].n_labels, 3U + i, models[i].rate);
    CHECK(
      !rem_model_write(model, REM_FORMAT_NATIVE, rt.watched->paths[i], NULL));
    rem_model_free(model);
  }
  const WatchedSpec spec = {&rt, names, 2U, paths, 4U, 5U, play};
  for (uint32_t i = 0U; i < WATCHED_WORKS; ++i) {
    const HostSpec host = {
      HOST_LISTENER, 48000.0, HOST_FEATURE_ALL, watched_works[i]};
    watched_run(rt.watched, &host, &spec, i ? N_BLOCKS / 10U : N_BLOCKS / 2U);
  }
  watched_close(rt.watched);
  return 0;
}
