// SPDX-License-Identifier: ISC

#include "offline_trainer/text/vocabulary.h"

#include "dsp/net.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 1024U

/// A name that occurs
typedef struct {
  char*    name;
  uint64_t n;
} Count;

/// An open table: a name stands where its hash says, or in the next free place
struct RemCounts {
  size_t n;
  size_t size;   ///< A power of two, at least twice `n`
  Count* counts; ///< [size]
};

/// Source: Fowler, Noll and Vo, FNV-1a, RFC 9923
static size_t
hash(const char* name)
{
  uint64_t h = 14695981039346656037U;
  for (; *name; ++name) {
    h = (h ^ (uint8_t)*name) * 1099511628211U;
  }
  return (size_t)(h ^ h >> 32U);
}

RemCounts*
rem_counts_new(void)
{
  RemCounts* const counts = (RemCounts*)calloc(1U, sizeof(RemCounts));
  if (counts) {
    counts->size   = FIRST_SIZE;
    counts->counts = (Count*)calloc(FIRST_SIZE, sizeof(Count));
  }
  if (counts && !counts->counts) {
    free(counts);
    return NULL;
  }
  return counts;
}

void
rem_counts_free(RemCounts* const counts)
{
  if (counts) {
    for (size_t i = 0U; i < counts->size; ++i) {
      free(counts->counts[i].name);
    }
    free(counts->counts);
    free(counts);
  }
}

/// Return where a name stands, or where it could
static Count*
place_of(Count* const counts, const size_t size, const char* const name)
{
  size_t i = hash(name) & (size - 1U);
  while (counts[i].name && strcmp(counts[i].name, name) != 0) {
    i = (i + 1U) & (size - 1U);
  }
  return &counts[i];
}

/// Double the table; false without memory
static bool
grow(RemCounts* const counts)
{
  const size_t size  = 2U * counts->size;
  Count* const wider = (Count*)calloc(size, sizeof(Count));
  if (!wider) {
    return false;
  }
  for (size_t i = 0U; i < counts->size; ++i) {
    if (counts->counts[i].name) {
      *place_of(wider, size, counts->counts[i].name) = counts->counts[i];
    }
  }
  free(counts->counts);
  counts->counts = wider;
  counts->size   = size;
  return true;
}

/// A text that says "<end>" says nothing of the end
static bool
is_special(const char* const name)
{
  return !strcmp(name, REM_UNKNOWN_NAME) || !strcmp(name, REM_START_NAME) ||
         !strcmp(name, REM_END_NAME);
}

bool
rem_counts_add(RemCounts* const counts, const char* const name)
{
  if (!*name || is_special(name)) {
    return true;
  }
  if (2U * counts->n >= counts->size && !grow(counts)) {
    return false;
  }
  Count* const at = place_of(counts->counts, counts->size, name);
  if (!at->name) {
    at->name = strdup(name);
    counts->n += at->name != NULL;
  }
  ++at->n;
  return at->name;
}

bool
rem_counts_add_text(RemCounts* const    counts,
                    const RemSymbolKind kind,
                    const char* const   text,
                    const size_t        size)
{
  const char* at = text;
  char        name[REM_MAX_SYMBOL_NAME];
  while (rem_symbol_next(kind, &at, text + size, name)) {
    if (!rem_counts_add(counts, name)) {
      return false;
    }
  }
  return true;
}

/// The commonest first, then by name
static int
compare_counts(const void* const a, const void* const b)
{
  const Count* const x = (const Count*)a;
  const Count* const y = (const Count*)b;
  return x->n != y->n ? (x->n < y->n) - (x->n > y->n)
                      : strcmp(x->name, y->name);
}

/// Return the names in order [counts->n], to free() but for the names
static Count*
sort(const RemCounts* const counts)
{
  Count* const all = (Count*)malloc((counts->n + 1U) * sizeof(Count));
  size_t       n   = 0U;
  for (size_t i = 0U; all && i < counts->size; ++i) {
    if (counts->counts[i].name) {
      all[n++] = counts->counts[i];
    }
  }
  if (all) {
    qsort(all, n, sizeof(Count), compare_counts);
  }
  return all;
}

/// Name the special symbols, which come first; false without memory
static bool
name_specials(RemSymbols* const symbols, const RemSpecials specials)
{
  uint32_t k    = 0U;
  bool     good = true;
  if (specials.unknown) {
    symbols->unknown = k;
    good             = rem_symbols_name(symbols, k++, REM_UNKNOWN_NAME) && good;
  }
  if (specials.start) {
    symbols->start = k;
    good           = rem_symbols_name(symbols, k++, REM_START_NAME) && good;
  }
  if (specials.end) {
    symbols->end = k;
    good         = rem_symbols_name(symbols, k, REM_END_NAME) && good;
  }
  return good;
}

RemSymbols*
rem_counts_symbols(const RemCounts* const counts,
                   const RemSymbolKind    kind,
                   const uint32_t         most,
                   const RemSpecials      specials)
{
  const uint32_t n_special =
    (uint32_t)specials.unknown + specials.start + specials.end;
  const uint32_t    room = REM_MAX_SYMBOLS - n_special;
  const uint32_t    kept = most && most < room ? most : room;
  const uint32_t    n    = counts->n < kept ? (uint32_t)counts->n : kept;
  Count* const      all  = sort(counts);
  RemSymbols* const symbols =
    all && n + n_special ? rem_symbols_new(kind, n + n_special) : NULL;
  bool good = symbols && name_specials(symbols, specials);
  for (uint32_t i = 0U; good && i < n; ++i) {
    good = rem_symbols_name(symbols, n_special + i, all[i].name);
  }
  free(all);
  if (!good) {
    rem_symbols_free(symbols);
    return NULL;
  }
  return symbols;
}
