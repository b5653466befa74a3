// SPDX-License-Identifier: ISC

/// Symbols: what the numbers 0..n-1 stand for at the input of a net that reads
/// a vocabulary, and at the output of one that chooses from labels.  Part of
/// the model file.

#ifndef REM_DSP_SYMBOLS_H
#define REM_DSP_SYMBOLS_H

#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_NO_SYMBOL UINT32_MAX ///< Where there is none
#define REM_MAX_SYMBOL_NAME 64U  ///< Bytes, the end included

/// How a text becomes symbols
typedef enum {
  REM_SYMBOLS_NAMES, ///< Labels: a name is one symbol, and there is no text
  REM_SYMBOLS_BYTES, ///< A byte
  REM_SYMBOLS_CHARACTERS, ///< A character of UTF-8
  REM_SYMBOLS_WORDS,      ///< What stands between blanks
  REM_SYMBOLS_MIDI,       ///< An event of dsp/events.h
} RemSymbolKind;

/// A vocabulary
typedef struct {
  RemSymbolKind kind;
  uint32_t      n;       ///< 1 or more
  char**        names;   ///< [n] UTF-8, all different
  uint32_t      unknown; ///< The place of all that has none, or #REM_NO_SYMBOL
  uint32_t      start;   ///< What a decoder hears first, or #REM_NO_SYMBOL
  uint32_t      end;     ///< What ends a sequence, or #REM_NO_SYMBOL
} RemSymbols;

/// Return `n` symbols with empty names and no special ones; NULL without memory
RemSymbols*
rem_symbols_new(RemSymbolKind kind, uint32_t n);

/// Name a symbol; false without memory
bool
rem_symbols_name(RemSymbols* symbols, uint32_t k, const char* name);

/// Free symbols; NULL is allowed
void
rem_symbols_free(RemSymbols* symbols);

/// Return a copy, or NULL without memory or of NULL
RemSymbols*
rem_symbols_copy(const RemSymbols* symbols);

#endif // REM_DSP_SYMBOLS_H
