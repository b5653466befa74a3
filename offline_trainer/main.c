// SPDX-License-Identifier: ISC

#include "offline_trainer/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifndef REM_VERSION
#  define REM_VERSION "unknown" // The build script says it
#endif

/// What `remanence NAME` does
typedef struct {
  const char* name;
  const char* summary;
  int (*run)(int argc, char** argv);
} Command;

/// In the order of --help; a row goes in with its cmd_*.c, and keeps its place:
/// train, eval, render, info, convert, generate, play, tag, osc, bench,
/// recipe
static const Command commands[] = {
  {"train", "make a model from recordings of a device", cmd_train},
  {"eval", "say how far a model is from the device", cmd_eval},
  {"render", "play a sound file through a model", cmd_render},
  {"info", "say what is in a model file", cmd_info},
  {"convert", "write a model in another format", cmd_convert},
  {"generate", "let a model for controllers play by itself", cmd_generate},
  {"play", "let such a model play with you over OSC", cmd_play},
  {"tag", "write down what a model hears in a sound file", cmd_tag},
  {"osc", "steer a plugin that plays, or watch it", cmd_osc},
  {"bench", "measure how fast this machine plays and trains", cmd_bench},
  {"recipe", "show what recurrent nets can do, each by a run", cmd_recipe},
  {NULL, NULL, NULL}, // The end
};

/// Return the command called `name`, or NULL
static const Command*
find_command(const char* const name)
{
  for (const Command* c = commands; c->name; ++c) {
    if (!strcmp(c->name, name)) {
      return c;
    }
  }
  return NULL;
}

static int
print_help(void)
{
  fputs("Usage: remanence COMMAND [OPTION]...\n"
        "Train small LSTM nets on recordings of a device, and play them.\n"
        "\n",
        stdout);
  for (const Command* c = commands; c->name; ++c) {
    printf("  %-9s %s\n", c->name, c->summary);
  }
  fputs(
    "\nFrom a device to a plugin that sounds like it:\n"
    "  1. Record. Play a few minutes of your own playing, dry.wav, through "
    "the\n"
    "     device and record what comes out, wet.wav, at the same rate.\n"
    "  2. Train. It takes about two minutes, and Ctrl-C keeps the best so "
    "far:\n"
    "       remanence train --input dry.wav --target wet.wav \\\n"
    "                 --time 120s --report amp-report -o amp.safetensors\n"
    "  3. Listen, in amp-report/report.html or on any file:\n"
    "       remanence render amp.safetensors riff.wav riff-through-amp.wav\n"
    "  4. Play. Put the plugin Remanence on a track of Ardour or Carla and\n"
    "     choose amp.safetensors as its model, or without a DAW:\n"
    "       REMANENCE_MODEL=amp.safetensors jalv urn:remanence:audio\n"
    "\n"
    "`remanence COMMAND --help` lists the options of a command, and so does\n"
    "`man remanence-COMMAND`.\n",
    stdout);
  return REM_EXIT_DONE;
}

/// Say that there is no command `name`, and which one may have been meant
static int
unknown_command(const char* const name)
{
  const char* names[sizeof(commands) / sizeof(*commands)] = {NULL};
  size_t      n                                           = 0;
  for (; commands[n].name; ++n) {
    names[n] = commands[n].name;
  }
  const char* const near = command_nearest(name, names, n);
  if (near) {
    return command_usage(
      NULL, "there is no command `%s`; did you mean `%s`?", name, near);
  }
  return command_usage(NULL, "there is no command `%s`", name);
}

static int
run_command(const int argc, char** const argv)
{
  const Command* const command = find_command(argv[0]);
  return command ? command->run(argc, argv) : unknown_command(argv[0]);
}

/// `remanence help NAME` is `remanence NAME --help`
static int
run_help(const int argc, char** const argv)
{
  char  option[] = "--help";
  char* args[]   = {argc > 1 ? argv[1] : NULL, option, NULL};
  return argc > 1 ? run_command(2, args) : print_help();
}

static int
dispatch(const int argc, char** const argv)
{
  const char* const word = argc > 1 ? argv[1] : "";
  if (argc < 2) {
    return command_usage(NULL, "which command?");
  }
  if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
    return print_help();
  }
  if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
    puts("remanence " REM_VERSION);
    return REM_EXIT_DONE;
  }
  if (!strcmp(word, "help")) {
    return run_help(argc - 1, argv + 1);
  }
  return run_command(argc - 1, argv + 1);
}

int
main(int argc, char** argv)
{
  const int status = dispatch(argc, argv);
  if (fflush(stdout) || ferror(stdout)) {
    fprintf(
      stderr, "remanence: cannot write the output: %s\n", strerror(errno));
    return REM_EXIT_FAILED;
  }
  return status;
}
