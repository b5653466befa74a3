// SPDX-License-Identifier: ISC

/// One line on stderr about work that takes time: rewritten in place on a
/// terminal, plain lines in a log.  For cmd_*.c only.

#ifndef REM_OFFLINE_TRAINER_PROGRESS_H
#define REM_OFFLINE_TRAINER_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/// When something was said last
typedef struct {
  double start;    ///< Seconds, as progress_clock()
  double last;     ///< When the last line was printed
  double interval; ///< Shortest time between lines
  bool   terminal; ///< The line rewrites itself
  bool   shown;    ///< There is a line to clear or to end
} Progress;

/// Return seconds from a fixed point in the past, by a clock that never jumps
double
progress_clock(void);

/// Begin: nothing is said in the first `quiet` seconds, nor, ten times a second
/// on a terminal and every five seconds in a log, more than once
Progress
progress_start(double quiet);

/// Return whether it is time for a line again.  Cheap.
bool
progress_due(const Progress* progress);

/// Say a line (without '\n') now, in place of the one before
void
progress_say(Progress* progress, const char* format, ...)
  __attribute__((format(printf, 2, 3)));

/// Say what part of the work is done, and the time left, if it is time to
void
progress_part(Progress* progress, const char* what, double done, double all);

/// End: the last line stays if `keep`, and is wiped off a terminal if not
void
progress_end(Progress* progress, bool keep);

/// Write `seconds` as people do, "42 s" or "3:07 min", into `text` [size];
/// return `text`
const char*
progress_duration(double seconds, char* text, size_t size);

#endif // REM_OFFLINE_TRAINER_PROGRESS_H
