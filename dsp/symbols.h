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

/// Where names are found; see rem_symbols_find()
typedef struct RemSymbolIndexImpl RemSymbolIndex;

/// A vocabulary
typedef struct {
  RemSymbolKind kind;
  uint32_t      n;     ///< 1 or more
  char**        names; ///< [n] UTF-8, all different: set by
                       ///< rem_symbols_name() alone
  uint32_t unknown;    ///< The place of all that has none, or #REM_NO_SYMBOL
  uint32_t start;      ///< What a decoder hears first, or #REM_NO_SYMBOL
  uint32_t end;        ///< What ends a sequence, or #REM_NO_SYMBOL
  RemSymbolIndex* index;
} RemSymbols;

/// Return the word for a kind in model files and options: names, bytes,
/// characters, words, midi
const char*
rem_symbol_kind_name(RemSymbolKind kind);

/// Set `kind` to what `name` means; false if nothing
bool
rem_symbol_kind_find(const char* name, RemSymbolKind* kind);

/// Return `n` symbols with empty names and no special ones; NULL without memory
RemSymbols*
rem_symbols_new(RemSymbolKind kind, uint32_t n);

/// Name a symbol, in less than #REM_MAX_SYMBOL_NAME bytes; false without
/// memory. The last one of a name is found, so check first.
bool
rem_symbols_name(RemSymbols* symbols, uint32_t k, const char* name);

/// Free symbols; NULL is allowed
void
rem_symbols_free(RemSymbols* symbols);

/// Return a copy, or NULL without memory or of NULL
RemSymbols*
rem_symbols_copy(const RemSymbols* symbols);

/// Return the symbol of a name, #REM_NO_SYMBOL if there is none.  Cost: the
/// length of the name.
uint32_t
rem_symbols_find(const RemSymbols* symbols, const char* name);

/**
   Cut the next symbol off a text.

   Names of bytes are the letter, digit or mark itself, `<0x0A>` for all others.
   Names of words and characters are what the text says; what is no UTF-8, or
   too long for a name, has none.

   @param at   Where to begin, moved behind what is cut off.
   @param end  Behind the text.
   @param name Out; empty for what has none.
   @return false if nothing is left, or for names, which are one symbol each.
*/
bool
rem_symbol_next(RemSymbolKind kind,
                const char**  at,
                const char*   end,
                char          name[REM_MAX_SYMBOL_NAME]);

/**
   Read a text as symbols.

   What the vocabulary does not know is its unknown symbol; so are the start and
   the end, which no text can name.

   @param text [size] may hold anything.
   @param out  [n] on success to free(); NULL on failure.
   @return #REM_BAD_ARGUMENT for what is not known where no symbol stands for
   that, or a kind that has no text; #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_symbols_read(const RemSymbols* symbols,
                 const char*       text,
                 size_t            size,
                 uint32_t**        out,
                 size_t*           n,
                 RemError*         error);

/**
   Write what a symbol adds to a text.

   @param first There is nothing before it: words need no blank.
   @param out   Not ended by 0; nothing for start and end.
   @return Bytes written; the unknown symbol is U+FFFD.
*/
size_t
rem_symbol_write(const RemSymbols* symbols,
                 uint32_t          symbol,
                 bool              first,
                 char              out[REM_MAX_SYMBOL_NAME + 1]);

/// Return symbols as a text that ends with 0, to free(), or NULL without memory
char*
rem_symbols_text(const RemSymbols* symbols, const uint32_t* read, size_t n);

#endif // REM_DSP_SYMBOLS_H
