// SPDX-License-Identifier: ISC

#include "offline_trainer/text/tokens.h"

#include <stdlib.h>
#include <string.h>

RemTokens*
rem_tokens_new(const RemSymbols* const symbols)
{
  RemTokens* const tokens = (RemTokens*)calloc(1U, sizeof(RemTokens));
  if (!tokens) {
    return NULL;
  }
  tokens->symbols = rem_symbols_copy(symbols);
  tokens->begins  = (size_t*)calloc(1U, sizeof(size_t));
  if (!tokens->symbols || !tokens->begins) {
    rem_tokens_free(tokens);
    return NULL;
  }
  return tokens;
}

void
rem_tokens_free(RemTokens* const tokens)
{
  if (tokens) {
    rem_symbols_free(tokens->symbols);
    free(tokens->begins);
    free(tokens->all);
    free(tokens);
  }
}

bool
rem_tokens_add(RemTokens* const      tokens,
               const uint32_t* const piece,
               const size_t          n)
{
  const size_t at = tokens->begins[tokens->n_pieces];
  if (!n) {
    return true;
  }
  size_t* const begins =
    (size_t*)realloc(tokens->begins, (tokens->n_pieces + 2U) * sizeof(size_t));
  tokens->begins = begins ? begins : tokens->begins;
  uint32_t* const all =
    begins ? (uint32_t*)realloc(tokens->all, (at + n) * sizeof(uint32_t))
           : NULL;
  if (!all) {
    return false;
  }
  memcpy(all + at, piece, n * sizeof(uint32_t));
  tokens->all                        = all;
  tokens->begins[++tokens->n_pieces] = at + n;
  return true;
}

size_t
rem_tokens_n(const RemTokens* const tokens)
{
  return tokens->begins[tokens->n_pieces];
}

size_t
rem_tokens_n_foretold(const RemTokens* const tokens)
{
  return rem_tokens_n(tokens) - tokens->n_pieces;
}

RemTokens*
rem_tokens_hold_out(RemTokens* const tokens, const double share)
{
  RemTokens* const out  = rem_tokens_new(tokens->symbols);
  RemTokens* const left = rem_tokens_new(tokens->symbols);
  bool             good = out && left;
  for (size_t p = 0U; good && p < tokens->n_pieces; ++p) {
    const size_t          n     = tokens->begins[p + 1U] - tokens->begins[p];
    const size_t          cut   = (size_t)(share * (double)n);
    const uint32_t* const piece = tokens->all + tokens->begins[p];
    good                        = rem_tokens_add(left, piece, n - cut) &&
           rem_tokens_add(out, piece + (n - cut), cut);
  }
  if (!good) {
    rem_tokens_free(out);
    rem_tokens_free(left);
    return NULL;
  }
  const RemTokens old = *tokens;
  *tokens             = *left;
  *left               = old;
  rem_tokens_free(left);
  return out;
}
