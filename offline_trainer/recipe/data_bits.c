// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/data.h"

/// Append one character
static void
add(RemText* const text, const char c)
{
  rem_text_add_bytes(text, &c, 1U);
}

/// Append random bits, as many as `bits` says; return where they begin
static size_t
add_bits(RemText* const           text,
         const RemDataBits* const bits,
         RemRandom* const         random)
{
  const size_t begin = text->size;
  for (long n = rem_data_pick(random, bits->shortest, bits->longest); n; --n) {
    add(text, rem_data_pick(random, 0, 1) ? '1' : '0');
  }
  return begin;
}

void
rem_data_parity(const void* const handle,
                RemRandom* const  random,
                RemText* const    in,
                RemText* const    out)
{
  bool         odd   = false;
  const size_t begin = add_bits(in, (const RemDataBits*)handle, random);
  for (size_t t = begin; !in->failed && t < in->size; ++t) {
    odd ^= in->bytes[t] == '1';
    rem_text_add(out, t > begin ? " " : "");
    rem_text_add(out, odd ? "odd" : "even");
  }
}

void
rem_data_gap(const void* const handle,
             RemRandom* const  random,
             RemText* const    in,
             RemText* const    out)
{
  const char letter = (char)('a' + rem_data_pick(random, 0, 7));
  add(in, letter);
  (void)add_bits(in, (const RemDataBits*)handle, random);
  add(out, letter);
}
