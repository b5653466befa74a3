// SPDX-License-Identifier: ISC

/// The slot: what is heard before, during and after a swap, to the last bit

#include "plugin/history.h"
#include "tests/slot.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

/// What a voice plays that hears the first channel from sample `from` on
static void
expect(const uint32_t seed,
       Stream* const  stream,
       const uint32_t from,
       float* const   out)
{
  RemStream* const   voice = make_voice(seed, 1U);
  const float* const knob  = stream->knobs + from;
  rem_stream_block(
    voice, 0U, stream->in[0] + from, &knob, 1U, out + from, N - from);
  rem_stream_free(voice);
}

/// Swap from one net to another that lags behind by `N_PICK_UP - N_OFFER`
static void
swap(Stream* const stream, const uint32_t cut)
{
  CHECK(offer(stream->slot, make_voice(1U, stream->n_channels)));
  rem_slot_pick_up(stream->slot);
  play(stream, 0U, N_OFFER, cut);
  CHECK(offer(stream->slot, make_voice(2U, stream->n_channels)));
  play(stream, N_OFFER, N_PICK_UP, cut);
  rem_slot_pick_up(stream->slot);
  CHECK(rem_slot_is_fading(stream->slot));
  play(stream, N_PICK_UP, N, cut);
  CHECK(!rem_slot_is_fading(stream->slot));
}

static void
test_empty(void)
{
  static Stream stream;
  begin(&stream, 2U);
  rem_slot_pick_up(stream.slot);
  play(&stream, 0U, 1000U, 100U);
  for (uint32_t i = 0U; i < 1000U; ++i) {
    CHECK(stream.out[0][i] == 0.0f && stream.through[i] == 1.0f);
  }
  CHECK(!rem_slot_has_voice(stream.slot));
  rem_slot_free(stream.slot);
}

/// Before, within and after the fade everything is what two voices would play
/// that had always been there
static void
test_swap(void)
{
  static Stream stream;
  static float  a[N];
  static float  b[N];
  begin(&stream, 1U);
  expect(1U, &stream, 0U, a);
  expect(2U, &stream, 0U, b);
  swap(&stream, 64U);

  const uint32_t fade = N_PICK_UP + 4U * (N_PICK_UP - N_OFFER);
  check_equal(stream.out[0], a, 0U, fade);
  check_equal(stream.out[0], b, fade + N_FADE, N);
  for (uint32_t i = 0U; i < N_FADE; ++i) {
    const float share = (float)(i + 1U) / (float)N_FADE;
    const float x     = a[fade + i];
    const float y     = b[fade + i];
    const float mixed = (1.0f - share) * x + share * y;
    // Four roundings, here and there, each 2^-24 of what is added
    const float most = 4.8e-7f * (fabsf(x) + fabsf(y));
    CHECK(fabsf(stream.out[0][fade + i] - mixed) <= most);
  }
  rem_slot_free(stream.slot);
}

static void
test_cuts(void)
{
  static Stream         whole;
  static Stream         parts;
  static const uint32_t cuts[] = {1U, 7U, 64U, 255U};
  begin(&whole, 2U);
  whole.in[1][7000] = NAN; // Not allowed, but the way to wreck a memory
  swap(&whole, 256U);
  CHECK(rem_slot_n_non_finite(whole.slot) == 1U);
  for (uint32_t i = 0U; i < sizeof(cuts) / sizeof(*cuts); ++i) {
    begin(&parts, 2U);
    parts.in[1][7000] = NAN;
    swap(&parts, cuts[i]);
    check_equal(whole.out[0], parts.out[0], 0U, N);
    check_equal(whole.out[1], parts.out[1], 0U, N);
    check_equal(whole.through, parts.through, 0U, N);
    rem_slot_free(parts.slot);
  }
  rem_slot_free(whole.slot);
}

/// The first net is faded in over what passes through
static void
test_first(void)
{
  static Stream stream;
  begin(&stream, 1U);
  play(&stream, 0U, 5000U, 256U);
  CHECK(offer(stream.slot, make_voice(1U, 1U)));
  rem_slot_pick_up(stream.slot);
  play(&stream, 5000U, N, 256U);
  CHECK(stream.through[4999] == 1.0f);
  for (uint32_t i = 5000U; i < 5000U + N_FADE - 1U; ++i) {
    CHECK(stream.through[i] < stream.through[i - 1U]);
  }
  CHECK(stream.through[5000U + N_FADE] == 0.0f);
  rem_slot_free(stream.slot);
}

/// Of those that come while one fades only the last is heard
static void
test_coalesce(void)
{
  static Stream stream;
  static float  last[N];
  begin(&stream, 1U);
  expect(9U, &stream, 0U, last);
  CHECK(offer(stream.slot, make_voice(1U, 1U)));
  rem_slot_pick_up(stream.slot);
  play(&stream, 0U, 1000U, 256U);
  for (uint32_t seed = 2U; seed < 10U; ++seed) {
    CHECK(offer(stream.slot, make_voice(seed, 1U)));
    rem_slot_pick_up(stream.slot);
    play(&stream, 800U + 100U * seed, 900U + 100U * seed, 256U);
  }
  for (uint32_t i = 1800U; i < N; i += 100U) {
    rem_slot_pick_up(stream.slot);
    play(&stream, i, i + 100U, 256U);
  }
  check_equal(stream.out[0], last, 8000U, N);
  CHECK(rem_mailbox_is_full(rem_slot_mailbox(stream.slot)));
  rem_mailbox_collect(rem_slot_mailbox(stream.slot));
  CHECK(!rem_mailbox_is_full(rem_slot_mailbox(stream.slot)));
  rem_slot_free(stream.slot);
}

/// A net that left the finite numbers is silent, then fades in from rest
static void
test_heal(void)
{
  static Stream  stream;
  static float   again[N];
  const uint32_t ill = 5000U;
  begin(&stream, 1U);
  stream.in[0][ill] = INFINITY;
  CHECK(offer(stream.slot, make_voice(1U, 1U)));
  rem_slot_pick_up(stream.slot);
  play(&stream, 0U, N, 256U);
  CHECK(rem_slot_n_non_finite(stream.slot) == 1U);
  for (uint32_t i = 0U; i < N; ++i) {
    CHECK(isfinite(stream.out[0][i]));
  }
  for (uint32_t i = ill; i < ill + N_MUTE; ++i) {
    CHECK(stream.out[0][i] == 0.0f);
  }
  expect(1U, &stream, ill + N_MUTE, again);
  check_equal(stream.out[0], again, ill + N_MUTE + N_FADE, N);
  rem_slot_free(stream.slot);
}

/// After a reset a net plays as it did first
static void
test_reset(void)
{
  static Stream stream;
  static float  first[N];
  begin(&stream, 1U);
  expect(2U, &stream, 0U, first);
  swap(&stream, 256U);
  CHECK(offer(stream.slot, make_voice(3U, 1U)));
  rem_slot_reset(stream.slot);
  play(&stream, 0U, N, 256U);
  check_equal(stream.out[0], first, 0U, N);

  rem_slot_reset(stream.slot); // The voice on offer was warmed before this
  rem_slot_pick_up(stream.slot);
  expect(3U, &stream, 0U, first);
  play(&stream, 0U, N, 256U);
  check_equal(stream.out[0], first, 0U, N);

  CHECK(offer(stream.slot, make_voice(4U, 1U)));
  rem_slot_reset(stream.slot);
  play(&stream, 0U, 100U, 256U);
  rem_slot_pick_up(stream.slot);
  play(&stream, 100U, N, 256U);
  check_equal(stream.out[0], first, 0U, 500U); // It catches up 100 samples
  expect(4U, &stream, 0U, first);
  check_equal(stream.out[0], first, 500U + N_FADE, N);
  rem_slot_free(stream.slot);
}

/// A reader that was overtaken is told
static void
test_history(void)
{
  RemHistory         history = {0};
  float              values[100];
  float*             to[1]   = {values};
  const float* const from[1] = {values};
  CHECK(rem_history_init(&history, 1U, 200U)); // Becomes 256
  fixture_noise(values, 100U, 1.0f, 1U);
  const float tenth = values[10];
  rem_history_write(&history, from, 100U);
  CHECK(rem_history_read(&history, 10U, to, 20U) && values[0] == tenth);
  rem_history_write(&history, from, 100U);
  CHECK(rem_history_begin(&history) == 200U - 192U);
  rem_history_write(&history, from, 66U);
  CHECK(rem_history_read(&history, 10U, to, 20U));
  rem_history_write(&history, from, 1U);
  CHECK(!rem_history_read(&history, 10U, to, 20U));
  CHECK(rem_history_end(&history) == 267U);
  rem_history_clear(&history);
}

static _Atomic bool all_offered;

static void*
offer_many(void* const arg)
{
  Stream* const stream = (Stream*)arg;
  for (uint32_t i = 0U; i < 50U; ++i) {
    CHECK(offer(stream->slot, make_voice(10U + i, 1U)));
  }
  atomic_store(&all_offered, true);
  return NULL;
}

/// Offers from another thread while sound goes on: no race (under
/// ThreadSanitizer), no leak (under AddressSanitizer), and the last one wins
static void
test_threads(void)
{
  static Stream stream;
  static float  last[N];
  pthread_t     thread;
  begin(&stream, 1U);
  CHECK(!pthread_create(&thread, NULL, offer_many, &stream));
  for (bool done = false; !done;) {
    done = atomic_load(&all_offered);
    for (uint32_t i = 0U; i < 1024U; i += 256U) {
      rem_slot_pick_up(stream.slot);
      play(&stream, i, i + 256U, 64U);
    }
    fixture_pause();
  }
  CHECK(!pthread_join(thread, NULL));
  // A voice may lag by 8192 frames and takes four times as long to catch up:
  // until one that waits and the one that fades are through
  for (uint32_t played = 0U; played < 2U * (4U * 8192U + N_FADE) + 3U * N;
       played += N) {
    rem_slot_pick_up(stream.slot);
    play(&stream, 0U, N, 256U);
  }
  rem_slot_pick_up(stream.slot); // The fade may have ended within that
  CHECK(!rem_slot_is_fading(stream.slot));

  rem_slot_reset(stream.slot);
  play(&stream, 0U, N, 256U);
  expect(59U, &stream, 0U, last);
  check_equal(stream.out[0], last, 0U, N);
  rem_slot_free(stream.slot);
}

int
main(void)
{
  test_empty();
  test_swap();
  test_cuts();
  test_first();
  test_coalesce();
  test_heal();
  test_reset();
  test_history();
  test_threads();
  return 0;
}
