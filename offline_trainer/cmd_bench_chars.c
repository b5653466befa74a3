// SPDX-License-Identifier: ISC

/// The part of `remanence bench` about nets that learn the next character

#include "offline_trainer/cmd_bench.h"

#include "dsp/net.h"

#include <math.h>
#include <stdio.h>

/// What the usual character nets have (Karpathy 2015, char-rnn)
enum { N_CHARS = 65, N_STREAMS = 50, N_STEPS = 50 };

/// One net, with one thread and with more
typedef struct {
  RemTraining training;
  uint32_t    n_threads[2];
  double      thousands[2]; ///< Characters per second, by 1000
  double      share[2];     ///< Of the peak
  double      torch;        ///< Thousands that PyTorch does at best, or NaN
} Row;

/// Return the best that `beside` says PyTorch does, with whatever number of
/// threads
static double
torch_thousands(const json_t* const beside, const RemNetSpec* const spec)
{
  const json_t* const rows = json_object_get(beside, "pytorch_chars");
  double              best = (double)NAN;
  for (size_t i = 0; i < json_array_size(rows); ++i) {
    const json_t* const at = json_array_get(rows, i);
    if (json_integer_value(json_object_get(at, "hidden")) == spec->n_hidden &&
        json_integer_value(json_object_get(at, "layers")) == spec->n_layers) {
      best = fmax(
        best, json_number_value(json_object_get(at, "thousands_per_second")));
    }
  }
  return best; // fmax() prefers numbers to NaN
}

static RemStatus
measure(const Bench* const  bench,
        const double* const peak,
        BenchOutput* const  out,
        Row* const          row,
        RemError* const     error)
{
  RemStatus st = REM_SUCCESS;
  for (uint32_t i = 0; !st && i < 2U && row->n_threads[i]; ++i) {
    RemTrainerFigures figures = {.memory_mib = 0.0};
    bench_announce(out,
                   "characters: %u x %u, %u thread(s)",
                   row->training.spec.n_hidden,
                   row->training.spec.n_layers,
                   row->n_threads[i]);
    st = rem_bench_trainer(
      &row->training, row->n_threads[i], bench->seconds, &figures, error);
    row->thousands[i] = 1e3 * N_STREAMS / figures.us.median;
    row->share[i] =
      1e-6 * row->thousands[i] * rem_bench_flops(&row->training) / peak[i];
    bench_append(out,
                 "chars",
                 json_pack("{si si si sf sf sf sf}",
                           "hidden",
                           (int)row->training.spec.n_hidden,
                           "layers",
                           (int)row->training.spec.n_layers,
                           "threads",
                           (int)row->n_threads[i],
                           "us_per_step",
                           figures.us.median,
                           "least",
                           figures.us.least,
                           "thousands_per_second",
                           row->thousands[i],
                           "share_of_peak",
                           row->share[i]));
  }
  return st;
}

static void
print_heading(const uint32_t n_threads)
{
  printf("\nCharacters: %d symbols, %d streams, windows of %d steps, thousands "
         "a second\n  size x layers   1 thread  of peak",
         N_CHARS,
         N_STREAMS,
         N_STEPS);
  if (n_threads) {
    printf("   %u threads  of peak  speedup", n_threads);
  }
  puts("    PyTorch");
}

static void
print_row(const Row* const row)
{
  const uint32_t last = row->n_threads[1] ? 1U : 0U;
  printf("  %4u x %-6u %11.2f %6.0f %%",
         row->training.spec.n_hidden,
         row->training.spec.n_layers,
         row->thousands[0],
         100.0 * row->share[0]);
  if (last) {
    printf("%12.2f %6.0f %% %8.2f",
           row->thousands[1],
           100.0 * row->share[1],
           row->thousands[1] / row->thousands[0]);
  }
  if (isfinite(row->torch)) {
    printf(
      " %10.2f: %.1f times", row->torch, row->thousands[last] / row->torch);
  } else {
    printf("          -");
  }
  putchar('\n');
}

RemStatus
bench_chars(const Bench* const  bench,
            const double* const peak,
            BenchOutput* const  out,
            RemError* const     error)
{
  const uint32_t more = bench->n_threads > 1U ? bench->n_threads : 0U;
  RemStatus      st   = REM_SUCCESS;
  for (uint32_t i = 0; !st && i < bench->chars.n; ++i) {
    Row row   = {.training  = {{.n_in      = 1U,
                                .n_hidden  = bench->chars.first[i],
                                .n_layers  = bench->chars.second[i],
                                .n_out     = N_CHARS,
                                .n_symbols = N_CHARS},
                               N_STREAMS,
                               N_STEPS},
                 .n_threads = {1U, more}};
    row.torch = torch_thousands(bench->beside, &row.training.spec);
    st        = measure(bench, peak, out, &row, error);
    if (!st && bench_begin_line(out)) {
      if (!i) {
        print_heading(more);
      }
      print_row(&row);
      (void)fflush(stdout);
    }
  }
  return st;
}
