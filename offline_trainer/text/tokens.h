// SPDX-License-Identifier: ISC

/// Long sequences of symbols, whatever they stand for: texts, songs

#ifndef REM_OFFLINE_TRAINER_TEXT_TOKENS_H
#define REM_OFFLINE_TRAINER_TEXT_TOKENS_H

#include "dsp/status.h"
#include "dsp/symbols.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Symbols in pieces: texts or songs, one behind the other
typedef struct {
  RemSymbols* symbols; ///< What they stand for; owned
  size_t      n_pieces;
  size_t*     begins; ///< [n_pieces + 1] of each piece, and behind the last
  uint32_t*   all;    ///< [begins[n_pieces]]
} RemTokens;

/// Return no pieces yet, or NULL without memory.  `symbols` are copied.
RemTokens*
rem_tokens_new(const RemSymbols* symbols);

/// Free tokens; NULL is allowed
void
rem_tokens_free(RemTokens* tokens);

/// Add a piece [n]; false without memory.  One without symbols adds nothing.
bool
rem_tokens_add(RemTokens* tokens, const uint32_t* piece, size_t n);

/// Return the number of symbols of all pieces
size_t
rem_tokens_n(const RemTokens* tokens);

/// Return how many symbols there are to foretell: all but the first of a piece
size_t
rem_tokens_n_foretold(const RemTokens* tokens);

/**
   Cut the last part off every piece.

   @param share Of each piece, 0 to 1.
   @return What was cut off, to free; NULL without memory, with `tokens` as
   they were.
*/
RemTokens*
rem_tokens_hold_out(RemTokens* tokens, double share);

/// How texts are read
typedef struct {
  RemSymbolKind     kind; ///< Bytes, characters or words
  uint32_t          most; ///< Symbols that are kept, the commonest; 0 for all
  const RemSymbols* like; ///< Take these symbols, and their kind; NULL to make
                          ///< them from the texts
} RemTextRules;

/**
   Read text files, a piece each.

   A vocabulary that is made here has the unknown symbol first.

   @param paths [n]
   @param out   To free with rem_tokens_free(); NULL on failure.
   @return What rem_file_read() returns; #REM_BAD_ARGUMENT for texts of fewer
   than two symbols; #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_tokens_read(const char* const*  paths,
                size_t              n,
                const RemTextRules* rules,
                RemTokens**         out,
                RemError*           error);

#endif // REM_OFFLINE_TRAINER_TEXT_TOKENS_H
