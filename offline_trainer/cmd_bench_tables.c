// SPDX-License-Identifier: ISC

/// The figures of `remanence bench`: a row of a table for people, an object of
/// an array for machines.  bench/compare.h says what the names there mean.

#include "offline_trainer/cmd_bench.h"

#include "dsp/net.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define RATE 48000.0 ///< Hz that streams per core are counted at

void
bench_announce(BenchOutput* const out, const char* const format, ...)
{
  char    text[128];
  va_list args;
  va_start(args, format);
  // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is above
  (void)vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  if (progress_due(&out->progress)) {
    progress_say(&out->progress, "Measuring %s ...", text);
  }
}

bool
bench_begin_line(BenchOutput* const out)
{
  progress_end(&out->progress, false);
  return !out->json;
}

void
bench_append(BenchOutput* const out, const char* const name, json_t* const row)
{
  json_t* array = json_object_get(out->root, name);
  if (!array) {
    array = json_array();
    (void)json_object_set_new(out->root, name, array);
  }
  (void)json_array_append_new(array, row);
}

/// Find what the system calls the processor
static void
processor_name(char* const name, const size_t size)
{
  FILE* const file = fopen("/proc/cpuinfo", "r");
  char        line[256];
  (void)snprintf(name, size, "unknown processor");
  while (file && fgets(line, sizeof(line), file)) {
    const char* const colon = strchr(line, ':');
    if (colon && !strncmp(line, "model name", 10)) {
      (void)snprintf(
        name, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
      break;
    }
  }
  if (file) {
    fclose(file);
  }
}

void
bench_say_machine(BenchOutput* const out, const uint32_t n_threads)
{
  const time_t now = time(NULL);
  char         name[128];
  char         date[16] = "";
  struct tm    parts;
  processor_name(name, sizeof(name));
  if (gmtime_r(&now, &parts)) {
    (void)strftime(date, sizeof(date), "%Y-%m-%d", &parts);
  }
  (void)json_object_set_new(out->root,
                            "machine",
                            json_pack("{ss ss si}",
                                      "processor",
                                      name,
                                      "date",
                                      date,
                                      "threads",
                                      (int)n_threads));
  if (bench_begin_line(out)) {
    printf("%s, %u thread(s), %s\n", name, n_threads, date);
  }
}

void
bench_say_floor(BenchOutput* const      out,
                const bool              first,
                const char* const       isa,
                const RemMachine* const machine)
{
  bench_append(out,
               "floor",
               json_pack("{ss sf sf sf}",
                         "isa",
                         isa,
                         "fma_gflops",
                         machine->fma_gflops,
                         "l1_gb_per_s",
                         machine->l1_gb_per_s,
                         "l2_gb_per_s",
                         machine->l2_gb_per_s));
  if (!bench_begin_line(out)) {
    return;
  }
  if (first) {
    puts("\nOne core at most\n"
         "  isa          FMA       loads from L1   from L2");
  }
  printf("  %-8s %6.1f GFLOP/s %8.0f GB/s %7.0f GB/s\n",
         isa,
         machine->fma_gflops,
         machine->l1_gb_per_s,
         machine->l2_gb_per_s);
  (void)fflush(stdout);
}

/// Return how many times its floor an engine takes
static double
times_floor(const RemEngineFigures* const f)
{
  return f->ns.median / (f->stream_ns + f->chain_ns);
}

/// Return how many streams one core plays at the usual rate
static double
streams_per_core(const RemEngineFigures* const f)
{
  return 1e9 / RATE / f->ns.median;
}

/// Return what is kept of an engine's row, or NULL without memory
static json_t*
engine_json(const RemTruth* const         truth,
            const char* const             isa,
            const RemEngineFigures* const f)
{
  const RemNetSpec* const spec = &truth->spec;
  json_t* const row = json_pack("{ss si si sf sf sf sf sf sf sf sf sf}",
                                "isa",
                                isa,
                                "layers",
                                (int)spec->n_layers,
                                "hidden",
                                (int)spec->n_hidden,
                                "ns_per_sample",
                                f->ns.median,
                                "least",
                                f->ns.least,
                                "pair_ns",
                                f->pair_ns,
                                "floor_weights",
                                f->stream_ns,
                                "floor_chain",
                                f->chain_ns,
                                "times_floor",
                                times_floor(f),
                                "error",
                                f->error,
                                "plain_error",
                                truth->plain_error,
                                "streams_per_core",
                                streams_per_core(f));
  if (spec->cell != REM_CELL_LSTM) { // Rows were of LSTMs alone once
    (void)json_object_set_new(
      row, "cell", json_string(rem_cell_name(spec->cell)));
  }
  return row;
}

void
bench_say_engine(BenchOutput* const            out,
                 const bool                    first,
                 const RemTruth* const         truth,
                 const char* const             isa,
                 const RemEngineFigures* const f)
{
  const RemNetSpec* const spec = &truth->spec;
  bench_append(out, "engine", engine_json(truth, isa, f));
  if (!bench_begin_line(out)) {
    return;
  }
  if (first) {
    puts("\nEngine: ns per sample of one stream in blocks of 64\n"
         "  net            isa       median   least   floor = weights + chain"
         "   x floor    error  (plain)   a pair   streams/core");
  }
  printf("  %-5s %u x %-4u %-8s %7.1f %7.1f %7.1f   %7.1f   %5.1f %9.2f "
         "%8.0e %8.0e %6.2f x %14.0f\n",
         rem_cell_name(spec->cell),
         spec->n_layers,
         spec->n_hidden,
         isa,
         f->ns.median,
         f->ns.least,
         f->stream_ns + f->chain_ns,
         f->stream_ns,
         f->chain_ns,
         times_floor(f),
         f->error,
         truth->plain_error,
         f->pair_ns / f->ns.median,
         streams_per_core(f));
  (void)fflush(stdout);
}

/// Whether a row is of the cell that most nets have
static bool
is_lstm(const BenchTrainer* const row)
{
  return row->training->spec.cell == REM_CELL_LSTM;
}

/// Return the best that `beside` says PyTorch does at the same, with whatever
/// number of threads, or NaN
static double
torch_us(const BenchTrainer* const row)
{
  const bool          lstm = is_lstm(row);
  const json_t* const rows =
    json_object_get(row->beside, lstm ? "pytorch" : "pytorch_cells");
  const char* const cell = rem_cell_name(row->training->spec.cell);
  double            best = (double)NAN;
  for (size_t i = 0; i < json_array_size(rows); ++i) {
    const json_t* const at   = json_array_get(rows, i);
    const char* const   name = json_string_value(json_object_get(at, "cell"));
    if ((lstm || (name && !strcmp(name, cell))) &&
        json_integer_value(json_object_get(at, "hidden")) ==
          row->training->spec.n_hidden &&
        json_integer_value(json_object_get(at, "streams")) ==
          row->training->n_streams) {
      best = fmin(best, json_number_value(json_object_get(at, "us_per_step")));
    }
  }
  return best; // fmin() prefers numbers to NaN
}

/// What follows from a time
typedef struct {
  double samples_per_second;
  double gflops;
  double share; ///< Of the peak
} Derived;

static Derived
derive(const BenchTrainer* const row, const uint32_t i)
{
  const double samples =
    1e6 * row->training->n_streams / row->figures[i].us.median;
  const double gflops = 1e-9 * samples * rem_bench_flops(row->training);
  return (Derived){samples, gflops, gflops / row->peak[i]};
}

static void
append_trainer(BenchOutput* const        out,
               const BenchTrainer* const row,
               const uint32_t            i)
{
  const Derived                  d = derive(row, i);
  const RemTrainerFigures* const f = &row->figures[i];
  json_t* const object = json_pack("{si si si si sf sf sf sf sf sf}",
                                   "hidden",
                                   (int)row->training->spec.n_hidden,
                                   "streams",
                                   (int)row->training->n_streams,
                                   "steps",
                                   (int)row->training->n_steps,
                                   "threads",
                                   (int)row->n_threads[i],
                                   "us_per_step",
                                   f->us.median,
                                   "least",
                                   f->us.least,
                                   "samples_per_second",
                                   d.samples_per_second,
                                   "gflops",
                                   d.gflops,
                                   "peak_gflops",
                                   row->peak[i],
                                   "share_of_peak",
                                   d.share);
  if (isfinite(f->memory_mib)) {
    (void)json_object_set_new(
      object, "peak_memory_mib", json_real(f->memory_mib));
  }
  if (!is_lstm(row)) {
    (void)json_object_set_new(
      object, "cell", json_string(rem_cell_name(row->training->spec.cell)));
  }
  bench_append(out, is_lstm(row) ? "trainer" : "trainer_cells", object);
}

static void
print_trainer_heading(const BenchTrainer* const row)
{
  printf("\nTrainer: %s, windows of %u steps, us per step (forward, backward, "
         "update)\n"
         "  size x streams   1 thread  of peak",
         rem_net_isa(),
         row->training->n_steps);
  if (row->n_threads[1]) {
    printf("   %u threads  of peak  speedup", row->n_threads[1]);
  }
  puts("   M samples/s  GFLOP/s   memory    PyTorch");
}

static void
print_trainer(const BenchTrainer* const row)
{
  const uint32_t last  = row->n_threads[1] ? 1U : 0U;
  const Derived  one   = derive(row, 0U);
  const Derived  best  = derive(row, last);
  const double   torch = torch_us(row);
  const double   us    = row->figures[last].us.median;
  printf("%-5s%2s%4u x %-5u %9.2f %6.0f %%",
         is_lstm(row) ? "" : rem_cell_name(row->training->spec.cell),
         "",
         row->training->spec.n_hidden,
         row->training->n_streams,
         row->figures[0].us.median,
         100.0 * one.share);
  if (last) {
    printf("%12.2f %6.0f %% %8.2f",
           us,
           100.0 * best.share,
           row->figures[0].us.median / us);
  }
  printf("%14.2f %8.1f %5.0f MiB",
         1e-6 * best.samples_per_second,
         best.gflops,
         row->figures[last].memory_mib);
  if (isfinite(torch)) {
    printf(" %10.1f: %.1f times", torch, torch / us);
  } else {
    printf("          -");
  }
  putchar('\n');
}

void
bench_say_trainer(BenchOutput* const        out,
                  const bool                first,
                  const BenchTrainer* const row)
{
  for (uint32_t i = 0; i < 2U && row->n_threads[i]; ++i) {
    append_trainer(out, row, i);
  }
  if (bench_begin_line(out)) {
    if (first) {
      print_trainer_heading(row);
    }
    print_trainer(row);
    (void)fflush(stdout);
  }
}

void
bench_say_load(BenchOutput* const          out,
               const uint32_t              n_hidden,
               const RemLoadFigures* const f)
{
  (void)json_object_set_new(out->root,
                            "load",
                            json_pack("{si sf sf sf}",
                                      "hidden",
                                      (int)n_hidden,
                                      "read_ms",
                                      f->read_ms.median,
                                      "pack_ms",
                                      f->pack_ms.median,
                                      "settle_ms",
                                      f->settle_ms.median));
  if (bench_begin_line(out)) {
    printf("\nLoading a model of %u cells: %.2f ms\n"
           "  read and check against its test vector %.2f ms, pack %.3f ms\n"
           "  (a file without a rest state: %.2f ms more to settle)\n",
           n_hidden,
           f->read_ms.median + f->pack_ms.median,
           f->read_ms.median,
           f->pack_ms.median,
           f->settle_ms.median);
  }
}
