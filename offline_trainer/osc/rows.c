// SPDX-License-Identifier: ISC

#include "offline_trainer/osc/rows.h"

#include <stdlib.h>
#include <string.h>

static void
free_row(OscRow* const row)
{
  for (size_t c = 0; c < OSC_CELLS; ++c) {
    free(row->cells[c]);
    row->cells[c] = NULL;
  }
}

/// Return a copy of `text` that is harmless on a terminal, or NULL
static char*
copy_plain(const char* const text)
{
  char* const copy = strdup(text);
  for (char* c = copy; c && *c; ++c) {
    if ((unsigned char)*c < 0x20U || *c == 0x7F) {
      *c = '?';
    }
  }
  return copy;
}

static OscRow*
find_row(const OscRows* const rows, const char* const key)
{
  for (size_t i = 0; i < rows->n; ++i) {
    if (!strcmp(rows->rows[i].cells[0], key)) {
      return rows->rows + i;
    }
  }
  return NULL;
}

/// Return a new row at the end, all NULL, or NULL
static OscRow*
add_row(OscRows* const rows)
{
  static const OscRow empty = {{NULL}};

  OscRow* const grown =
    rows->n < OSC_MAX_ROWS
      ? (OscRow*)realloc(rows->rows, (rows->n + 1U) * sizeof(OscRow))
      : NULL;
  if (!grown) {
    return NULL;
  }
  rows->rows     = grown;
  grown[rows->n] = empty;
  return grown + rows->n++;
}

bool
osc_rows_set(OscRows* const           rows,
             const char* const* const cells,
             const size_t             n)
{
  OscRow fresh = {{NULL}};
  bool   whole = true;
  for (size_t c = 0; c < n; ++c) {
    fresh.cells[c] = copy_plain(cells[c]);
    whole          = whole && fresh.cells[c];
  }
  OscRow* row = whole ? find_row(rows, fresh.cells[0]) : NULL;
  if (whole && !row) {
    row = add_row(rows);
  }
  if (!row) {
    free_row(&fresh);
    return false;
  }
  free_row(row);
  *row = fresh;
  return true;
}

const char*
osc_rows_get(const OscRows* const rows, const char* const key, const size_t c)
{
  const OscRow* const row = find_row(rows, key);
  return row && row->cells[c] ? row->cells[c] : "";
}

/// Return how many columns of a terminal `text` takes: one for each character
/// of UTF-8
static int
width_of(const char* const text)
{
  int width = 0;
  for (const char* c = text; *c; ++c) {
    width += ((unsigned char)*c & 0xC0U) != 0x80U;
  }
  return width;
}

/// Return the width of the widest word in a column
static int
column_width(const OscRows* const rows, const size_t c)
{
  int widest = 0;
  for (size_t i = 0; i < rows->n; ++i) {
    const char* const cell  = rows->rows[i].cells[c];
    const int         width = cell ? width_of(cell) : 0;
    widest                  = width > widest ? width : widest;
  }
  return widest;
}

static void
print_row(const OscRow* const row, const int* const widths, FILE* const out)
{
  for (size_t c = 0; c < OSC_CELLS && row->cells[c]; ++c) {
    const bool last = c + 1U == OSC_CELLS || !row->cells[c + 1U];
    const int  gap  = last ? 0 : widths[c] - width_of(row->cells[c]) + 2;
    fprintf(out, "%s%*s", row->cells[c], gap, "");
  }
  fputc('\n', out);
}

void
osc_rows_print(const OscRows* const rows, FILE* const out)
{
  int widths[OSC_CELLS] = {0};
  for (size_t c = 0; c < OSC_CELLS; ++c) {
    widths[c] = column_width(rows, c);
  }
  for (size_t i = 0; i < rows->n; ++i) {
    print_row(rows->rows + i, widths, out);
  }
}

void
osc_rows_clear(OscRows* const rows)
{
  for (size_t i = 0; i < rows->n; ++i) {
    free_row(rows->rows + i);
  }
  free(rows->rows);
  rows->rows = NULL;
  rows->n    = 0;
}
