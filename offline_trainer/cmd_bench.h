// SPDX-License-Identifier: ISC

/// Shared by cmd_bench*.c and no one else: what is asked of `remanence bench`,
/// and how it says what came of it

#ifndef REM_OFFLINE_TRAINER_CMD_BENCH_H
#define REM_OFFLINE_TRAINER_CMD_BENCH_H

#include "dsp/status.h"
#include "offline_trainer/bench/engine.h"
#include "offline_trainer/bench/floor.h"
#include "offline_trainer/bench/load.h"
#include "offline_trainer/bench/trainer.h"
#include "offline_trainer/progress.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { BENCH_MAX_NETS = 64, BENCH_MAX_ISAS = 4, BENCH_MAX_SEEDS = 99 };

enum { BENCH_MAX_CELLS = REM_CELL_FORWARD + 1 };

/// Pairs of numbers, "2x16"
typedef struct {
  uint32_t n;
  uint32_t first[BENCH_MAX_NETS];
  uint32_t second[BENCH_MAX_NETS];
} BenchPairs;

/// What is asked
typedef struct {
  BenchPairs  shapes; ///< To play: layers x hidden size
  uint32_t    n_cells;
  RemCell     cells[BENCH_MAX_CELLS]; ///< Of nets to play
  BenchPairs  train;                  ///< To train: hidden size x streams
  BenchPairs  chars; ///< To train on characters: hidden size x layers
  uint32_t    n_isas;
  const char* isas[BENCH_MAX_ISAS]; ///< To play with, the best first
  uint32_t    n_steps;
  uint32_t    n_threads;
  double      seconds;
  const char* control;      ///< Folder of performances to learn, or NULL
  const char* control_data; ///< Write them to this file instead, or NULL
  uint32_t    n_epochs;     ///< Of `control`
  uint32_t    n_seeds;      ///< Likewise
  bool        json;
  json_t*     beside; ///< Figures of other programs, an object
  json_t*     old;    ///< Figures to compare with, or NULL
  const char* old_path;
} Bench;

/// What is said: every figure goes to `root`, and unless `json` to stdout
typedef struct {
  json_t*  root;
  bool     json;
  Progress progress;
} BenchOutput;

/// Fill `bench` with what the command line says; return whether to go on, else
/// `status` is the exit status
bool
bench_options(int argc, char** argv, Bench* bench, int* status);

/// Release what bench_options() made
void
bench_clear(Bench* bench);

/// Say what is being measured, on stderr, in case it takes long
void
bench_announce(BenchOutput* out, const char* format, ...)
  __attribute__((format(printf, 2, 3)));

/// Make room for a line of a table on the terminal; return whether to print it
bool
bench_begin_line(BenchOutput* out);

/// Append `row`, which is taken, to the array `name`
void
bench_append(BenchOutput* out, const char* name, json_t* row);

/// Say what machine this is
void
bench_say_machine(BenchOutput* out, uint32_t n_threads);

/// Say what one core of it does with `isa`; `first` comes after a heading
void
bench_say_floor(BenchOutput*      out,
                bool              first,
                const char*       isa,
                const RemMachine* machine);

/// Say how a net plays
void
bench_say_engine(BenchOutput*            out,
                 bool                    first,
                 const RemTruth*         truth,
                 const char*             isa,
                 const RemEngineFigures* figures);

/// What to say of one training: with one thread, and with more
typedef struct {
  const RemTraining* training;
  uint32_t           n_threads[2]; ///< 1, then more, or 0 if there are none
  double             peak[2];      ///< GFLOP/s of as many cores
  RemTrainerFigures  figures[2];
  const json_t*      beside; ///< Figures of other programs
} BenchTrainer;

void
bench_say_trainer(BenchOutput* out, bool first, const BenchTrainer* row);

/// Measure how character nets train, with one thread and with `bench`'s, and
/// say it; `peak` [2] in GFLOP/s of as many cores
RemStatus
bench_chars(const Bench*  bench,
            const double* peak,
            BenchOutput*  out,
            RemError*     error);

/// Measure a predicted event, and how performances are learned, and say it
RemStatus
bench_control(const Bench* bench, BenchOutput* out, RemError* error);

/// Say how long a model of `n_hidden` cells takes to load
void
bench_say_load(BenchOutput*          out,
               uint32_t              n_hidden,
               const RemLoadFigures* figures);

/**
   Print the figures of `bench->old` beside those of `now`: to stdout, or to
   stderr if `bench->json`.

   @return #REM_EXIT_DONE, or #REM_EXIT_FAILED if one is more than 10 % slower.
*/
int
bench_compare(const Bench* bench, const json_t* now);

#endif // REM_OFFLINE_TRAINER_CMD_BENCH_H
