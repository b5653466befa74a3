// SPDX-License-Identifier: ISC

/// What the native format says of a vocabulary, in the objects `symbols` and
/// `labels` of its config: {"kind": "characters", "names": ["a", ...],
/// "unknown": 0, "start": 1, "end": 2}; the last three where there are such

#ifndef REM_DSP_MODELFILE_SYMBOLS_H
#define REM_DSP_MODELFILE_SYMBOLS_H

#include "dsp/modelfile/json.h"
#include "dsp/status.h"
#include "dsp/symbols.h"

#include <jansson.h>

/**
   Read a vocabulary.

   @param at  Where the object stands.
   @param n   How many symbols the net has a place for: no other number is
              accepted.
   @param out To free with rem_symbols_free(); NULL on failure.
   @return #REM_BAD_FORMAT, #REM_BAD_SHAPE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_symbols_read_json(const RemJson* at, uint32_t n, RemSymbols** out);

/// Return the object, or NULL without memory
json_t*
rem_symbols_write_json(const RemSymbols* symbols);

#endif // REM_DSP_MODELFILE_SYMBOLS_H
