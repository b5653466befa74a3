// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/data.h"
#include "offline_trainer/report/markup.h"

#define MOST_DIGITS 6

static const char* const small[] = {
  "zero",    "one",     "two",       "three",    "four",
  "five",    "six",     "seven",     "eight",    "nine",
  "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
  "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
};
static const char* const tens[] = {
  "",
  "",
  "twenty",
  "thirty",
  "forty",
  "fifty",
  "sixty",
  "seventy",
  "eighty",
  "ninety",
};

static void
add_word(RemText* const text, const char* const word)
{
  if (text->size) {
    rem_text_add(text, " ");
  }
  rem_text_add(text, word);
}

/// Add the words of 1..999
static void
add_hundreds(RemText* const text, const long number)
{
  const long rest = number % 100;
  if (number >= 100) {
    add_word(text, small[number / 100]);
    add_word(text, "hundred");
    if (rest) {
      add_word(text, "and");
    }
  }
  if (rest >= 20) {
    add_word(text, tens[rest / 10]);
  }
  if (rest && (rest < 20 || rest % 10)) {
    add_word(text, small[rest < 20 ? rest : rest % 10]);
  }
}

void
rem_data_number(const void* const handle,
                RemRandom* const  random,
                RemText* const    in,
                RemText* const    out)
{
  (void)handle;
  long       low    = 0;
  long       high   = 9;
  const long digits = rem_data_pick(random, 1, MOST_DIGITS);
  for (long i = 1; i < digits; ++i) {
    low  = high + 1;
    high = 10 * high + 9;
  }
  const long number = rem_data_pick(random, low, high);
  const long rest   = number % 1000;
  rem_markup_format(out, "%ld", number);
  if (!number) {
    add_word(in, small[0]);
  }
  if (number >= 1000) {
    add_hundreds(in, number / 1000);
    add_word(in, "thousand");
    if (rest && rest < 100) {
      add_word(in, "and");
    }
  }
  add_hundreds(in, rest);
}

void
rem_data_letters(const void* const handle,
                 RemRandom* const  random,
                 RemText* const    in,
                 RemText* const    out)
{
  const RemDataLetters* const rule = handle;
  const long                  n    = rem_data_pick(random, 1, rule->longest);
  for (long i = 0; i < n; ++i) {
    const char letter =
      (char)('a' + rem_data_pick(random, 0, rule->n_kinds - 1));
    rem_text_add_bytes(in, &letter, 1U);
  }
  for (long i = 0; i < n && !in->failed; ++i) {
    rem_text_add_bytes(out, &in->bytes[rule->reverse ? n - 1 - i : i], 1U);
  }
}
