// SPDX-License-Identifier: ISC

/// How functions that can fail say why: a status for code, a sentence for
/// people

#ifndef REM_DSP_STATUS_H
#define REM_DSP_STATUS_H

/// Why a function failed; zero is success, so `if ((st = f()))` reads "failed"
typedef enum {
  REM_SUCCESS,      ///< Success
  REM_NO_MEMORY,    ///< Out of memory
  REM_NO_FILE,      ///< File missing, unreadable or not a regular file
  REM_CANNOT_WRITE, ///< File could not be written; what was there before stands
  REM_TOO_LARGE,    ///< File above the size limit
  REM_BAD_FORMAT,   ///< Bytes that are not what they should be
  REM_UNSUPPORTED,  ///< Well formed, but of a kind that cannot be used here
  REM_BAD_SHAPE,    ///< A dimension is zero, above its limit or inconsistent
  REM_NOT_FINITE,   ///< A number is NaN or infinite
  REM_BAD_CHECK,    ///< A model does not reproduce its own test vector
  REM_BAD_ARGUMENT, ///< A value that the caller chose is out of range
  REM_BAD_AUDIO,    ///< Recordings that nothing can be learned from
  REM_INTERRUPTED,  ///< The user asked to stop
} RemStatus;

/// What went wrong, in words: filled on failure, untouched on success
typedef struct {
  RemStatus status;
  char      place[256]; ///< File and position in it, or empty
  char      text[512];  ///< One sentence: what is wrong, what was expected
} RemError;

/// Return a few English words for `st`: capital first, no final period
const char*
rem_strerror(RemStatus st);

/**
   Fill `error` and return `st`, so that `return rem_fail(...)` reads well.

   @param error  May be NULL; a sentence that does not fit is cut.
   @param place  File and position, or NULL for none.
   @param format As printf(): one sentence without a final period.
*/
RemStatus
rem_fail(RemError*   error,
         RemStatus   st,
         const char* place,
         const char* format,
         ...) __attribute__((format(printf, 4, 5)));

#endif // REM_DSP_STATUS_H
