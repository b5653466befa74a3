// SPDX-License-Identifier: ISC

#include "offline_trainer/data/repeat.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)4096)
#define BASE 0x9e3779b97f4a7c15U ///< Odd, its bits well mixed

/// Blocks of the signal by their hash: open addressing, at most half full
typedef struct {
  size_t    n_slots; ///< A power of two
  size_t*   begin;   ///< [n_slots] sample where a block begins, plus one
  uint64_t* hash;    ///< [n_slots]
} Table;

static uint64_t
bits(const float x)
{
  uint32_t    out      = 0;
  const float positive = x == 0.0f ? 0.0f : x; // Zero has two signs
  memcpy(&out, &positive, sizeof(out));
  return out;
}

static uint64_t
hash_block(const float* const x)
{
  uint64_t hash = 0;
  for (size_t i = 0; i < BLOCK; ++i) {
    hash = hash * BASE + bits(x[i]);
  }
  return hash;
}

/// Return whether a block is anything but silence or a held value
static bool
is_sound(const float* const x)
{
  float low  = x[0];
  float high = x[0];
  for (size_t i = 1; i < BLOCK; ++i) {
    low  = fminf(low, x[i]);
    high = fmaxf(high, x[i]);
  }
  return high - low > 1e-3f;
}

/// Return the slot of `hash`, or the empty one where it belongs
static size_t
find_slot(const Table* const table, const uint64_t hash)
{
  size_t slot = (size_t)(hash >> 17U) & (table->n_slots - 1U);
  while (table->begin[slot] && table->hash[slot] != hash) {
    slot = (slot + 1U) & (table->n_slots - 1U);
  }
  return slot;
}

/// Enter every block; of equal ones the first
static void
fill_table(Table* const table, const float* const x, const size_t n)
{
  for (size_t begin = 0; begin + BLOCK <= n; begin += BLOCK) {
    if (is_sound(x + begin)) {
      const uint64_t hash = hash_block(x + begin);
      const size_t   slot = find_slot(table, hash);
      if (!table->begin[slot]) {
        table->begin[slot] = begin + 1U;
        table->hash[slot]  = hash;
      }
    }
  }
}

/// Grow a pair of equal blocks both ways; the phrases may touch, not overlap
static RemRepeat
grow(const float* const x, const size_t n, const size_t a, const size_t b)
{
  const size_t lag   = b - a;
  size_t       begin = a;
  size_t       end   = a;
  while (end + lag < n && end - begin < lag && x[end] == x[end + lag]) {
    ++end;
  }
  while (begin > 0U && end - begin < lag &&
         x[begin - 1U] == x[begin - 1U + lag]) {
    --begin;
  }
  return (RemRepeat){begin, begin + lag, end - begin};
}

/// Look every sample's block up and keep the longest phrase
static void
search(const Table* const table,
       const float* const x,
       const size_t       n,
       RemRepeat* const   out)
{
  uint64_t oldest = 1; // BASE^BLOCK, the weight of what leaves the block
  for (size_t i = 0; i < BLOCK; ++i) {
    oldest *= BASE;
  }

  uint64_t hash = hash_block(x);
  size_t   skip = 0; // Up to there samples belong to a phrase found already
  for (size_t t = 0; t + BLOCK < n; ++t) {
    const size_t found = table->begin[find_slot(table, hash)];
    if (found && t >= found - 1U + BLOCK && t >= skip) {
      const RemRepeat phrase = grow(x, n, found - 1U, t);
      skip                   = t + phrase.length;
      *out                   = phrase.length > out->length ? phrase : *out;
    }
    hash = hash * BASE + bits(x[t + BLOCK]) - oldest * bits(x[t]);
  }
}

RemStatus
rem_find_repeat(const float* const x, const size_t n, RemRepeat* const out)
{
  memset(out, 0, sizeof(*out));
  if (n < 2U * BLOCK) {
    return REM_SUCCESS;
  }

  Table table = {2U, NULL, NULL};
  while (table.n_slots < 2U * (n / BLOCK)) {
    table.n_slots *= 2U;
  }
  table.begin  = (size_t*)calloc(table.n_slots, sizeof(size_t));
  table.hash   = (uint64_t*)calloc(table.n_slots, sizeof(uint64_t));
  RemStatus st = REM_NO_MEMORY;
  if (table.begin && table.hash) {
    fill_table(&table, x, n);
    search(&table, x, n, out);
    st = REM_SUCCESS;
  }
  if (out->length < 2U * BLOCK) {
    memset(out, 0, sizeof(*out));
  }
  free(table.hash);
  free(table.begin);
  return st;
}

double
rem_self_esr(const float* const a, const float* const b, const size_t n)
{
  double difference = 0.0;
  double energy     = 0.0;
  for (size_t i = 0; i < n; ++i) {
    const double d = (double)a[i] - (double)b[i];
    difference += d * d;
    energy += (double)a[i] * (double)a[i] + (double)b[i] * (double)b[i];
  }
  return energy > 0.0 ? difference / energy : (double)NAN;
}
