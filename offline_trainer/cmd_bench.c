// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_bench.h"

#include "offline_trainer/command.h"

#include <stdio.h>

static RemStatus
no_memory(RemError* const error)
{
  return rem_fail(
    error, REM_NO_MEMORY, NULL, "Out of memory for the benchmark");
}

static RemNetSpec
spec_of(const uint32_t n_layers, const uint32_t n_hidden)
{
  return (RemNetSpec){.n_in     = 1,
                      .n_hidden = n_hidden,
                      .n_layers = n_layers,
                      .n_out    = 1,
                      .skip     = true};
}

static RemStatus
bench_floor(const Bench* const bench,
            BenchOutput* const out,
            RemError* const    error)
{
  RemStatus st = REM_SUCCESS;
  for (uint32_t i = 0; !st && i < bench->n_isas; ++i) {
    RemMachine machine = {0.0, 0.0, 0.0};
    bench_announce(out, "%s: peaks", bench->isas[i]);
    st = rem_bench_machine(bench->isas[i], bench->seconds, &machine, error);
    if (!st) {
      bench_say_floor(out, !i, bench->isas[i], &machine);
    }
  }
  return st;
}

/// One net with every instruction set
static RemStatus
bench_net(const Bench* const      bench,
          const bool              first,
          const RemNetSpec* const spec,
          BenchOutput* const      out,
          RemError* const         error)
{
  RemTruth          truth;
  const char* const cell = rem_cell_name(spec->cell);
  bench_announce(
    out, "engine: %s %u x %u in double", cell, spec->n_layers, spec->n_hidden);
  RemStatus st = rem_truth_make(spec, &truth, error);
  for (uint32_t i = 0; !st && i < bench->n_isas; ++i) {
    const char* const isa     = bench->isas[i];
    RemEngineFigures  figures = {.error = 0.0};
    bench_announce(
      out, "engine: %s %u x %u, %s", cell, spec->n_layers, spec->n_hidden, isa);
    st = rem_bench_engine(&truth, isa, bench->seconds, &figures, error);
    if (!st) {
      bench_say_engine(out, first && !i, &truth, isa, &figures);
    }
  }
  rem_truth_clear(&truth);
  return st;
}

static RemStatus
bench_engine(const Bench* const bench,
             BenchOutput* const out,
             RemError* const    error)
{
  RemStatus      st = REM_SUCCESS;
  const uint32_t n  = bench->shapes.n;
  for (uint32_t i = 0; !st && i < bench->n_cells * n; ++i) {
    RemNetSpec spec =
      spec_of(bench->shapes.first[i % n], bench->shapes.second[i % n]);
    spec.cell = bench->cells[i / n];
    st        = bench_net(bench, !i, &spec, out, error);
  }
  return st;
}

/// One training with one thread, and with all
static RemStatus
bench_training(const Bench* const bench,
               const bool         first,
               BenchTrainer       row,
               BenchOutput* const out,
               RemError* const    error)
{
  RemStatus st = REM_SUCCESS;
  for (uint32_t i = 0; !st && i < 2U && row.n_threads[i]; ++i) {
    bench_announce(out,
                   "trainer: %u cells, %u streams, %u thread(s)",
                   row.training->spec.n_hidden,
                   row.training->n_streams,
                   row.n_threads[i]);
    st = rem_bench_trainer(
      row.training, row.n_threads[i], bench->seconds, &row.figures[i], error);
  }
  if (!st) {
    bench_say_trainer(out, first, &row);
  }
  return st;
}

/// Cells of nets that train: the one that most have first
static const RemCell trained[] = {REM_CELL_LSTM,
                                  REM_CELL_GRU,
                                  REM_CELL_RNN_TANH};

enum { N_CELLS = sizeof(trained) / sizeof(*trained) };

/// All trainings of one cell
static RemStatus
bench_cell(const Bench* const bench,
           const RemCell      cell,
           BenchTrainer       row,
           BenchOutput* const out,
           RemError* const    error)
{
  RemStatus st = REM_SUCCESS;
  for (uint32_t i = 0; !st && i < bench->train.n; ++i) {
    RemTraining training = {spec_of(1, bench->train.first[i]),
                            bench->train.second[i],
                            bench->n_steps};
    training.spec.cell   = cell;
    row.training         = &training;
    st = bench_training(bench, !i && cell == REM_CELL_LSTM, row, out, error);
  }
  return st;
}

static RemStatus
bench_trainer(const Bench* const bench,
              BenchOutput* const out,
              RemError* const    error)
{
  const char* const isa = rem_net_isa();
  const uint32_t    all = bench->n_threads > 1U ? bench->n_threads : 0U;
  BenchTrainer      row = {.n_threads = {1U, all}, .beside = bench->beside};
  const bool        any = bench->train.n || bench->chars.n;
  RemStatus         st  = REM_SUCCESS;

  for (uint32_t i = 0; any && i < 2U && row.n_threads[i]; ++i) {
    row.peak[i] = rem_bench_peak(isa, row.n_threads[i], bench->seconds);
    if (row.peak[i] <= 0.0) {
      return no_memory(error);
    }
  }
  for (uint32_t c = 0; !st && c < N_CELLS; ++c) {
    st = bench_cell(bench, trained[c], row, out, error);
  }
  return st ? st : bench_chars(bench, row.peak, out, error);
}

static RemStatus
bench_load(const Bench* const bench,
           BenchOutput* const out,
           RemError* const    error)
{
  const RemNetSpec spec    = spec_of(1U, 40U);
  RemLoadFigures   figures = {{0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}};
  bench_announce(out, "load");
  const RemStatus st = rem_bench_load(&spec, bench->seconds, &figures, error);
  if (!st) {
    bench_say_load(out, spec.n_hidden, &figures);
  }
  return st;
}

static RemStatus
measure(const Bench* const bench, BenchOutput* const out, RemError* const error)
{
  RemStatus st = REM_SUCCESS;
  out->root    = json_object();
  if (!out->root) {
    return no_memory(error);
  }
  if (bench->control_data) {
    return bench_control(bench, out, error);
  }
  bench_say_machine(out, bench->n_threads);
  if ((st = bench_floor(bench, out, error)) ||
      (st = bench_engine(bench, out, error)) ||
      (st = bench_trainer(bench, out, error)) ||
      (st = bench_load(bench, out, error)) ||
      (st = bench_control(bench, out, error))) {
    return st;
  }
  return json_object_update_missing(out->root, bench->beside) ? no_memory(error)
                                                              : REM_SUCCESS;
}

/// Measure, print, compare; the exit status
static int
run_bench(const char* const command, const Bench* const bench)
{
  BenchOutput     out   = {NULL, bench->json, progress_start(2.0)};
  RemError        error = {REM_SUCCESS, "", ""};
  const RemStatus st    = measure(bench, &out, &error);
  int             exit  = REM_EXIT_DONE;

  progress_end(&out.progress, false);
  if (st) {
    exit = command_failed(command, &error);
  } else if (bench->json) {
    (void)json_dumpf(out.root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
    putchar('\n');
  }
  if (!st && bench->old) {
    exit = bench_compare(bench, out.root);
  }
  json_decref(out.root);
  return exit;
}

int
cmd_bench(const int argc, char** const argv)
{
  Bench bench;
  int   status = REM_EXIT_DONE;
  if (bench_options(argc, argv, &bench, &status)) {
    status = run_bench(argv[0], &bench);
  }
  bench_clear(&bench);
  return status;
}
