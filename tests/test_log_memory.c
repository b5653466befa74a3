// SPDX-License-Identifier: ISC

/// Whichever allocation fails while a log is read, the answer is REM_NO_MEMORY
/// and nothing leaks

#include "dsp/logfile/log.h"
#include "tests/allocations.h"
#include "tests/check.h"

#include <stdio.h>

enum { N_ROWS = 2000, ROW_SIZE = 40 };

static char   text[N_ROWS * ROW_SIZE];
static size_t size = 0U;

int
main(void)
{
  if (SANITIZED) {
    puts("a sanitizer brings an allocator of its own");
    return 77;
  }
  for (int i = 0; i < N_ROWS; ++i) {
    size += (size_t)snprintf(text + size,
                             sizeof(text) - size,
                             "2019-01-17T12:%02d:%02d,rnn,0.5,0.25\n",
                             i / 60,
                             i % 60);
  }
  long n = 0;
  for (bool reached = true; reached; ++n) {
    RemError   error   = {REM_SUCCESS, "", ""};
    RemLog*    log     = NULL;
    const long before  = n_live;
    countdown          = n;
    const RemStatus st = rem_log_parse(text, size, "x.log", 0U, &log, &error);
    reached            = countdown < 0;
    countdown          = -1;
    CHECK(st == (reached ? REM_NO_MEMORY : REM_SUCCESS) && st == error.status);
    CHECK(!st == !!log && (!log || log->n_rows == N_ROWS));
    rem_log_free(log);
    CHECK(n_live == before);
  }
  CHECK(n > 10); // The hooks are in place
  return 0;
}
