// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/data.h"

#include "dsp/modelfile/file.h"

#include <stdio.h>
#include <stdlib.h>

#define TRIES 1000U ///< For one example, before a rule is said to have too few

static const char* const part_names[] = {"train", "valid", "test"};

void
rem_data_path(const RemDataSet* const set,
              const RemDataPart       part,
              char* const             path)
{
  (void)snprintf(path,
                 REM_DATA_PATH,
                 "%s/%s-%s.tsv",
                 set->folder,
                 set->name,
                 part_names[part]);
}

long
rem_data_pick(RemRandom* const random, const long low, const long high)
{
  return low + (long)(rem_random_uniform(random) * (double)(high - low + 1));
}

/// Return which part an example belongs to: one in ten is for validation, one
/// for the test.  Source: FNV-1a, Fowler, Noll and Vo, RFC 9923.
static RemDataPart
choose_part(const RemText* const in)
{
  uint64_t hash = 0xCBF29CE484222325U;
  for (size_t i = 0U; i < in->size; ++i) {
    hash = (hash ^ (unsigned char)in->bytes[i]) * 0x100000001B3U;
  }
  const uint64_t place = (hash >> 32U) % 10U;
  return place == 0U   ? REM_PART_TEST
         : place == 1U ? REM_PART_VALID
                       : REM_PART_TRAIN;
}

/// What a set is gathered in
typedef struct {
  RemText in;
  RemText out;
  RemText parts[REM_N_PARTS];
  size_t  left[REM_N_PARTS];
} Gathering;

static void
clear(Gathering* const g)
{
  free(g->in.bytes);
  free(g->out.bytes);
  for (size_t i = 0U; i < REM_N_PARTS; ++i) {
    free(g->parts[i].bytes);
  }
}

static bool
has_failed(const Gathering* const g)
{
  return g->in.failed || g->out.failed || g->parts[0].failed ||
         g->parts[1].failed || g->parts[2].failed;
}

/// Make one example and keep it where there is room
static void
gather(Gathering* const  g,
       const RemDataMake make,
       const void* const handle,
       RemRandom* const  random)
{
  g->in.size  = 0U;
  g->out.size = 0U;
  make(handle, random, &g->in, &g->out);
  const RemDataPart part = choose_part(&g->in);
  if (!g->left[part]) {
    return;
  }
  --g->left[part];
  rem_text_add_bytes(&g->parts[part], g->in.bytes, g->in.size);
  rem_text_add(&g->parts[part], "\t");
  rem_text_add_bytes(&g->parts[part], g->out.bytes, g->out.size);
  rem_text_add(&g->parts[part], "\n");
}

static RemStatus
gather_all(Gathering* const        g,
           const RemDataSet* const set,
           const RemDataMake       make,
           const void* const       handle,
           RemError* const         error)
{
  RemRandom random = {set->seed};
  size_t    tries  = 0U;
  for (size_t i = 0U; i < REM_N_PARTS; ++i) {
    g->left[i] = set->sizes[i];
    tries += set->sizes[i] * TRIES;
  }
  while (g->left[0] + g->left[1] + g->left[2] > 0U) {
    if (has_failed(g)) {
      return rem_fail(error, REM_NO_MEMORY, set->name, "no memory for a set");
    }
    if (tries-- == 0U) {
      return rem_fail(error,
                      REM_BAD_ARGUMENT,
                      set->name,
                      "the rule has too few different examples");
    }
    gather(g, make, handle, &random);
  }
  return REM_SUCCESS;
}

static RemStatus
write_part(const RemDataSet* const set,
           const RemDataPart       part,
           const RemText* const    text,
           RemError* const         error)
{
  char path[REM_DATA_PATH];
  rem_data_path(set, part, path);
  return text->size ? rem_file_write(path, text->bytes, text->size, error)
                    : REM_SUCCESS;
}

RemStatus
rem_data_write(const RemDataSet* const set,
               const RemDataMake       make,
               const void* const       handle,
               RemError* const         error)
{
  Gathering g  = {0};
  RemStatus st = gather_all(&g, set, make, handle, error);
  for (size_t i = 0U; !st && i < REM_N_PARTS; ++i) {
    st = write_part(set, (RemDataPart)i, &g.parts[i], error);
  }
  clear(&g);
  return st;
}
