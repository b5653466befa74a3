// SPDX-License-Identifier: ISC

#include "offline_trainer/folder.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_PATH 4096U

/// Make one folder unless it is there; false with errno
static bool
make(const char* const path)
{
  struct stat info;
  if (!mkdir(path, 0777)) {
    return true;
  }
  const int  why   = errno; // EROFS and others of what is there
  const bool there = !stat(path, &info) && S_ISDIR(info.st_mode);
  errno            = why;
  return there;
}

RemStatus
rem_folder_make(const char* const path, RemError* const error)
{
  char part[MAX_PATH];
  if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part)) {
    return rem_fail(error, REM_CANNOT_WRITE, path, "The path is too long");
  }
  bool good = true;
  for (char* at = part; good && *at; ++at) {
    if (*at == '/' && at != part) {
      *at  = '\0';
      good = make(part);
      *at  = '/';
    }
  }
  return good && make(path) ? REM_SUCCESS
                            : rem_fail(error,
                                       REM_CANNOT_WRITE,
                                       path,
                                       "Cannot make this folder: %s",
                                       strerror(errno));
}
