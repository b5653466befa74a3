// SPDX-License-Identifier: ISC

/// Markov chains: what counting alone foretells, to stand beside a net

#ifndef REM_OFFLINE_TRAINER_TEXT_NGRAM_H
#define REM_OFFLINE_TRAINER_TEXT_NGRAM_H

#include "offline_trainer/text/tokens.h"

#include <stddef.h>
#include <stdint.h>

#define REM_MAX_ORDER 3U ///< Symbols that a chain looks back at

/// What was counted
typedef struct RemNgram RemNgram;

/**
   Count what follows what.

   @param order Of the chain, 0..#REM_MAX_ORDER: 0 knows frequencies alone.
   @return A chain to free with rem_ngram_free(), or NULL without memory.
           `tokens` may be freed.
*/
RemNgram*
rem_ngram_new(const RemTokens* tokens, uint32_t order);

/// Free a chain; NULL is allowed
void
rem_ngram_free(RemNgram* ngram);

/**
   Return the chance of a symbol after others.

   With c counts, and t(h) the number of different symbols seen after h:

       p(s | h) = (c(h s) + t(h) p(s | h less its first)) / (c(h) + t(h))

   down to p(s) = (c(s) + 1/2) / (N + S/2).

   Source: Witten and Bell 1991, doi:10.1109/18.87000, method C, interpolated;
   half a count for symbols never seen, Krichevsky and Trofimov 1981.

   @param before [n_before] what came before, the last one last; only the last
                 `order` of them count.
*/
double
rem_ngram_chance(const RemNgram* ngram,
                 const uint32_t* before,
                 size_t          n_before,
                 uint32_t        symbol);

/// Return the mean of -log p over all symbols of `tokens` but the first of each
/// piece, in nats; NaN if there are none
double
rem_ngram_nats(const RemNgram* ngram, const RemTokens* tokens);

#endif // REM_OFFLINE_TRAINER_TEXT_NGRAM_H
