// SPDX-License-Identifier: ISC

/// Ten minutes of a performance played in, as MIDI and as OSC, in every mode:
/// the answers are in range, come at the rate of the net and at their time, and
/// no note is left

#include "dsp/duet.h"
#include "tests/check.h"
#include "tests/host/client.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"

#include <string.h>

enum { RATE = 48000, BLOCK = 512, SECONDS = 600, DIMS = 6 };

#define MAPPING "cc 1 20; cc 1 21; cc 1 22; key 2 50; note 3; note 4"
#define THRESHOLD 0.5f ///< Seconds
#define DT 0.1f        ///< Seconds between events of the net, about

static const GestureModel model = {4U, DIMS, 24U, 1U, 2U, DT};

/// A performance, and what is known of the answers so far
typedef struct {
  Host*    host;
  Client*  client; ///< NULL to play MIDI
  uint32_t mode;
  uint32_t seed;
  uint64_t next;    ///< Sample of the next touch
  uint64_t touched; ///< Of the last one; 0 before the first
  uint32_t n_touches;
  uint32_t n_events; ///< Of the net
  uint64_t last;     ///< Sample of the last of them
  uint64_t longest;  ///< Samples between two, in battle
  bool     sounds[16][128];
  uint32_t n_sounding;
} Take;

static double
below_one(Take* const take)
{
  return 0.5 + 0.5 * (double)noise(&take->seed);
}

/// Play a gesture of some touches, then rest for up to three seconds
static uint64_t
after(Take* const take, const uint64_t at)
{
  const bool rests = below_one(take) < 0.08;
  return at + (uint64_t)(RATE * (rests ? 3.0 : 0.2) * below_one(take)) + 100U;
}

static void
touch_osc(const Take* const take, const float x)
{
  const lo_message message = lo_message_new();
  for (uint32_t d = 0U; d < DIMS; ++d) {
    (void)lo_message_add_float(message, d ? 0.5f : x);
  }
  client_send(take->client, "/interface", message);
}

/// Touch the first dimension in the next block, at its sample if by MIDI
static void
touch(Take* const take, const uint32_t frame)
{
  const double x = below_one(take);
  if (take->client) {
    touch_osc(take, (float)x);
  } else {
    host_send_midi(take->host, frame, 0xB0U, 20U, (uint8_t)(127.0 * x));
  }
  ++take->n_touches;
}

/// Follow a message: what is struck was silent, and stands in the net's range
static void
follow(Take* const take, const HostMidi* const midi)
{
  const uint8_t kind = midi->bytes[0] & 0xF0U;
  bool* const   note = &take->sounds[midi->bytes[0] & 0x0FU][midi->bytes[1]];
  CHECK(midi->bytes[1] < 128U && midi->bytes[2] < 128U);
  if (kind == 0x90U) {
    const bool choice = (midi->bytes[0] & 0x0FU) >= 2U;
    CHECK(!*note && midi->bytes[2]);
    CHECK(choice ? midi->bytes[1] >= 60U && midi->bytes[1] < 72U
                 : midi->bytes[1] == 50U);
    *note = true;
    ++take->n_sounding;
  } else if (kind == 0x80U) {
    CHECK(*note);
    *note = false;
    --take->n_sounding;
  } else {
    CHECK(kind == 0xB0U && midi->bytes[1] >= 20U && midi->bytes[1] < 23U);
  }
}

/// Note an event of the net, of which the note of the last dimension is a part
static void
note_event(Take* const take, const uint64_t at)
{
  if (take->n_events && at - take->last > take->longest) {
    take->longest = at - take->last;
  }
  take->last = at;
  ++take->n_events;
  if (take->mode == REM_DUET_CALLRESPONSE && !take->client) {
    CHECK(at > take->touched + (uint64_t)(THRESHOLD * RATE));
  }
}

/// Look at what a block brought
static void
hear(Take* const take)
{
  for (uint32_t i = 0U; i < take->host->n_midi; ++i) {
    const HostMidi* const midi = &take->host->midi[i];
    follow(take, midi);
    if (midi->bytes[0] == 0x93U) {
      note_event(take, midi->at);
    }
  }
  take->host->n_midi = 0U;
}

/// Play up to the next touch but no further than `end`
static void
play_on(Take* const take, const uint64_t end)
{
  Host* const    host = take->host;
  const uint64_t to   = take->next < end ? take->next : end;
  while (host->now < to) {
    const uint64_t left = to - host->now;
    host_step(host, left < BLOCK ? (uint32_t)left : BLOCK);
    hear(take);
  }
}

/// Play a take and let it end
static void
perform(Take* const take)
{
  Host* const    host = take->host;
  const uint64_t end  = (uint64_t)SECONDS * RATE;
  host_set(host, "mode", (float)take->mode);
  host_activate(host);
  take->next = 3000U;
  while (host->now < end) {
    play_on(take, end);
    if (host->now == take->next) {
      take->touched = host->now + 7U;
      touch(take, 7U);
      host_step(host, BLOCK);
      hear(take);
      CHECK(take->mode || take->client || !take->n_sounding);
      take->next = after(take, host->now);
    }
  }
  host_set(host, "mode", 3.0f);
  host_step(host, BLOCK);
  hear(take);
  CHECK(!take->n_sounding);
}

/// Check that as many events came as the mode lets expect
static void
check_rate(const Take* const take)
{
  const double a_second = (double)take->n_events / SECONDS;
  printf("%s, mode %u: %u touches, %u events, %.2f s at most between two\n",
         take->client ? "OSC" : "MIDI",
         take->mode,
         take->n_touches,
         take->n_events,
         (double)take->longest / RATE);
  switch (take->mode) {
  case REM_DUET_CALLRESPONSE:
    CHECK(a_second > 1.0 && a_second < 1.0 / (double)DT);
    break;
  case REM_DUET_POLYPHONY: // One each, but those still to come at the end
    CHECK(take->client || take->n_events + 20U > take->n_touches);
    CHECK(take->n_events > take->n_touches / 2U);
    // Packets of the take before may come in this one
    CHECK(take->n_events <= take->n_touches + (take->client ? 20U : 0U));
    break;
  case REM_DUET_BATTLE:
    CHECK(a_second > 0.5 / (double)DT && a_second < 2.0 / (double)DT);
    CHECK((double)take->longest <= 8.0 * (double)DT * RATE + 1.0);
    break;
  default:
    CHECK(!take->n_events);
    break;
  }
}

int
main(void)
{
  FixtureDir       dir   = fixture_begin();
  HostWorld* const world = host_world_new(BUILD_DIR "/lv2");
  char             path[FIXTURE_PATH];
  gesture_write(&model, fixture_path(&dir, "a.safetensors", path));
  Host* const host = gesture_host(world, HOST_CONTROL, path);
  gesture_map(host, MAPPING);
  host_set(host, "threshold", THRESHOLD);
  Client* const client = client_new(client_port_of(host), NULL, 0U);
  for (uint32_t i = 0U; i < 8U; ++i) {
    Take take    = {.host   = host,
                    .client = i < 4U ? NULL : client,
                    .mode   = i % 4U,
                    .seed   = 3U};
    host->n_midi = 0U;
    perform(&take);
    check_rate(&take);
  }
  client_free(client);
  host_close(host);
  host_world_free(world);
  fixture_end(&dir);
  return 0;
}
