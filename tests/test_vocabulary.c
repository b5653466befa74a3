// SPDX-License-Identifier: ISC

/// Vocabularies: names found, texts cut and put together again, and what a
/// model file says of them, good and bad

#include "dsp/modelfile/symbols.h"
#include "dsp/symbols.h"
#include "tests/check.h"

#include <stdio.h>
#include <string.h>

enum { MANY = 60000 };

/// Return a vocabulary with these names; the first three are special
static RemSymbols*
make(const RemSymbolKind kind, const char* const* const names, const uint32_t n)
{
  RemSymbols* const symbols = rem_symbols_new(kind, n);
  CHECK(symbols);
  for (uint32_t k = 0U; k < n; ++k) {
    CHECK(rem_symbols_name(symbols, k, names[k]));
  }
  symbols->unknown = 0U;
  symbols->start   = 1U;
  symbols->end     = 2U;
  return symbols;
}

static void
check_many(void)
{
  RemSymbols* const symbols = rem_symbols_new(REM_SYMBOLS_WORDS, MANY);
  char              name[REM_MAX_SYMBOL_NAME];
  CHECK(symbols);
  for (uint32_t k = 0U; k < MANY; ++k) {
    (void)snprintf(name, sizeof(name), "word%u", k);
    CHECK(rem_symbols_name(symbols, k, name));
  }
  CHECK(rem_symbols_find(symbols, "word") == REM_NO_SYMBOL);
  for (uint32_t k = 0U; k < MANY; ++k) {
    CHECK(rem_symbols_name(symbols, k, "another"));
    (void)snprintf(name, sizeof(name), "word%u", k);
    CHECK(rem_symbols_name(symbols, k, name));
  }
  CHECK(rem_symbols_name(symbols, 17U, "another"));
  for (uint32_t k = 0U; k < MANY; ++k) {
    (void)snprintf(name, sizeof(name), "word%u", k);
    CHECK(k == 17U || rem_symbols_find(symbols, name) == k);
  }
  CHECK(rem_symbols_find(symbols, "word17") == REM_NO_SYMBOL);
  CHECK(rem_symbols_find(symbols, "another") == 17U);
  RemSymbols* const copy = rem_symbols_copy(symbols);
  CHECK(copy && rem_symbols_find(copy, "another") == 17U);
  rem_symbols_free(copy);
  rem_symbols_free(symbols);
}

/// Read `text` and see the symbols `want` [n], then what they are as a text
static void
check_text(const RemSymbols* const symbols,
           const char* const       text,
           const uint32_t* const   want,
           const size_t            n,
           const char* const       back)
{
  uint32_t* read   = NULL;
  size_t    n_read = 0U;
  CHECK(!rem_symbols_read(symbols, text, strlen(text), &read, &n_read, NULL));
  CHECK(n_read == n && (!n || !memcmp(read, want, n * sizeof(uint32_t))));
  char* const written = rem_symbols_text(symbols, read, n);
  CHECK(written && !strcmp(written, back));
  free(written);
  free(read);
}

static void
check_texts(void)
{
  static const char* const words[] = {
    "<unknown>", "<s>", "<e>", "one", "\xC3\xA9"};
  static const char* const marks[] = {
    "<unknown>", "<s>", "<e>", "a", "\xC3\xA9", "\n", "<0x0A>"};
  RemSymbols* const w = make(REM_SYMBOLS_WORDS, words, 5U);
  RemSymbols* const c = make(REM_SYMBOLS_CHARACTERS, marks, 7U);
  RemSymbols* const b = make(REM_SYMBOLS_BYTES, marks, 7U);

  check_text(w,
             " one \n\xC3\xA9 two <e> one ",
             (const uint32_t[]){3U, 4U, 0U, 0U, 3U},
             5U,
             "one \xC3\xA9 \xEF\xBF\xBD \xEF\xBF\xBD one");
  check_text(c,
             "a\xC3\xA9\n\xC3x",
             (const uint32_t[]){3U, 4U, 5U, 0U, 0U},
             5U,
             "a\xC3\xA9\n\xEF\xBF\xBD\xEF\xBF\xBD");
  check_text(b, "a\na", (const uint32_t[]){3U, 6U, 3U}, 3U, "a\na");
  check_text(w, "", NULL, 0U, "");

  uint32_t* read  = NULL;
  size_t    n     = 0U;
  RemError  error = {REM_SUCCESS, "", ""};
  w->unknown      = REM_NO_SYMBOL;
  CHECK(rem_symbols_read(w, "one two", 7U, &read, &n, &error) ==
          REM_BAD_ARGUMENT &&
        !read && strstr(error.text, "\"two\""));
  w->kind = REM_SYMBOLS_NAMES;
  CHECK(rem_symbols_read(w, "one", 3U, &read, &n, NULL) == REM_BAD_ARGUMENT);
  rem_symbols_free(w);
  rem_symbols_free(c);
  rem_symbols_free(b);
}

/// Every byte has a name of its own, and comes back; nothing is read outside
static void
check_bytes(void)
{
  RemSymbols* const symbols = rem_symbols_new(REM_SYMBOLS_BYTES, 256U);
  char              all[256], name[REM_MAX_SYMBOL_NAME];
  uint32_t*         read = NULL;
  size_t            n    = 0U;
  CHECK(symbols);
  for (uint32_t k = 0U; k < 256U; ++k) {
    all[k]         = (char)k;
    const char* at = all + k;
    CHECK(rem_symbol_next(REM_SYMBOLS_BYTES, &at, all + k + 1, name));
    CHECK(rem_symbols_find(symbols, name) == REM_NO_SYMBOL);
    CHECK(rem_symbols_name(symbols, k, name));
  }
  CHECK(!rem_symbols_read(symbols, all, 256U, &read, &n, NULL) && n == 256U);
  for (uint32_t k = 0U; k < 256U; ++k) {
    char out[REM_MAX_SYMBOL_NAME + 1];
    CHECK(read[k] == k);
    CHECK(rem_symbol_write(symbols, k, false, out) == 1U && *out == (char)k);
  }
  free(read);
  rem_symbols_free(symbols);
}

/// What is no UTF-8 has no name, byte by byte: RFC 3629
static void
check_utf8(void)
{
  static const char* const bad[] = {"\x80",
                                    "\xC0\x80",
                                    "\xC3",
                                    "\xE0\x9F\xBF",
                                    "\xED\xA0\x80",
                                    "\xF0\x8F\xBF\xBF",
                                    "\xF4\x90\x80\x80",
                                    "\xFF"};
  char                     name[REM_MAX_SYMBOL_NAME];
  for (size_t i = 0U; i < sizeof(bad) / sizeof(*bad); ++i) {
    const char*       at  = bad[i];
    const char* const end = bad[i] + strlen(bad[i]);
    while (rem_symbol_next(REM_SYMBOLS_CHARACTERS, &at, end, name)) {
      CHECK(!*name);
    }
    CHECK(at == end);
  }
  const char* at = "\xF0\x9F\x8E\xB9";
  CHECK(rem_symbol_next(REM_SYMBOLS_CHARACTERS, &at, at + 4, name));
  CHECK(!strcmp(name, "\xF0\x9F\x8E\xB9"));
}

/// Read a vocabulary of 4 from a text; on failure look for `part` in the words
static RemStatus
read_json(const char* const text, const char* const part)
{
  RemError        error  = {REM_SUCCESS, "", ""};
  const RemSource source = {"file", strlen(text), &error};
  json_t* const   value  = json_loads(text, 0U, NULL);
  CHECK(value);
  const RemJson   at      = rem_json_root(value, &source);
  RemSymbols*     symbols = NULL;
  const RemStatus st      = rem_symbols_read_json(&at, 4U, &symbols);
  CHECK(!st == !!symbols);
  if (st && (!strstr(error.text, part) && !strstr(error.place, part))) {
    fprintf(stderr, "%s: %s: %s\n", text, error.place, error.text);
    exit(1);
  }
  rem_symbols_free(symbols);
  json_decref(value);
  return st;
}

static void
check_bad_files(void)
{
  static const char* const bad[][2] = {
    {"{}", "kind"},
    {"{\"kind\": \"letters\", \"names\": [\"a\", \"b\", \"c\", \"d\"]}",
     "kind"},
    {"{\"kind\": 3, \"names\": [\"a\", \"b\", \"c\", \"d\"]}", "kind"},
    {"{\"kind\": \"words\"}", "holds 0 names"},
    {"{\"kind\": \"words\", \"names\": [\"a\", \"b\", \"c\"]}", "holds 3"},
    {"{\"kind\": \"words\", \"names\": [\"a\", \"b\", \"c\", 4]}", "names[3]"},
    {"{\"kind\": \"words\", \"names\": [\"a\", \"b\", \"c\", \"\"]}",
     "names[3]"},
    {"{\"kind\": \"words\", \"names\": [\"a\", \"b\", \"c\", \"b\"]}", "twice"},
    {"{\"kind\": \"words\", \"names\": [\"a\", \"b\", \"c\", \"d\"],"
     " \"unknown\": 4}",
     "unknown"},
    {"{\"kind\": \"words\", \"names\": [\"a\", \"b\", \"c\", \"d\"],"
     " \"end\": -1}",
     "end"},
    {"{\"kind\": \"words\", \"names\": [\"a\", \"b\", \"c\", \"d\"],"
     " \"start\": 1, \"end\": 1}",
     "different"},
    {"{\"kind\": \"words\", \"names\": [\"a\", \"b\", \"c\", "
     "\"0123456789012345678901234567890123456789012345678901234567890123\"]}",
     "63 bytes"},
  };
  for (size_t i = 0U; i < sizeof(bad) / sizeof(*bad); ++i) {
    CHECK(read_json(bad[i][0], bad[i][1]));
  }
  CHECK(!read_json("{\"kind\": \"words\", \"names\": [\"a\", \"b\", \"c\","
                   " \"d\"], \"unknown\": 3}",
                   ""));
}

static void
check_round_trip(void)
{
  static const char* const names[] = {"<unknown>", "<s>", "<e>", "\xC3\xA9"};
  RemSymbols* const        symbols = make(REM_SYMBOLS_CHARACTERS, names, 4U);
  json_t* const            value   = rem_symbols_write_json(symbols);
  const RemSource          source  = {"file", 1000U, NULL};
  const RemJson            at      = rem_json_root(value, &source);
  RemSymbols*              back    = NULL;
  CHECK(value && !rem_symbols_read_json(&at, 4U, &back));
  CHECK(back->kind == symbols->kind && back->unknown == 0U &&
        back->start == 1U && back->end == 2U);
  for (uint32_t k = 0U; k < 4U; ++k) {
    CHECK(!strcmp(back->names[k], names[k]));
    CHECK(rem_symbols_find(back, names[k]) == k);
  }
  json_decref(value);
  rem_symbols_free(back);
  rem_symbols_free(symbols);
}

int
main(void)
{
  check_many();
  check_texts();
  check_bytes();
  check_utf8();
  check_bad_files();
  check_round_trip();
  return 0;
}
