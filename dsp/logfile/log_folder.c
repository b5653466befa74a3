// SPDX-License-Identifier: ISC

/// Logs in files: one, and all of a folder

#include "dsp/logfile/log.h"
#include "dsp/logfile/row.h"
#include "dsp/modelfile/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

RemStatus
rem_log_read(const char* const path,
             const uint32_t    n_dims,
             RemLog** const    out,
             RemError* const   error)
{
  void*  bytes = NULL;
  size_t size  = 0U;
  *out         = NULL;
  RemStatus st = rem_file_read(path, REM_LOG_MAX_BYTES, &bytes, &size, error);
  if (!st) {
    st = rem_log_parse((const char*)bytes, size, path, n_dims, out, error);
  }
  free(bytes);
  return st;
}

/// Names of files, from malloc()
typedef struct {
  char** paths;
  size_t n;
} Paths;

static void
free_paths(Paths* const paths)
{
  for (size_t i = 0U; i < paths->n; ++i) {
    free(paths->paths[i]);
  }
  free(paths->paths);
}

static int
compare(const void* const a, const void* const b)
{
  return strcmp(*(char* const*)a, *(char* const*)b);
}

/// Add "folder/name"
static bool
add_path(Paths* const paths, const char* const folder, const char* const name)
{
  const size_t size = strlen(folder) + strlen(name) + 2U;
  char* const  path = (char*)malloc(size);
  char** const more =
    (char**)realloc(paths->paths, (paths->n + 1U) * sizeof(*more));
  paths->paths = more ? more : paths->paths;
  if (!path || !more) {
    free(path);
    return false;
  }
  (void)snprintf(path, size, "%s/%s", folder, name);
  paths->paths[paths->n++] = path;
  return true;
}

static bool
is_called_log(const char* const name)
{
  const size_t n = strlen(name);
  return n > 4U && name[0] != '.' && !strcmp(name + n - 4U, ".log");
}

/// Find the files that end in .log, by name
static RemStatus
find_paths(const char* const folder, Paths* const paths, RemError* const error)
{
  DIR* const dir = opendir(folder);
  bool       ok  = true;
  if (!dir) {
    char      reason[128] = "";
    const int code        = errno;
    (void)strerror_r(code, reason, sizeof(reason));
    return rem_fail(error,
                    code == ENOMEM ? REM_NO_MEMORY : REM_NO_FILE,
                    folder,
                    "cannot open the folder: %s",
                    reason);
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): it is, for a stream of one's own
  for (struct dirent* e = readdir(dir); ok && e; e = readdir(dir)) {
    ok = !is_called_log(e->d_name) || add_path(paths, folder, e->d_name);
  }
  (void)closedir(dir);
  if (!ok) {
    return rem_fail(error, REM_NO_MEMORY, folder, "Out of memory");
  }
  if (paths->n) {
    qsort(paths->paths, paths->n, sizeof(*paths->paths), compare);
  }
  return REM_SUCCESS;
}

/// Return whether text is a log's: by its name, or by its first row
static bool
is_log(const char* const path, RemSpan text)
{
  RemSpan   line  = {text.at, text.at};
  bool      whole = false;
  RemLogRow row   = {0};
  while (text.at < text.end && line.at == line.end) {
    line = rem_span_trim(rem_span_line(&text, &whole));
  }
  return rem_log_name_dims(path) ||
         (!rem_log_row_read(line, NULL, &row, NULL) && row.source);
}

/// Read a file if it is a log of the dimension that is wanted, if one is
static RemStatus
read_one(const char* const path,
         const uint32_t    n_dims,
         RemLogs* const    logs,
         RemError* const   error)
{
  void*     bytes = NULL;
  size_t    size  = 0U;
  RemLog*   log   = NULL;
  RemStatus st = rem_file_read(path, REM_LOG_MAX_BYTES, &bytes, &size, error);
  const RemSpan text = {(const char*)bytes, (const char*)bytes + size};
  if (!st && !is_log(path, text)) {
    ++logs->n_others;
  } else if (!st) {
    st = rem_log_parse((const char*)bytes, size, path, 0U, &log, error);
  }
  free(bytes);
  if (log && (!log->n_rows || (n_dims && log->n_dims != n_dims))) {
    logs->n_empty += !log->n_rows;
    logs->n_unlike += log->n_rows != 0U;
    rem_log_free(log);
    log = NULL;
  }
  if (log) {
    logs->logs[logs->n++] = log;
  }
  return st;
}

/// Hold all logs to the dimension of the first one
static RemStatus
check_dims(RemLogs* const logs, const char* const folder, RemError* const error)
{
  size_t count[REM_MAX_DIMS + 1U] = {0U};
  char   list[256]                = "";
  size_t n_kinds                  = 0U;
  size_t at                       = 0U;
  for (size_t i = 0U; i < logs->n; ++i) {
    const RemLog* const log = logs->logs[i];
    count[log ? log->n_dims : 0U] += 1U;
  }
  for (size_t d = 1U; d <= REM_MAX_DIMS; ++d) {
    if (count[d] && at < sizeof(list)) {
      at += (size_t)snprintf(list + at,
                             sizeof(list) - at,
                             "%s%zu with %zu values",
                             n_kinds ? ", " : "",
                             count[d],
                             d);
    }
    n_kinds += count[d] != 0U;
  }
  if (n_kinds > 1U) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    folder,
                    "logs differ: %s; move those of one kind to a folder of "
                    "their own",
                    list);
  }
  logs->n_dims = logs->n ? logs->logs[0]->n_dims : 0U;
  return REM_SUCCESS;
}

static RemStatus
read_all(const char* const  folder,
         const Paths* const paths,
         const uint32_t     n_dims,
         RemLogs* const     out,
         RemError* const    error)
{
  RemStatus st = REM_SUCCESS;
  out->logs    = (RemLog**)calloc(paths->n + 1U, sizeof(RemLog*));
  if (!out->logs) {
    return rem_fail(error, REM_NO_MEMORY, folder, "Out of memory");
  }
  for (size_t i = 0U; !st && i < paths->n; ++i) {
    st = read_one(paths->paths[i], n_dims, out, error);
  }
  if (!st && !out->n) {
    st = rem_fail(error,
                  REM_NO_FILE,
                  folder,
                  "holds no log with a row in it%s",
                  n_dims && out->n_unlike ? " of that dimension" : "");
  }
  return st ? st : check_dims(out, folder, error);
}

RemStatus
rem_logs_read(const char* const folder,
              const uint32_t    n_dims,
              RemLogs* const    out,
              RemError* const   error)
{
  Paths paths = {NULL, 0U};
  memset(out, 0, sizeof(*out));
  RemStatus st = find_paths(folder, &paths, error);
  if (!st) {
    st = read_all(folder, &paths, n_dims, out, error);
  }
  free_paths(&paths);
  return st;
}

void
rem_logs_free(RemLogs* const logs)
{
  for (size_t i = 0U; i < logs->n; ++i) {
    rem_log_free(logs->logs[i]);
  }
  free(logs->logs);
  memset(logs, 0, sizeof(*logs));
}
