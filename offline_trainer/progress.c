// SPDX-License-Identifier: ISC

#include "offline_trainer/progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define TERMINAL_INTERVAL 0.1 ///< Seconds between lines that rewrite themselves
#define LOG_INTERVAL 5.0      ///< Seconds between lines that stay

double
progress_clock(void)
{
  struct timespec now = {0, 0};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

Progress
progress_start(const double quiet)
{
  Progress p = {progress_clock(), 0.0, LOG_INTERVAL, false, false};
  if (isatty(STDERR_FILENO)) {
    p.terminal = true;
    p.interval = TERMINAL_INTERVAL;
  }
  p.last = p.start + quiet - p.interval;
  return p;
}

bool
progress_due(const Progress* const p)
{
  return progress_clock() - p->last >= p->interval;
}

void
progress_say(Progress* const p, const char* const format, ...)
{
  va_list args;
  va_start(args, format);
  if (p->terminal) {
    fputs("\r", stderr);
  }
  vfprintf(stderr, format, args);
  fputs(p->terminal ? "\033[K" : "\n", stderr); // Wipe the rest of the line
  (void)fflush(stderr);
  va_end(args);
  p->last  = progress_clock();
  p->shown = true;
}

void
progress_part(Progress* const   p,
              const char* const what,
              const double      done,
              const double      all)
{
  char         text[32];
  const double passed = progress_clock() - p->start;
  if (progress_due(p) && done > 0.0 && all > 0.0) {
    progress_say(
      p,
      "%s: %3.0f %%, %s left",
      what,
      100.0 * done / all,
      progress_duration(passed * (all - done) / done, text, sizeof(text)));
  }
}

void
progress_end(Progress* const p, const bool keep)
{
  if (p->shown && p->terminal) {
    fputs(keep ? "\n" : "\r\033[K", stderr);
    (void)fflush(stderr);
  }
  p->shown = false;
}

const char*
progress_duration(const double seconds, char* const text, const size_t size)
{
  const double s = fmin(fmax(round(seconds), 0.0), 1e7);
  const int    m = (int)(s / 60.0);
  if (s < 60.0) {
    (void)snprintf(text, size, "%.0f s", s);
  } else if (m < 60) {
    (void)snprintf(text, size, "%d:%02.0f min", m, s - 60.0 * m);
  } else {
    (void)snprintf(text, size, "%d:%02d h", m / 60, m % 60);
  }
  return text;
}
