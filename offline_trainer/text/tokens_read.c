// SPDX-License-Identifier: ISC

#include "dsp/modelfile/file.h"
#include "offline_trainer/text/tokens.h"
#include "offline_trainer/text/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_BYTES ((size_t)1 << 30U) ///< Of a text

/// Files in memory
typedef struct {
  size_t  n;
  void**  bytes; ///< [n]
  size_t* sizes; ///< [n]
} Texts;

static void
clear_texts(Texts* const texts)
{
  for (size_t i = 0U; texts->bytes && i < texts->n; ++i) {
    free(texts->bytes[i]);
  }
  free(texts->bytes);
  free(texts->sizes);
}

static RemStatus
open_texts(const char* const* const paths,
           const size_t             n,
           Texts* const             out,
           RemError* const          error)
{
  RemStatus st = REM_SUCCESS;
  *out         = (Texts){.n = n};
  out->bytes   = (void**)calloc(n, sizeof(void*));
  out->sizes   = (size_t*)calloc(n, sizeof(size_t));
  if (!out->bytes || !out->sizes) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the texts");
  }
  for (size_t i = 0U; !st && i < n; ++i) {
    st =
      rem_file_read(paths[i], MAX_BYTES, &out->bytes[i], &out->sizes[i], error);
  }
  return st;
}

/// Return the vocabulary of texts, or NULL without memory
static RemSymbols*
make_symbols(const Texts* const texts, const RemTextRules* const rules)
{
  static const RemSpecials specials = {.unknown = true};
  RemCounts* const         counts   = rem_counts_new();
  bool                     good     = counts;
  for (size_t i = 0U; good && i < texts->n; ++i) {
    good = rem_counts_add_text(
      counts, rules->kind, (const char*)texts->bytes[i], texts->sizes[i]);
  }
  RemSymbols* const symbols =
    good ? rem_counts_symbols(counts, rules->kind, rules->most, specials)
         : NULL;
  rem_counts_free(counts);
  return symbols;
}

/// Read a text as symbols, and add it
static RemStatus
add_text(RemTokens* const  tokens,
         const char* const path,
         const char* const text,
         const size_t      size,
         RemError* const   error)
{
  uint32_t*       piece = NULL;
  size_t          n     = 0U;
  const RemStatus st =
    rem_symbols_read(tokens->symbols, text, size, &piece, &n, error);
  if (st) {
    if (error) {
      (void)snprintf(error->place, sizeof(error->place), "%s", path);
    }
    return st;
  }
  const bool good = rem_tokens_add(tokens, piece, n);
  free(piece);
  return good ? REM_SUCCESS
              : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the texts");
}

/// Read all texts as symbols
static RemStatus
add_texts(RemTokens* const         tokens,
          const char* const* const paths,
          const Texts* const       texts,
          RemError* const          error)
{
  RemStatus st = REM_SUCCESS;
  for (size_t i = 0U; !st && i < texts->n; ++i) {
    st = add_text(
      tokens, paths[i], (const char*)texts->bytes[i], texts->sizes[i], error);
  }
  if (!st && rem_tokens_n(tokens) < 2U) {
    st = rem_fail(error,
                  REM_BAD_ARGUMENT,
                  texts->n == 1U ? *paths : NULL,
                  "A text of fewer than two symbols says nothing of what"
                  " follows");
  }
  return st;
}

RemStatus
rem_tokens_read(const char* const* const  paths,
                const size_t              n,
                const RemTextRules* const rules,
                RemTokens** const         out,
                RemError* const           error)
{
  Texts     texts;
  RemStatus st = open_texts(paths, n, &texts, error);
  *out         = NULL;
  RemSymbols* const made =
    st || rules->like ? NULL : make_symbols(&texts, rules);
  const RemSymbols* const symbols = rules->like ? rules->like : made;
  RemTokens* const tokens = !st && symbols ? rem_tokens_new(symbols) : NULL;
  if (tokens) {
    st = add_texts(tokens, paths, &texts, error);
  } else if (!st) {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the texts");
  }
  rem_symbols_free(made);
  clear_texts(&texts);
  if (st) {
    rem_tokens_free(tokens);
    return st;
  }
  *out = tokens;
  return REM_SUCCESS;
}
