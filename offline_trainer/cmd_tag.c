// SPDX-License-Identifier: ISC

#include "dsp/modelfile/file.h"
#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/command.h"
#include "offline_trainer/progress.h"
#include "offline_trainer/spectra/hear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET_SECONDS 2.0 ///< Shorter work shows no progress
#define MAX_APART 60.0    ///< Seconds

static const char help_text[] =
  "Usage: remanence tag [OPTION]... MODEL SOUND\n"
  "Listen to the file SOUND with MODEL and write down what is where: onsets,\n"
  "beats, sections, whatever the labels were that MODEL was trained on.\n"
  "\n"
  "  -o, --output FILE    write labels to FILE: .csv, `seconds,label` a line;\n"
  "                       .txt, a label track for Audacity (File > Import)\n"
  "                       [CSV on standard output]\n"
  "      --threshold X    least strength of an event, 0 to 1 [0.5]\n"
  "      --apart X        least milliseconds between two of a kind [50]\n"
  "      --curve          write how strong every label is, frame by frame;\n"
  "                       the usual for models that learned a curve\n"
  "  -h, --help           show this\n"
  "\n"
  "MODEL comes from `remanence train --listen FOLDER`. One that was trained\n"
  "with --both looks ahead and is better, but needs the whole file, so only\n"
  "this command takes it; all others do the same live in the plugin\n"
  "urn:remanence:listener. SOUND may have any sample rate; its channels are\n"
  "mixed.\n"
  "\n"
  "  remanence tag onsets.safetensors take.wav -o take.txt\n"
  "  remanence tag --threshold 0.3 onsets.safetensors take.flac > take.csv\n";

static const struct option options[] = {
  {"output", required_argument, NULL, 'o'},
  {"threshold", required_argument, NULL, 't'},
  {"apart", required_argument, NULL, 'a'},
  {"curve", no_argument, NULL, 'c'},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

/// What is asked
typedef struct {
  const char* model_path;
  const char* sound_path;
  const char* output_path; ///< NULL for standard output
  double      threshold;
  double      apart_ms;
  bool        curve;
} Tag;

/// Show how far it is, unless the user wants to stop
static bool
go_on(void* const handle, const double done)
{
  progress_part((Progress*)handle, "Listening", done, 1.0);
  return !command_interrupted();
}

/// Write what was heard
static RemStatus
write_down(const Tag* const      tag,
           const RemModel* const model,
           const RemHeard* const heard,
           RemError* const       error)
{
  const RemPeakRule rule =
    rem_hear_rule(model->spectra, tag->threshold, tag->apart_ms / 1000.0);
  RemLabels events = {0U, 0U, NULL};
  char*     text   = NULL;
  RemStatus st     = REM_SUCCESS;
  if (tag->curve) {
    text = rem_hear_text(model, heard);
  } else if (rem_hear_events(model, heard, &rule, &events)) {
    text = rem_labels_text(&events);
  }
  if (!text) {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for labels");
  } else if (!tag->output_path) {
    fputs(text, stdout);
  } else if (tag->curve) {
    st = rem_file_write(tag->output_path, text, strlen(text), error);
  } else {
    st = rem_labels_write(tag->output_path, &events, error);
  }
  free(text);
  rem_labels_clear(&events);
  return st;
}

/// Listen to the file
static RemStatus
listen(Tag* const tag, const RemModel* const model, RemError* const error)
{
  RemSound     sound    = {0U, 0U, NULL};
  RemHeard     heard    = {0U, 0U, NULL};
  Progress     progress = progress_start(QUIET_SECONDS);
  RemHearWatch watch    = {go_on, &progress};
  RemStatus    st       = rem_hear_check(model, tag->model_path, error);
  tag->curve            = tag->curve || model->spec.head == REM_HEAD_LINEAR;
  (void)(st ||
         (st = rem_sound_read(
            tag->sound_path, (uint32_t)model->spectra->rate, &sound, error)) ||
         (st = rem_hear(model, &sound, &watch, &heard, error)));
  progress_end(&progress, false);
  if (!st) {
    st = write_down(tag, model, &heard, error);
  }
  rem_heard_clear(&heard);
  rem_sound_clear(&sound);
  return st;
}

/// Take one option; returns #REM_EXIT_DONE or what to exit with
static int
take_option(Tag* const tag, const int letter, char* const* const argv)
{
  switch (letter) {
  case 'o':
    tag->output_path = optarg;
    return rem_labels_is_path(optarg)
             ? REM_EXIT_DONE
             : command_usage(argv[0],
                             "the ending of %s says no format of labels: .csv,"
                             " or .txt for Audacity",
                             optarg);
  case 't':
    return command_number(optarg, 1e-6, 1e6, &tag->threshold)
             ? REM_EXIT_DONE
             : command_usage(
                 argv[0], "--threshold wants a number, not `%s`", optarg);
  case 'a':
    return command_number(optarg, 0.0, 1000.0 * MAX_APART, &tag->apart_ms)
             ? REM_EXIT_DONE
             : command_usage(
                 argv[0], "--apart wants milliseconds, not `%s`", optarg);
  case 'c':
    tag->curve = true;
    return REM_EXIT_DONE;
  default:
    return command_bad_option(argv, options);
  }
}

int
cmd_tag(const int argc, char** const argv)
{
  Tag       tag    = {.threshold = REM_HEAR_THRESHOLD,
                      .apart_ms  = 1000.0 * REM_HEAR_APART};
  RemModel* model  = NULL;
  RemError  error  = {REM_SUCCESS, "", ""};
  int       letter = 0;
  while ((letter = command_option(argc, argv, "ho:", options)) != -1) {
    if (letter == 'h') {
      fputs(help_text, stdout);
      return REM_EXIT_DONE;
    }
    if (take_option(&tag, letter, argv)) {
      return REM_EXIT_USAGE;
    }
  }
  if (argc - optind != 2) {
    return command_usage(argv[0], "wants two files: MODEL SOUND");
  }
  tag.model_path = argv[optind];
  tag.sound_path = argv[optind + 1];
  command_hold_interrupts();
  RemStatus st = rem_model_read(tag.model_path, &model, NULL, &error);
  if (!st) {
    st = listen(&tag, model, &error);
  }
  rem_model_free(model);
  return st ? command_failed(argv[0], &error) : REM_EXIT_DONE;
}
