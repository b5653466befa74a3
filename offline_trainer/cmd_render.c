// SPDX-License-Identifier: ISC

#include "offline_trainer/command.h"
#include "offline_trainer/data/audio.h"
#include "offline_trainer/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define QUIET_SECONDS 2.0 ///< Shorter work shows no progress

static const char help_text[] =
  "Usage: remanence render [OPTION]... MODEL IN OUT\n"
  "Play the sound file IN through MODEL and write what comes out to OUT.\n"
  "\n"
  "  --knob NAME=VALUE  set a knob of the model; repeat for each\n"
  "  -h, --help         show this\n"
  "\n"
  "MODEL is any file that `remanence info` can read; IN any sound file, at "
  "the\n"
  "model's sample rate, every channel of which is played on its own. OUT is\n"
  "32-bit float WAV, or .flac or .ogg, and is replaced only when complete:\n"
  "sample for sample what the plugin plays at unity gains.\n"
  "\n"
  "  remanence render --knob Gain=0.3 amp.safetensors riff.wav amped.wav\n";

static const struct option options[] = {{"knob", required_argument, NULL, 'k'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};

/// Refuse to write over what is read
static RemStatus
check_paths(const char* const in, const char* const out, RemError* const error)
{
  struct stat a, b;
  if (!stat(in, &a) && !stat(out, &b) && a.st_dev == b.st_dev &&
      a.st_ino == b.st_ino) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    out,
                    "This is the input itself; choose another name");
  }
  return REM_SUCCESS;
}

/// Copy `n` samples, every `from_step`-th to every `to_step`-th
static void
copy_strided(const float* const from,
             const size_t       from_step,
             float* const       to,
             const size_t       to_step,
             const size_t       n)
{
  for (size_t t = 0; t < n; ++t) {
    to[t * to_step] = from[t * from_step];
  }
}

/// Play every channel of `audio` in place
static RemStatus
render_channels(const Player* const player,
                RemAudio* const     audio,
                RemError* const     error)
{
  const size_t n = audio->n_frames, n_channels = audio->n_channels;
  RemStatus    st       = REM_SUCCESS;
  Progress     progress = progress_start(QUIET_SECONDS);
  float* const lane     = (float*)malloc((n + 1U) * sizeof(float));
  if (!lane) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to play the file");
  }
  for (size_t c = 0; !st && c < n_channels; ++c) {
    copy_strided(audio->samples + c, n_channels, lane, 1U, n);
    st = player_render(
      player, lane, lane, n, &progress, c * n, n_channels * n, error);
    copy_strided(lane, 1U, audio->samples + c, n_channels, n);
  }
  progress_end(&progress, false);
  free(lane);
  return st;
}

static RemStatus
render_file(Player* const     player,
            const char* const in,
            const char* const out,
            RemError* const   error)
{
  RemAudio  audio = {0U, 0U, 0U, NULL};
  RemStatus st    = check_paths(in, out, error);
  (void)(st || (st = player_open(player, error)) ||
         (st = rem_audio_read(in, &audio, error)) ||
         (st = player_check_rate(player, &audio, in, error)) ||
         (st = render_channels(player, &audio, error)) ||
         (st = rem_audio_write(out, &audio, error)));
  rem_audio_clear(&audio);
  return st;
}

int
cmd_render(const int argc, char** const argv)
{
  Player   player = {.command = argv[0]};
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
    if (player_add_knob(&player, optarg)) {
      return REM_EXIT_USAGE;
    }
  }
  if (argc - optind != 3) {
    return command_usage(argv[0], "wants three files: MODEL IN OUT");
  }
  player.path = argv[optind];
  command_hold_interrupts();
  const RemStatus st =
    render_file(&player, argv[optind + 1], argv[optind + 2], &error);
  rem_model_free(player.model);
  return st ? command_failed(argv[0], &error) : REM_EXIT_DONE;
}
