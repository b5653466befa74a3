// SPDX-License-Identifier: ISC

/// The notes plugin in a host: what it plays is what its net says, whatever the
/// blocks; no note sounds for ever

#include "dsp/improviser.h"
#include "tests/check.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"
#include "tests/notes.h"
#include "tests/notes_host.h"

#include <string.h>

enum { N_PLAYED = 120 };

/// One thing that a person does
typedef struct {
  uint64_t at;
  uint8_t  bytes[3];
} Move;

/// Fill what a person plays for about a minute
static void
fill_moves(Move moves[const N_PLAYED])
{
  uint32_t seed = 5U;
  uint64_t at   = 0U;
  for (uint32_t i = 0U; i < N_PLAYED; ++i) {
    const float   x   = 0.5f + 0.5f * noise(&seed);
    const uint8_t key = (uint8_t)(60U + i / 2U % 12U);
    at += (uint64_t)(x * x * x * 2.0f * RATE);
    moves[i] = (Move){at, {i % 2U ? 0x80U : 0x90U, key, 70U}};
  }
}

/// Play moves in blocks of up to `longest` samples
static void
play_moves(Host* const    host,
           const Move     moves[const N_PLAYED],
           const uint64_t end,
           const uint32_t longest)
{
  uint32_t seed = longest;
  uint32_t i    = 0U;
  while (host->now < end) {
    const uint32_t n =
      (uint32_t)((0.5f + 0.5f * noise(&seed)) * (float)longest);
    const uint64_t until = host->now + n;
    for (; i < N_PLAYED && moves[i].at < until; ++i) {
      host_send_midi(host,
                     (uint32_t)(moves[i].at - host->now),
                     moves[i].bytes[0],
                     moves[i].bytes[1],
                     moves[i].bytes[2]);
    }
    host_step(host, n);
  }
}

/// What comes is what the improviser plays, to the sample
static void
check_exact(const Host* const host,
            const Move        moves[const N_PLAYED],
            const uint64_t    end)
{
  RemImproviser* const pair = (RemImproviser*)calloc(1U, sizeof(RemImproviser));
  RemModel* const      model     = notes_model(1U, 16U);
  RemMind* const       mind      = rem_mind_new(model);
  RemImproviserSettings settings = rem_improviser_settings();
  RemNoteMessage        message;
  uint32_t              n = 0U;
  settings.rest           = 0.5;
  rem_improviser_init(pair, RATE);
  rem_improviser_set(pair, 0U, &settings);
  (void)rem_improviser_set_mind(pair, 0U, mind);
  for (uint32_t i = 0U; i <= N_PLAYED; ++i) {
    const uint64_t until = i < N_PLAYED ? moves[i].at : end;
    while (rem_improviser_next(pair, until, &message)) {
      CHECK(n < host->n_midi && host->midi[n].at == message.at);
      CHECK(!memcmp(host->midi[n].bytes, message.bytes, 3U));
      ++n;
    }
    if (i < N_PLAYED) {
      rem_improviser_hear(pair, until, moves[i].bytes);
    }
  }
  CHECK(n == host->n_midi && n > 200U);
  rem_mind_free(mind);
  rem_model_free(model);
  free(pair);
}

static void
test_exact(const Notes* const notes)
{
  static const uint32_t sizes[] = {4096U, 300U, 50U};
  Move                  moves[N_PLAYED];
  fill_moves(moves);
  for (uint32_t i = 0U; i < 3U; ++i) {
    const uint64_t end  = moves[N_PLAYED - 1U].at + 10U * RATE;
    Host* const    host = open_host(notes);
    play_moves(host, moves, end, sizes[i]);
    check_exact(host, moves, host->now);
    host_close(host);
  }
}

/// Check that nothing sounds, that the last to end did so at sample `at`, and
/// close
static void
check_silent(Host* const host, const uint64_t at)
{
  CHECK(!gesture_sounding(host));
  CHECK(host->midi[host->n_midi - 1U].at == at);
  host_close(host);
}

/// Controls that end what sounds, at the block's first sample
static void
test_controls(const Notes* const notes)
{
  for (uint32_t i = 0U; i < 4U; ++i) {
    static const char* const symbols[] = {"enabled", "reset", "seed", "mode"};
    Host* const              host      = sounding_host(notes);
    const uint64_t           now       = host->now;
    const uint32_t           before    = host->n_midi;
    const uint32_t           n         = gesture_sounding(host);
    host_set(host, symbols[i], i ? 1.0f : 0.0f);
    host_step(host, BLOCK);
    for (uint32_t k = 0U; k < n; ++k) {
      CHECK(host->midi[before + k].at == now);
      CHECK((host->midi[before + k].bytes[0] & 0xF0U) == 0x80U);
    }
    if (i < 3U) {
      gesture_play(host, RATE, BLOCK);
      check_silent(host, now);
    } else { // The net answers
      gesture_play(host, 600U * RATE, BLOCK);
      CHECK(!gesture_sounding(host) && host_get(host, "turn") == 0.0f);
      host_close(host);
    }
  }
}

/// Nothing can be sent when a host deactivates; it is made up for in the first
/// block, also if that has no samples
static void
test_activate(const Notes* const notes)
{
  for (uint32_t i = 0U; i < 2U; ++i) {
    Host* const    host   = sounding_host(notes);
    const uint32_t n      = gesture_sounding(host);
    const uint32_t before = host->n_midi;
    lilv_instance_deactivate(host->instance);
    lilv_instance_activate(host->instance);
    host->now = 0U;
    host_step(host, 0U);
    host_step(host, BLOCK);
    CHECK(host->n_midi == before + n);
    check_silent(host, 0U);
  }
}

/// The notes of a net that is replaced end, and the other one goes on
static void
test_swap(const Notes* const notes)
{
  Host* const host = sounding_host(notes);
  host_send_model(host, 0U, notes->b);
  host_step(host, BLOCK);
  host_worker_drain(&host->worker);
  const uint32_t n      = gesture_sounding(host);
  const uint32_t before = host->n_midi;
  const uint64_t now    = host->now;
  host_step(host, BLOCK);
  for (uint32_t i = 0U; i < n; ++i) {
    CHECK(host->midi[before + i].at == now);
    CHECK((host->midi[before + i].bytes[0] & 0xF0U) == 0x80U);
  }
  gesture_play(host, 4U * RATE, BLOCK);
  CHECK(host_get(host, "turn") == 1.0f && host->n_midi > before + n);
  host_close(host);
}

/// The transport stops, or the player takes over, in the middle of a block
static void
test_middle(const Notes* const notes)
{
  for (uint32_t i = 0U; i < 2U; ++i) {
    Host* const host = sounding_host(notes);
    gesture_transport(host, 10U, 4.0, 120.0f, 1.0f);
    host_set(host, "timescale", 4.0f); // So that the net rests for a while
    host_step(host, BLOCK);
    while (!gesture_sounding(host)) {
      host_step(host, BLOCK);
    }
    const uint64_t at = host->now + 77U;
    if (i) {
      host_send_midi(host, 77U, 0x92U, 10U, 10U);
    } else {
      gesture_transport(host, 77U, 4.5, 120.0f, 0.0f);
    }
    host_step(host, 79U);
    gesture_play(host, 4U * RATE, BLOCK); // A finger is on a key
    CHECK(host_get(host, "turn") == 0.0f);
    check_silent(host, at);
  }
}

/// What the player does is passed on, and ends when that ends
static void
test_thru(const Notes* const notes)
{
  static const char* const ends[] = {"enabled", "input_thru"};
  for (uint32_t i = 0U; i < 2U; ++i) {
    Host* const host = open_host(notes);
    host_set(host, ends[i], i ? 1.0f : 0.0f);
    host_send_midi(host, 5U, 0x92U, 60U, 100U);
    host_send_midi(host, 6U, 0x93U, 60U, 100U);
    host_send_midi(host, 7U, 0xB3U, 64U, 100U);
    host_send_midi(host, 8U, 0xE3U, 1U, 2U);
    host_step(host, BLOCK);
    CHECK(gesture_sounding(host) == 2U && host->n_midi == 4U);
    CHECK(host->midi[3].at == 8U && host->midi[3].bytes[0] == 0xE3U);
    host_set(host, ends[i], i ? 0.0f : 1.0f);
    host_step(host, BLOCK);
    CHECK(host->n_midi == 7U && host->midi[6].bytes[0] == 0xB3U);
    CHECK(host->midi[6].bytes[1] == 64U && host->midi[6].bytes[2] == 0U);
    check_silent(host, BLOCK);
  }
}

/// The net plays on the player's channel or on its own; what it strikes stays
/// in range, and in key
static void
test_choices(const Notes* const notes)
{
  for (uint32_t channel = 0U; channel < 7U; channel += 6U) {
    Host* const   host   = open_host(notes);
    const uint8_t status = (uint8_t)(channel ? 0x90U + channel - 1U : 0x93U);
    host_set(host, "channel", (float)channel);
    host_set(host, "lowest", 48.0f);
    host_set(host, "highest", 71.0f);
    host_set(host, "key", 22.0f); // A minor
    tap(host);
    gesture_play(host, 20U * RATE, BLOCK);
    CHECK(host->n_midi > 20U);
    for (uint32_t i = 0U; i < host->n_midi; ++i) {
      const uint8_t* const bytes = host->midi[i].bytes;
      CHECK((bytes[0] | 0x10U) == status);
      CHECK(bytes[1] >= 48U && bytes[1] < 72U);
      CHECK(0xAB5U >> bytes[1] % 12U & 1U);
    }
    host_close(host);
  }
}

/// A notify port that is too small, or missing, delays ends and loses none
static void
test_small_port(const Notes* const notes)
{
  Host* const host = sounding_host(notes);
  host_set(host, "input_thru", 1.0f);
  for (uint32_t bytes = 32U; bytes < 200U; bytes += 8U) {
    host->notify_bytes = bytes;
    tap(host);
    gesture_play(host, RATE, 97U);
  }
  host->notify_bytes = 32U;
  host_set(host, "enabled", 0.0f);
  host_step(host, BLOCK);
  host->notify_bytes = HOST_ATOM_BYTES;
  host_step(host, BLOCK);
  CHECK(!gesture_sounding(host));

  host_set(host, "enabled", 1.0f);
  tap(host);
  gesture_play(host, 3U * RATE, BLOCK);
  lilv_instance_connect_port(host->instance, host->notify_port, NULL);
  host_set(host, "enabled", 0.0f);
  lilv_instance_run(host->instance, BLOCK);
  lilv_instance_connect_port(host->instance, host->notify_port, host->received);
  host_step(host, BLOCK);
  CHECK(!gesture_sounding(host));
  host_close(host);
}

int
main(void)
{
  Notes* const notes = notes_new();
  test_exact(notes);
  test_controls(notes);
  test_activate(notes);
  test_swap(notes);
  test_middle(notes);
  test_thru(notes);
  test_choices(notes);
  test_small_port(notes);
  notes_free(notes);
  return 0;
}
