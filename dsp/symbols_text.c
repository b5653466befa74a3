// SPDX-License-Identifier: ISC

#include "dsp/symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" ///< U+FFFD

static bool
is_blank(const char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Return the bytes of a character by its first one, 0 if none begins so
static size_t
size_by_first(const uint8_t first)
{
  if (first < 0x80U) {
    return 1U;
  }
  if (first < 0xC2U) {
    return 0U;
  }
  if (first < 0xE0U) {
    return 2U;
  }
  if (first < 0xF0U) {
    return 3U;
  }
  return first < 0xF5U ? 4U : 0U;
}

/// Return whether a code point is written in `n` bytes and no fewer
static bool
is_character(const uint32_t code, const size_t n)
{
  static const uint32_t least[] = {0U, 0U, 0x80U, 0x800U, 0x10000U};
  const bool            half    = code >= 0xD800U && code <= 0xDFFFU;
  return code >= least[n] && code <= 0x10FFFFU && !half;
}

/// Return the bytes of the character that begins a text, 0 if it is no UTF-8.
/// Source: RFC 3629, section 4.
static size_t
character_size(const char* const text, const size_t size)
{
  const uint8_t* const c = (const uint8_t*)text;
  const size_t         n = size_by_first(*c);
  if (!n || n > size) {
    return 0U;
  }
  uint32_t code = n > 1U ? *c & (0x7FU >> n) : *c;
  for (size_t i = 1U; i < n; ++i) {
    if ((c[i] & 0xC0U) != 0x80U) {
      return 0U;
    }
    code = code << 6U | (c[i] & 0x3FU);
  }
  return is_character(code, n) ? n : 0U;
}

/// Return whether a text is UTF-8 without 0 bytes
static bool
is_utf8(const char* text, size_t size)
{
  while (size) {
    const size_t n = *text ? character_size(text, size) : 0U;
    if (!n) {
      return false;
    }
    text += n;
    size -= n;
  }
  return true;
}

/// Name a byte
static void
name_byte(const char byte, char name[REM_MAX_SYMBOL_NAME])
{
  const bool seen = byte > ' ' && byte < 0x7F;
  (void)snprintf(name,
                 REM_MAX_SYMBOL_NAME,
                 seen ? "%c" : "<0x%02X>",
                 (unsigned)(uint8_t)byte);
}

/// Name `size` bytes of text as they are, if they can be
static void
name_text(const char* const text,
          const size_t      size,
          char              name[REM_MAX_SYMBOL_NAME])
{
  const bool fits = size < REM_MAX_SYMBOL_NAME && is_utf8(text, size);
  memcpy(name, text, fits ? size : 0U);
  name[fits ? size : 0U] = '\0';
}

/// Cut the next word off
static bool
next_word(const char** const at,
          const char* const  end,
          char               name[REM_MAX_SYMBOL_NAME])
{
  const char* begin = *at;
  while (begin < end && is_blank(*begin)) {
    ++begin;
  }
  const char* behind = begin;
  while (behind < end && !is_blank(*behind)) {
    ++behind;
  }
  name_text(begin, (size_t)(behind - begin), name);
  *at = behind;
  return behind > begin;
}

bool
rem_symbol_next(const RemSymbolKind kind,
                const char** const  at,
                const char* const   end,
                char                name[REM_MAX_SYMBOL_NAME])
{
  *name = '\0';
  if (*at == end || kind == REM_SYMBOLS_NAMES || kind == REM_SYMBOLS_MIDI) {
    return false;
  }
  if (kind == REM_SYMBOLS_WORDS) {
    return next_word(at, end, name);
  }
  if (kind == REM_SYMBOLS_BYTES) {
    name_byte(**at, name);
    ++*at;
    return true;
  }
  const size_t size = character_size(*at, (size_t)(end - *at));
  name_text(*at, size, name);
  *at += size ? size : 1U;
  return true;
}

/// Return the symbol of a name that a text says
static uint32_t
symbol_of(const RemSymbols* const symbols, const char* const name)
{
  const uint32_t k =
    *name ? rem_symbols_find(symbols, name) : (uint32_t)REM_NO_SYMBOL;
  return k == REM_NO_SYMBOL || k == symbols->start || k == symbols->end
           ? symbols->unknown
           : k;
}

RemStatus
rem_symbols_read(const RemSymbols* const symbols,
                 const char* const       text,
                 const size_t            size,
                 uint32_t** const        out,
                 size_t* const           n,
                 RemError* const         error)
{
  const char* const end = text + size;
  const char*       at  = text;
  char              name[REM_MAX_SYMBOL_NAME];
  *n   = 0U;
  *out = NULL;
  if (symbols->kind == REM_SYMBOLS_NAMES || symbols->kind == REM_SYMBOLS_MIDI) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "Symbols of the kind %s are not read from a text",
                    rem_symbol_kind_name(symbols->kind));
  }
  uint32_t* const read = (uint32_t*)malloc((size + 1U) * sizeof(uint32_t));
  if (!read) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the text");
  }
  while (rem_symbol_next(symbols->kind, &at, end, name)) {
    read[*n] = symbol_of(symbols, name);
    if (read[(*n)++] == REM_NO_SYMBOL) {
      free(read);
      return rem_fail(error,
                      REM_BAD_ARGUMENT,
                      NULL,
                      "\"%s\" is not in the vocabulary, and nothing stands for"
                      " what is unknown",
                      name);
    }
  }
  *out = read;
  return REM_SUCCESS;
}

/// Return the byte that a name means, or -1
static int
byte_of(const char* const name)
{
  char*      end  = NULL;
  const bool hex  = !strncmp(name, "<0x", 3U);
  const long byte = hex ? strtol(name + 3, &end, 16) : -1L;
  if (strlen(name) == 1U) {
    return (uint8_t)*name;
  }
  return hex && !strcmp(end, ">") && byte >= 0L && byte < 256L ? (int)byte : -1;
}

size_t
rem_symbol_write(const RemSymbols* const symbols,
                 const uint32_t          symbol,
                 const bool              first,
                 char                    out[REM_MAX_SYMBOL_NAME + 1])
{
  const bool blank = !first && symbols->kind != REM_SYMBOLS_BYTES &&
                     symbols->kind != REM_SYMBOLS_CHARACTERS;
  const char* name = symbols->names[symbol];
  if (symbol == symbols->start || symbol == symbols->end) {
    return 0U;
  }
  if (symbol == symbols->unknown) {
    name = REPLACEMENT;
  } else if (symbols->kind == REM_SYMBOLS_BYTES && byte_of(name) >= 0) {
    *out = (char)byte_of(name);
    return 1U;
  }
  const size_t size = strnlen(name, REM_MAX_SYMBOL_NAME);
  *out              = ' ';
  memcpy(out + blank, name, size);
  return size + blank;
}

char*
rem_symbols_text(const RemSymbols* const symbols,
                 const uint32_t* const   read,
                 const size_t            n)
{
  char* const text = (char*)malloc(n * (REM_MAX_SYMBOL_NAME + 1U) + 1U);
  size_t      size = 0U;
  for (size_t i = 0U; text && i < n; ++i) {
    size += rem_symbol_write(symbols, read[i], !size, text + size);
  }
  if (text) {
    text[size] = '\0';
  }
  return text;
}
