// SPDX-License-Identifier: ISC

/// MIDI files made safe for libsmf, which trusts what it reads: it aborts, or
/// reads beyond the end, where a file is cut or wrong

#ifndef REM_OFFLINE_TRAINER_MIDI_TIDY_H
#define REM_OFFLINE_TRAINER_MIDI_TIDY_H

#include "dsp/status.h"

#include <stddef.h>
#include <stdint.h>

/**
   Check the bytes of a MIDI file and leave out what libsmf stumbles over and
   music does not need: texts, system exclusive messages, running status,
   unknown chunks.

   @param place What errors call the file.
   @param out   On success a file to free(), with the same channel messages and
                tempos at the same times; else NULL.
   @return #REM_BAD_FORMAT with the byte that is wrong, #REM_UNSUPPORTED for
   files of independent sequences or in frames of film, #REM_NO_MEMORY.
*/
RemStatus
rem_midi_tidy(const uint8_t* bytes,
              size_t         size,
              const char*    place,
              uint8_t**      out,
              size_t*        out_size,
              RemError*      error);

#endif // REM_OFFLINE_TRAINER_MIDI_TIDY_H
