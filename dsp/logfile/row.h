// SPDX-License-Identifier: ISC

/// One row of a log, to and from text, whatever the locale

#ifndef REM_DSP_LOGFILE_ROW_H
#define REM_DSP_LOGFILE_ROW_H

#include "dsp/frames.h"
#include "dsp/logfile/log.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Longest row that is written, with its end of line and a zero
#define REM_LOG_ROW_SIZE (96U + 16U * REM_MAX_DIMS)

/// Bytes from `at` up to `end`
typedef struct {
  const char* at;
  const char* end;
} RemSpan;

/// A row
typedef struct {
  int64_t      us;     ///< Microseconds since 1970, by the zone if there is one
  RemLogSource source; ///< 0 for another one, whose values are not read
  uint32_t     n;      ///< Values, which may be more than are kept
  double       x[REM_MAX_DIMS];
} RemLogRow;

/// Return the next line without its end, and move `text` behind that; `whole`
/// tells whether it had one
RemSpan
rem_span_line(RemSpan* text, bool* whole);

/// Return a span without the blanks around it
RemSpan
rem_span_trim(RemSpan span);

/// Read a row that is not blank.  `error` tells #REM_BAD_FORMAT or
/// #REM_NOT_FINITE at `place`.
RemStatus
rem_log_row_read(RemSpan     line,
                 const char* place,
                 RemLogRow*  row,
                 RemError*   error);

/// Return n of a name that ends in `-<1 + n>d-mdrnn.log`, else 0
uint32_t
rem_log_name_dims(const char* name);

/// Return the moment of a date of the Gregorian calendar and a time of day
int64_t
rem_log_moment(int year, unsigned month, unsigned day, int64_t us_of_day);

/// Read a moment; false if it is none
bool
rem_log_moment_read(RemSpan span, int64_t* us);

/// Write a row of `n` values with its end of line; return its length
size_t
rem_log_row_write(int64_t      us,
                  RemLogSource source,
                  const float* x,
                  uint32_t     n,
                  char         row[REM_LOG_ROW_SIZE]);

/// Write a moment as `YYYY-MM-DDTHH:MM:SS.ffffff`
void
rem_log_moment_write(int64_t us, char text[static 32]);

#endif // REM_DSP_LOGFILE_ROW_H
