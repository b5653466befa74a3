// SPDX-License-Identifier: ISC

#include "offline_trainer/text/ngram.h"

#include <math.h>
#include <stdlib.h>

#define BITS 16U ///< Of a symbol: #REM_MAX_SYMBOLS is 2^16
#define LEAST_COUNT 0.5

/// Symbols after a history of one length, in the order of their keys
typedef struct {
  size_t    n;
  uint64_t* keys;   ///< [n] history, then symbol, 16 bits each
  uint32_t* counts; ///< [n]
} Level;

struct RemNgram {
  uint32_t order;
  uint32_t n_symbols;
  size_t   n; ///< Symbols counted
  Level    levels[REM_MAX_ORDER + 1U];
};

/// What is known of a history
typedef struct {
  uint64_t n;           ///< Times it was seen
  size_t   n_different; ///< Symbols seen after it
} History;

/// Return the last `n` symbols before `behind` as one number
static uint64_t
key_of(const uint32_t* const behind, const size_t n)
{
  uint64_t key = 0U;
  for (size_t i = n; i; --i) {
    key = key << BITS | behind[-(ptrdiff_t)i];
  }
  return key;
}

static int
compare_keys(const void* const a, const void* const b)
{
  const uint64_t x = *(const uint64_t*)a, y = *(const uint64_t*)b;
  return (x > y) - (x < y);
}

/// Write every history of `order` symbols, and what follows; return how many
static size_t
list_keys(const RemTokens* const tokens,
          const uint32_t         order,
          uint64_t* const        keys)
{
  size_t n = 0U;
  for (size_t p = 0U; p < tokens->n_pieces; ++p) {
    const size_t end = tokens->begins[p + 1U];
    for (size_t i = tokens->begins[p] + order; i < end; ++i) {
      keys[n++] = key_of(tokens->all + i + 1U, order + 1U);
    }
  }
  return n;
}

/// Count keys that are the same; false without memory
static bool
count(const RemTokens* const tokens, const uint32_t order, Level* const out)
{
  const size_t n_tokens = rem_tokens_n(tokens);
  out->keys             = (uint64_t*)malloc((n_tokens + 1U) * sizeof(uint64_t));
  out->counts           = (uint32_t*)calloc(n_tokens + 1U, sizeof(uint32_t));
  if (!out->keys || !out->counts) {
    return false;
  }
  const size_t n = list_keys(tokens, order, out->keys);
  qsort(out->keys, n, sizeof(uint64_t), compare_keys);
  for (size_t i = 0U; i < n; ++i) {
    if (!out->n || out->keys[out->n - 1U] != out->keys[i]) {
      out->keys[out->n++] = out->keys[i];
    }
    ++out->counts[out->n - 1U];
  }
  return true;
}

RemNgram*
rem_ngram_new(const RemTokens* const tokens, const uint32_t order)
{
  RemNgram* const ngram = (RemNgram*)calloc(1U, sizeof(RemNgram));
  bool            good  = ngram;
  if (good) {
    ngram->order     = order < REM_MAX_ORDER ? order : REM_MAX_ORDER;
    ngram->n_symbols = tokens->symbols->n;
    ngram->n         = rem_tokens_n(tokens);
  }
  for (uint32_t o = 0U; good && o <= ngram->order; ++o) {
    good = count(tokens, o, &ngram->levels[o]);
  }
  if (!good) {
    rem_ngram_free(ngram);
    return NULL;
  }
  return ngram;
}

void
rem_ngram_free(RemNgram* const ngram)
{
  for (uint32_t o = 0U; ngram && o <= REM_MAX_ORDER; ++o) {
    free(ngram->levels[o].keys);
    free(ngram->levels[o].counts);
  }
  free(ngram);
}

/// Return the place of the first key that is not below `key`
static size_t
lower_bound(const Level* const level, const uint64_t key)
{
  size_t low = 0U, high = level->n;
  while (low < high) {
    const size_t middle = (low + high) / 2U;
    if (level->keys[middle] < key) {
      low = middle + 1U;
    } else {
      high = middle;
    }
  }
  return low;
}

/// Sum up what was seen after a history
static History
history_of(const Level* const level, const uint64_t history)
{
  History out = {0U, 0U};
  for (size_t i = lower_bound(level, history << BITS);
       i < level->n && level->keys[i] >> BITS == history;
       ++i) {
    out.n += level->counts[i];
    ++out.n_different;
  }
  return out;
}

/// Return how often a history and what follows were seen
static double
count_of(const Level* const level, const uint64_t key)
{
  const size_t i = lower_bound(level, key);
  return i < level->n && level->keys[i] == key ? (double)level->counts[i] : 0.0;
}

double
rem_ngram_chance(const RemNgram* const ngram,
                 const uint32_t* const before,
                 const size_t          n_before,
                 const uint32_t        symbol)
{
  const size_t order  = n_before < ngram->order ? n_before : ngram->order;
  double       chance = (count_of(&ngram->levels[0], symbol) + LEAST_COUNT) /
                  ((double)ngram->n + LEAST_COUNT * ngram->n_symbols);
  for (size_t o = 1U; o <= order; ++o) {
    const Level* const level   = &ngram->levels[o];
    const uint64_t     key     = key_of(before + n_before, o);
    const History      history = history_of(level, key);
    const double       t       = (double)history.n_different;
    if (history.n) {
      chance = (count_of(level, key << BITS | symbol) + t * chance) /
               ((double)history.n + t);
    }
  }
  return chance;
}

double
rem_ngram_nats(const RemNgram* const ngram, const RemTokens* const tokens)
{
  double sum = 0.0;
  for (size_t p = 0U; p < tokens->n_pieces; ++p) {
    const uint32_t* const piece = tokens->all + tokens->begins[p];
    const size_t          n     = tokens->begins[p + 1U] - tokens->begins[p];
    for (size_t i = 1U; i < n; ++i) {
      sum -= log(rem_ngram_chance(ngram, piece, i, piece[i]));
    }
  }
  const size_t n = rem_tokens_n_foretold(tokens);
  return n ? sum / (double)n : (double)NAN;
}
