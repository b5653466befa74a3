// SPDX-License-Identifier: ISC

#include "dsp/logfile/log.h"

#include "dsp/logfile/row.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACE_SIZE 256U

/// A log that is being read
typedef struct {
  RemLog*     log;
  const char* name;
  size_t      line; ///< From 1
  int64_t     us;   ///< Of the last row
  RemError*   error;
} Reader;

uint32_t
rem_log_name_dims(const char* const name)
{
  static const char ending[] = "d-mdrnn.log";
  const size_t      n        = strlen(name);
  const size_t      n_ending = sizeof(ending) - 1U;
  if (n <= n_ending || strcmp(name + n - n_ending, ending) != 0) {
    return 0U;
  }
  uint32_t    dims  = 0U;
  uint32_t    unit  = 1U;
  const char* digit = name + n - n_ending - 1U;
  for (; digit > name && *digit >= '0' && *digit <= '9' && unit < 1000U;
       --digit, unit *= 10U) {
    dims += unit * (uint32_t)(*digit - '0');
  }
  return *digit == '-' && dims > 1U && dims <= REM_MAX_DIMS + 1U ? dims - 1U
                                                                 : 0U;
}

/// Write "file:line" into `place`
static void
tell_place(const Reader* const reader, char place[static PLACE_SIZE])
{
  (void)snprintf(place, PLACE_SIZE, "%.200s:%zu", reader->name, reader->line);
}

/// Set n by the first row, or hold a row to it
static RemStatus
check_dims(const Reader* const reader, const RemLogRow* const row)
{
  char place[PLACE_SIZE];
  tell_place(reader, place);
  if (!row->n || row->n > REM_MAX_DIMS) {
    return rem_fail(reader->error,
                    REM_BAD_SHAPE,
                    place,
                    "a row has %u values, expected 1 to %u",
                    row->n,
                    REM_MAX_DIMS);
  }
  if (!reader->log->n_dims) {
    reader->log->n_dims = row->n;
  }
  return row->n == reader->log->n_dims
           ? REM_SUCCESS
           : rem_fail(reader->error,
                      REM_BAD_SHAPE,
                      place,
                      "a row has %u values, expected %u",
                      row->n,
                      reader->log->n_dims);
}

/// Make room for at least one more row
static bool
grow(RemLog* const log, size_t* const capacity)
{
  assert(log->n_dims);
  if (log->n_rows < *capacity) {
    return true;
  }
  const size_t  n    = *capacity ? 2U * *capacity : 256U;
  double* const time = (double*)realloc(log->time, n * sizeof(*log->time));
  log->time          = time ? time : log->time;
  uint8_t* const who = (uint8_t*)realloc(log->source, n);
  log->source        = who ? who : log->source;
  float* const x = (float*)realloc(log->x, n * log->n_dims * sizeof(*log->x));
  log->x         = x ? x : log->x;
  if (!time || !who || !x) {
    return false;
  }
  *capacity = n;
  return true;
}

/// Keep a row
static void
append(Reader* const reader, const RemLogRow* const row)
{
  RemLog* const log  = reader->log;
  const size_t  i    = log->n_rows++;
  const bool    back = i && row->us < reader->us;
  const double  dt   = i && !back ? 1e-6 * (double)(row->us - reader->us) : 0.0;
  log->time[i]       = i ? log->time[i - 1U] + dt : 0.0;
  log->source[i]     = (uint8_t)row->source;
  log->n_back += back;
  reader->us = row->us;
  for (uint32_t d = 0U; d < log->n_dims; ++d) {
    const double x              = fmin(fmax(row->x[d], 0.0), 1.0);
    log->x[i * log->n_dims + d] = (float)x;
    log->n_range += x != row->x[d];
  }
}

/// Read one line
static RemStatus
read_line(Reader* const reader, const RemSpan line, size_t* const capacity)
{
  char      place[PLACE_SIZE];
  RemLogRow row = {0};
  tell_place(reader, place);
  RemStatus st = rem_log_row_read(line, place, &row, reader->error);
  if (!st && !row.source) {
    ++reader->log->n_other;
    return REM_SUCCESS;
  }
  if (!st) {
    st = check_dims(reader, &row);
  }
  if (st) {
    return st;
  }
  if (!grow(reader->log, capacity)) {
    return rem_fail(reader->error, REM_NO_MEMORY, place, "Out of memory");
  }
  append(reader, &row);
  return REM_SUCCESS;
}

/// Return what is behind the last line that is not blank, so that a row can be
/// told to be the last one; zero bytes count as blank there
static const char*
end_of_text(const RemSpan text)
{
  const char* end = text.end;
  while (end > text.at && (!end[-1] || strchr(" \t\r\n", end[-1]))) {
    --end;
  }
  return end;
}

/// Read every line.  The last one may be damaged: `n_cut` counts that.
static RemStatus
read_lines(Reader* const reader, RemSpan text)
{
  const char* const end      = end_of_text(text);
  size_t            capacity = 0U;
  while (text.at < end) {
    bool           whole = false;
    const RemSpan  line  = rem_span_trim(rem_span_line(&text, &whole));
    const bool     last  = text.at >= end;
    const uint32_t n     = reader->log->n_dims;
    ++reader->line;
    if (line.at == line.end) {
      continue;
    }
    const RemStatus st =
      whole ? read_line(reader, line, &capacity) : REM_BAD_FORMAT;
    if (st && (!last || st == REM_NO_MEMORY)) {
      return st;
    }
    if (st) {
      reader->log->n_cut  = 1U;
      reader->log->n_dims = n;
    }
  }
  return REM_SUCCESS;
}

/// Settle n by what is asked for and what the name says
static RemStatus
settle_dims(const Reader* const reader, const uint32_t n_dims)
{
  const uint32_t named = rem_log_name_dims(reader->name);
  if (n_dims > REM_MAX_DIMS || (n_dims && named && n_dims != named)) {
    return rem_fail(reader->error,
                    REM_BAD_SHAPE,
                    reader->name,
                    "expected rows of %u values, which are at most %u and as "
                    "many as the name says",
                    n_dims,
                    REM_MAX_DIMS);
  }
  reader->log->n_dims = n_dims ? n_dims : named;
  return REM_SUCCESS;
}

RemStatus
rem_log_parse(const char* const bytes,
              const size_t      size,
              const char* const name,
              const uint32_t    n_dims,
              RemLog** const    out,
              RemError* const   error)
{
  static const char mark[] = "\xEF\xBB\xBF"; // Which editors put in front
  *out                     = NULL;
  RemLog* const log        = (RemLog*)calloc(1U, sizeof(RemLog));
  if (!log || !(log->path = strdup(name))) {
    rem_log_free(log);
    return rem_fail(error, REM_NO_MEMORY, name, "Out of memory");
  }
  // A damaged last row is no failure, so it may not fill the caller's error
  RemError      own    = {REM_SUCCESS, "", ""};
  Reader        reader = {log, name, 0U, 0, &own};
  const bool    marked = size >= 3U && !memcmp(bytes, mark, 3U);
  const RemSpan text   = {bytes + (marked ? 3 : 0), bytes + size};
  RemStatus     st     = settle_dims(&reader, n_dims);
  if (!st) {
    st = read_lines(&reader, text);
  }
  if (st) {
    rem_log_free(log);
    return rem_fail(error, st, own.place, "%s", own.text);
  }
  *out = log;
  return REM_SUCCESS;
}

void
rem_log_free(RemLog* const log)
{
  if (log) {
    free(log->path);
    free(log->time);
    free(log->source);
    free(log->x);
    free(log);
  }
}

size_t
rem_log_frames(const RemLog* const log,
               const unsigned      sources,
               float* const        frames)
{
  size_t n      = 0U;
  double before = 0.0;
  for (size_t i = 0U; i < log->n_rows; ++i) {
    if (log->source[i] & sources) {
      float* const frame = frames + n * (1U + log->n_dims);
      frame[0]           = n ? (float)(log->time[i] - before) : 0.0f;
      memcpy(
        frame + 1, log->x + i * log->n_dims, log->n_dims * sizeof(*log->x));
      before = log->time[i];
      ++n;
    }
  }
  return n;
}
