// SPDX-License-Identifier: ISC

#include "plugin/model_roots.h"

#include "dsp/modelfile/modelfile.h"
#include "plugin/path.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LIST_SIZE 384U ///< Of names of roots, in an error

/// What the stranger wrote, and where it may lead
typedef struct {
  const RemModelRoots* roots;
  const char*          path;
  RemError*            error; ///< Of the last place looked at
} Request;

/// Add a root, which takes `folder` over; return whether there was memory
static bool
add(RemModelRoots* const roots, char* const folder)
{
  if (folder) {
    RemModelRoot* const root = &roots->items[roots->n++];
    root->folder             = folder;
    root->real               = realpath(folder, NULL);
  }
  return folder != NULL;
}

static bool
add_home(RemModelRoots* const roots,
         const char* const    data,
         const char* const    home)
{
  bool added = true;
  if (data && data[0] == '/') {
    added = add(roots, rem_path_join(data, "remanence/models"));
  } else if (home && home[0] == '/') {
    added = add(roots, rem_path_join(home, ".local/share/remanence/models"));
  }
  return added;
}

static bool
add_listed(RemModelRoots* const roots, const char* const list)
{
  bool added = true;
  for (const char* at = list; *at && added;) {
    const size_t n = strcspn(at, ":");
    if (at[0] == '/') {
      added = add(roots, strndup(at, n));
    }
    at += n + (at[n] == ':');
  }
  return added;
}

static size_t
count_colons(const char* const list)
{
  size_t n = 0U;
  for (const char* at = list; *at; ++at) {
    n += *at == ':';
  }
  return n;
}

RemStatus
rem_model_roots_find(const char* const bundle, RemModelRoots* const roots)
{
  // The environment of a host is read and never written
  // NOLINTBEGIN(concurrency-mt-unsafe)
  const char* const data = getenv("XDG_DATA_HOME");
  const char* const home = getenv("HOME");
  const char* const path = getenv("REMANENCE_MODEL_PATH");
  // NOLINTEND(concurrency-mt-unsafe)

  const char* const list = path ? path : "";
  const size_t      most = count_colons(list) + 3U;
  roots->n               = 0U;
  roots->items           = (RemModelRoot*)calloc(most, sizeof(*roots->items));
  if (!roots->items || !add(roots, rem_path_join(bundle, "presets")) ||
      !add_home(roots, data, home) || !add_listed(roots, list)) {
    rem_model_roots_clear(roots);
    return REM_NO_MEMORY;
  }
  return REM_SUCCESS;
}

void
rem_model_roots_clear(RemModelRoots* const roots)
{
  for (size_t i = 0U; i < roots->n; ++i) {
    free(roots->items[i].folder);
    free(roots->items[i].real);
  }
  free(roots->items);
  roots->items = NULL;
  roots->n     = 0U;
}

/// Return whether `path` is `folder` or inside it, both without links
static bool
is_inside(const char* const path, const char* const folder)
{
  const size_t n = strlen(folder);
  return n && !strncmp(path, folder, n) &&
         (path[n] == '/' || path[n] == '\0' || folder[n - 1U] == '/');
}

static bool
contain(const RemModelRoots* const roots, const char* const path)
{
  bool found = false;
  for (size_t i = 0U; i < roots->n && !found; ++i) {
    const char* const real = roots->items[i].real;
    found                  = real && is_inside(path, real);
  }
  return found;
}

bool
rem_model_roots_contain(const char* const bundle, const char* const real_path)
{
  RemModelRoots roots = {NULL, 0U};
  const bool    found =
    !rem_model_roots_find(bundle, &roots) && contain(&roots, real_path);
  rem_model_roots_clear(&roots);
  return found;
}

/// Fail with `what`, then the names of the roots, as far as they fit
static RemStatus
refuse(const Request* const request, const RemStatus st, const char* const what)
{
  char   list[LIST_SIZE] = "";
  size_t used            = 0U;
  for (size_t i = 0U; i < request->roots->n && used < LIST_SIZE; ++i) {
    const char* const folder = request->roots->items[i].folder;
    used += (size_t)snprintf(
      list + used, LIST_SIZE - used, "%s%s", i ? ", " : "", folder);
  }
  return rem_fail(request->error, st, request->path, "%s: %s", what, list);
}

static RemStatus
refuse_outside(const Request* const request)
{
  return refuse(request,
                REM_BAD_ARGUMENT,
                "is outside the model folders; expected a file in one of");
}

static RemStatus
refuse_no_memory(const Request* const request)
{
  return rem_fail(
    request->error, REM_NO_MEMORY, request->path, "Out of memory");
}

/// Return whether the last thing on the way to `path` that exists is inside
static bool
leads_inside(const RemModelRoots* const roots, const char* const path)
{
  char* const way   = strdup(path);
  char*       real  = NULL;
  char*       slash = NULL;
  while (way && !real && (slash = strrchr(way, '/'))) {
    *slash = '\0';
    real   = realpath(slash == way ? "/" : way, NULL);
  }
  const bool inside = real && contain(roots, real);
  free(real);
  free(way);
  return inside;
}

/// Fail for `path`, which realpath() does not know because of `code`
static RemStatus
refuse_missing(const Request* const request,
               const char* const    path,
               const int            code)
{
  char reason[128] = "";
  if (code == ENOMEM) {
    return refuse_no_memory(request);
  }
  if (!leads_inside(request->roots, path)) {
    return refuse_outside(request);
  }
  (void)strerror_r(code, reason, sizeof(reason));
  return rem_fail(
    request->error, REM_NO_FILE, request->path, "cannot find it: %s", reason);
}

/// Check what is at `real`, which is inside
static RemStatus
check_file(const Request* const request, const char* const real)
{
  struct stat about = {0};
  if (stat(real, &about)) {
    return refuse_missing(request, real, errno);
  }
  if (!S_ISREG(about.st_mode)) {
    return rem_fail(request->error,
                    REM_BAD_ARGUMENT,
                    request->path,
                    "is %s, expected a regular file",
                    S_ISDIR(about.st_mode) ? "a folder"
                                           : "a FIFO, a socket or a device");
  }
  if ((uintmax_t)about.st_size > REM_MODELFILE_MAX_BYTES) {
    return rem_fail(request->error,
                    REM_TOO_LARGE,
                    request->path,
                    "holds %jd bytes, more than the limit of %zu",
                    (intmax_t)about.st_size,
                    REM_MODELFILE_MAX_BYTES);
  }
  return REM_SUCCESS;
}

/// Resolve an absolute path
static RemStatus
look(const Request* const request, const char* const path, char** const real)
{
  char* const found = realpath(path, NULL);
  if (!found) {
    return refuse_missing(request, path, errno);
  }
  const RemStatus st = contain(request->roots, found)
                         ? check_file(request, found)
                         : refuse_outside(request);
  if (st) {
    free(found);
  } else {
    *real = found;
  }
  return st;
}

/// Resolve a path relative to the first root that has it
static RemStatus
look_in_roots(const Request* const request, char** const real)
{
  RemStatus st = REM_NO_FILE;
  for (size_t i = 0U; i < request->roots->n && st == REM_NO_FILE; ++i) {
    const char* const folder = request->roots->items[i].real;
    char* const path = folder ? rem_path_join(folder, request->path) : NULL;
    if (path) {
      st = look(request, path, real);
    } else if (folder) {
      st = refuse_no_memory(request);
    }
    free(path);
  }
  return st == REM_NO_FILE
           ? refuse(request, st, "leads to no file in any model folder")
           : st;
}

static RemStatus
resolve(const Request* const request, char** const real)
{
  if (!request->path[0]) {
    return refuse(request,
                  REM_BAD_ARGUMENT,
                  "the path is empty; expected a file in one of");
  }
  if (strlen(request->path) >= REM_PATH_SIZE) {
    return rem_fail(request->error,
                    REM_BAD_ARGUMENT,
                    request->path,
                    "the path has %zu bytes, expected fewer than %u",
                    strlen(request->path),
                    REM_PATH_SIZE);
  }
  return request->path[0] == '/' ? look(request, request->path, real)
                                 : look_in_roots(request, real);
}

/// A stranger's path shall not write lines of its own into a log
static void
make_printable(char* const text)
{
  for (char* c = text; *c; ++c) {
    if ((unsigned char)*c < 32U || *c == 127) {
      *c = '?';
    }
  }
}

RemStatus
rem_model_roots_resolve(const char* const bundle,
                        const char* const path,
                        char** const      real,
                        RemError* const   error)
{
  RemModelRoots roots   = {NULL, 0U};
  RemError      failure = {REM_SUCCESS, "", ""};
  const Request request = {&roots, path, &failure};
  *real                 = NULL;

  const RemStatus st = rem_model_roots_find(bundle, &roots)
                         ? refuse_no_memory(&request)
                         : resolve(&request, real);
  rem_model_roots_clear(&roots);
  if (st && error) {
    make_printable(failure.place);
    make_printable(failure.text);
    *error = failure;
  }
  return st;
}
