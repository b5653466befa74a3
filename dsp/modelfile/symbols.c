// SPDX-License-Identifier: ISC

#include "dsp/modelfile/symbols.h"

#include "dsp/net.h"

#include <string.h>

static RemStatus
read_kind(const RemJson* const at, RemSymbolKind* const out)
{
  const RemJson     kind = rem_json_key(at, "kind");
  const char* const text = json_string_value(kind.value);
  if (!text || !rem_symbol_kind_find(text, out)) {
    return rem_json_unexpected(&kind,
                               "names, bytes, characters, words or midi");
  }
  return REM_SUCCESS;
}

/// Read the name of symbol `k`
static RemStatus
read_name(const RemJson* const at, const uint32_t k, RemSymbols* const symbols)
{
  const char* const name = json_string_value(at->value);
  if (!name || !*name || strlen(name) >= REM_MAX_SYMBOL_NAME) {
    return rem_json_unexpected(at, "a name of 1 to 63 bytes");
  }
  if (rem_symbols_find(symbols, name) != REM_NO_SYMBOL) {
    return rem_json_fail(at, REM_BAD_FORMAT, "%.63s is there twice", name);
  }
  return rem_symbols_name(symbols, k, name)
           ? REM_SUCCESS
           : rem_json_fail(at, REM_NO_MEMORY, "Out of memory");
}

/// Read the place of a special symbol, if there is one
static RemStatus
read_place(const RemJson* const at,
           const char* const    key,
           const RemSymbols*    symbols,
           uint32_t* const      out)
{
  const RemJson place = rem_json_key(at, key);
  return place.value ? rem_json_uint(&place, 0U, symbols->n - 1U, out)
                     : REM_SUCCESS;
}

/// Read everything but the kind
static RemStatus
read_all(const RemJson* const at, RemSymbols* const symbols)
{
  const RemJson names = rem_json_key(at, "names");
  RemStatus     st    = REM_SUCCESS;
  for (uint32_t k = 0U; !st && k < symbols->n; ++k) {
    const RemJson name = rem_json_item(&names, k);
    st                 = read_name(&name, k, symbols);
  }
  (void)(st || (st = read_place(at, "unknown", symbols, &symbols->unknown)) ||
         (st = read_place(at, "start", symbols, &symbols->start)) ||
         (st = read_place(at, "end", symbols, &symbols->end)));
  const bool same =
    symbols->start != REM_NO_SYMBOL &&
    (symbols->start == symbols->unknown || symbols->start == symbols->end);
  if (!st && (same || (symbols->end != REM_NO_SYMBOL &&
                       symbols->end == symbols->unknown))) {
    st = rem_json_fail(
      at, REM_BAD_FORMAT, "unknown, start and end are not all different");
  }
  return st;
}

RemStatus
rem_symbols_read_json(const RemJson* const at,
                      const uint32_t       n,
                      RemSymbols** const   out)
{
  const RemJson names = rem_json_key(at, "names");
  const size_t  found = json_array_size(names.value);
  RemSymbolKind kind  = REM_SYMBOLS_NAMES;
  RemStatus     st    = read_kind(at, &kind);
  *out                = NULL;
  if (st) {
    return st;
  }
  if (!found || found > REM_MAX_SYMBOLS || found != n) {
    return rem_json_fail(&names,
                         REM_BAD_SHAPE,
                         "holds %zu names, expected %u: one for each symbol",
                         found,
                         n);
  }
  RemSymbols* const symbols = rem_symbols_new(kind, n);
  if (!symbols) {
    return rem_json_fail(at, REM_NO_MEMORY, "Out of memory");
  }
  st = read_all(at, symbols);
  if (st) {
    rem_symbols_free(symbols);
    return st;
  }
  *out = symbols;
  return REM_SUCCESS;
}

/// Note a special symbol if there is one; false without memory
static bool
write_place(json_t* const object, const char* const key, const uint32_t place)
{
  return place == REM_NO_SYMBOL ||
         !json_object_set_new(object, key, json_integer(place));
}

json_t*
rem_symbols_write_json(const RemSymbols* const symbols)
{
  json_t* const names = json_array();
  bool          done  = names;
  for (uint32_t k = 0U; done && k < symbols->n; ++k) {
    done = !json_array_append_new(names, json_string(symbols->names[k]));
  }
  json_t* const object = json_pack(
    "{s:s, s:o}", "kind", rem_symbol_kind_name(symbols->kind), "names", names);
  if (!done || !object || !write_place(object, "unknown", symbols->unknown) ||
      !write_place(object, "start", symbols->start) ||
      !write_place(object, "end", symbols->end)) {
    json_decref(object);
    return NULL;
  }
  return object;
}
