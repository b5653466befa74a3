// SPDX-License-Identifier: ISC
// Reading folders; clips.c has the rest.

#include "offline_trainer/spectra/clips.h"

#include "dsp/net.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/// A sound and its labels
typedef struct {
  char*     path;
  RemLabels labels;
} Pair;

/// What a folder holds
typedef struct {
  size_t n;
  Pair*  pairs; ///< [n]
} Pairs;

static void
clear_pairs(Pairs* const pairs)
{
  for (size_t i = 0U; i < pairs->n; ++i) {
    free(pairs->pairs[i].path);
    rem_labels_clear(&pairs->pairs[i].labels);
  }
  free(pairs->pairs);
  *pairs = (Pairs){0U, NULL};
}

/// Return whether a name ends as sound files do
static int
is_sound(const struct dirent* const entry)
{
  static const char* const endings[] = {
    ".wav", ".flac", ".ogg", ".aif", ".aiff"};
  const char* const dot = strrchr(entry->d_name, '.');
  for (size_t i = 0U; dot && i < sizeof(endings) / sizeof(*endings); ++i) {
    if (!strcasecmp(dot, endings[i])) {
      return 1;
    }
  }
  return 0;
}

static int
by_name(const struct dirent** const a, const struct dirent** const b)
{
  return strcmp((*a)->d_name, (*b)->d_name);
}

/// Add a sound, if there are labels beside it
static RemStatus
add_pair(const char* const folder,
         const char* const name,
         const bool        curve,
         Pairs* const      out,
         RemError* const   error)
{
  Pair* const  pair   = &out->pairs[out->n];
  const size_t size   = strlen(folder) + strlen(name) + 2U;
  char*        labels = NULL;
  RemStatus    st     = REM_SUCCESS;
  pair->path          = (char*)malloc(size);
  if (!pair->path) {
    return rem_fail(error, REM_NO_MEMORY, folder, "No memory");
  }
  (void)snprintf(pair->path, size, "%s/%s", folder, name);
  rem_labels_find(pair->path, &labels);
  if (labels) {
    st = rem_labels_read(labels, curve, &pair->labels, error);
  }
  if (labels && !st && curve && !pair->labels.n) {
    st =
      rem_fail(error, REM_BAD_ARGUMENT, labels, "It holds no point of a curve");
  }
  if (labels && !st) {
    ++out->n;
  } else {
    free(pair->path);
  }
  free(labels);
  return st;
}

/// List a folder
static RemStatus
read_pairs(const char* const folder,
           const bool        curve,
           Pairs* const      out,
           RemError* const   error)
{
  struct dirent** entries = NULL;
  const int       n       = scandir(folder, &entries, is_sound, by_name);
  RemStatus       st      = REM_SUCCESS;
  *out                    = (Pairs){0U, NULL};
  if (n < 0) {
    return rem_fail(error, REM_NO_FILE, folder, "%s", strerror(errno));
  }
  out->pairs = (Pair*)calloc((size_t)n + 1U, sizeof(Pair));
  if (!out->pairs) {
    st = rem_fail(error, REM_NO_MEMORY, folder, "No memory");
  }
  for (int i = 0; i < n; ++i) {
    if (!st && out->pairs) {
      st = add_pair(folder, entries[i]->d_name, curve, out, error);
    }
    free(entries[i]);
  }
  free(entries);
  if (!st && !out->n) {
    st = rem_fail(error,
                  REM_NO_FILE,
                  folder,
                  "No sound here has labels beside it: take.wav wants "
                  "take.csv, or Audacity's label track as take.txt");
  }
  return st;
}

static int
compare_names(const void* const a, const void* const b)
{
  return strcmp((const char*)a, (const char*)b);
}

/// Return all names that occur, sorted; NULL without memory
static RemSymbols*
collect_names(const Pairs* const pairs)
{
  size_t n = 0U, n_names = 0U;
  for (size_t i = 0U; i < pairs->n; ++i) {
    n += pairs->pairs[i].labels.n;
  }
  char(*const names)[REM_MAX_SYMBOL_NAME] =
    (char(*)[REM_MAX_SYMBOL_NAME])malloc((n + 1U) * REM_MAX_SYMBOL_NAME);
  if (!names) {
    return NULL;
  }
  n = 0U;
  for (size_t i = 0U; i < pairs->n; ++i) {
    const RemLabels* const labels = &pairs->pairs[i].labels;
    for (size_t k = 0U; k < labels->n; ++k) {
      memcpy(names[n++], labels->items[k].name, REM_MAX_SYMBOL_NAME);
    }
  }
  qsort(names, n, sizeof(*names), compare_names);
  for (size_t i = 0U; i < n; ++i) {
    if (!n_names || strcmp(names[n_names - 1U], names[i]) != 0) {
      memmove(names[n_names++], names[i], REM_MAX_SYMBOL_NAME);
    }
  }
  RemSymbols* const out =
    rem_symbols_new(REM_SYMBOLS_NAMES, n_names ? (uint32_t)n_names : 1U);
  bool good = out != NULL;
  for (size_t i = 0U; good && i < n_names; ++i) {
    good = rem_symbols_name(out, (uint32_t)i, names[i]);
  }
  free(names);
  if (!good) {
    rem_symbols_free(out);
    return NULL;
  }
  return out;
}

/// Return the names of the outputs
static RemSymbols*
choose_names(const Pairs* const      pairs,
             const bool              curve,
             const RemSymbols* const names)
{
  if (names && !curve) {
    return rem_symbols_copy(names);
  }
  if (!curve) {
    return collect_names(pairs);
  }
  RemSymbols* const one = rem_symbols_new(REM_SYMBOLS_NAMES, 1U);
  if (one && !rem_symbols_name(one, 0U, "curve")) {
    rem_symbols_free(one);
    return NULL;
  }
  return one;
}

/// Return whether sounds have no label among them
static bool
is_silent(const Pairs* const pairs)
{
  size_t n = 0U;
  for (size_t i = 0U; i < pairs->n; ++i) {
    n += pairs->pairs[i].labels.n;
  }
  return !n;
}

/// Read the sound of a pair
static RemStatus
read_sound(const Pair* const pair, RemClips* const out, RemError* const error)
{
  const char* const name  = strrchr(pair->path, '/') + 1;
  RemSound          sound = {0U, 0U, NULL};
  RemStatus         st =
    rem_sound_read(pair->path, (uint32_t)out->spectra.rate, &sound, error);
  if (!st) {
    st = rem_clips_add(out, name, &sound, &pair->labels, error);
  }
  rem_sound_clear(&sound);
  return st;
}

RemStatus
rem_clips_read(const char* const       folder,
               const RemSpectra* const spectra,
               const bool              curve,
               const RemSymbols* const names,
               RemClips* const         out,
               RemError* const         error)
{
  Pairs     pairs = {0U, NULL};
  RemStatus st    = read_pairs(folder, curve, &pairs, error);
  *out            = (RemClips){.spectra = *spectra, .curve = curve};
  if (!st && !curve && !names && is_silent(&pairs)) {
    st =
      rem_fail(error, REM_BAD_ARGUMENT, folder, "No file of labels holds one");
  }
  out->labels = st ? NULL : choose_names(&pairs, curve, names);
  if (!st && !out->labels) {
    st = rem_fail(error, REM_NO_MEMORY, folder, "No memory for names");
  } else if (!st && !curve && out->labels->n > REM_MAX_OUT) {
    st = rem_fail(error,
                  REM_BAD_SHAPE,
                  folder,
                  "There are %u different labels, at most %u can be learned",
                  out->labels->n,
                  REM_MAX_OUT);
  }
  for (size_t i = 0U; !st && i < pairs.n; ++i) {
    st = read_sound(&pairs.pairs[i], out, error);
  }
  clear_pairs(&pairs);
  if (st) {
    rem_clips_clear(out);
  }
  return st;
}
