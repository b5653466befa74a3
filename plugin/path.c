// SPDX-License-Identifier: ISC

#include "plugin/path.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char*
rem_path_join(const char* const folder, const char* const name)
{
  const size_t n    = strlen(folder);
  const size_t size = n + strlen(name) + 2U;
  const bool   ends = n && folder[n - 1U] == '/'; // As LV2's bundles do
  char* const  path = (char*)malloc(size);
  if (path) {
    (void)snprintf(path, size, "%s%s%s", folder, ends ? "" : "/", name);
  }
  return path;
}

const char*
rem_path_name(const char* const path)
{
  const char* const slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}
