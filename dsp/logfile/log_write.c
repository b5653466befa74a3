// SPDX-License-Identifier: ISC

/// Writing logs

#include "dsp/logfile/log.h"
#include "dsp/logfile/row.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define US 1000000
#define BUFFER_SIZE 65536U
#define MAX_TAKES 1000U ///< Logs of one second

struct RemLogFile {
  int      fd;
  char     path[PATH_MAX];
  uint32_t n_dims;
  int64_t  zone;   ///< Microseconds that local time is ahead, when it began
  int64_t  us;     ///< Of the last row
  size_t   n_rows; ///< Added
  off_t    whole;  ///< Bytes of the file up to the end of a row
  bool     dirty;  ///< Written and not yet through to the disk
  bool     stopped;
  size_t   size; ///< Of `buffer`, which holds whole rows
  char     buffer[BUFFER_SIZE];
};

int64_t
rem_log_now(void)
{
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * US + now.tv_nsec / 1000;
}

/// Return how many microseconds local time is ahead of UTC at a moment
static int64_t
zone_at(const int64_t us)
{
  const int64_t second = (us >= 0 ? us : us - US + 1) / US;
  const time_t  t      = (time_t)second;
  struct tm     local  = {0};
  if (!localtime_r(&t, &local)) {
    return 0;
  }
  const int64_t seconds =
    local.tm_hour * 3600 + local.tm_min * 60 + local.tm_sec;
  return rem_log_moment(local.tm_year + 1900,
                        (unsigned)local.tm_mon + 1U,
                        (unsigned)local.tm_mday,
                        seconds * US) -
         second * US;
}

void
rem_log_name(const int64_t  us,
             const uint32_t n_dims,
             const unsigned take,
             char           name[const REM_LOG_NAME_SIZE])
{
  char moment[32];
  char number[16] = "";
  rem_log_moment_write(us + zone_at(us), moment);
  moment[13] = '-'; // Colons are none of a name on other systems
  moment[16] = '-';
  moment[19] = '\0';
  if (take > 1U) {
    (void)snprintf(number, sizeof(number), "-%u", take);
  }
  (void)snprintf(
    name, REM_LOG_NAME_SIZE, "%s%s-%ud-mdrnn.log", moment, number, 1U + n_dims);
}

/// Say that the system refused to do `what`, and why
static RemStatus
cannot(RemError* const error, const char* const path, const char* const what)
{
  char      reason[128] = "";
  const int code        = errno;
  (void)strerror_r(code, reason, sizeof(reason));
  return rem_fail(error, REM_CANNOT_WRITE, path, "cannot %s: %s", what, reason);
}

/// Make a folder and those above it; what is there already is no failure
static void
make_folders(const char* const folder)
{
  char path[PATH_MAX];
  (void)snprintf(path, sizeof(path), "%s", folder);
  for (char* slash = strchr(path + 1, '/'); slash;
       slash       = strchr(slash + 1, '/')) {
    *slash = '\0';
    (void)mkdir(path, 0777);
    *slash = '/';
  }
  (void)mkdir(path, 0777);
}

/// Open a file that nobody has; -1 on failure
static int
open_new(RemLogFile* const file, const char* const folder, const int64_t us)
{
  for (unsigned take = 1U; take < MAX_TAKES; ++take) {
    char name[REM_LOG_NAME_SIZE];
    rem_log_name(us, file->n_dims, take, name);
    const int n =
      snprintf(file->path, sizeof(file->path), "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof(file->path)) {
      errno = ENAMETOOLONG;
      return -1;
    }
    const int fd =
      open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) {
      return fd;
    }
  }
  return -1;
}

RemStatus
rem_log_create(const char* const  folder,
               const uint32_t     n_dims,
               const int64_t      us,
               RemLogFile** const out,
               RemError* const    error)
{
  *out = NULL;
  if (!n_dims || n_dims > REM_MAX_DIMS) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    folder,
                    "a log has 1 to %u values a row, not %u",
                    REM_MAX_DIMS,
                    n_dims);
  }
  RemLogFile* const file = (RemLogFile*)calloc(1U, sizeof(RemLogFile));
  if (!file) {
    return rem_fail(error, REM_NO_MEMORY, folder, "Out of memory");
  }
  file->n_dims = n_dims;
  file->us     = us;
  file->zone   = zone_at(us);
  make_folders(folder);
  file->fd = open_new(file, folder, us);
  if (file->fd < 0) {
    const RemStatus st = cannot(error, folder, "begin a log in it");
    free(file);
    return st;
  }
  *out = file;
  return REM_SUCCESS;
}

/// Write the buffer; return whether it is in the file.  `whole` then is what is
/// in it up to the end of a row.
static bool
write_buffer(RemLogFile* const file)
{
  size_t done = 0U;
  while (done < file->size) {
    const ssize_t n = write(file->fd, file->buffer + done, file->size - done);
    if (n < 0 && errno != EINTR) {
      break;
    }
    done += n > 0 ? (size_t)n : 0U;
  }
  const bool all = done == file->size;
  while (done && file->buffer[done - 1U] != '\n') {
    --done;
  }
  file->whole += (off_t)done;
  file->size = 0U;
  return all;
}

/// Write the buffer, or stop the log for good and take back what is half a row
static RemStatus
write_out(RemLogFile* const file, const bool sync, RemError* const error)
{
  if (file->stopped) {
    return REM_SUCCESS;
  }
  file->dirty |= file->size > 0U;
  if (write_buffer(file) && !(sync && file->dirty && fdatasync(file->fd))) {
    file->dirty &= !sync;
    return REM_SUCCESS;
  }
  const RemStatus st = cannot(error, file->path, "go on writing it");
  (void)!ftruncate(file->fd, file->whole);
  file->stopped = true;
  return st;
}

RemStatus
rem_log_add(RemLogFile* const  file,
            const int64_t      us,
            const RemLogSource source,
            const float* const x,
            RemError* const    error)
{
  RemStatus st = REM_SUCCESS;
  if (file->size + REM_LOG_ROW_SIZE > BUFFER_SIZE) {
    st = write_out(file, false, error);
  }
  if (!file->stopped) {
    file->us = us > file->us ? us : file->us;
    file->size += rem_log_row_write(file->us + file->zone,
                                    source,
                                    x,
                                    file->n_dims,
                                    file->buffer + file->size);
    ++file->n_rows;
  }
  return st;
}

RemStatus
rem_log_flush(RemLogFile* const file, RemError* const error)
{
  return write_out(file, true, error);
}

RemStatus
rem_log_close(RemLogFile* const file, RemError* const error)
{
  if (!file) {
    return REM_SUCCESS;
  }
  RemStatus  st  = rem_log_flush(file, error);
  const bool had = !file->stopped;
  if (close(file->fd) && had) {
    st = cannot(error, file->path, "finish writing it");
  }
  free(file);
  return st;
}

const char*
rem_log_path(const RemLogFile* const file)
{
  return file->path;
}

size_t
rem_log_n_rows(const RemLogFile* const file)
{
  return file->n_rows;
}
