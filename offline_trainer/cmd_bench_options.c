// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_bench.h"

#include "dsp/kernel/kernel.h"
#include "dsp/modelfile/file.h"
#include "offline_trainer/command.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/streams.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_STEPS 1048576L
#define MAX_EPOCHS 100000L
#define MAX_JSON_BYTES ((size_t)16 << 20U)
#define SHAPES "8,12,16,20,24,32,40,48,64,80,96,128,2x16,2x24,2x32"
#define CELLS "lstm,gru,rnn"
#define CHARS "128x2,512x2"
#define TRAIN "16x50,20x50,32x16,32x50,32x100,40x50,64x50,96x50"

static const char help_text[] =
  "Usage: remanence bench [OPTION]...\n"
  "Measure how fast this machine plays, trains and loads nets, beside what it\n"
  "could do at most.\n"
  "\n"
  "      --shapes LIST      nets to play: hidden sizes, LAYERSxSIZE, or none\n"
  "                         [" SHAPES "]\n"
  "      --cells LIST       cells of nets to play: lstm, gru, rnn...\n"
  "                         [" CELLS "]\n"
  "      --isa LIST         instruction sets to play with, or all [all]\n"
  "      --train LIST       nets to train: SIZExSTREAMS, or none\n"
  "                         [" TRAIN "]\n"
  "      --chars LIST       nets to train on characters: SIZExLAYERS, or none\n"
  "                         [" CHARS "]\n"
  "      --steps N          samples of a training window [2048]\n"
  "      --threads N        threads of training, beside one [all cores]\n"
  "      --seconds S        time for each figure [0.3]\n"
  "      --control LOGS     learn the performances of a folder, or those of\n"
  "                         its folders train and val, beside predictions\n"
  "                         that need no net\n"
  "      --epochs N         of --control [15]\n"
  "      --seeds N          of --control: so many nets [5]\n"
  "      --control-data FILE  only write what --control would learn, for\n"
  "                         tests/bench/torch_control.py\n"
  "      --beside FILE      keep the figures of another program with these, a\n"
  "                         JSON object; print those of PyTorch\n"
  "      --json             print one JSON object instead of tables\n"
  "      --compare OLD      compare with what --json printed once; the exit\n"
  "                         status is 1 if a time is more than 10 % longer\n"
  "  -h, --help             show this\n"
  "\n"
  "Figures are medians of repeated runs. The floor of a net is its weights "
  "once\n"
  "through the processor's multipliers plus the chain of activations from one\n"
  "sample to the next, each measured at its best in the same run. Beside the\n"
  "largest error against double precision stands that of a plain loop.\n"
  "\n"
  "Other programs that run at the same time make figures worse.\n"
  "\n"
  "  remanence bench --shapes 20,2x16 --cells gru --isa avx2 --train none\n"
  "  remanence bench --json > before.json\n"
  "  remanence bench --compare before.json\n";

static const struct option options[] = {
  {"shapes", required_argument, NULL, 'S'},
  {"cells", required_argument, NULL, 'l'},
  {"isa", required_argument, NULL, 'i'},
  {"train", required_argument, NULL, 'T'},
  {"chars", required_argument, NULL, 'C'},
  {"steps", required_argument, NULL, 'n'},
  {"threads", required_argument, NULL, 't'},
  {"seconds", required_argument, NULL, 's'},
  {"control", required_argument, NULL, 'L'},
  {"control-data", required_argument, NULL, 'D'},
  {"epochs", required_argument, NULL, 'e'},
  {"seeds", required_argument, NULL, 'N'},
  {"beside", required_argument, NULL, 'b'},
  {"json", no_argument, NULL, 'j'},
  {"compare", required_argument, NULL, 'c'},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

/// What a pair may be
typedef struct {
  uint32_t max_first;
  uint32_t max_second;
  bool     optional; ///< The first number, which is 1 then
} PairLimits;

static const PairLimits shape_limits = {REM_MAX_LAYERS, REM_MAX_HIDDEN, true};
static const PairLimits chars_limits = {REM_MAX_HIDDEN, REM_MAX_LAYERS, false};
static const PairLimits train_limits = {REM_MAX_HIDDEN, REM_MAX_STREAMS, false};

/// Read a number from 1 to `max` and return what follows, or NULL
static const char*
read_number(const char* const text, const uint32_t max, uint32_t* const out)
{
  char*      end = NULL;
  const long x   = strtol(text, &end, 10);
  *out           = (uint32_t)x;
  return end != text && x >= 1 && x <= (long)max ? end : NULL;
}

/// Read one pair and return what follows, or NULL
static const char*
read_pair(const char* const       text,
          const PairLimits* const limits,
          uint32_t* const         first,
          uint32_t* const         second)
{
  const char* const x    = strchr(text, 'x');
  const size_t      size = strcspn(text, ",");
  if (limits->optional && (!x || x > text + size)) {
    *first = 1U;
    return read_number(text, limits->max_second, second);
  }
  const char* const at = read_number(text, limits->max_first, first);
  return at && *at == 'x' ? read_number(at + 1, limits->max_second, second)
                          : NULL;
}

static bool
take_pairs(const char*             text,
           const PairLimits* const limits,
           BenchPairs* const       out)
{
  out->n = 0U;
  if (!strcmp(text, "none")) {
    return true;
  }
  while (out->n < BENCH_MAX_NETS) {
    const char* const end =
      read_pair(text, limits, &out->first[out->n], &out->second[out->n]);
    ++out->n;
    if (!end || (*end && *end != ',')) {
      return false;
    }
    if (!*end) {
      return true;
    }
    text = end + 1;
  }
  return false;
}

/// Take the cells of a list
static bool
take_cells(const char* text, Bench* const bench)
{
  bench->n_cells = 0U;
  while (bench->n_cells < BENCH_MAX_CELLS) {
    char         name[16];
    const size_t size = strcspn(text, ",");
    (void)snprintf(name, sizeof(name), "%.*s", (int)size, text);
    if (size >= sizeof(name) ||
        !rem_cell_find(name, &bench->cells[bench->n_cells++])) {
      return false;
    }
    if (!text[size]) {
      return true;
    }
    text += size + 1U;
  }
  return false;
}

/// Take the instruction sets of a list that are there; one that is not fails
static bool
take_isas(const char* const list, Bench* const bench)
{
  static const char* const names[] = {"avx512", "avx2", "neon", "generic"};
  const bool               all     = !strcmp(list, "all");
  size_t                   matched = 0U;

  bench->n_isas = 0U;
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    const size_t size = strlen(names[i]);
    const char*  at   = strstr(list, names[i]);
    const bool   asked =
      at && (at == list || at[-1] == ',') && (!at[size] || at[size] == ',');
    if ((all || asked) && rem_kernel_find(names[i])) {
      bench->isas[bench->n_isas++] = names[i];
      matched += size + 1U;
    }
  }
  return all || matched == strlen(list) + 1U;
}

/// Read a JSON object from a file
static json_t*
read_json(const char* const path, RemError* const error)
{
  json_error_t place;
  void*        bytes = NULL;
  size_t       size  = 0U;
  if (rem_file_read(path, MAX_JSON_BYTES, &bytes, &size, error)) {
    return NULL;
  }
  json_t* const value = json_loadb((const char*)bytes, size, 0, &place);
  free(bytes);
  if (!value) {
    (void)rem_fail(error,
                   REM_BAD_FORMAT,
                   path,
                   "not JSON, at line %d: %s",
                   place.line,
                   place.text);
  } else if (!json_is_object(value)) {
    (void)rem_fail(
      error, REM_BAD_FORMAT, path, "no JSON object; expected what --json made");
    json_decref(value);
    return NULL;
  }
  return value;
}

static bool
take_beside(const char* const path, Bench* const bench, RemError* const error)
{
  json_t* const value = read_json(path, error);
  const bool    ok    = value && !json_object_update(bench->beside, value);
  json_decref(value);
  return ok;
}

static bool
take_old(const char* const path, Bench* const bench, RemError* const error)
{
  json_decref(bench->old);
  bench->old      = read_json(path, error);
  bench->old_path = path;
  return bench->old != NULL;
}

static bool
take_whole(const char* const text, const long most, uint32_t* const out)
{
  long       x  = 0;
  const bool ok = command_integer(text, 1, most, &x);
  *out          = (uint32_t)x;
  return ok;
}

/// Take one option; whether its value will do, else `error` may say why
static bool
take_option(Bench* const      bench,
            const int         option,
            const char* const value,
            RemError* const   error)
{
  switch (option) {
  case 'S':
    return take_pairs(value, &shape_limits, &bench->shapes);
  case 'T':
    return take_pairs(value, &train_limits, &bench->train);
  case 'C':
    return take_pairs(value, &chars_limits, &bench->chars);
  case 'l':
    return take_cells(value, bench);
  case 'i':
    return take_isas(value, bench);
  case 'n':
    return take_whole(value, MAX_STEPS, &bench->n_steps);
  case 't':
    return take_whole(value, REM_MAX_THREADS, &bench->n_threads);
  case 's':
    return command_number(value, 0.001, 3600.0, &bench->seconds);
  case 'L':
    bench->control = value;
    return true;
  case 'D':
    bench->control_data = value;
    return true;
  case 'e':
    return take_whole(value, MAX_EPOCHS, &bench->n_epochs);
  case 'N':
    return take_whole(value, BENCH_MAX_SEEDS, &bench->n_seeds);
  case 'b':
    return take_beside(value, bench, error);
  case 'c':
    return take_old(value, bench, error);
  default:
    bench->json = true;
    return true;
  }
}

static void
set_defaults(Bench* const bench)
{
  const char* const asked = getenv("REMANENCE_ISA");
  *bench                  = (Bench){.n_steps   = 2048U,
                                    .n_threads = rem_pool_n_processors(),
                                    .seconds   = 0.3,
                                    .n_epochs  = 15U,
                                    .n_seeds   = 5U,
                                    .beside    = json_object()};
  (void)take_cells(CELLS, bench);
  (void)take_pairs(SHAPES, &shape_limits, &bench->shapes);
  (void)take_pairs(TRAIN, &train_limits, &bench->train);
  (void)take_pairs(CHARS, &chars_limits, &bench->chars);
  (void)take_isas(asked && *asked ? rem_net_isa() : "all", bench);
}

static int
bad_value(const char* const     command,
          const RemError* const error,
          const char* const     value)
{
  if (error->status) {
    return command_usage(command, "%s: %s", error->place, error->text);
  }
  return command_usage(command, "the value '%s' is out of range", value);
}

bool
bench_options(const int    argc,
              char** const argv,
              Bench* const bench,
              int* const   status)
{
  RemError error  = {REM_SUCCESS, "", ""};
  int      letter = 0;

  set_defaults(bench);
  *status = REM_EXIT_USAGE;
  while ((letter = command_option(argc, argv, "h", options)) != -1) {
    if (letter == 'h') {
      fputs(help_text, stdout);
      *status = REM_EXIT_DONE;
      return false;
    }
    if (letter == '?') {
      command_bad_option(argv, options);
      return false;
    }
    if (!take_option(bench, letter, optarg, &error)) {
      bad_value(argv[0], &error, optarg);
      return false;
    }
  }
  if (bench->control_data && !bench->control) {
    command_usage(argv[0], "--control-data needs --control");
    return false;
  }
  if (optind < argc) {
    command_usage(argv[0], "unexpected argument '%s'", argv[optind]);
    return false;
  }
  return true;
}

void
bench_clear(Bench* const bench)
{
  json_decref(bench->beside);
  json_decref(bench->old);
}
