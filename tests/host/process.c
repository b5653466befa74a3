// SPDX-License-Identifier: ISC

#define _XOPEN_SOURCE 700 // sysconf()

#include "tests/host/process.h"

#include "tests/check.h"

#include <dirent.h>
#include <malloc.h>
#include <unistd.h>

size_t
process_bytes_in_use(void)
{
  return mallinfo2().uordblks + mallinfo2().hblkhd;
}

size_t
process_bytes_resident(void)
{
  unsigned long pages = 0UL;
  FILE* const   file  = fopen("/proc/self/statm", "r");
  CHECK(file);
  // NOLINTNEXTLINE(cert-err34-c): the kernel's own number
  CHECK(fscanf(file, "%*u %lu", &pages) == 1);
  CHECK(!fclose(file));
  return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static uint32_t
n_entries(const char* const path)
{
  uint32_t   n   = 0U;
  DIR* const dir = opendir(path);
  CHECK(dir);
  for (struct dirent* entry = readdir(dir); entry; entry = readdir(dir)) {
    n += entry->d_name[0] != '.';
  }
  CHECK(!closedir(dir));
  return n;
}

uint32_t
process_n_threads(void)
{
  return n_entries("/proc/self/task");
}

uint32_t
process_n_files(void)
{
  return n_entries("/proc/self/fd") - 1U; // Without the folder itself
}
