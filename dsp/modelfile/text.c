// SPDX-License-Identifier: ISC

#include "dsp/modelfile/text.h"

#include <stdlib.h>
#include <string.h>

void
rem_text_add_bytes(RemText* const text, const void* const bytes, const size_t n)
{
  if (text->failed) {
    return;
  }
  if (n > text->capacity - text->size) {
    const size_t capacity = 2U * text->capacity + n + 4096U;
    char* const  grown    = (char*)realloc(text->bytes, capacity);
    if (!grown) {
      text->failed = true;
      return;
    }
    text->bytes    = grown;
    text->capacity = capacity;
  }
  memcpy(text->bytes + text->size, bytes, n);
  text->size += n;
}

void
rem_text_add(RemText* const text, const char* const string)
{
  rem_text_add_bytes(text, string, strlen(string));
}

/// What json_dump_callback() calls
static int
add_piece(const char* const bytes, const size_t n, void* const data)
{
  rem_text_add_bytes((RemText*)data, bytes, n);
  return 0;
}

void
rem_text_add_json(RemText* const text, const json_t* const value)
{
  text->failed |=
    !value ||
    json_dump_callback(value, add_piece, text, JSON_COMPACT | JSON_ENCODE_ANY);
}

/// Add a number, written by jansson because printf() depends on the locale;
/// nine digits tell any two floats apart
static void
add_number(RemText* const text, json_t* const number, const float value)
{
  char         digits[40];
  const size_t n = json_real_set(number, (double)value)
                     ? 0
                     : json_dumpb(number,
                                  digits,
                                  sizeof(digits),
                                  JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
  text->failed |= !n || n > sizeof(digits);
  rem_text_add_bytes(text, digits, text->failed ? 0 : n);
}

void
rem_text_add_floats(RemText* const     text,
                    const float* const x,
                    const size_t       n,
                    const size_t       step)
{
  json_t* const number = json_real(0.0);
  rem_text_add(text, "[");
  for (size_t i = 0; i < n; ++i) {
    rem_text_add(text, i ? "," : "");
    add_number(text, number, x[i * step]);
  }
  rem_text_add(text, "]");
  json_decref(number);
}

void
rem_text_add_matrix(RemText* const     text,
                    const float* const x,
                    const size_t       rows,
                    const size_t       columns,
                    const size_t       row_step,
                    const size_t       column_step)
{
  rem_text_add(text, "[");
  for (size_t r = 0; r < rows; ++r) {
    rem_text_add(text, r ? ",\n" : "");
    rem_text_add_floats(text, x + r * row_step, columns, column_step);
  }
  rem_text_add(text, "]");
}

RemStatus
rem_text_finish(RemText* const  text,
                void** const    out,
                size_t* const   size,
                RemError* const error)
{
  const bool failed = text->failed || !text->bytes;
  if (failed) {
    free(text->bytes);
  }
  *out  = failed ? NULL : text->bytes;
  *size = failed ? 0 : text->size;
  return failed ? rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory")
                : REM_SUCCESS;
}
