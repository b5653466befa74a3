// SPDX-License-Identifier: ISC

#include "dsp/symbols.h"

#include <stdlib.h>
#include <string.h>

static const char* const kinds[] = {[REM_SYMBOLS_NAMES]      = "names",
                                    [REM_SYMBOLS_BYTES]      = "bytes",
                                    [REM_SYMBOLS_CHARACTERS] = "characters",
                                    [REM_SYMBOLS_WORDS]      = "words",
                                    [REM_SYMBOLS_MIDI]       = "midi"};

enum { N_KINDS = sizeof(kinds) / sizeof(*kinds) };

/// Chains of symbols whose names have the same hash
struct RemSymbolIndexImpl {
  uint32_t  mask;  ///< Number of chains, a power of two, less one
  uint32_t* heads; ///< [mask + 1] symbol or #REM_NO_SYMBOL
  uint32_t* next;  ///< [n] likewise
};

const char*
rem_symbol_kind_name(const RemSymbolKind kind)
{
  return kinds[kind];
}

bool
rem_symbol_kind_find(const char* const name, RemSymbolKind* const kind)
{
  for (int k = 0; k < N_KINDS; ++k) {
    if (!strcmp(name, kinds[k])) {
      *kind = (RemSymbolKind)k;
      return true;
    }
  }
  return false;
}

/// Source: Fowler, Noll and Vo, FNV-1a, RFC 9923
static uint32_t
hash(const char* name)
{
  uint32_t h = 2166136261U;
  for (; *name; ++name) {
    h = (h ^ (uint8_t)*name) * 16777619U;
  }
  return h ^ h >> 15U;
}

static void
free_index(RemSymbolIndex* const index)
{
  if (index) {
    free(index->heads);
    free(index->next);
    free(index);
  }
}

/// Return an index of nothing, or NULL without memory
static RemSymbolIndex*
new_index(const uint32_t n)
{
  RemSymbolIndex* const index =
    (RemSymbolIndex*)calloc(1U, sizeof(RemSymbolIndex));
  if (!index) {
    return NULL;
  }
  while (index->mask < n) {
    index->mask = 2U * index->mask + 1U;
  }
  const size_t n_chains = (size_t)index->mask + 1U;
  index->heads          = (uint32_t*)malloc(n_chains * sizeof(uint32_t));
  index->next           = (uint32_t*)malloc(n * sizeof(uint32_t));
  if (!index->heads || !index->next) {
    free_index(index);
    return NULL;
  }
  memset(index->heads, 0xFF, n_chains * sizeof(uint32_t));
  return index;
}

/// Put symbol `k` first in its chain
static void
enter(RemSymbols* const symbols, const uint32_t k)
{
  uint32_t* const head =
    &symbols->index->heads[hash(symbols->names[k]) & symbols->index->mask];
  symbols->index->next[k] = *head;
  *head                   = k;
}

/// Take symbol `k` out of its chain
static void
leave(RemSymbols* const symbols, const uint32_t k)
{
  uint32_t* at =
    &symbols->index->heads[hash(symbols->names[k]) & symbols->index->mask];
  while (*at != k) {
    at = &symbols->index->next[*at];
  }
  *at = symbols->index->next[k];
}

RemSymbols*
rem_symbols_new(const RemSymbolKind kind, const uint32_t n)
{
  RemSymbols* const symbols = (RemSymbols*)calloc(1, sizeof(RemSymbols));
  if (!symbols) {
    return NULL;
  }
  *symbols       = (RemSymbols){.kind    = kind,
                                .n       = n,
                                .unknown = REM_NO_SYMBOL,
                                .start   = REM_NO_SYMBOL,
                                .end     = REM_NO_SYMBOL};
  symbols->names = (char**)calloc(n, sizeof(char*));
  symbols->index = new_index(n);
  bool made      = symbols->names && symbols->index;
  for (uint32_t k = 0; made && k < n; ++k) {
    made = rem_symbols_name(symbols, k, "");
  }
  if (!made) {
    rem_symbols_free(symbols);
    return NULL;
  }
  return symbols;
}

bool
rem_symbols_name(RemSymbols* const symbols,
                 const uint32_t    k,
                 const char* const name)
{
  char* const copy = strdup(name);
  if (!copy) {
    return false;
  }
  if (symbols->names[k] && *symbols->names[k]) {
    leave(symbols, k);
  }
  free(symbols->names[k]);
  symbols->names[k] = copy;
  if (*copy) {
    enter(symbols, k);
  }
  return true;
}

void
rem_symbols_free(RemSymbols* const symbols)
{
  if (symbols) {
    for (uint32_t k = 0; symbols->names && k < symbols->n; ++k) {
      free(symbols->names[k]);
    }
    free(symbols->names);
    free_index(symbols->index);
    free(symbols);
  }
}

RemSymbols*
rem_symbols_copy(const RemSymbols* const symbols)
{
  RemSymbols* const copy =
    symbols ? rem_symbols_new(symbols->kind, symbols->n) : NULL;
  if (!copy) {
    return NULL;
  }
  copy->unknown = symbols->unknown;
  copy->start   = symbols->start;
  copy->end     = symbols->end;
  for (uint32_t k = 0; k < symbols->n; ++k) {
    if (!rem_symbols_name(copy, k, symbols->names[k])) {
      rem_symbols_free(copy);
      return NULL;
    }
  }
  return copy;
}

uint32_t
rem_symbols_find(const RemSymbols* const symbols, const char* const name)
{
  const RemSymbolIndex* const index = symbols->index;
  uint32_t                    k     = index->heads[hash(name) & index->mask];
  while (k != REM_NO_SYMBOL && strcmp(symbols->names[k], name) != 0) {
    k = index->next[k];
  }
  return k;
}
