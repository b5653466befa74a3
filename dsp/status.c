// SPDX-License-Identifier: ISC

#include "dsp/status.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

const char*
rem_strerror(const RemStatus st)
{
  switch (st) {
  case REM_SUCCESS:
    return "Success";
  case REM_NO_MEMORY:
    return "Out of memory";
  case REM_NO_FILE:
    return "Cannot read file";
  case REM_CANNOT_WRITE:
    return "Cannot write file";
  case REM_TOO_LARGE:
    return "File is too large";
  case REM_BAD_FORMAT:
    return "Malformed file";
  case REM_UNSUPPORTED:
    return "Unsupported kind of file";
  case REM_BAD_SHAPE:
    return "Wrong dimension";
  case REM_NOT_FINITE:
    return "A number is not finite";
  case REM_BAD_CHECK:
    return "Model misses its own test vector";
  case REM_BAD_ARGUMENT:
    return "Value out of range";
  case REM_BAD_AUDIO:
    return "Unusable recording";
  case REM_INTERRUPTED:
    return "Interrupted";
  }
  return "Unknown error";
}

RemStatus
rem_fail(RemError* const   error,
         const RemStatus   st,
         const char* const place,
         const char* const format,
         ...)
{
  if (error) {
    va_list args;
    va_start(args, format);
    error->status = st;
    (void)snprintf(
      error->place, sizeof(error->place), "%s", place ? place : "");
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is above
    (void)vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
  }
  return st;
}
