// SPDX-License-Identifier: ISC

/// How often names occur, and the vocabulary that follows from it

#ifndef REM_OFFLINE_TRAINER_TEXT_VOCABULARY_H
#define REM_OFFLINE_TRAINER_TEXT_VOCABULARY_H

#include "dsp/symbols.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_UNKNOWN_NAME "<unknown>"
#define REM_START_NAME "<start>"
#define REM_END_NAME "<end>"

/// Names and how often each occurs
typedef struct RemCounts RemCounts;

/// Which symbols a vocabulary has beside those that occur, in this order
typedef struct {
  bool unknown;
  bool start;
  bool end;
} RemSpecials;

/// Return no names, or NULL without memory
RemCounts*
rem_counts_new(void);

/// Free counts; NULL is allowed
void
rem_counts_free(RemCounts* counts);

/// Count a name once more; an empty one, or a special one, does not count.
/// False without memory.
bool
rem_counts_add(RemCounts* counts, const char* name);

/// Count every symbol of a text [size]; false without memory
bool
rem_counts_add_text(RemCounts*    counts,
                    RemSymbolKind kind,
                    const char*   text,
                    size_t        size);

/**
   Return the vocabulary of the names that occur most, the commonest first and
   of those as common in the order of their bytes, after the special ones.

   @param most Names beside the special ones; 0 for all.  Those that are left
               out count as unknown.
   @return Symbols to free with rem_symbols_free(), or NULL without memory or
   without any symbol.
*/
RemSymbols*
rem_counts_symbols(const RemCounts* counts,
                   RemSymbolKind    kind,
                   uint32_t         most,
                   RemSpecials      specials);

#endif // REM_OFFLINE_TRAINER_TEXT_VOCABULARY_H
