// SPDX-License-Identifier: ISC

/// Main program of a fuzzer where there is no libFuzzer: runs the kept corpus
/// once

#include "tests/check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/settle.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const char folder[] = SOURCE_DIR "/tests/fuzz/corpus/" FUZZ_TARGET;

/// For the mutators, which nothing calls here
size_t
LLVMFuzzerMutate(uint8_t* const data, const size_t size, const size_t max_size)
{
  if (size && size <= max_size) {
    data[size / 2U] ^= 1U;
  }
  return size;
}

bool
choose_settling(const uint8_t* const bytes, const size_t size)
{
  (void)bytes;
  (void)size;
  return true;
}

/// Run one file, in memory of its exact size, so that a sanitizer sees any step
/// beyond
static void
run_file(const char* const name)
{
  char path[4096];
  (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
  FILE* const file = fopen(path, "rb");
  CHECK(file && !fseek(file, 0, SEEK_END));
  const long size = ftell(file);
  CHECK(size >= 0 && !fseek(file, 0, SEEK_SET));
  uint8_t* const bytes = (uint8_t*)malloc(size ? (size_t)size : 1U);
  CHECK(bytes && fread(bytes, 1, (size_t)size, file) == (size_t)size);
  fclose(file);
  printf("%s\n", name); // The last one, if it ends the process
  fflush(stdout);
  CHECK(!LLVMFuzzerTestOneInput(bytes, (size_t)size));
  free(bytes);
}

int
main(void)
{
  DIR* const dir    = opendir(folder);
  size_t     n_done = 0;
  CHECK(dir);
  for (const struct dirent* entry = readdir(dir); entry; entry = readdir(dir)) {
    if (entry->d_name[0] != '.') {
      run_file(entry->d_name);
      ++n_done;
    }
  }
  closedir(dir);
  CHECK(n_done);
  return 0;
}
