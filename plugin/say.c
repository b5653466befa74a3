// SPDX-License-Identifier: ISC

#include "plugin/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
rem_say(char message[const REM_MESSAGE_SIZE], const char* const format, ...)
{
  const size_t used = strlen(message);
  va_list      args;
  va_start(args, format);
  (void)vsnprintf(message + used, REM_MESSAGE_SIZE - used, format, args);
  va_end(args);
}

void
rem_say_error(char message[const REM_MESSAGE_SIZE], const RemError* const error)
{
  rem_say(message,
          "%s%s%s",
          error->place,
          error->place[0] ? ": " : "",
          error->text[0] ? error->text : rem_strerror(error->status));
}
