// SPDX-License-Identifier: ISC

/// Sentences for people, put together piece by piece

#ifndef REM_PLUGIN_SAY_H
#define REM_PLUGIN_SAY_H

#include "dsp/status.h"

#define REM_MESSAGE_SIZE 1024U ///< Longest message

/// Append words to a message; what does not fit is cut
void
rem_say(char message[REM_MESSAGE_SIZE], const char* format, ...)
  __attribute__((format(printf, 2, 3)));

/// Append why something failed: where, what, what was expected
void
rem_say_error(char message[REM_MESSAGE_SIZE], const RemError* error);

#endif // REM_PLUGIN_SAY_H
