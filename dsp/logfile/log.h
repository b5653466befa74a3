// SPDX-License-Identifier: ISC

/**
   Performance logs, as IMPSY writes them: text, one row an event.

       2019-01-17T12:00:00.079350,interface,0.7401575,0.3700787
       2019-01-17T12:00:00.151120,rnn,0.7401575,0.3622047

   A row has a moment (ISO 8601 with microseconds), who played ("interface" is a
   person, "rnn" the net) and n values in 0..1.  A file is named after when it
   began and after 1 + n: 2019-01-17T12-00-00-3d-mdrnn.log.

   Nothing here is for the audio thread.
*/

#ifndef REM_DSP_LOGFILE_LOG_H
#define REM_DSP_LOGFILE_LOG_H

#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_LOG_MAX_BYTES 268435456U ///< Largest file that is read: 256 MiB
#define REM_LOG_NAME_SIZE 64U        ///< Longest name of a new log, with zero

/// Who played a row: bits, so that several can be chosen
typedef enum {
  REM_LOG_INTERFACE = 1, ///< A person
  REM_LOG_RNN       = 2, ///< The net
} RemLogSource;

/// One performance
typedef struct {
  char*    path;    ///< Of the file, or what the caller called the text
  uint32_t n_dims;  ///< n; 0 if there are no rows and the name does not tell
  size_t   n_rows;  ///< Of both sources
  double*  time;    ///< [n_rows] seconds since the first row, never falling
  uint8_t* source;  ///< [n_rows] RemLogSource
  float*   x;       ///< [n_rows, n_dims] in 0..1
  size_t   n_back;  ///< Rows at which the clock had gone back: no time passes
  size_t   n_range; ///< Values outside 0..1, put to its end
  size_t   n_other; ///< Rows of any other source, passed over
  size_t   n_cut;   ///< 1 if the last row was incomplete and left out
} RemLog;

/// Several performances of as many dimensions
typedef struct {
  RemLog** logs; ///< [n] by name of file
  size_t   n;
  size_t   n_empty;  ///< Logs without a row, left out
  size_t   n_others; ///< Files that end in .log and are none of ours, left out
  size_t   n_unlike; ///< Logs of another n than was asked for, left out
  uint32_t n_dims;   ///< Of all that are here
} RemLogs;

/**
   Read a log from memory.

   Read strictly: every row has as many values, all finite, with a dot whatever
   the locale; what is wrong is told with its line.  Allowed, as IMPSY does:
   blank lines, blanks around a field, CR LF, rows of any other source whatever
   follows it, a missing fraction of the second, and a time zone (with which
   rows are compared).  A
   last row that is damaged, that lacks the end of its line, or that is zero
   bytes (a crash, a power cut) is left out and counted.

   Where the clock goes back (summer time ends, somebody sets it), no time
   passes at that row and the rows behind it count on from there.

   @param bytes  Need not end in a zero byte.
   @param name   Where the bytes are from: for errors, and if it ends in
                 `-<1 + n>d-mdrnn.log` for n.
   @param n_dims Expected n, or 0 for that of the name or the first row.
   @param out    On success to be freed with rem_log_free(), else NULL.
   @return #REM_BAD_FORMAT; #REM_BAD_SHAPE for rows or a name of another n, for
   none and for more than 32; #REM_NOT_FINITE; #REM_NO_MEMORY.
*/
RemStatus
rem_log_parse(const char* bytes,
              size_t      size,
              const char* name,
              uint32_t    n_dims,
              RemLog**    out,
              RemError*   error);

/// Read a log from a file of at most #REM_LOG_MAX_BYTES, as rem_log_parse()
RemStatus
rem_log_read(const char* path, uint32_t n_dims, RemLog** out, RemError* error);

/// Free a log; NULL is allowed
void
rem_log_free(RemLog* log);

/**
   Read every log of a folder, by name: each file that ends in `.log` and has a
   log's name or begins with a log's row.

   @param n_dims n of the logs to read, or 0 if all are to have the same.
   @param out    To be freed with rem_logs_free(), also on failure.
   @return As rem_log_read(), whose first failure stands; #REM_BAD_SHAPE with a
   list if dimensions differ and `n_dims` is 0; #REM_NO_FILE for no folder and
   for one without a row.
*/
RemStatus
rem_logs_read(const char* folder,
              uint32_t    n_dims,
              RemLogs*    out,
              RemError*   error);

/// Free what rem_logs_read() made
void
rem_logs_free(RemLogs* logs);

/**
   Turn rows into frames: dt in seconds since the chosen row before, then n
   values.

   @param sources RemLogSource, or several of them.
   @param frames  [n_rows, 1 + n_dims]; as many as returned are written.  The
                  first one has no row before it and dt 0: IMPSY leaves it out.
   @return How many rows were chosen.
*/
size_t
rem_log_frames(const RemLog* log, unsigned sources, float* frames);

/// A log that is being written
typedef struct RemLogFile RemLogFile;

/// Return the time of day in microseconds since 1970 (UTC)
int64_t
rem_log_now(void);

/// Write a log's name into `name`: local time, and if `take` is above 1 that
/// number, which tells apart those of one second
void
rem_log_name(int64_t  us,
             uint32_t n_dims,
             unsigned take,
             char     name[REM_LOG_NAME_SIZE]);

/**
   Begin a new log; no file is ever written over.

   @param folder Made if it is not there, with those above it.
   @param n_dims 1..32.
   @param us     When it begins, microseconds since 1970: names the file.  Rows
                 tell local time as it is then, so that the end of summer time
                 does not tear a performance apart.
   @param out    On success to be closed with rem_log_close(), else NULL.
   @return #REM_CANNOT_WRITE, #REM_NO_MEMORY or #REM_BAD_ARGUMENT.
*/
RemStatus
rem_log_create(const char*  folder,
               uint32_t     n_dims,
               int64_t      us,
               RemLogFile** out,
               RemError*    error);

/**
   Add a row.  It is in the file after rem_log_flush() at the latest.

   @param us     Microseconds since 1970; a row before the last one counts as
                 at the same moment.
   @param source #REM_LOG_INTERFACE or #REM_LOG_RNN.
   @param x      [n_dims] put into 0..1; what is no number becomes 0.
   @return #REM_CANNOT_WRITE once, when a full disk or the like has stopped the
   log: what came before stays, cut behind a whole row, and what comes later is
   dropped with success.
*/
RemStatus
rem_log_add(RemLogFile*  file,
            int64_t      us,
            RemLogSource source,
            const float* x,
            RemError*    error);

/// Write what has been added, through to the disk; fails as rem_log_add() does
RemStatus
rem_log_flush(RemLogFile* file, RemError* error);

/// Flush, close and free; NULL is allowed.  Fails as rem_log_add() does.
RemStatus
rem_log_close(RemLogFile* file, RemError* error);

/// Return the path, which lives as long as the log is open
const char*
rem_log_path(const RemLogFile* file);

/// Return the number of rows added and not dropped
size_t
rem_log_n_rows(const RemLogFile* file);

#endif // REM_DSP_LOGFILE_LOG_H
