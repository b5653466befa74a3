// SPDX-License-Identifier: ISC

/// Mappings as text

#include "plugin/control/mapping.h"

#include <stdio.h>
#include <string.h>

#define MAX_WORDS 6U  ///< One more than an entry may have
#define WORD_SIZE 16U ///< A word, with its zero
#define FORMS                                                                 \
  "\"cc CH NUMBER\", \"cc CH NUMBER MIN MAX\", \"note CH\", \"key CH NOTE\" " \
  "or \"-\""

/// The words of an entry
typedef struct {
  char     word[MAX_WORDS][WORD_SIZE];
  uint32_t n; ///< MAX_WORDS if there are too many
} Words;

/// Take an entry apart; false if a word is too long to be any
static bool
split(const char* at, const char* const end, Words* const words)
{
  static const char blanks[] = " \t\r\n";
  memset(words, 0, sizeof(*words));
  while (at < end && words->n < MAX_WORDS) {
    if (memchr(blanks, *at, sizeof(blanks) - 1U)) {
      ++at;
      continue;
    }
    size_t length = 0U;
    while (at + length < end &&
           !memchr(blanks, at[length], sizeof(blanks) - 1U)) {
      ++length;
    }
    if (length >= WORD_SIZE) {
      return false;
    }
    memcpy(words->word[words->n++], at, length);
    at += length;
  }
  return true;
}

/// Read a number from `minimum` to `maximum`
static bool
read_number(const char* const word,
            const unsigned    minimum,
            const unsigned    maximum,
            uint8_t* const    number)
{
  unsigned     value = 0U;
  const size_t n     = strlen(word);
  if (!n || n > 3U || strspn(word, "0123456789") != n) {
    return false;
  }
  for (size_t i = 0U; i < n; ++i) {
    value = 10U * value + (unsigned)(word[i] - '0');
  }
  *number = (uint8_t)(value - (minimum == 1U)); // Channels count from 1
  return value >= minimum && value <= maximum;
}

/// Read what follows "cc"
static bool
read_cc(const Words* const words, RemMapEntry* const entry)
{
  entry->kind    = REM_MAP_CC;
  entry->maximum = 127U;
  return (words->n == 3U || words->n == 5U) &&
         read_number(words->word[1], 1U, 16U, &entry->channel) &&
         read_number(words->word[2], 0U, 127U, &entry->number) &&
         (words->n == 3U ||
          (read_number(words->word[3], 0U, 127U, &entry->minimum) &&
           read_number(words->word[4], 0U, 127U, &entry->maximum) &&
           entry->minimum != entry->maximum));
}

static bool
read_entry(const Words* const words, RemMapEntry* const entry)
{
  const char* const kind = words->word[0];
  memset(entry, 0, sizeof(*entry));
  if (!words->n || (words->n == 1U && !strcmp(kind, "-"))) {
    return true;
  }
  if (!strcmp(kind, "cc")) {
    return read_cc(words, entry);
  }
  if (!strcmp(kind, "note")) {
    entry->kind = REM_MAP_NOTE;
    return words->n == 2U &&
           read_number(words->word[1], 1U, 16U, &entry->channel);
  }
  entry->kind = REM_MAP_KEY;
  return !strcmp(kind, "key") && words->n == 3U &&
         read_number(words->word[1], 1U, 16U, &entry->channel) &&
         read_number(words->word[2], 0U, 127U, &entry->number);
}

/// Say which entry, from `at` to `end`, is none
static RemStatus
refuse(const uint32_t    d,
       const char* const at,
       const char* const end,
       RemError* const   error)
{
  return rem_fail(error,
                  REM_BAD_ARGUMENT,
                  NULL,
                  "entry %u of the MIDI mapping is \"%.*s\"; expected " FORMS
                  ", with CH from 1 to 16, the others from 0 to 127, MIN not "
                  "MAX",
                  d + 1U,
                  (int)(end - at < 40 ? end - at : 40),
                  at);
}

RemStatus
rem_mapping_read(const char* const text,
                 RemMapping* const mapping,
                 RemError* const   error)
{
  RemMapping read = {0};
  uint32_t   d    = 0U;
  for (const char* at = text; at; ++d) {
    const char* const semicolon = strchr(at, ';');
    const char* const end       = semicolon ? semicolon : at + strlen(at);
    RemMapEntry       entry;
    Words             words;
    if (!split(at, end, &words) || !read_entry(&words, &entry)) {
      return refuse(d, at, end, error);
    }
    if (d >= REM_MAX_DIMS && (entry.kind || semicolon)) {
      return rem_fail(error,
                      REM_BAD_ARGUMENT,
                      NULL,
                      "the MIDI mapping has more than %u entries",
                      REM_MAX_DIMS);
    }
    if (d < REM_MAX_DIMS) {
      read.entry[d] = entry;
    }
    at = semicolon ? semicolon + 1 : NULL;
  }
  *mapping = read;
  return REM_SUCCESS;
}

/// Write an entry; return its length
static int
write_entry(const RemMapEntry* const entry, char* const text, const size_t size)
{
  const unsigned channel = entry->channel + 1U;
  switch (entry->kind) {
  case REM_MAP_CC:
    return entry->minimum == 0U && entry->maximum == 127U
             ? snprintf(text, size, "cc %u %u", channel, entry->number)
             : snprintf(text,
                        size,
                        "cc %u %u %u %u",
                        channel,
                        entry->number,
                        entry->minimum,
                        entry->maximum);
  case REM_MAP_NOTE:
    return snprintf(text, size, "note %u", channel);
  case REM_MAP_KEY:
    return snprintf(text, size, "key %u %u", channel, entry->number);
  default:
    return snprintf(text, size, "-");
  }
}

void
rem_mapping_write(const RemMapping* const mapping,
                  char                    text[const REM_MAPPING_SIZE])
{
  uint32_t n  = REM_MAX_DIMS;
  size_t   at = 0U;
  while (n > 1U && !mapping->entry[n - 1U].kind) {
    --n;
  }
  for (uint32_t d = 0U; d < n && at < REM_MAPPING_SIZE; ++d) {
    if (d) {
      at += (size_t)snprintf(text + at, REM_MAPPING_SIZE - at, "; ");
    }
    at +=
      (size_t)write_entry(&mapping->entry[d], text + at, REM_MAPPING_SIZE - at);
  }
}
