// SPDX-License-Identifier: ISC

#include "offline_trainer/osc/link_internal.h"

#include <stdio.h>
#include <string.h>

#define CELL 64 ///< Bytes of a number as text

/// Words of a message: numbers in decimal
typedef struct {
  const char* cells[OSC_CELLS];
  char        numbers[OSC_CELLS][CELL];
  size_t      n;
} Words;

/// Read the arguments of a message from its word `first` on; what is neither a
/// number nor text ends them
static void
read_words(Words* const      words,
           const size_t      first,
           const char* const types,
           lo_arg** const    argv,
           const int         argc)
{
  words->n = first;
  for (int i = 0; i < argc && words->n < OSC_CELLS; ++i, ++words->n) {
    char* const   number = words->numbers[words->n];
    const lo_type type   = (lo_type)types[i];
    if (lo_is_string_type(type)) {
      words->cells[words->n] = (const char*)argv[i]; // Not aligned for ->s
      continue;
    }
    if (!lo_is_numerical_type(type)) {
      return;
    }
    (void)snprintf(number, CELL, "%.6g", (double)lo_hires_val(type, argv[i]));
    words->cells[words->n] = number;
  }
}

const char*
osc_after(const char* const text, const char* const prefix)
{
  const size_t n = strlen(prefix);
  return strncmp(text, prefix, n) ? NULL : text + n;
}

/// Take in "ok" or "error"
static void
hear_answer(OscLink* const    link,
            const char* const verdict,
            const char* const types,
            lo_arg** const    argv,
            const int         argc)
{
  Words words = {.cells = {verdict}};
  read_words(&words, 1U, types, argv, argc);
  if (!strcmp(verdict, "error")) {
    const bool whole = words.n == 3U;
    link->refused    = true;
    (void)snprintf(link->words,
                   sizeof(link->words),
                   "%s (error %s)",
                   whole ? words.cells[2] : "The plugin does not say why",
                   whole ? words.cells[1] : "without a code");
  } else if (words.n > link->command.n_answer) {
    (void)osc_rows_set(&link->answer, words.cells, words.n);
  } else {
    link->nonsense = true;
  }
}

/// Take in an item of the followed instance's status
static void
hear_status(OscLink* const    link,
            const char* const item,
            const char* const types,
            lo_arg** const    argv,
            const int         argc)
{
  const char* const status = osc_after(item, "status/");
  Words             words  = {.cells = {status ? status : item}};
  read_words(&words, 1U, types, argv, argc);
  if (words.n == 2U && argc == 1 && !strchr(words.cells[0], '/') &&
      strcmp(words.cells[0], "loaded") != 0) {
    (void)osc_rows_set(&link->entries, words.cells, words.n);
    link->n_status += !strcmp(words.cells[0], "state");
  }
}

/// Take in a message that is no answer
static void
hear_rest(OscLink* const    link,
          const char* const path,
          const char* const types,
          lo_arg** const    argv,
          const int         argc)
{
  const char* item = link->follow ? osc_after(path, "/remanence/") : NULL;
  Words       words;
  if (link->command.entries && !strcmp(path, link->command.entries)) {
    read_words(&words, 0U, types, argv, argc);
    if (words.n >= 2U) {
      (void)osc_rows_set(&link->entries, words.cells, words.n);
    }
  } else if (item && (item = osc_after(item, link->follow)) && *item == '/') {
    hear_status(link, item + 1, types, argv, argc);
  }
}

int
osc_hear(const char* const path,
         const char* const types,
         lo_arg** const    argv,
         const int         argc,
         lo_message        message,
         void* const       data)
{
  OscLink* const    link    = (OscLink*)data;
  const char* const verdict = osc_after(path, link->command.address);
  (void)message;
  link->heard = true;
  if (verdict && (!strcmp(verdict, "/ok") || !strcmp(verdict, "/error"))) {
    hear_answer(link, verdict + 1, types, argv, argc);
  } else {
    hear_rest(link, path, types, argv, argc);
  }
  return 0;
}
