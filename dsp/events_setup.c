// SPDX-License-Identifier: ISC

/// The vocabulary of MIDI; never called in the audio thread

#include "dsp/events.h"

#include <stdio.h>
#include <string.h>

static void
write_name(const uint32_t token, char name[const REM_MAX_SYMBOL_NAME])
{
  const size_t size = REM_MAX_SYMBOL_NAME;
  if (token < REM_TOKEN_OFF) {
    (void)snprintf(name, size, "on %u", token);
  } else if (token < REM_TOKEN_WAIT) {
    (void)snprintf(name, size, "off %u", token - REM_TOKEN_OFF);
  } else if (token < REM_TOKEN_VELOCITY) {
    (void)snprintf(name,
                   size,
                   "wait %.2f",
                   REM_WAIT_SECONDS * (token - REM_TOKEN_WAIT + 1U));
  } else if (token < REM_TOKEN_START) {
    (void)snprintf(
      name, size, "velocity %u", 4U * (token - REM_TOKEN_VELOCITY) + 2U);
  } else {
    (void)snprintf(name, size, token == REM_TOKEN_START ? "start" : "end");
  }
}

RemSymbols*
rem_event_symbols(void)
{
  RemSymbols* const symbols = rem_symbols_new(REM_SYMBOLS_MIDI, REM_N_TOKENS);
  if (!symbols) {
    return NULL;
  }
  symbols->start = REM_TOKEN_START;
  symbols->end   = REM_TOKEN_END;
  for (uint32_t k = 0U; k < REM_N_TOKENS; ++k) {
    char name[REM_MAX_SYMBOL_NAME] = "";
    write_name(k, name);
    if (!rem_symbols_name(symbols, k, name)) {
      rem_symbols_free(symbols);
      return NULL;
    }
  }
  return symbols;
}

/// Return whether every symbol is what it is in this vocabulary
static bool
are_ours(const RemSymbols* const symbols)
{
  bool same = symbols->n == REM_N_TOKENS && symbols->start == REM_TOKEN_START &&
              symbols->end == REM_TOKEN_END;
  for (uint32_t k = 0U; same && k < REM_N_TOKENS; ++k) {
    char name[REM_MAX_SYMBOL_NAME] = "";
    write_name(k, name);
    same = !strcmp(name, symbols->names[k]);
  }
  return same;
}

RemStatus
rem_event_symbols_check(const RemSymbols* const symbols,
                        const char* const       place,
                        RemError* const         error)
{
  if (!symbols || symbols->kind != REM_SYMBOLS_MIDI) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "is no net for notes; expected a net for MIDI events "
                    "(remanence train --midi)");
  }
  return are_ours(symbols)
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_UNSUPPORTED,
                      place,
                      "has %u MIDI events of another kind; expected the %u "
                      "events of this program",
                      symbols->n,
                      (unsigned)REM_N_TOKENS);
}
