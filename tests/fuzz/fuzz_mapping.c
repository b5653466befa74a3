// SPDX-License-Identifier: ISC

/// MIDI mappings: text, a zero byte, then bytes of MIDI.  What is read can be
/// written and read again; whatever comes in, values stay in range and no note
/// stays.

#include "plugin/control/mapping.h"
#include "tests/check.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#define N_DIMS 8U

/// Take the bytes three by three as messages in, and what they say as frames
static void
play(const RemMapping* const first, const uint8_t* bytes, size_t size)
{
  RemSharedMapping shared    = {0};
  RemMidiLearn     learn     = {0};
  RemMidiOut       out       = {0};
  RemMapping       mapping   = *first;
  float            x[N_DIMS] = {0.0f};
  RemMidi          messages[REM_MIDI_MAX];
  rem_mapping_share(&shared, first);
  for (; size >= 4U; bytes += 4, size -= 4U) {
    RemMidiTouch touch = {0U, -1.0f};
    rem_mapping_learn_switch(&learn, bytes[0] & 1U);
    if (rem_mapping_learn(&learn, &shared, NULL, N_DIMS, bytes + 1, 3U)) {
      rem_mapping_look(&shared, &mapping);
      CHECK(rem_mapping_hear(&mapping, N_DIMS, bytes + 1, 3U, &touch));
    }
    if (rem_mapping_hear(&mapping, N_DIMS, bytes + 1, 3U, &touch)) {
      CHECK(touch.dim < N_DIMS);
      CHECK(touch.value >= 0.0f && touch.value <= 1.0f);
      x[touch.dim] = touch.value;
    }
    const uint32_t room = bytes[0] & 2U ? REM_MIDI_MAX : bytes[0] >> 5U;
    const uint32_t n =
      rem_midi_out_frame(&out, &mapping, x, N_DIMS, messages, room);
    CHECK(n <= room);
    for (uint32_t i = 0U; i < n; ++i) {
      CHECK(messages[i].bytes[0] >= 0x80U && messages[i].bytes[0] < 0xC0U);
      CHECK(messages[i].bytes[1] < 0x80U && messages[i].bytes[2] < 0x80U);
    }
  }
  (void)rem_midi_out_silence(&out, messages, REM_MIDI_MAX);
  CHECK(!rem_midi_out_sounding(&out));
}

int
LLVMFuzzerTestOneInput(const uint8_t* const data, const size_t size)
{
  RemError    error   = {REM_SUCCESS, "", ""};
  RemMapping  mapping = {0};
  char* const text    = (char*)malloc(size + 1U);
  CHECK(text);
  memcpy(text, data, size);
  text[size]         = '\0';
  const size_t    n  = strlen(text);
  const RemStatus st = rem_mapping_read(text, &mapping, &error);
  CHECK(st == error.status && !!st == !!error.text[0]);
  if (!st) {
    char       written[REM_MAPPING_SIZE];
    RemMapping again = {0};
    rem_mapping_write(&mapping, written);
    CHECK(strlen(written) < REM_MAPPING_SIZE - 1U);
    CHECK(!rem_mapping_read(written, &again, &error));
    CHECK(!memcmp(&again, &mapping, sizeof(again)));
    if (n < size) {
      play(&mapping, data + n + 1U, size - n - 1U);
    }
  }
  free(text);
  return 0;
}
