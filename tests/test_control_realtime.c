// SPDX-License-Identifier: ISC

/// Everything that can happen to a control plugin under audio happens, and
/// run() is watched: it may not allocate, free, lock, sleep, read a clock or
/// make a system call

#include "plugin/control/control.h"
#include "tests/check.h"
#include "tests/host/gesture.h"
#include "tests/host/watched.h"

#include <string.h>

enum { N_BLOCKS = 6000, MAX_BLOCK = 300 };

static const GestureModel models[] = {{1U, 4U, 16U, 1U, 1U, 0.004f},
                                      {2U, 9U, 64U, 0U, 0U, 0.01f},
                                      {3U, 32U, 8U, 4U, 2U, 0.02f}};

/// Send MIDI of any kind, in order
static void
send_midi(Host* const host, uint32_t* const seed, const uint32_t n)
{
  uint32_t frame = 0U;
  for (uint32_t i = watched_below(seed, 6U); i > 0U; --i) {
    const uint8_t status =
      (uint8_t)((watched_below(seed, 2U)
                   ? 0xB0U
                   : 0x80U + 16U * watched_below(seed, 8U)) |
                watched_below(seed, 3U));
    frame += watched_below(seed, 60U);
    host_send_midi(host,
                   frame < n ? frame : n,
                   status,
                   (uint8_t)(20U + watched_below(seed, 40U)),
                   (uint8_t)watched_below(seed, 128U));
  }
}

static void
send_text(Host* const host, const char* const property, const char* const text)
{
  host_send_set(
    host, 0U, property, LV2_ATOM__String, text, (uint32_t)strlen(text) + 1U);
}

/// Ask for one thing or another
static void
send_something(const Watched* const watched,
               Host* const          host,
               Client* const        client,
               uint32_t* const      seed,
               const uint32_t       n)
{
  static const char* const mappings[] = {
    "", "-", "note 1; cc 2 20; key 1 40; note 3", "bad"};
  char       client_text[32];
  lo_message frame = lo_message_new();
  snprintf(client_text,
           sizeof(client_text),
           "127.0.0.1:%d",
           lo_server_get_port(client->lo));
  for (uint32_t d = watched_below(seed, 12U); d > 0U; --d) {
    (void)lo_message_add_float(frame, noise(seed));
  }
  client_send(client, "/interface", frame);
  switch (watched_below(seed, 14U)) {
  case 0U:
    host_send_get(host, 0U, NULL);
    break;
  case 1U:
    send_text(host, HOST_MAPPING, mappings[watched_below(seed, 4U)]);
    break;
  case 2U:
    send_text(host, HOST_CLIENT, watched_below(seed, 2U) ? client_text : "");
    break;
  case 3U:
    host_send_model(host, 0U, watched->paths[watched_below(seed, 4U)]);
    break;
  case 4U:
    gesture_transport(host,
                      watched_below(seed, n + 1U),
                      (double)watched_below(seed, 64U),
                      60.0f + (float)watched_below(seed, 200U),
                      (float)watched_below(seed, 2U));
    break;
  default:
    send_midi(host, seed, n);
    break;
  }
}

/// Turn some control to anywhere, beyond its range too
static void
move_something(Host* const host, uint32_t* const seed, const bool cv)
{
  const uint32_t n = cv ? REM_CONTROL_CV_N_CONTROLS : REM_CONTROL_N_CONTROLS;
  const RemControl* const c     = &rem_control_controls[watched_below(seed, n)];
  const float             range = c->maximum - c->minimum;
  const float             x     = c->normal + 1.2f * range * noise(seed);
  host_set(host, c->symbol, watched_below(seed, 40U) ? x : NAN);
  if (!cv) {
    host->controls[REM_CONTROL_IN_1 + watched_below(seed, 8U)] =
      watched_below(seed, 40U) ? noise(seed) : NAN;
  }
}

static void
fill_voltage(Host* const host, uint32_t* const seed, const uint32_t n)
{
  for (uint32_t port = 0U; port < host->n_ports; ++port) {
    for (uint32_t s = 0U; host->voltage[port] && s < n; ++s) {
      host->voltage[port][s] = watched_below(seed, 500U) ? noise(seed) : NAN;
    }
  }
}

/// Let something happen, and play a block
static void
play(void* const     handle,
     Host* const     host,
     Client* const   client,
     uint32_t* const seed)
{
  const bool     cv = !strcmp(host->spec.uri, HOST_CONTROL_CV);
  const uint32_t n  = watched_below(seed, MAX_BLOCK);
  send_something((const Watched*)handle, host, client, seed, n);
  move_something(host, seed, cv);
  if (cv) {
    fill_voltage(host, seed, n);
  }
  host->notify_bytes = watched_below(seed, 3U) ? HOST_ATOM_BYTES : 64U;
  host_step(host, n);
}

int
main(void)
{
  static const char* const names[] = {"control-1", "control-1", "nobody"};
  const char* const        paths[] = {"m0.safetensors",
                                      "m1.safetensors",
                                      "m2.safetensors",
                                      "bad.nam",
                                      "../../nowhere"};
  Watched* const           watched = watched_open(BUILD_DIR "/lv2");
  if (!watched) {
    return 77;
  }
  for (uint32_t i = 0U; i < WATCHED_MODELS; ++i) {
    gesture_write(&models[i], watched->paths[i]);
  }
  const WatchedSpec spec = {watched, names, 3U, paths, 5U, 10U, play};
  for (uint32_t i = 0U; i < 2U * WATCHED_WORKS; ++i) {
    const HostSpec host = {i % 2U ? HOST_CONTROL_CV : HOST_CONTROL,
                           48000.0,
                           HOST_FEATURE_ALL,
                           watched_works[i / 2U]};
    watched_run(watched, &host, &spec, i < 2U ? N_BLOCKS : N_BLOCKS / 10U);
  }
  watched_close(watched);
  return 0;
}
