// SPDX-License-Identifier: ISC

/// What a page needs of a growing text

#ifndef REM_OFFLINE_TRAINER_REPORT_MARKUP_H
#define REM_OFFLINE_TRAINER_REPORT_MARKUP_H

#include "dsp/modelfile/text.h"

#include <stddef.h>

/// Free the bytes and empty the struct
void
rem_markup_clear(RemText* text);

/// Append what printf() would print, up to 1023 bytes
void
rem_markup_format(RemText* text, const char* format, ...)
  __attribute__((format(printf, 2, 3)));

/// Append a string so that HTML shows it as it is, attributes included
void
rem_markup_escaped(RemText* text, const char* string);

/// Append bytes as base64 (RFC 4648)
void
rem_markup_base64(RemText* text, const void* bytes, size_t size);

#endif // REM_OFFLINE_TRAINER_REPORT_MARKUP_H
