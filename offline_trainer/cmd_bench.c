// SPDX-License-Identifier: ISC

#include "offline_trainer/bench.h"
#include "offline_trainer/command.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/streams.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_SIZES = 32, N_STEPS = 1024 };

static const char help_text[] =
  "Usage: remanence bench [OPTION]...\n"
  "Measure how fast this machine plays and trains LSTM nets.\n"
  "\n"
  "      --hidden LIST   hidden sizes to play [8,16,32,40,64,96]\n"
  "      --layers N      layers of every net [1]\n"
  "      --train LIST    hidden sizes to train [32]\n"
  "      --batch N       parallel streams of training [50]\n"
  "      --threads N     threads of training [all cores]\n"
  "      --seconds S     time for each figure [0.5]\n"
  "      --json          print one JSON object instead of tables\n"
  "  -h, --help          show this\n"
  "\n"
  "Figures are medians of repeated runs. Other programs that run at the same\n"
  "time make them worse; REMANENCE_ISA=avx2 or generic shows slower processors."
  "\n\n"
  "  remanence bench --hidden 20,40 --seconds 2\n";

static const struct option options[] = {
  {"hidden", required_argument, NULL, 'H'},
  {"layers", required_argument, NULL, 'l'},
  {"train", required_argument, NULL, 'T'},
  {"batch", required_argument, NULL, 'b'},
  {"threads", required_argument, NULL, 't'},
  {"seconds", required_argument, NULL, 's'},
  {"json", no_argument, NULL, 'j'},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

/// Hidden sizes
typedef struct {
  uint32_t n;
  uint32_t sizes[MAX_SIZES];
} Sizes;

/// What is asked
typedef struct {
  Sizes    play;
  Sizes    train;
  uint32_t n_layers;
  uint32_t n_streams;
  uint32_t n_threads;
  double   seconds;
  bool     json;
} Bench;

static bool
parse_whole(const char* const text, const long most, uint32_t* const out)
{
  long       x  = 0;
  const bool ok = command_integer(text, 1, most, &x);
  *out          = (uint32_t)x;
  return ok;
}

static bool
parse_sizes(const char* text, Sizes* const out)
{
  for (out->n = 0U; out->n < MAX_SIZES;) {
    char*      end = NULL;
    const long x   = strtol(text, &end, 10);
    if (end == text || x < 1 || x > (long)REM_MAX_HIDDEN) {
      return false;
    }
    out->sizes[out->n++] = (uint32_t)x;
    if (*end != ',') {
      return !*end;
    }
    text = end + 1;
  }
  return false;
}

/// Take one option; whether its value is in range
static bool
take_option(Bench* const bench, const int option, const char* const value)
{
  switch (option) {
  case 'H':
    return parse_sizes(value, &bench->play);
  case 'T':
    return parse_sizes(value, &bench->train);
  case 'l':
    return parse_whole(value, REM_MAX_LAYERS, &bench->n_layers);
  case 'b':
    return parse_whole(value, REM_MAX_STREAMS, &bench->n_streams);
  case 't':
    return parse_whole(value, REM_MAX_THREADS, &bench->n_threads);
  case 's':
    return command_number(value, 0.001, 3600.0, &bench->seconds);
  default:
    bench->json = true;
    return true;
  }
}

static RemNetSpec
spec_of(const Bench* const bench, const uint32_t n_hidden)
{
  return (RemNetSpec){
    REM_CELL_LSTM, REM_HEAD_LINEAR, 1, n_hidden, bench->n_layers, 1, true};
}

static RemStatus
bench_engine(const Bench* const bench, RemError* const error)
{
  if (!bench->json) {
    printf("Engine: %s, %u layer(s), one stream in blocks of 64 frames\n"
           "  hidden   ns/sample   streams per core at 48 kHz\n",
           rem_net_isa(),
           bench->n_layers);
  }
  for (uint32_t i = 0; i < bench->play.n; ++i) {
    const RemNetSpec spec = spec_of(bench, bench->play.sizes[i]);
    RemTiming        time = {0.0, 0.0};
    const RemStatus  st = rem_bench_engine(&spec, bench->seconds, &time, error);
    if (st) {
      return st;
    }
    if (bench->json) {
      printf("%s{\"hidden\": %u, \"ns_per_sample\": %.2f, \"least\": %.2f}",
             i ? ", " : "",
             spec.n_hidden,
             time.median,
             time.least);
    } else {
      printf("  %6u   %9.1f   %7.1f\n",
             spec.n_hidden,
             time.median,
             1e9 / 48000.0 / time.median);
    }
    (void)fflush(stdout);
  }
  return REM_SUCCESS;
}

static RemStatus
bench_trainer(const Bench* const bench, RemError* const error)
{
  if (!bench->json) {
    printf("Trainer: %u streams, %u thread(s), windows of %u steps\n"
           "  hidden   us/time step (forward, backward, update)   samples/s\n",
           bench->n_streams,
           bench->n_threads,
           (unsigned)N_STEPS);
  }
  for (uint32_t i = 0; i < bench->train.n; ++i) {
    const RemNetSpec spec = spec_of(bench, bench->train.sizes[i]);
    RemTiming        time = {0.0, 0.0};
    const RemStatus  st   = rem_bench_trainer(&spec,
                                           bench->n_streams,
                                           N_STEPS,
                                           bench->n_threads,
                                           bench->seconds,
                                           &time,
                                           error);
    if (st) {
      return st;
    }
    if (bench->json) {
      printf("%s{\"hidden\": %u, \"us_per_step\": %.3f, \"least\": %.3f}",
             i ? ", " : "",
             spec.n_hidden,
             time.median,
             time.least);
    } else {
      printf("  %6u   %12.2f   %37.2f M\n",
             spec.n_hidden,
             time.median,
             bench->n_streams / time.median);
    }
    (void)fflush(stdout);
  }
  return REM_SUCCESS;
}

static RemStatus
run_bench(const Bench* const bench, RemError* const error)
{
  if (bench->json) {
    printf("{\"isa\": \"%s\", \"layers\": %u, \"batch\": %u, \"threads\": %u, "
           "\"steps\": %u, \"engine\": [",
           rem_net_isa(),
           bench->n_layers,
           bench->n_streams,
           bench->n_threads,
           (unsigned)N_STEPS);
  }
  const RemStatus st = bench_engine(bench, error);
  if (st) {
    return st;
  }
  fputs(bench->json ? "], \"trainer\": [" : "\n", stdout);
  return bench_trainer(bench, error);
}

int
cmd_bench(const int argc, char** const argv)
{
  Bench    bench  = {.play      = {6, {8, 16, 32, 40, 64, 96}},
                     .train     = {1, {32}},
                     .n_layers  = 1,
                     .n_streams = 50,
                     .n_threads = rem_pool_n_processors(),
                     .seconds   = 0.5};
  RemError error  = {REM_SUCCESS, "", ""};
  int      letter = 0;

  while ((letter = command_option(argc, argv, "h", options)) != -1) {
    if (letter == 'h') {
      fputs(help_text, stdout);
      return REM_EXIT_DONE;
    }
    if (letter == '?') {
      return command_bad_option(argv, options);
    }
    if (!take_option(&bench, letter, optarg)) {
      return command_usage(argv[0], "the value '%s' is out of range", optarg);
    }
  }
  if (optind < argc) {
    return command_usage(argv[0], "unexpected argument '%s'", argv[optind]);
  }
  if (run_bench(&bench, &error)) {
    return command_failed(argv[0], &error);
  }
  fputs(bench.json ? "]}\n" : "", stdout);
  return REM_EXIT_DONE;
}
