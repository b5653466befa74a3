// SPDX-License-Identifier: ISC

/// Files of every kind in the folder of a test

#ifndef REM_TESTS_FILES_H
#define REM_TESTS_FILES_H

#include "tests/check.h"
#include "tests/host/fixture.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Make a small file, or a folder if `name` ends in a slash
static inline void
make_file(const FixtureDir* const dir, const char* const name)
{
  char path[FIXTURE_PATH];
  fixture_path(dir, name, path);
  if (path[strlen(path) - 1U] == '/') {
    CHECK(!mkdir(path, 0777));
  } else {
    fixture_write_text(path, "model");
  }
}

/// Make a link to a path of the folder, or to any that is absolute
static inline void
make_link(const FixtureDir* const dir,
          const char* const       target,
          const char* const       name)
{
  char at[FIXTURE_PATH];
  char to[FIXTURE_PATH];
  fixture_path(dir, target, to);
  fixture_path(dir, name, at);
  CHECK(!symlink(target[0] == '/' ? target : to, at));
}

/// Make a FIFO
static inline void
make_fifo(const FixtureDir* const dir, const char* const name)
{
  char path[FIXTURE_PATH];
  CHECK(!mkfifo(fixture_path(dir, name, path), 0666));
}

#endif // REM_TESTS_FILES_H
