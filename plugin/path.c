// SPDX-License-Identifier: ISC

#include "plugin/path.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char*
rem_path_join(const char* const folder, const char* const name)
{
  const size_t size = strlen(folder) + strlen(name) + 2U;
  char* const  path = (char*)malloc(size);
  if (path) {
    (void)snprintf(path, size, "%s/%s", folder, name);
  }
  return path;
}

const char*
rem_path_name(const char* const path)
{
  const char* const slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}
