// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/book.h"

#include "dsp/modelfile/file.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_BOOK ((size_t)256 << 20U) ///< Bytes

extern char** environ;

/// Let `bible` print to a file; returns whether it did
static bool
print_bible(const char* const path)
{
  char                       command[] = "bible";
  char                       plain[]   = "-f";
  char                       verses[]  = "gen1:1-rev22:21";
  char* const                argv[]    = {command, plain, verses, NULL};
  posix_spawn_file_actions_t actions;
  pid_t                      child  = 0;
  int                        status = 0;
  if (posix_spawn_file_actions_init(&actions)) {
    return false;
  }
  const bool begun =
    !posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, path, O_WRONLY | O_CREAT | O_TRUNC, 0666) &&
    !posix_spawn_file_actions_addopen(
      &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) &&
    !posix_spawnp(&child, command, &actions, NULL, argv, environ);
  (void)posix_spawn_file_actions_destroy(&actions);
  while (begun && waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return false;
    }
  }
  return begun && WIFEXITED(status) && !WEXITSTATUS(status);
}

/// Take `Ge1:1 ` off the beginning of every line; return what is left
static size_t
strip_numbers(char* const text, const size_t size)
{
  size_t n     = 0U;
  bool   place = true; // Within the name of a verse
  for (size_t i = 0; i < size; ++i) {
    if (!place) {
      text[n++] = text[i];
    }
    place = text[i] == '\n' || (place && text[i] != ' ');
  }
  return n;
}

RemStatus
rem_book_write(const RemRecipeRun* const run,
               const size_t              most,
               char                      path[REM_BOOK_PATH],
               RemError* const           error)
{
  void*     text = NULL;
  size_t    size = 0U;
  RemStatus st   = rem_recipe_path(run, "book.txt", path, REM_BOOK_PATH, error);
  if (st) {
    return st;
  }
  if (!run->data && !print_bible(path)) {
    return rem_fail(error,
                    REM_NO_FILE,
                    path,
                    "Cannot print the Bible: apt-get install bible-kjv, or "
                    "give another book by --data");
  }
  const char* const from = run->data ? run->data : path;
  if ((st = rem_file_read(from, MAX_BOOK, &text, &size, error))) {
    return st;
  }
  size = run->data ? size : strip_numbers((char*)text, size);
  size = most && most < size ? most : size;
  st   = rem_file_write(path, text, size, error);
  free(text);
  return st;
}
