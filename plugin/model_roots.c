// SPDX-License-Identifier: ISC

#include "plugin/model_roots.h"

#include "plugin/path.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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
