// SPDX-License-Identifier: ISC

/// Entrances into the slot: at once, replaced, and their numbers

#include "tests/slot.h"

/// A voice that was kept ready is heard from the first sample of the block that
/// picks it up, over the length that it asks for, and its number is told
static void
test_at_once(void)
{
  enum { N_LONG = 400 };
  static Stream stream;
  static Stream alone;
  begin(&stream, 1U);
  begin(&alone, 1U);
  CHECK(rem_mailbox_sounding(rem_slot_mailbox(stream.slot)) == 0U);
  CHECK(offer(stream.slot, make_voice(1U, 1U)) == 1U);
  CHECK(offer(alone.slot, make_voice(1U, 1U)) == 1U);
  rem_slot_pick_up(stream.slot);
  rem_slot_pick_up(alone.slot);
  play(&stream, 0U, N_OFFER, 100U);
  play(&alone, 0U, N, 100U);
  CHECK(rem_mailbox_sounding(rem_slot_mailbox(stream.slot)) == 1U);

  const RemEntrance entrance = {
    make_voice(2U, 1U), {NAN, NAN, NAN}, N_LONG / RATE, 1000U, true};
  CHECK(rem_slot_offer(stream.slot, &entrance) == 2U);
  play(&stream, N_OFFER, N_PICK_UP, 100U); // It lags behind by this much
  rem_slot_pick_up(stream.slot);
  CHECK(rem_mailbox_sounding(rem_slot_mailbox(stream.slot)) == 1U);
  play(&stream, N_PICK_UP, N_PICK_UP + 1U, 1U);
  CHECK(stream.out[0][N_PICK_UP] != alone.out[0][N_PICK_UP]);
  CHECK(rem_mailbox_sounding(rem_slot_mailbox(stream.slot)) == 2U);
  check_equal(stream.out[0], alone.out[0], 0U, N_PICK_UP);
  play(&stream, N_PICK_UP + 1U, N_PICK_UP + N_LONG - 1U, 100U);
  CHECK(rem_slot_is_fading(stream.slot));
  play(&stream, N_PICK_UP + N_LONG - 1U, N_PICK_UP + N_LONG, 1U);
  CHECK(!rem_slot_is_fading(stream.slot));
  CHECK(rem_slot_n_late(stream.slot) == 0U);
  rem_slot_free(stream.slot);
  rem_slot_free(alone.slot);
}

/// One that is replaced before it is picked up is known to be
static void
test_replaced(void)
{
  static Stream stream;
  begin(&stream, 1U);
  CHECK(offer(stream.slot, make_voice(1U, 1U)) == 1U);
  CHECK(!rem_mailbox_was_replaced(rem_slot_mailbox(stream.slot), 1U));
  CHECK(offer(stream.slot, make_voice(2U, 1U)) == 2U);
  CHECK(rem_mailbox_was_replaced(rem_slot_mailbox(stream.slot), 1U));
  rem_slot_pick_up(stream.slot);
  CHECK(offer(stream.slot, make_voice(3U, 1U)) == 3U);
  CHECK(!rem_mailbox_was_replaced(rem_slot_mailbox(stream.slot), 2U));
  rem_slot_free(stream.slot);
}

/// A fade of seconds gives way to the next voice within a usual one more, and
/// nothing jumps where it is hastened
static void
test_hasten(void)
{
  enum { AT = N_OFFER + 2000U };
  static Stream stream;
  static Stream slow;
  Stream* const both[] = {&stream, &slow};
  for (uint32_t i = 0U; i < 2U; ++i) {
    const RemEntrance entrance = {
      make_voice(2U, 1U), {NAN, NAN, NAN}, 10.0, 1000U, true};
    begin(both[i], 1U);
    CHECK(offer(both[i]->slot, make_voice(1U, 1U)));
    rem_slot_pick_up(both[i]->slot);
    play(both[i], 0U, N_OFFER, 100U);
    CHECK(rem_slot_offer(both[i]->slot, &entrance));
    rem_slot_pick_up(both[i]->slot);
    play(both[i], N_OFFER, AT, 100U);
  }
  CHECK(offer(stream.slot, make_voice(3U, 1U)));
  rem_slot_pick_up(stream.slot);
  play(&stream, AT, AT + 1U, 1U);
  play(&slow, AT, AT + 1U, 1U);
  // One sample of the usual fade, and a rounding of its length
  CHECK(fabsf(stream.out[0][AT] - slow.out[0][AT]) < 2.0f * 3.0f / N_FADE);
  play(&stream, AT + 1U, AT + N_FADE + 2U, 100U);
  CHECK(!rem_slot_is_fading(stream.slot));
  rem_slot_pick_up(stream.slot);
  CHECK(rem_slot_is_fading(stream.slot));
  rem_slot_free(stream.slot);
  rem_slot_free(slow.slot);
}

int
main(void)
{
  test_at_once();
  test_replaced();
  test_hasten();
  return 0;
}
