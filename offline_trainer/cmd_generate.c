// SPDX-License-Identifier: ISC

#include "dsp/duet.h"
#include "dsp/logfile/row.h"
#include "dsp/modelfile/file.h"
#include "dsp/modelfile/modelfile.h"
#include "dsp/modelfile/text.h"
#include "offline_trainer/cmd_generate_check.h"
#include "offline_trainer/cmd_generate_midi.h"
#include "offline_trainer/cmd_generate_symbols.h"
#include "offline_trainer/command.h"
#include "offline_trainer/control/generate.h"
#include "offline_trainer/report/gestures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GIVEN 32U // Options on one command line
#define MAX_SECONDS 86400.0
#define DEFAULT_LENGTH 400U
#define MAX_LENGTH 1e8
#define MAX_TOP_K 65536.0
#define MAX_SEED 9007199254740992.0 // 2^53, the last one that a double counts

static const char help_text[] =
  "Usage: remanence generate [OPTION]... MODEL\n"
  "Let a model for controllers play by itself and write what it plays as a "
  "log,\n"
  "as IMPSY and `remanence train --control` read them. Or let one that reads "
  "go\n"
  "on with a text or a song, or answer one.\n"
  "\n"
  "Models for controllers\n"
  "      --seconds S      how long it plays [60]\n"
  "      --prime LOG      let it hear a performance first, and go on from it\n"
  "      --pitemp X       how far it strays between its habits [1]\n"
  "      --sigmatemp X    how far it strays from each: 0 is not at all [1]\n"
  "      --timescale X    2 plays half as fast [1]\n"
  "      --start MOMENT   of the log [2000-01-01T00:00:00]\n"
  "      --picture FILE   draw it, as .svg or .png, below what was heard\n"
  "      --beside LOG     draw it below this performance instead\n"
  "\n"
  "Models that read\n"
  "      --prime TEXT     what it goes on with\n"
  "      --input TEXT     what a model of examples answers; numbers to "
  "caption\n"
  "      --length N       symbols that it adds at most [400]\n"
  "      --temperature T  0 takes the likeliest, 1 is as it learned [1]\n"
  "      --top-k K        draw from the K likeliest only [all]\n"
  "\n"
  "Models that read MIDI, and write a MIDI file\n"
  "      --prime SONG     a MIDI file that it goes on with, or answers\n"
  "      --seconds S      how long it plays; an answer may end before\n"
  "                       [60]\n"
  "      --temperature T, --top-k K   as above\n"
  "\n"
  "All\n"
  "  -o, --output FILE    where to write, - for stdout [-]\n"
  "      --seed N         of its chance: the same again plays the same [0]\n"
  "  -h, --help           show this\n"
  "\n"
  "  remanence generate duet.safetensors --prime take.log --seconds 60 \\\n"
  "    -o out.log --picture out.svg\n"
  "  remanence generate mine.safetensors --prime a.mid -o out.mid\n"
  "  remanence generate book.safetensors --prime \"The \" --temperature 0.7\n";

static const struct option options[] = {
  {"seconds", required_argument, NULL, 's'},
  {"output", required_argument, NULL, 'o'},
  {"prime", required_argument, NULL, 'p'},
  {"seed", required_argument, NULL, 'e'},
  {"pitemp", required_argument, NULL, 'c'},
  {"sigmatemp", required_argument, NULL, 'v'},
  {"timescale", required_argument, NULL, 't'},
  {"start", required_argument, NULL, 'a'},
  {"picture", required_argument, NULL, 'i'},
  {"beside", required_argument, NULL, 'b'},
  {"input", required_argument, NULL, 'I'},
  {"length", required_argument, NULL, 'L'},
  {"temperature", required_argument, NULL, 'T'},
  {"top-k", required_argument, NULL, 'K'},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

/// A command line, and what is read and made on its behalf
typedef struct {
  const char*     program;
  const char*     model_path;
  const char*     output;  ///< NULL is stdout
  const char*     prime;   ///< Or NULL
  const char*     beside;  ///< Or NULL
  const char*     picture; ///< Or NULL
  int64_t         start;   ///< Microseconds since 1970
  RemGenerate     how;
  GenerateSymbols symbols;
  size_t          n_given;
  const char*     given[MAX_GIVEN]; ///< [n_given] names of options
  RemModel*       model;
  RemLog*         heard;
  RemGestures     generated;
} Generate;

/// A number that an option wants
typedef struct {
  char   letter;
  double low;
  double high;
  double value; ///< Out
} Wanted;

/// Take in an option that wants a number; return the exit status
static int
take_number(const Generate* const g, Wanted* const wanted, const char* name)
{
  return command_number(optarg, wanted->low, wanted->high, &wanted->value)
           ? REM_EXIT_DONE
           : command_usage(g->program,
                           "--%s wants %g to %g, not `%s`",
                           name,
                           wanted->low,
                           wanted->high,
                           optarg);
}

/// Return the name of the option with this letter
static const char*
name_of(const int letter)
{
  const struct option* o = options;
  while (o->name && o->val != letter) {
    ++o;
  }
  return o->name;
}

/// Take in a numeric option; return the exit status
static int
take_numeric(Generate* const g, const int letter)
{
  Wanted wanted = {(char)letter, 0.0, (double)REM_DUET_MAX_TEMPER, 0.0};
  if (letter == 's') {
    wanted.low  = 0.001;
    wanted.high = MAX_SECONDS;
  } else if (letter == 't') {
    wanted.low  = (double)REM_DUET_MIN_TIMESCALE;
    wanted.high = (double)REM_DUET_MAX_TIMESCALE;
  } else if (letter == 'e') {
    wanted.high = MAX_SEED;
  } else if (letter == 'L') {
    wanted.low  = 1.0;
    wanted.high = MAX_LENGTH;
  } else if (letter == 'K') {
    wanted.high = MAX_TOP_K;
  }
  const int status = take_number(g, &wanted, name_of(letter));
  if (status) {
    return status;
  }
  switch (letter) {
  case 's':
    g->how.seconds = wanted.value;
    break;
  case 't':
    g->how.timescale = wanted.value;
    break;
  case 'c':
    g->how.temper.pitemp = (float)wanted.value;
    break;
  case 'v':
    g->how.temper.sigmatemp = (float)wanted.value;
    break;
  case 'L':
    g->symbols.how.length = (uint32_t)wanted.value;
    break;
  case 'K':
    g->symbols.how.top_k = (uint32_t)wanted.value;
    break;
  case 'T':
    g->symbols.how.temperature = (float)wanted.value;
    break;
  default:
    g->how.seed         = (uint64_t)wanted.value;
    g->symbols.how.seed = (uint64_t)wanted.value;
    break;
  }
  return REM_EXIT_DONE;
}

/// Take in an option; return the exit status
static int
take_option(Generate* const g, const int letter)
{
  switch (letter) {
  case 'o':
    g->output = strcmp(optarg, "-") ? optarg : NULL;
    return REM_EXIT_DONE;
  case 'I':
    g->symbols.input = optarg;
    return REM_EXIT_DONE;
  case 'p':
    g->prime = optarg;
    return REM_EXIT_DONE;
  case 'b':
    g->beside = optarg;
    return REM_EXIT_DONE;
  case 'i':
    g->picture = optarg;
    return rem_gestures_can_draw(optarg)
             ? REM_EXIT_DONE
             : command_usage(
                 g->program, "--picture wants .svg or .png, not `%s`", optarg);
  case 'a':
    return rem_log_moment_read((RemSpan){optarg, optarg + strlen(optarg)},
                               &g->start)
             ? REM_EXIT_DONE
             : command_usage(g->program,
                             "--start wants a moment such as "
                             "2019-01-17T12:00:00, not `%s`",
                             optarg);
  default:
    return take_numeric(g, letter);
  }
}

/// Write the log
static RemStatus
write_log(const Generate* const g, RemError* const error)
{
  const RemGestures* const made = &g->generated;
  RemText                  text = {NULL, 0U, 0U, false};
  for (size_t t = 0U; t < made->n; ++t) {
    char         row[REM_LOG_ROW_SIZE];
    const size_t size =
      rem_log_row_write(g->start + llrint(1e6 * made->time[t]),
                        REM_LOG_RNN,
                        made->x + t * made->n_dims,
                        made->n_dims,
                        row);
    rem_text_add_bytes(&text, row, size);
  }
  void*     bytes = NULL;
  size_t    size  = 0U;
  RemStatus st    = rem_text_finish(&text, &bytes, &size, error);
  if (!st && g->output) {
    st = rem_file_write(g->output, bytes, size, error);
  } else if (!st) {
    (void)fwrite(bytes, 1U, size, stdout); // main() sees what goes wrong
  }
  free(bytes);
  return st;
}

/// Draw what was made below what a person played
static RemStatus
draw(const Generate* const g, RemError* const error)
{
  char        made[256], real[256];
  RemGestures played = {0U, 0U, NULL, NULL};
  RemLog*     log    = NULL;
  RemStatus   st     = REM_SUCCESS;
  const char* path   = g->beside ? g->beside : g->prime;
  if (path && ((st = rem_log_read(path, g->generated.n_dims, &log, error)))) {
    return st;
  }
  if (log && !rem_gestures_of_log(log, &played)) {
    st = rem_fail(error, REM_NO_MEMORY, path, "Out of memory");
  }
  const double end   = played.n ? played.time[played.n - 1U] : 0.0;
  const double from  = fmax(0.0, end - g->how.seconds);
  const char*  slash = path ? strrchr(path, '/') : NULL;
  (void)snprintf(made,
                 sizeof(made),
                 "Generated by the net%s: seed %.0f, pitemp %g, sigmatemp %g",
                 g->prime ? " after it heard a performance" : "",
                 (double)g->how.seed,
                 (double)g->how.temper.pitemp,
                 (double)g->how.temper.sigmatemp);
  (void)snprintf(real,
                 sizeof(real),
                 "Played by a person: %.100s, from %.1f s on",
                 slash  ? slash + 1
                 : path ? path
                        : "",
                 from);
  const RemGesturesPicture picture = {
    g->model->frames,
    {real, log ? &played : NULL, from, end},
    {made, &g->generated, 0.0, g->how.seconds},
    g->how.seconds};
  st = st ? st : rem_gestures_draw(&picture, g->picture, error);
  rem_gestures_clear(&played);
  rem_log_free(log);
  return st;
}

/// Let a model that reads MIDI events play
static RemStatus
play_midi(Generate* const g, RemError* const error)
{
  const RemImprovise how = {g->how.seconds,
                            g->symbols.how.temperature,
                            g->symbols.how.top_k,
                            g->symbols.how.seed};
  return generate_midi(g->model, g->prime, &how, g->output, error);
}

/// Let a model that reads write
static RemStatus
write_symbols(Generate* const g, RemError* const error)
{
  char* text       = NULL;
  g->symbols.prime = g->prime;
  RemStatus st     = generate_symbols(g->model, &g->symbols, &text, error);
  if (!st && g->output) {
    st = rem_file_write(g->output, text, strlen(text), error);
  } else if (!st) {
    puts(text);
  }
  free(text);
  return st;
}

/// Let a model for controllers play
static RemStatus
play(Generate* const g, RemError* const error)
{
  RemStatus st = REM_SUCCESS;
  if (!st && g->model->frames && g->prime) {
    st = rem_log_read(g->prime, g->model->frames->n_dims, &g->heard, error);
  }
  (void)(st ||
         (st =
            rem_generate(g->model, g->heard, &g->how, &g->generated, error)) ||
         (st = write_log(g, error)));
  if (!st && g->picture) {
    st = draw(g, error);
  }
  return st;
}

/// Read, then let it play or write
static RemStatus
generate(Generate* const g, RemError* const error)
{
  RemStatus st = rem_model_read(g->model_path, &g->model, NULL, error);
  if (!st) {
    st =
      generate_check(g->model, g->symbols.input, g->given, g->n_given, error);
  }
  if (!st) {
    const RemSymbols* const s = g->model->symbols;
    st = g->model->kind != REM_FRAME_SYMBOL ? play(g, error)
         : s && s->kind == REM_SYMBOLS_MIDI ? play_midi(g, error)
                                            : write_symbols(g, error);
  }
  if (st && !*error->place) {
    (void)snprintf(error->place, sizeof(error->place), "%s", g->model_path);
  }
  return st;
}

int
cmd_generate(const int argc, char** const argv)
{
  Generate g      = {.program = argv[0],
                     .start   = rem_log_moment(2000, 1U, 1U, 0),
                     .how     = {60.0, 1.0, rem_temper(), 0U},
                     .symbols = {.how = {1.0f, 0U, DEFAULT_LENGTH, 0U}}};
  RemError error  = {REM_SUCCESS, "", ""};
  int      letter = 0;
  while ((letter = command_option(argc, argv, "ho:", options)) != -1) {
    if (letter == 'h') {
      fputs(help_text, stdout);
      return REM_EXIT_DONE;
    }
    const int status = letter == '?' ? command_bad_option(argv, options)
                                     : take_option(&g, letter);
    if (status) {
      return status;
    }
    g.given[g.n_given] = name_of(letter);
    g.n_given += g.n_given + 1U < MAX_GIVEN;
  }
  if (argc - optind != 1) {
    return command_usage(g.program, "wants one model");
  }
  if (g.beside && !g.picture) {
    return command_usage(g.program, "--beside goes with --picture");
  }
  g.model_path = argv[optind];
  command_hold_interrupts();
  const RemStatus st = generate(&g, &error);
  rem_gestures_clear(&g.generated);
  rem_log_free(g.heard);
  rem_model_free(g.model);
  return st ? command_failed(g.program, &error) : REM_EXIT_DONE;
}
