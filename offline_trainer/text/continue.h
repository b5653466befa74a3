// SPDX-License-Identifier: ISC

/// A net goes on with a text by itself

#ifndef REM_OFFLINE_TRAINER_TEXT_CONTINUE_H
#define REM_OFFLINE_TRAINER_TEXT_CONTINUE_H

#include "dsp/model.h"

#include <stddef.h>
#include <stdint.h>

/// How a net goes on
typedef struct {
  float    temperature; ///< 0 takes the likeliest, 1 as often as learned
  uint32_t top_k;       ///< Only so many of the likeliest; 0 for all
  uint32_t length;      ///< Symbols, fewer if the end symbol comes
  uint64_t seed;
} RemContinue;

/**
   Go on with symbols.

   @param model A net that foretells what it reads; the unknown symbol is never
                drawn, nor the start.
   @param prime [n_prime] what it hears first.  If nothing, the start symbol, or
                the end of a line, or the commonest symbol.
   @param out   [n] to free(); NULL on failure.
   @return #REM_UNSUPPORTED for other models: what reads in both directions
   knows the future, and cannot make it; #REM_NOT_FINITE, #REM_NO_MEMORY or
   #REM_SUCCESS.
*/
RemStatus
rem_text_continue(const RemModel*    model,
                  const uint32_t*    prime,
                  size_t             n_prime,
                  const RemContinue* how,
                  uint32_t**         out,
                  size_t*            n,
                  RemError*          error);

#endif // REM_OFFLINE_TRAINER_TEXT_CONTINUE_H
