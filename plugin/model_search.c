// SPDX-License-Identifier: ISC

#include "plugin/model_search.h"

#include "dsp/modelfile/file.h"
#include "dsp/modelfile/modelfile.h"
#include "plugin/model_roots.h"
#include "plugin/path.h"

#include <nettle/base16.h>
#include <nettle/sha2.h>

#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_DEPTH 8U ///< Folders within folders

/// One walk through the roots
typedef struct {
  const RemModelClue* clue;
  bool                same_name; ///< Hash files of that name only, or others
  char*               same;      ///< A file with the bytes that are wanted
  char*               named;     ///< A file with the name that is wanted
} Search;

void
rem_sha256(const void* const bytes,
           const size_t      size,
           char              hex[const REM_SHA256_SIZE])
{
  struct sha256_ctx context;
  uint8_t           digest[SHA256_DIGEST_SIZE];

  sha256_init(&context);
  sha256_update(&context, size, (const uint8_t*)bytes);
  sha256_digest(&context, sizeof(digest), digest);
  base16_encode_update(hex, sizeof(digest), digest);
  hex[REM_SHA256_SIZE - 1U] = '\0';
}

static bool
has_sha256(const char* const path, const char* const sha256)
{
  void*  bytes                = NULL;
  size_t size                 = 0U;
  char   hex[REM_SHA256_SIZE] = "";
  if (!rem_file_read(path, REM_MODELFILE_MAX_BYTES, &bytes, &size, NULL)) {
    rem_sha256(bytes, size, hex);
  }
  free(bytes);
  return !strcmp(hex, sha256);
}

static void
consider(Search* const search, const char* const path, const char* const name)
{
  const bool same_name = !strcmp(name, search->clue->name);
  if (same_name && !search->named) {
    search->named = strdup(path);
  }
  if (search->clue->sha256[0] && same_name == search->same_name &&
      (same_name || rem_format_of_path(name) != REM_FORMAT_UNKNOWN) &&
      has_sha256(path, search->clue->sha256)) {
    search->same = strdup(path);
  }
}

/// Look at the files in a folder and those inside it
static void // NOLINTNEXTLINE(misc-no-recursion): no deeper than MAX_DEPTH
walk(Search* const search, const char* const folder, const unsigned depth)
{
  DIR* const dir = opendir(folder);
  if (!dir) {
    return;
  }

  const struct dirent* entry = NULL;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else has this stream
  while (!search->same && (entry = readdir(dir))) {
    struct stat about = {0};
    char* const path  = rem_path_join(folder, entry->d_name);
    if (entry->d_name[0] == '.' || !path || lstat(path, &about)) {
      // Hidden, or gone
    } else if (S_ISDIR(about.st_mode) && depth < MAX_DEPTH) {
      walk(search, path, depth + 1U);
    } else if (S_ISREG(about.st_mode)) {
      consider(search, path, entry->d_name);
    }
    free(path);
  }
  (void)closedir(dir);
}

/// Look at the files in the roots, until one is the same
static void
walk_roots(Search* const search, const RemModelRoots* const roots)
{
  for (size_t i = 0U; i < roots->n && !search->same; ++i) {
    if (roots->items[i].real) {
      walk(search, roots->items[i].real, 0U);
    }
  }
}

RemFound
rem_model_search(const char* const         bundle,
                 const RemModelClue* const clue,
                 char** const              path)
{
  Search        search = {clue, true, NULL, NULL};
  RemModelRoots roots  = {NULL, 0U};
  (void)rem_model_roots_find(bundle, &roots); // None without memory
  for (int pass = 0; pass < 2 && !search.same; ++pass) {
    search.same_name = pass == 0; // Most often the name is still the same
    walk_roots(&search, &roots);
  }
  rem_model_roots_clear(&roots);

  const char* const best = search.same ? search.same : search.named;
  *path                  = best ? realpath(best, NULL) : NULL;
  const RemFound found =
    !*path ? REM_NOT_FOUND : (search.same ? REM_FOUND_SAME : REM_FOUND_NAME);
  free(search.same);
  free(search.named);
  return found;
}
