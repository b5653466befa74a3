// SPDX-License-Identifier: ISC

/// Everything that can happen to a notes plugin under audio happens, and run()
/// is watched: it may not allocate, free, lock, sleep, read a clock or make a
/// system call

#include "plugin/notes/notes.h"
#include "tests/check.h"
#include "tests/host/gesture.h"
#include "tests/host/watched.h"
#include "tests/notes.h"

#include <string.h>

enum { N_BLOCKS = 4000, MAX_BLOCK = 300 };

/// Send MIDI of any kind, in order
static void
send_midi(Host* const host, uint32_t* const seed, const uint32_t n)
{
  uint32_t frame = 0U;
  for (uint32_t i = watched_below(seed, 12U); i > 0U; --i) {
    const uint8_t status = (uint8_t)((0x80U + 16U * watched_below(seed, 8U)) |
                                     watched_below(seed, 3U));
    frame += watched_below(seed, 60U);
    host_send_midi(host,
                   frame < n ? frame : n,
                   status,
                   (uint8_t)(60U + watched_below(seed, 5U)),
                   (uint8_t)watched_below(seed, 128U));
  }
}

/// Ask for one thing or another
static void
send_something(const Watched* const watched,
               Host* const          host,
               uint32_t* const      seed,
               const uint32_t       n)
{
  switch (watched_below(seed, 14U)) {
  case 0U:
    host_send_get(host, 0U, NULL);
    break;
  case 1U:
    host_send_model(host, 0U, watched->paths[watched_below(seed, 4U)]);
    break;
  case 2U:
    gesture_transport(host,
                      watched_below(seed, n + 1U),
                      0.0,
                      120.0f,
                      (float)watched_below(seed, 2U));
    break;
  default:
    if (watched_below(seed, 3U)) {
      send_midi(host, seed, n);
    }
    break;
  }
}

/// Turn some control to anywhere, beyond its range too
static void
move_something(Host* const host, uint32_t* const seed)
{
  const RemControl* const c =
    &rem_notes_controls[watched_below(seed, REM_NOTES_N_CONTROLS)];
  const float range = c->maximum - c->minimum;
  const float x     = c->normal + 1.2f * range * noise(seed);
  if (watched_below(seed, 8U) == 0U) {
    host_set(host, c->symbol, watched_below(seed, 40U) ? x : NAN);
  }
  host_set(host, "rest", 0.01f * (float)watched_below(seed, 100U));
}

/// Let something happen, and play a block
static void
play(void* const     handle,
     Host* const     host,
     Client* const   client,
     uint32_t* const seed)
{
  (void)client;
  const uint32_t n = watched_below(seed, MAX_BLOCK);
  send_something((const Watched*)handle, host, seed, n);
  move_something(host, seed);
  host->notify_bytes = watched_below(seed, 3U) ? HOST_ATOM_BYTES : 64U;
  host_step(host, n);
}

int
main(void)
{
  static const char* const names[] = {"notes-1", "notes-1", "nobody"};
  const char* const        paths[] = {
           "m0.safetensors", "m1.safetensors", "bad.nam", "../../nowhere"};
  Watched* const watched = watched_open(BUILD_DIR "/lv2");
  if (!watched) {
    return 77;
  }
  for (uint32_t i = 0U; i < WATCHED_MODELS; ++i) {
    notes_write(i < 2U ? notes_model(i + 1U, 8U << i) : notes_answerer(i, 32U),
                watched->paths[i]);
  }
  const WatchedSpec spec = {watched, names, 3U, paths, 4U, 10U, play};
  for (uint32_t i = 0U; i < WATCHED_WORKS; ++i) {
    const HostSpec host = {
      HOST_NOTES, 48000.0, HOST_FEATURE_ALL, watched_works[i]};
    watched_run(watched, &host, &spec, i ? N_BLOCKS / 10U : N_BLOCKS);
  }
  watched_close(watched);
  return 0;
}
