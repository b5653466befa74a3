// SPDX-License-Identifier: ISC

// For realpath()
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
#define _XOPEN_SOURCE 700

#include "dsp/modelfile/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Say that the system refused to do `what` to `path`, and why
static RemStatus
system_failed(RemError* const   error,
              const RemStatus   st,
              const char* const path,
              const char* const what)
{
  char      reason[128] = "";
  const int code        = errno;
  (void)strerror_r(code, reason, sizeof(reason));
  return code == ENOMEM
           ? rem_fail(error, REM_NO_MEMORY, path, "Out of memory")
           : rem_fail(error, st, path, "cannot %s: %s", what, reason);
}

/// Return what people call a file that is not a regular one
static const char*
kind_of(const mode_t mode)
{
  return S_ISDIR(mode)    ? "a folder"
         : S_ISFIFO(mode) ? "a FIFO"
         : S_ISSOCK(mode) ? "a socket"
                          : "a device";
}

/// Read exactly `size` bytes, or fewer if the file ends; return how many, or -1
static ssize_t
read_whole(const int fd, char* const bytes, const size_t size)
{
  size_t done = 0;
  while (done < size) {
    const ssize_t n = read(fd, bytes + done, size - done);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n < 0) {
      return -1;
    }
    if (!n) {
      break;
    }
    done += (size_t)n;
  }
  return (ssize_t)done;
}

/// Read the file behind `fd`, which may be anything
static RemStatus
read_open_file(const int         fd,
               const char* const path,
               const size_t      max_bytes,
               void** const      out,
               size_t* const     size,
               RemError* const   error)
{
  struct stat info;
  if (fstat(fd, &info)) {
    return system_failed(error, REM_NO_FILE, path, "look at it");
  }
  if (!S_ISREG(info.st_mode)) {
    return rem_fail(error,
                    REM_NO_FILE,
                    path,
                    "is %s, expected a regular file",
                    kind_of(info.st_mode));
  }
  if ((uintmax_t)info.st_size > max_bytes) {
    return rem_fail(error,
                    REM_TOO_LARGE,
                    path,
                    "holds %jd bytes, more than the limit of %zu",
                    (intmax_t)info.st_size,
                    max_bytes);
  }
  const size_t n     = (size_t)info.st_size;
  char* const  bytes = (char*)malloc(n + 1U);
  if (!bytes) {
    return rem_fail(error, REM_NO_MEMORY, path, "Out of memory");
  }
  const ssize_t n_read = read_whole(fd, bytes, n);
  if (n_read < 0) {
    free(bytes);
    return system_failed(error, REM_NO_FILE, path, "read it");
  }
  bytes[n_read] = '\0';
  *out          = bytes;
  *size         = (size_t)n_read;
  return REM_SUCCESS;
}

RemStatus
rem_file_read(const char* const path,
              const size_t      max_bytes,
              void** const      out,
              size_t* const     size,
              RemError* const   error)
{
  *out  = NULL;
  *size = 0;
  // Without O_NONBLOCK the opening of a FIFO waits for its other end
  const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    return system_failed(error, REM_NO_FILE, path, "open it");
  }
  const RemStatus st = read_open_file(fd, path, max_bytes, out, size, error);
  (void)close(fd);
  return st;
}

/// Write all of `bytes`; return whether that worked
static bool
write_whole(const int fd, const char* const bytes, const size_t size)
{
  size_t done = 0;
  while (done < size) {
    const ssize_t n = write(fd, bytes + done, size - done);
    if (n < 0 && errno != EINTR) {
      return false;
    }
    done += n > 0 ? (size_t)n : 0U;
  }
  return true;
}

/// Open a new file beside `path` and put its name into `beside`; -1 on failure.
/// Not mkstemp(): the file shall have the permissions that the user's umask
/// gives to any new file.
static int
open_beside(const char* const path, char* const beside, const size_t size)
{
  for (unsigned i = 0; i < 100U; ++i) {
    const int length =
      snprintf(beside, size, "%s.%ld-%u.part", path, (long)getpid(), i);
    if (length < 0 || (size_t)length >= size) {
      errno = ENAMETOOLONG;
      return -1;
    }
    const int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) {
      return fd;
    }
  }
  return -1;
}

/// Make a rename in the folder of `path` survive a power cut, where that works
static void
sync_folder(const char* const path)
{
  char        folder[PATH_MAX] = ".";
  const char* slash            = strrchr(path, '/');
  if (slash) {
    (void)snprintf(
      folder, sizeof(folder), "%.*s", (int)(slash - path + 1), path);
  }
  const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    (void)fsync(fd);
    (void)close(fd);
  }
}

/// Write `path`, which is no symbolic link; return NULL or what failed, with
/// the reason in errno
static const char*
replace_file(const char* const path,
             const void* const bytes,
             const size_t      size,
             const mode_t      mode)
{
  char      beside[PATH_MAX];
  const int fd = open_beside(path, beside, sizeof(beside));
  if (fd < 0) {
    return "create a file beside it";
  }
  const char* failed = NULL;
  if ((mode && fchmod(fd, mode)) || !write_whole(fd, bytes, size) ||
      fsync(fd)) {
    failed = "write it";
  }
  if (close(fd) && !failed) {
    failed = "write it";
  }
  if (!failed && rename(beside, path)) {
    failed = "put it into place";
  }
  if (failed) {
    const int code = errno;
    (void)unlink(beside);
    errno = code;
  } else {
    sync_folder(path);
  }
  return failed;
}

RemStatus
rem_file_write(const char* const path,
               const void* const bytes,
               const size_t      size,
               RemError* const   error)
{
  struct stat info;
  const bool  exists = !stat(path, &info);
  if (exists && !S_ISREG(info.st_mode)) {
    return rem_fail(error,
                    REM_CANNOT_WRITE,
                    path,
                    "is %s, expected a regular file or none",
                    kind_of(info.st_mode));
  }
  // What a link points to is written, and the link stays
  char* const       target = exists ? realpath(path, NULL) : NULL;
  const mode_t      mode   = exists ? info.st_mode & 07777U : 0U;
  const char* const failed =
    replace_file(target ? target : path, bytes, size, mode);
  const RemStatus st =
    failed ? system_failed(error, REM_CANNOT_WRITE, path, failed) : REM_SUCCESS;
  free(target);
  return st;
}
