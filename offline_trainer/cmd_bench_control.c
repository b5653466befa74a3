// SPDX-License-Identifier: ISC

/// The part of `remanence bench` about nets of control frames

#include "offline_trainer/cmd_bench.h"

#include "offline_trainer/bench/control.h"
#include "offline_trainer/bench/event.h"
#include "offline_trainer/control/baseline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/// Trainings that differ in their seeds alone
typedef struct {
  uint32_t n;
  uint32_t n_threads;
  double   nll[BENCH_MAX_SEEDS];
  double   seconds[BENCH_MAX_SEEDS];
  double   cpu_seconds[BENCH_MAX_SEEDS];
} Runs;

/// What to say of one way to learn
typedef struct {
  const char* name;
  Runs        runs;
} Learner;

/// All that is measured on performances
typedef struct {
  RemControlBench data;
  RemBaselines    baselines;
  uint32_t        n_updates;
} Control;

static int
compare_numbers(const void* const a, const void* const b)
{
  const double x = *(const double*)a;
  const double y = *(const double*)b;
  return (x > y) - (x < y);
}

/// Sort `x` [n] and return its median, NaN of nothing
static double
take_median(double* const x, const uint32_t n)
{
  qsort(x, n, sizeof(double), compare_numbers);
  return n ? 0.5 * (x[(n - 1U) / 2U] + x[n / 2U]) : (double)NAN;
}

/// Return the runs of PyTorch that `beside` tells of, with so many threads
static Runs
torch_runs(const json_t* const beside,
           const char* const   figure,
           const uint32_t      n_threads)
{
  const json_t* const rows = json_object_get(beside, "pytorch_control");
  Runs                runs = {.n_threads = n_threads};
  for (size_t i = 0U; i < json_array_size(rows); ++i) {
    const json_t* const at = json_array_get(rows, i);
    if (runs.n < BENCH_MAX_SEEDS &&
        json_integer_value(json_object_get(at, "threads")) == n_threads) {
      runs.nll[runs.n]     = json_number_value(json_object_get(at, figure));
      runs.seconds[runs.n] = json_number_value(json_object_get(at, "seconds"));
      runs.cpu_seconds[runs.n++] =
        json_number_value(json_object_get(at, "cpu_seconds"));
    }
  }
  return runs;
}

static RemStatus
train(const Bench* const bench,
      Control* const     control,
      BenchOutput* const out,
      Runs* const        runs,
      RemError* const    error)
{
  RemStatus st = REM_SUCCESS;
  for (uint32_t i = 0U; !st && i < bench->n_seeds; ++i) {
    RemControlFigures figures = {0.0, 0.0, 0.0};
    bench_announce(
      out, "control: seed %u, %u thread(s)", i + 1U, runs->n_threads);
    st                           = rem_control_bench_train(&control->data,
                                 bench->n_epochs,
                                 i + 1U,
                                 runs->n_threads,
                                 &control->n_updates,
                                 &figures,
                                 error);
    runs->nll[runs->n]           = figures.nll;
    runs->seconds[runs->n]       = figures.seconds;
    runs->cpu_seconds[runs->n++] = figures.cpu_seconds;
  }
  return st;
}

static void
say_data(BenchOutput* const   out,
         const Bench* const   bench,
         const Control* const c)
{
  const RemBaselines* const b = &c->baselines;
  const size_t n_train = rem_performances_n_events(&c->data.set.training);
  (void)json_object_set_new(out->root,
                            "control_data",
                            json_pack("{si si si sf sf si}",
                                      "train_events",
                                      (int)n_train,
                                      "val_events",
                                      (int)b->n_events,
                                      "updates",
                                      (int)c->n_updates,
                                      "repeat_nll",
                                      b->repeat_nll,
                                      "ar_nll",
                                      b->ar_nll,
                                      "ar_order",
                                      (int)b->ar_order));
  if (bench_begin_line(out)) {
    printf(
      "\nControl: LSTM %u x %u, %u mixtures; %zu events to learn from, %zu "
      "to test with,\n%u epochs, %u updates; nats per event, medians of "
      "%u seed(s)\n"
      "                      nats     from       to    threads   seconds     "
      "CPU s\n"
      "  repeat the last %8.3f\n"
      "  AR(%u)           %8.3f\n",
      c->data.spec.net.n_layers,
      c->data.spec.net.n_hidden,
      c->data.frames.n_mixtures,
      n_train,
      b->n_events,
      bench->n_epochs,
      c->n_updates,
      bench->n_seeds,
      b->repeat_nll,
      b->ar_order,
      b->ar_nll);
  }
}

/// Say how one learns; its runs become sorted
static void
say_learner(BenchOutput* const out, Learner* const learner)
{
  Runs* const  runs    = &learner->runs;
  const double nll     = take_median(runs->nll, runs->n);
  const double seconds = take_median(runs->seconds, runs->n);
  const double cpu     = take_median(runs->cpu_seconds, runs->n);
  if (!runs->n) {
    return;
  }
  bench_append(out,
               "control_training",
               json_pack("{ss si si sf sf sf sf sf}",
                         "learner",
                         learner->name,
                         "threads",
                         (int)runs->n_threads,
                         "seeds",
                         (int)runs->n,
                         "nll",
                         nll,
                         "least",
                         runs->nll[0],
                         "most",
                         runs->nll[runs->n - 1U],
                         "seconds",
                         seconds,
                         "cpu_seconds",
                         cpu));
  if (bench_begin_line(out)) {
    printf("  %-15s %8.3f %8.3f %8.3f %8u %9.1f %9.1f\n",
           learner->name,
           nll,
           runs->nll[0],
           runs->nll[runs->n - 1U],
           runs->n_threads,
           seconds,
           cpu);
    (void)fflush(stdout);
  }
}

/// Say how far ours is from PyTorch's; both are sorted
static void
say_difference(BenchOutput* const out,
               Learner* const     theirs,
               Learner* const     ours)
{
  Runs* const a = &theirs->runs;
  Runs* const b = &ours->runs;
  if (a->n && bench_begin_line(out)) {
    printf("  ours - PyTorch  %+8.3f %34.1fx %8.1fx as fast\n",
           take_median(b->nll, b->n) - take_median(a->nll, a->n),
           take_median(a->seconds, a->n) / take_median(b->seconds, b->n),
           take_median(a->cpu_seconds, a->n) /
             take_median(b->cpu_seconds, b->n));
  }
}

/// Train with one thread and with all, and say how PyTorch does
static RemStatus
bench_learners(const Bench* const bench,
               Control* const     control,
               BenchOutput* const out,
               RemError* const    error)
{
  const uint32_t n_threads[2] = {1U, bench->n_threads};
  RemStatus      st           = REM_SUCCESS;
  for (uint32_t i = 0U; !st && i < (bench->n_threads > 1U ? 2U : 1U); ++i) {
    const json_t* const beside = bench->beside;
    const uint32_t      n      = n_threads[i];
    Learner plain  = {"PyTorch, plain", torch_runs(beside, "plain_nll", n)};
    Learner theirs = {"PyTorch", torch_runs(beside, "nll", n)};
    Learner ours   = {"ours", {.n_threads = n_threads[i]}};
    st             = train(bench, control, out, &ours.runs, error);
    if (!st) {
      if (!i) {
        say_data(out, bench, control);
      }
      say_learner(out, &plain);
      say_learner(out, &theirs);
      say_learner(out, &ours);
      say_difference(out, &theirs, &ours);
    }
  }
  return st;
}

/// Look at performances as the baselines do
static RemTakes
takes_of(const RemPerformances* const p)
{
  return (RemTakes){p->frames, p->begins, p->n};
}

/// Learn performances, or write them down for another program
static RemStatus
bench_performances(const Bench* const bench,
                   BenchOutput* const out,
                   RemError* const    error)
{
  Control   control = {.n_updates = 0U};
  RemStatus st = rem_control_bench_open(bench->control, &control.data, error);
  if (!st && bench->control_data) {
    st = rem_control_bench_write(
      &control.data, bench->n_epochs, bench->control_data, error);
  } else if (!st) {
    const RemTakes training = takes_of(&control.data.set.training);
    const RemTakes held_out = takes_of(&control.data.set.held_out);
    st                      = rem_baselines(
      &control.data.frames, &training, &held_out, &control.baselines, error);
    st = st ? st : bench_learners(bench, &control, out, error);
  }
  rem_control_bench_clear(&control.data);
  return st;
}

static RemStatus
bench_event(const Bench* const bench,
            BenchOutput* const out,
            RemError* const    error)
{
  const RemEventNet net = {64U, 2U, 5U, 8U};
  RemTiming         us  = {0.0, 0.0};
  bench_announce(out, "a predicted event");
  const RemStatus st = rem_bench_event(&net, bench->seconds, &us, error);
  if (st) {
    return st;
  }
  (void)json_object_set_new(out->root,
                            "control",
                            json_pack("{si si si si sf sf}",
                                      "layers",
                                      (int)net.n_layers,
                                      "hidden",
                                      (int)net.n_hidden,
                                      "mixtures",
                                      (int)net.n_mixtures,
                                      "dims",
                                      (int)net.n_dims,
                                      "event_us",
                                      us.median,
                                      "least",
                                      us.least));
  if (bench_begin_line(out)) {
    printf("\nA predicted event, drawn and heard: %.2f us (least %.2f)\n"
           "  LSTM %u x %u, %u mixtures over dt and %u dimensions\n",
           us.median,
           us.least,
           net.n_layers,
           net.n_hidden,
           net.n_mixtures,
           net.n_dims);
  }
  return REM_SUCCESS;
}

RemStatus
bench_control(const Bench* const bench,
              BenchOutput* const out,
              RemError* const    error)
{
  const bool      write = bench->control_data;
  const RemStatus st    = write ? REM_SUCCESS : bench_event(bench, out, error);
  return st || !bench->control ? st : bench_performances(bench, out, error);
}
