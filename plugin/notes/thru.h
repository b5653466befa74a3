// SPDX-License-Identifier: ISC

/// What the player does, passed on: no note and no pedal is left behind when
/// that ends

#ifndef REM_PLUGIN_NOTES_THRU_H
#define REM_PLUGIN_NOTES_THRU_H

#include "dsp/events.h"
#include "dsp/rt.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_N_CHANNELS 16U

/// What sounds; all zero is silence
typedef struct {
  uint16_t keys[REM_N_KEYS]; ///< Bits of the channels that hold each
  uint16_t pedals;           ///< Bits of the channels with a pedal down
  bool     owes;             ///< There was no room to end all of it
} RemThru;

/// Note a message that was passed on.  Thread: audio.
REM_RT void
rem_thru_pass(RemThru* thru, const uint8_t* bytes, uint32_t size);

/// Note that there was no room for a message; returns whether that leaves
/// something behind.  Thread: audio.
REM_RT bool
rem_thru_lose(RemThru* thru, const uint8_t* bytes, uint32_t size);

/// Take out a message that ends something; false if nothing sounds.  Thread:
/// audio.
REM_RT bool
rem_thru_end(RemThru* thru, uint8_t bytes[3]);

#endif // REM_PLUGIN_NOTES_THRU_H
