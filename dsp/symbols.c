// SPDX-License-Identifier: ISC

#include "dsp/symbols.h"

#include <stdlib.h>
#include <string.h>

RemSymbols*
rem_symbols_new(const RemSymbolKind kind, const uint32_t n)
{
  RemSymbols* const symbols = (RemSymbols*)calloc(1, sizeof(RemSymbols));
  if (!symbols) {
    return NULL;
  }
  *symbols =
    (RemSymbols){kind, n, NULL, REM_NO_SYMBOL, REM_NO_SYMBOL, REM_NO_SYMBOL};
  symbols->names = (char**)calloc(n, sizeof(char*));
  bool made      = symbols->names;
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
  if (copy) {
    free(symbols->names[k]);
    symbols->names[k] = copy;
  }
  return copy;
}

void
rem_symbols_free(RemSymbols* const symbols)
{
  if (symbols) {
    for (uint32_t k = 0; symbols->names && k < symbols->n; ++k) {
      free(symbols->names[k]);
    }
    free(symbols->names);
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
