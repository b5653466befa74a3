// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_eval.h"
#include "offline_trainer/command.h"
#include "offline_trainer/data/audio.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET_SECONDS 2.0        ///< Shorter work shows no progress
#define MAX_LATENCY 10000000L    ///< Samples; longer is a slip
#define TESTED_PART 5U           ///< With baselines: the last one of so many
#define MAX_BASELINE_TIME 3600.0 ///< Seconds; longer is a slip
#define LENGTH_TOLERANCE 0.001   ///< Files that differ by more are remarked on

static const char help_text[] =
  "Usage: remanence eval [OPTION]... MODEL --input IN --target TARGET\n"
  "  or:  remanence eval [OPTION]... --prediction PLAYED --target TARGET\n"
  "  or:  remanence eval [OPTION]... MODEL --control FOLDER\n"
  "  or:  remanence eval [OPTION]... MODEL --listen FOLDER\n"
  "  or:  remanence eval [OPTION]... MODEL --text FILE\n"
  "  or:  remanence eval [OPTION]... MODEL --examples FILE\n"
  "Play IN through MODEL and say how far that is from TARGET, the recording\n"
  "of the device itself. Or say it of PLAYED, which something else played.\n"
  "Or say how surprised a MODEL for control frames is by the performances in\n"
  "FOLDER; or how well one that listens finds the labels in FOLDER; or how\n"
  "well one that reads foretells the text, or answers the examples, in FILE.\n"
  "\n"
  "  -i, --input IN         what went into the device\n"
  "  -t, --target TARGET    what came out\n"
  "  -p, --prediction PLAYED  what is compared with TARGET, without a MODEL\n"
  "      --knob NAME=VALUE  set a knob of the model; repeat for each\n"
  "      --latency N        TARGET lags IN by N samples [0]\n"
  "      --control FOLDER   logs of performances\n"
  "      --training PATH    logs, text or examples that the simple "
  "predictions\n"
  "                         learn from, which stand beside MODEL [those of\n"
  "                         --control or --examples; of --text there are "
  "none]\n"
  "      --rnn-rows         take what a net played, too\n"
  "      --listen FOLDER    sounds with labels beside them\n"
  "      --threshold X      with --listen: least strength of an event [0.5]\n"
  "      --text FILE        a text; figures are per symbol, as MODEL reads it\n"
  "      --midi FOLDER      songs, likewise\n"
  "      --examples FILE    examples, a line each: what goes in, a tab, what\n"
  "                         should come out\n"
  "      --baselines        let a feed-forward net, a linear prediction and a\n"
  "                         linear system learn, and print them beside "
  "MODEL;\n"
  "                         of IN and TARGET they learn the first 80 %, and\n"
  "                         all figures are of the rest\n"
  "      --baseline-time S  seconds that each of them trains [3]\n"
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
  {"threshold", required_argument, NULL, 'D'},
  {"text", required_argument, NULL, 'w'},
  {"midi", required_argument, NULL, 'w'},
  {"examples", required_argument, NULL, 'e'},
  {"baselines", no_argument, NULL, 'b'},
  {"baseline-time", required_argument, NULL, 'B'},
  {"json", no_argument, NULL, 'j'},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

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

  const size_t n      = n_played < n_target ? n_played : n_target;
  const size_t tested = e->heard ? n - n / TESTED_PART : 0U;
  e->rate             = target->rate;
  e->n                = n - tested;
  const RemStatus st  = rem_evaluate(target->samples + at_target + tested,
                                    played->samples + at_played + tested,
                                    e->n,
                                    e->rate,
                                    &e->figures,
                                    error);
  return st || !e->heard ? st
                         : eval_baselines_sound(&e->baselines,
                                                e->heard + at_played,
                                                target->samples + at_target,
                                                n,
                                                tested,
                                                e->figures.esr,
                                                error);
}

/// Keep the input for baselines, if they are asked for
static RemStatus
keep_input(Evaluation* const     e,
           const RemAudio* const input,
           RemError* const       error)
{
  const size_t size = input->n_frames * sizeof(float);
  if (!e->baselines.asked) {
    return REM_SUCCESS;
  }
  e->heard = (float*)malloc(size + 1U); // Of no bytes it may be NULL
  if (!e->heard) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for baselines");
  }
  memcpy(e->heard, input->samples, size);
  return REM_SUCCESS;
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
         (st = keep_input(e, &input, error)) ||
         (st = render(e, &input, error)) ||
         (st = compare(e, &input, &target, error)));
  rem_audio_clear(&input);
  rem_audio_clear(&target);
  return st;
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
  case 'w':
    e->symbols.text = optarg;
    return REM_EXIT_DONE;
  case 'e':
    e->symbols.examples = optarg;
    return REM_EXIT_DONE;
  case 'T':
    e->control.training = optarg;
    e->symbols.training = optarg;
    return REM_EXIT_DONE;
  case 'r':
    e->control.all_rows = true;
    return REM_EXIT_DONE;
  case 'L':
    e->listen.folder = optarg;
    return REM_EXIT_DONE;
  case 'D':
    return command_number(optarg, 1e-6, 1.0, &e->listen.threshold)
             ? REM_EXIT_DONE
             : command_usage(
                 argv[0], "--threshold wants 0 to 1, not `%s`", optarg);
  case 'b':
    e->baselines.asked = true;
    return REM_EXIT_DONE;
  case 'B':
    return command_number(
             optarg, 0.01, MAX_BASELINE_TIME, &e->baselines.seconds)
             ? REM_EXIT_DONE
             : command_usage(
                 argv[0], "--baseline-time wants seconds, not `%s`", optarg);
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
  e->control.baselines  = e->baselines;
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
  e->listen.baselines  = e->baselines;
  e->listen.training   = e->control.training;
  return eval_listen(argv[0], &e->listen);
}

/// Evaluate a model that reads, which is the one word that is left
static int
evaluate_symbols(Evaluation* const e, const int n_words, char** const argv)
{
  if (n_words != 1 || e->input_path || e->target_path || e->player.n_settings ||
      e->latency || e->control.folder || e->listen.folder ||
      (e->symbols.text && e->symbols.examples)) {
    return command_usage(argv[0],
                         "with --text or --examples it wants MODEL alone");
  }
  if (e->baselines.asked && (!e->symbols.text || !e->symbols.training)) {
    return command_usage(
      argv[0],
      "with --text --baselines wants --training; of --examples what"
      " counting foretells stands there already");
  }
  e->symbols.model_path = argv[optind];
  e->symbols.json       = e->json;
  e->symbols.baselines  = e->baselines;
  return eval_symbols(argv[0], &e->symbols);
}

/// Evaluate a model for sound, or what was played
static int
evaluate_sound(Evaluation* const e, const int n_words, char** const argv)
{
  RemError error = {REM_SUCCESS, "", ""};
  if (n_words != (e->played ? 0 : 1) || !e->input_path || !e->target_path) {
    return command_usage(argv[0],
                         "wants MODEL --input IN --target TARGET, or"
                         " --prediction PLAYED --target TARGET");
  }
  if (e->played && e->baselines.asked) {
    return command_usage(argv[0], "--baselines wants MODEL and IN");
  }
  e->player.path = argv[optind]; // NULL without a model
  RemStatus st   = evaluate(e, &error);
  if (!st && e->json) {
    st = eval_print_json(e, &error);
  } else if (!st) {
    eval_print_table(e);
  }
  rem_model_free(e->player.model);
  free(e->heard);
  return st ? command_failed(argv[0], &error) : REM_EXIT_DONE;
}

int
cmd_eval(const int argc, char** const argv)
{
  Evaluation e      = {.player    = {.command = argv[0]},
                       .baselines = eval_baselines_default()};
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
  if (eval_check(&e, argv[0])) {
    return REM_EXIT_USAGE;
  }
  if (e.symbols.text || e.symbols.examples) {
    return evaluate_symbols(&e, argc - optind, argv);
  }
  if (e.listen.folder) {
    return evaluate_listen(&e, argc - optind, argv);
  }
  if (e.control.folder) {
    return evaluate_control(&e, argc - optind, argv);
  }
  return evaluate_sound(&e, argc - optind, argv);
}
