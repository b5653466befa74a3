// SPDX-License-Identifier: ISC

/// Performance logs: what is read has numbers in range and can be written and
/// read again

#include "dsp/logfile/log.h"
#include "dsp/logfile/row.h"
#include "tests/check.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

/// Write a log's rows as text and return their bytes from malloc()
static char*
write_rows(const RemLog* const log, size_t* const size)
{
  char* const text = (char*)malloc(log->n_rows * REM_LOG_ROW_SIZE + 1U);
  CHECK(text);
  *size = 0U;
  for (size_t i = 0U; i < log->n_rows; ++i) {
    *size += rem_log_row_write((int64_t)llround(1e6 * log->time[i]),
                               (RemLogSource)log->source[i],
                               log->x + i * log->n_dims,
                               log->n_dims,
                               text + *size);
  }
  return text;
}

/// Check that a log is in order, and if it comes of one that was written, the
/// same
static void
check_log(const RemLog* const log, const RemLog* const written)
{
  const size_t n = log->n_rows * log->n_dims;
  for (size_t i = 0U; i < n; ++i) {
    CHECK(log->x[i] >= 0.0f && log->x[i] <= 1.0f);
    CHECK(!written || fabsf(log->x[i] - written->x[i]) <= 1e-12f);
  }
  for (size_t i = 0U; i < log->n_rows; ++i) {
    CHECK(log->time[i] >= (i ? log->time[i - 1U] : 0.0));
    CHECK(log->source[i] == REM_LOG_INTERFACE || log->source[i] == REM_LOG_RNN);
    CHECK(!written || log->source[i] == written->source[i]);
  }
  CHECK(!log->n_rows || (log->n_dims >= 1U && log->n_dims <= REM_MAX_DIMS));
}

int
LLVMFuzzerTestOneInput(const uint8_t* const data, const size_t size)
{
  RemError        error = {REM_SUCCESS, "", ""};
  RemLog*         log   = NULL;
  const bool      named = size && data[size - 1U] == ' ';
  const char*     name  = named ? "-3d-mdrnn.log" : "x.log";
  const char*     bytes = (const char*)data;
  const RemStatus st    = rem_log_parse(bytes, size, name, 0U, &log, &error);
  CHECK(!st == !!log && st == error.status);
  if (log) {
    RemLog*     again = NULL;
    size_t      n     = 0U;
    char* const text  = write_rows(log, &n);
    check_log(log, NULL);
    CHECK(!rem_log_parse(text, n, "y.log", 0U, &again, &error));
    CHECK(again->n_rows == log->n_rows && !again->n_cut && !again->n_range);
    check_log(again, log); // NOLINT(readability-suspicious-call-argument)
    rem_log_free(again);
    free(text);
  }
  rem_log_free(log);
  return 0;
}
