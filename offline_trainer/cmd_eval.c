// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_eval_control.h"
#include "offline_trainer/cmd_eval_listen.h"
#include "offline_trainer/command.h"
#include "offline_trainer/data/audio.h"
#include "offline_trainer/evaluate.h"
#include "offline_trainer/play.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define QUIET_SECONDS 2.0      ///< Shorter work shows no progress
#define MAX_LATENCY 10000000L  ///< Samples; longer is a slip
#define LENGTH_TOLERANCE 0.001 ///< Files that differ by more are remarked on

static const char help_text[] =
  "Usage: remanence eval [OPTION]... MODEL --input IN --target TARGET\n"
  "  or:  remanence eval [OPTION]... --prediction PLAYED --target TARGET\n"
  "  or:  remanence eval [OPTION]... MODEL --control FOLDER\n"
  "  or:  remanence eval [OPTION]... MODEL --listen FOLDER\n"
  "Play IN through MODEL and say how far that is from TARGET, the recording\n"
  "of the device itself. Or say it of PLAYED, which something else played.\n"
  "Or say how surprised a MODEL for control frames is by the performances in\n"
  "FOLDER; or how well one that listens finds the labels in FOLDER.\n"
  "\n"
  "  -i, --input IN         what went into the device\n"
  "  -t, --target TARGET    what came out\n"
  "  -p, --prediction PLAYED  what is compared with TARGET, without a MODEL\n"
  "      --knob NAME=VALUE  set a knob of the model; repeat for each\n"
  "      --latency N        TARGET lags IN by N samples [0]\n"
  "      --control FOLDER   logs of performances\n"
  "      --training FOLDER  logs that the simple predictions learn from, "
  "which\n"
  "                         stand beside MODEL [those of --control]\n"
  "      --rnn-rows         take what a net played, too\n"
  "      --listen FOLDER    sounds with labels beside them\n"
  "      --threshold X      with --listen: least strength of an event [0.5]\n"
  "      --json             print one JSON object instead of a table\n"
  "  -h, --help             show this\n"
  "\n"
  "Both files must be at the model's sample rate. Of files with more than one\n"
  "channel the first is taken.\n"
  "\n"
  "  remanence eval amp.safetensors --input dry.wav --target wet.wav\n";

static const struct option options[] = {
  {"input", required_argument, NULL, 'i'},
  {"target", required_argument, NULL, 't'},
  {"prediction", required_argument, NULL, 'p'},
  {"knob", required_argument, NULL, 'k'},
  {"latency", required_argument, NULL, 'l'},
  {"control", required_argument, NULL, 'c'},
  {"training", required_argument, NULL, 'T'},
  {"rnn-rows", no_argument, NULL, 'r'},
  {"listen", required_argument, NULL, 'L'},
  {"threshold", required_argument, NULL, 'x'},
  {"json", no_argument, NULL, 'j'},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

/// What is asked, and what is found
typedef struct {
  Player      player;
  const char* input_path; ///< Or what was played already
  const char* target_path;
  long        latency; ///< Samples by which the target lags
  bool        played;  ///< Nothing is left to play: there is no model
  bool        json;
  uint32_t    rate; ///< Hz
  size_t      n;    ///< Samples compared
  RemFigures  figures;
  EvalControl control; ///< `folder` is NULL for sound
  EvalListen  listen;  ///< Likewise
} Evaluation;

/// Read a file and keep its first channel
static RemStatus
read_mono(const char* const command,
          const char* const path,
          RemAudio* const   audio,
          RemError* const   error)
{
  const RemStatus st = rem_audio_read(path, audio, error);
  if (!st && audio->n_channels > 1U) {
    command_warn(command,
                 "%s has %u channels; the first is taken",
                 path,
                 audio->n_channels);
    for (size_t t = 0; t < audio->n_frames; ++t) {
      audio->samples[t] = audio->samples[t * audio->n_channels];
    }
    audio->n_channels = 1U;
  }
  return st;
}

/// Refuse files at different rates
static RemStatus
check_pair(const Evaluation* const e,
           const RemAudio* const   input,
           const RemAudio* const   target,
           RemError* const         error)
{
  if (input->rate != target->rate) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    e->target_path,
                    "The sample rate is %u Hz, but that of %s is %u Hz;"
                    " a pair must agree",
                    target->rate,
                    e->input_path,
                    input->rate);
  }
  const double a = (double)input->n_frames, b = (double)target->n_frames;
  if (fabs(a - b) > LENGTH_TOLERANCE * fmax(a, b)) {
    command_warn(e->player.command,
                 "%s is %.2f s long and %s %.2f s; what both have is compared",
                 e->input_path,
                 a / input->rate,
                 e->target_path,
                 b / target->rate);
  }
  return e->played ? REM_SUCCESS
                   : player_check_rate(&e->player, input, e->input_path, error);
}

/// Compare what was played with the target, shifted by the latency
static RemStatus
compare(Evaluation* const     e,
        const RemAudio* const played,
        const RemAudio* const target,
        RemError* const       error)
{
  const size_t at_played = e->latency < 0 ? (size_t)-e->latency : 0U;
  const size_t at_target = e->latency > 0 ? (size_t)e->latency : 0U;
  if (at_played >= played->n_frames || at_target >= target->n_frames) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    e->target_path,
                    "Nothing is left to compare after a latency of %ld samples",
                    e->latency);
  }
  const size_t n_played = played->n_frames - at_played;
  const size_t n_target = target->n_frames - at_target;

  e->rate = target->rate;
  e->n    = n_played < n_target ? n_played : n_target;
  return rem_evaluate(target->samples + at_target,
                      played->samples + at_played,
                      e->n,
                      e->rate,
                      &e->figures,
                      error);
}

/// Play `input` in place, if that is left to do
static RemStatus
render(const Evaluation* const e, RemAudio* const input, RemError* const error)
{
  if (e->played) {
    return REM_SUCCESS;
  }
  Progress        progress = progress_start(QUIET_SECONDS);
  const RemStatus st       = player_render(&e->player,
                                     input->samples,
                                     input->samples,
                                     input->n_frames,
                                     &progress,
                                     0U,
                                     input->n_frames,
                                     error);
  progress_end(&progress, false);
  return st;
}

static RemStatus
evaluate(Evaluation* const e, RemError* const error)
{
  const char* const command = e->player.command;
  RemAudio          input   = {0U, 0U, 0U, NULL};
  RemAudio          target  = {0U, 0U, 0U, NULL};
  RemStatus         st      = REM_SUCCESS;
  (void)((!e->played && (st = player_open(&e->player, error))) ||
         (st = read_mono(command, e->input_path, &input, error)) ||
         (st = read_mono(command, e->target_path, &target, error)) ||
         (st = check_pair(e, &input, &target, error)) ||
         (st = render(e, &input, error)) ||
         (st = compare(e, &input, &target, error)));
  rem_audio_clear(&input);
  rem_audio_clear(&target);
  return st;
}

/// Print one figure: as it is, in dB, and what it is
static void
print_figure(const char* const name,
             const double      value,
             const double      db,
             const char* const unit,
             const char* const meaning)
{
  printf("  %-17s %10.6f  %6.1f %-4s  %s\n", name, value, db, unit, meaning);
}

static void
print_table(const Evaluation* const e)
{
  const RemFigures* const f = &e->figures;
  printf("%s%s%s against %s: %.2f s at %u Hz\n\n",
         e->played ? "" : e->player.path,
         e->played ? "" : " on ",
         e->input_path,
         e->target_path,
         (double)e->n / e->rate,
         e->rate);
  print_figure("ESR",
               f->esr,
               10.0 * log10(f->esr),
               "dB",
               "energy of difference by target's");
  print_figure("ESR, pre-emphasis",
               f->esr_emphasis,
               10.0 * log10(f->esr_emphasis),
               "dB",
               "the same after 1 - 0.85/z (treble)");
  print_figure(
    "MAE", f->mae, 20.0 * log10(f->mae), "dBFS", "mean distance, full scale 1");
  print_figure("DC",
               f->dc,
               20.0 * log10(fabs(f->dc)),
               "dBFS",
               "mean of target minus model");
  printf("\n  %-17s %10s  %9s\n", "Octave in Hz", "difference", "level");
  for (uint32_t i = 0; i < f->n_bands; ++i) {
    const RemBand* const b = &f->bands[i];
    printf("  %7g to %-7g %7.1f dB  %+6.1f dB\n",
           b->low,
           b->high,
           b->error_db,
           b->level_db);
  }
  puts("\n  Difference, and level of the model's output, by the target's level"
       "\n  in that octave; nan: the target has nothing there.");
}

/// JSON knows no NaN: null stands for it
static json_t*
number_or_null(const double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

static json_t*
bands_to_json(const RemFigures* const f)
{
  json_t* const bands = json_array();
  for (uint32_t i = 0; bands && i < f->n_bands; ++i) {
    const RemBand* const b = &f->bands[i];
    json_array_append_new(bands,
                          json_pack("{s:f, s:f, s:o, s:o}",
                                    "low",
                                    b->low,
                                    "high",
                                    b->high,
                                    "error_db",
                                    number_or_null(b->error_db),
                                    "level_db",
                                    number_or_null(b->level_db)));
  }
  return bands;
}

static RemStatus
print_json(const Evaluation* const e, RemError* const error)
{
  const RemFigures* const f = &e->figures;
  json_t* const           root =
    json_pack("{s:s?, s:s, s:s, s:i, s:I, s:I, s:o, s:o, s:o, s:o, s:o}",
              "model",
              e->player.path,
              e->played ? "prediction" : "input",
              e->input_path,
              "target",
              e->target_path,
              "sample_rate",
              (int)e->rate,
              "samples",
              (json_int_t)e->n,
              "latency",
              (json_int_t)e->latency,
              "esr",
              number_or_null(f->esr),
              "esr_emphasis",
              number_or_null(f->esr_emphasis),
              "mae",
              number_or_null(f->mae),
              "dc",
              number_or_null(f->dc),
              "bands",
              bands_to_json(f));
  char* const text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
  json_decref(root);
  if (!text) {
    return rem_fail(
      error, REM_BAD_ARGUMENT, NULL, "A file name is not UTF-8, as JSON wants");
  }
  puts(text);
  free(text);
  return REM_SUCCESS;
}

/// Take one option; returns #REM_EXIT_DONE or what to exit with
static int
take_option(Evaluation* const e, const int letter, char* const* const argv)
{
  switch (letter) {
  case 'i':
    e->input_path = optarg;
    return REM_EXIT_DONE;
  case 'p':
    e->played     = true;
    e->input_path = optarg;
    return REM_EXIT_DONE;
  case 't':
    e->target_path = optarg;
    return REM_EXIT_DONE;
  case 'j':
    e->json = true;
    return REM_EXIT_DONE;
  case 'c':
    e->control.folder = optarg;
    return REM_EXIT_DONE;
  case 'T':
    e->control.training = optarg;
    return REM_EXIT_DONE;
  case 'r':
    e->control.all_rows = true;
    return REM_EXIT_DONE;
  case 'L':
    e->listen.folder = optarg;
    return REM_EXIT_DONE;
  case 'x':
    return command_number(optarg, 1e-6, 1.0, &e->listen.threshold)
             ? REM_EXIT_DONE
             : command_usage(
                 argv[0], "--threshold wants 0 to 1, not `%s`", optarg);
  case 'k':
    return player_add_knob(&e->player, optarg);
  case 'l':
    return command_integer(optarg, -MAX_LATENCY, MAX_LATENCY, &e->latency)
             ? REM_EXIT_DONE
             : command_usage(
                 argv[0], "--latency wants whole samples, not `%s`", optarg);
  default:
    return command_bad_option(argv, options);
  }
}

/// Evaluate a model for control frames, which is the one word that is left
static int
evaluate_control(Evaluation* const e, const int n_words, char** const argv)
{
  if (n_words != 1 || e->input_path || e->target_path || e->player.n_settings ||
      e->latency) {
    return command_usage(argv[0],
                         "with --control it wants MODEL, and nothing about"
                         " sound");
  }
  e->control.model_path = argv[optind];
  e->control.json       = e->json;
  return eval_control(argv[0], &e->control);
}

/// Evaluate a model that listens, which is the one word that is left
static int
evaluate_listen(Evaluation* const e, const int n_words, char** const argv)
{
  if (n_words != 1 || e->input_path || e->target_path || e->player.n_settings ||
      e->latency || e->control.folder) {
    return command_usage(argv[0], "with --listen it wants MODEL alone");
  }
  e->listen.model_path = argv[optind];
  e->listen.json       = e->json;
  return eval_listen(argv[0], &e->listen);
}

int
cmd_eval(const int argc, char** const argv)
{
  Evaluation e      = {.player = {.command = argv[0]}};
  RemError   error  = {REM_SUCCESS, "", ""};
  int        letter = 0;
  while ((letter = command_option(argc, argv, "hi:p:t:", options)) != -1) {
    if (letter == 'h') {
      fputs(help_text, stdout);
      return REM_EXIT_DONE;
    }
    if (take_option(&e, letter, argv)) {
      return REM_EXIT_USAGE;
    }
  }
  if (e.listen.folder) {
    return evaluate_listen(&e, argc - optind, argv);
  }
  if (e.control.folder) {
    return evaluate_control(&e, argc - optind, argv);
  }
  if (argc - optind != (e.played ? 0 : 1) || !e.input_path || !e.target_path) {
    return command_usage(argv[0],
                         "wants MODEL --input IN --target TARGET, or"
                         " --prediction PLAYED --target TARGET");
  }
  e.player.path = argv[optind]; // NULL without a model
  RemStatus st  = evaluate(&e, &error);
  if (!st && e.json) {
    st = print_json(&e, &error);
  } else if (!st) {
    print_table(&e);
  }
  rem_model_free(e.player.model);
  return st ? command_failed(argv[0], &error) : REM_EXIT_DONE;
}
