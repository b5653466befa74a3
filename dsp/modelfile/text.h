// SPDX-License-Identifier: ISC

/// A text that grows, for JSON with arrays too long to build as jansson values
/// and for all else that is put together in memory

#ifndef REM_DSP_MODELFILE_TEXT_H
#define REM_DSP_MODELFILE_TEXT_H

#include "dsp/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/// Text in memory; all zero is empty.  Without memory it notes that and stays.
typedef struct {
  char*  bytes; ///< From malloc()
  size_t size;
  size_t capacity;
  bool   failed;
} RemText;

/// Add a string
void
rem_text_add(RemText* text, const char* string);

/// Add `n` bytes
void
rem_text_add_bytes(RemText* text, const void* bytes, size_t n);

/// Add `value` as JSON; NULL counts as no memory
void
rem_text_add_json(RemText* text, const json_t* value);

/// Add the array of x[i * step] for `n` values of i
void
rem_text_add_floats(RemText* text, const float* x, size_t n, size_t step);

/// Add the array of `rows` arrays of x[r * row_step + c * column_step]
void
rem_text_add_matrix(RemText*     text,
                    const float* x,
                    size_t       rows,
                    size_t       columns,
                    size_t       row_step,
                    size_t       column_step);

/// Hand over the bytes, or fail with #REM_NO_MEMORY and release them
RemStatus
rem_text_finish(RemText* text, void** out, size_t* size, RemError* error);

#endif // REM_DSP_MODELFILE_TEXT_H
