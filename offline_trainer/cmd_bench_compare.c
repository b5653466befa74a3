// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_bench.h"

#include "offline_trainer/bench/compare.h"
#include "offline_trainer/command.h"

#include <stdio.h>
#include <string.h>

#define SLOWER 1.1  ///< A time this many times the old one is a regression
#define SAME 0.05   ///< How far peaks may differ before one says so
#define MIN_WIDTH 6 ///< Of the column of names, its heading's

/// Say how much faster or slower the processor itself was, if it was
static void
compare_floors(FILE* const to, const json_t* const old, const json_t* const now)
{
  const json_t* const rows     = json_object_get(now, "floor");
  const json_t* const old_rows = json_object_get(old, "floor");
  for (size_t i = 0; i < json_array_size(rows); ++i) {
    const json_t* const row  = json_array_get(rows, i);
    const json_t* const that = json_array_get(old_rows, i);
    const char* const   isa  = json_string_value(json_object_get(row, "isa"));
    const double x = json_number_value(json_object_get(row, "fma_gflops"));
    const double y = json_number_value(json_object_get(that, "fma_gflops"));
    if (isa &&
        json_equal(json_object_get(that, "isa"), json_object_get(row, "isa")) &&
        (x < (1.0 - SAME) * y || x > (1.0 + SAME) * y)) {
      fprintf(to,
              "The processor itself was not the same: %.1f GFLOP/s with %s, "
              "before %.1f\n",
              x,
              isa,
              y);
    }
  }
}

/// Figures that are in both
typedef struct {
  unsigned n;
  unsigned n_slower;
} Count;

static Count
compare_times(FILE* const to, json_t* const old, json_t* const now)
{
  const char* name  = NULL;
  json_t*     value = NULL;
  Count       count = {0U, 0U};
  int         width = MIN_WIDTH;

  json_object_foreach(now, name, value)
  {
    width = (int)strlen(name) > width ? (int)strlen(name) : width;
  }
  fprintf(to, "\n%-*s %10s %10s   new/old\n", width, "figure", "old", "new");
  json_object_foreach(now, name, value)
  {
    const double x = json_real_value(value);
    const double y = json_real_value(json_object_get(old, name));
    if (x > 0.0 && y > 0.0) {
      const bool slower = x > SLOWER * y;
      fprintf(to,
              "%-*s %10.4g %10.4g %9.2f%s\n",
              width,
              name,
              y,
              x,
              x / y,
              slower ? "  SLOWER" : "");
      ++count.n;
      count.n_slower += slower;
    }
  }
  return count;
}

int
bench_compare(const Bench* const bench, const json_t* const now)
{
  FILE* const   to       = bench->json ? stderr : stdout;
  json_t* const old_list = rem_bench_times(bench->old);
  json_t* const now_list = rem_bench_times(now);
  const Count   count    = compare_times(to, old_list, now_list);

  compare_floors(to, bench->old, now);
  fprintf(to,
          "%u of %u times that %s has too, of %zu measured: more than 10 %% "
          "longer\n",
          count.n_slower,
          count.n,
          bench->old_path,
          json_object_size(now_list));
  json_decref(old_list);
  json_decref(now_list);
  return count.n_slower ? REM_EXIT_FAILED : REM_EXIT_DONE;
}
