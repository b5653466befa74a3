// SPDX-License-Identifier: ISC

#include "plugin/notes/thru.h"

#define SUSTAIN 64U

/// What a message does to what sounds
typedef struct {
  bool      known;
  bool      begins;
  uint16_t* channels; ///< Of the key or the pedal
} Effect;

REM_RT static Effect
effect_of(RemThru* const thru, const uint8_t* const bytes, const uint32_t size)
{
  const uint32_t kind  = size == 3U ? bytes[0] & 0xF0U : 0U;
  const bool     key   = kind == 0x80U || kind == 0x90U;
  const bool     pedal = kind == 0xB0U && bytes[1] == SUSTAIN;
  Effect         e     = {key || pedal, false, &thru->pedals};
  if (key) {
    e.channels = &thru->keys[bytes[1] & 0x7FU];
    e.begins   = kind == 0x90U && bytes[2];
  } else if (pedal) {
    e.begins = bytes[2] >= 64U;
  }
  return e;
}

REM_RT void
rem_thru_pass(RemThru* const       thru,
              const uint8_t* const bytes,
              const uint32_t       size)
{
  const Effect e = effect_of(thru, bytes, size);
  if (e.known) {
    const uint32_t bit = 1U << (bytes[0] & 0x0FU);
    *e.channels = (uint16_t)(e.begins ? *e.channels | bit : *e.channels & ~bit);
  }
}

REM_RT bool
rem_thru_lose(RemThru* const       thru,
              const uint8_t* const bytes,
              const uint32_t       size)
{
  const Effect e = effect_of(thru, bytes, size);
  return e.known && !e.begins &&
         ((uint32_t)*e.channels >> (bytes[0] & 0x0FU) & 1U);
}

/// Return the lowest bit that is set, of 16 that are not all 0
REM_RT static uint32_t
lowest(const uint32_t bits)
{
  uint32_t i = 0U;
  while (!(bits >> i & 1U)) {
    ++i;
  }
  return i;
}

REM_RT bool
rem_thru_end(RemThru* const thru, uint8_t bytes[const 3])
{
  for (uint32_t key = 0U; key < REM_N_KEYS; ++key) {
    if (thru->keys[key]) {
      bytes[0] = (uint8_t)(0x80U | lowest(thru->keys[key]));
      bytes[1] = (uint8_t)key;
      bytes[2] = 64U;
      return true;
    }
  }
  if (thru->pedals) {
    bytes[0] = (uint8_t)(0xB0U | lowest(thru->pedals));
    bytes[1] = SUSTAIN;
    bytes[2] = 0U;
    return true;
  }
  return false;
}
