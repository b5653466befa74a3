// SPDX-License-Identifier: ISC

#include "offline_trainer/control/performances.h"

#include "dsp/logfile/log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/// Return what is behind the last slash
static const char*
base_name(const char* const path)
{
  const char* const slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/// Return whether nothing has been written to a file for so long
static bool
is_settled(const char* const path, const double seconds)
{
  struct stat about;
  return !(seconds > 0.0) || (!stat(path, &about) &&
                              difftime(time(NULL), about.st_mtime) >= seconds);
}

/// Append the chosen rows of a log; false without memory
static bool
add_log(RemPerformances* const out,
        const RemLog* const    log,
        const unsigned         sources)
{
  const size_t row = (size_t)1U + log->n_dims;
  float* const frames =
    (float*)malloc((log->n_rows + 1U) * row * sizeof(float));
  char* const name = strdup(base_name(log->path));
  bool        good = frames && name;
  if (good) {
    size_t begins[2]          = {0U, rem_log_frames(log, sources, frames)};
    char*  names[1]           = {name};
    const RemPerformances one = {.n_dims = log->n_dims,
                                 .n      = 1U,
                                 .names  = names,
                                 .begins = begins,
                                 .frames = frames};
    if (begins[1] < 2U) {
      ++out->n_short;
    } else {
      good = rem_performances_add(out, &one, 0U);
      out->n_range += log->n_range;
      out->n_back += log->n_back;
    }
  }
  free(frames);
  free(name);
  return good;
}

RemStatus
rem_performances_read(const char* const      folder,
                      const bool             all_rows,
                      const uint32_t         n_dims,
                      const double           settled,
                      RemPerformances* const out,
                      RemError* const        error)
{
  const unsigned sources =
    all_rows ? (unsigned)REM_LOG_INTERFACE | (unsigned)REM_LOG_RNN
             : (unsigned)REM_LOG_INTERFACE;
  RemLogs   logs = {.n = 0U};
  RemStatus st   = rem_logs_read(folder, n_dims, &logs, error);
  *out           = (RemPerformances){.n_others = logs.n_others,
                                     .n_unlike = logs.n_unlike,
                                     .n_short  = logs.n_empty};
  for (size_t i = 0U; !st && i < logs.n; ++i) {
    if (is_settled(logs.logs[i]->path, settled) &&
        !add_log(out, logs.logs[i], sources)) {
      st = rem_fail(
        error, REM_NO_MEMORY, folder, "No memory for the performances");
    }
  }
  rem_logs_free(&logs);
  if (!st && !out->n) {
    st = rem_fail(error,
                  REM_NO_FILE,
                  folder,
                  "None of its logs has %stwo events or more of %s",
                  settled > 0.0 ? "ended, with " : "",
                  all_rows ? "a player or a net" : "a player");
  }
  if (st) {
    rem_performances_clear(out);
  }
  return st;
}
