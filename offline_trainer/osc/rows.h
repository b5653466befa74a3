// SPDX-License-Identifier: ISC

/// Rows of words that came over OSC, each known by its first word: what comes
/// twice takes the place of what came before.

#ifndef REM_OFFLINE_TRAINER_OSC_ROWS_H
#define REM_OFFLINE_TRAINER_OSC_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
  OSC_CELLS    = 6,    ///< Most words of a row
  OSC_MAX_ROWS = 16384 ///< Rows beyond are dropped: nobody has so many models
};

/// Words of one row, each owned by it; NULL after the last
typedef struct {
  char* cells[OSC_CELLS];
} OscRow;

/// All zero is empty
typedef struct {
  OscRow* rows; ///< [n], owned
  size_t  n;
} OscRows;

/**
   Put a row in, in place of one of the same first word, or at the end.

   @param cells [n] Copied; bytes that could steer a terminal become '?'.
   @param n     1 to #OSC_CELLS.
   @return Whether it is in; if not, memory or #OSC_MAX_ROWS is short and `rows`
   is as before.
*/
bool
osc_rows_set(OscRows* rows, const char* const* cells, size_t n);

/// Return the word in column `c` of the row that begins with `key`, or "".
/// It is owned by `rows` until that row is set again.
const char*
osc_rows_get(const OscRows* rows, const char* key, size_t c);

/// Print the rows in columns, two spaces between them
void
osc_rows_print(const OscRows* rows, FILE* out);

/// Free what `rows` owns; it is empty then
void
osc_rows_clear(OscRows* rows);

#endif // REM_OFFLINE_TRAINER_OSC_ROWS_H
