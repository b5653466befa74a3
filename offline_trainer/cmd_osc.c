// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_osc.h"

#include "offline_trainer/command.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char help_commands[] =
  "Usage: remanence osc [OPTION]... ADDRESS [NAME] COMMAND [ARGUMENT]...\n"
  "Steer a plugin while it plays, or watch it: by OSC, the way that tablets\n"
  "and control pages speak to it.\n"
  "\n"
  "ADDRESS is osc.udp://HOST:PORT/, HOST:PORT, :PORT, or - for\n"
  "localhost:9770. The plugin shows its port as OSC port. NAME is the name of\n"
  "an instance, audio-1 or control-1; leave it out where there is only one.\n"
  "\n"
  "  list                what runs there: name, plugin, model\n"
  "  load PATH           fade to a model, when it is loaded and warm\n"
  "  preload SLOT PATH   make a model ready in slot 0 to 63\n"
  "  slot SLOT           fade to that model, in the next block\n"
  "  next, prev          go through the folder of the model that plays\n"
  "  models              list that folder\n"
  "  model N             load model N of that list\n"
  "  knobs               the model's knobs: number, name, range, value\n"
  "  knob KNOB VALUE     turn one, by its name and in its units\n"
  "  set CONTROL VALUE   turn a control of the plugin: in_gain, mix, knob_1;\n"
  "                      set pause on, set mode battle\n"
  "  get [CONTROL]       all of the plugin's status, or one control\n"
  "  reset               set the net to its rest state\n"
  "  rename NEW          give the instance another name\n"
  "  watch               keep showing levels and model; Ctrl-C ends it\n"
  "\n"
  "Control plugins only:\n"
  "  client [HOST:PORT]  where what it plays goes as /impsy; '' ends it\n"
  "  mapping [MAPPING]   MIDI of the dimensions: 'cc 1 20; note 2'\n"
  "  split               record the next touch to another file\n"
  "\n";

static const char help_options[] =
  "      --fade MS    load, slot, next, prev: length of the fade, 1 to 10000\n"
  "      --hz HZ      watch: status messages a second, 0.1 to 60 [10]\n"
  "      --name NAME  for an instance that is called like a command\n"
  "      --timeout S  how long to wait for an answer [5]\n"
  "  -h, --help       show this\n"
  "\n"
  "A command is done when it is answered: after `load`, the model sounds. If\n"
  "it is refused, the plugin says why, the old model plays on, and the exit\n"
  "status is 1.\n"
  "\n"
  "  remanence osc - list\n"
  "  remanence osc - load amp.safetensors --fade 200\n"
  "  remanence osc - set in_gain -6\n"
  "  remanence osc - control-1 set mode battle\n"
  "  remanence osc studio:9770 audio-2 watch\n"
  "  n=0; for file in set/*.safetensors; do\n"
  "    remanence osc - audio-1 preload $n \"$file\"; n=$((n + 1))\n"
  "  done; remanence osc - audio-1 slot 3\n";

static const struct option options[] = {
  {"fade", required_argument, NULL, 'f'},
  {"hz", required_argument, NULL, 'z'},
  {"name", required_argument, NULL, 'n'},
  {"timeout", required_argument, NULL, 't'},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

/// Return whether `text` is a negative number, and no option
static bool
is_negative(const char* const text)
{
  return text[0] == '-' && (isdigit((unsigned char)text[1]) || text[1] == '.');
}

/// Set the line's instance; return the exit status
static int
set_name(OscLine* const line, const char* const name)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  if (!*name || name[strspn(name, letters)] ||
      strlen(name) >= sizeof(line->name)) {
    return command_usage(
      line->program, "`%s` is no name of an instance; `list` tells them", name);
  }
  (void)snprintf(line->name, sizeof(line->name), "%s", name);
  return REM_EXIT_DONE;
}

/// Take in one option; return the exit status
static int
take_option(OscLine* const line, const int letter)
{
  if (letter == 'n') {
    line->named = true;
    return set_name(line, optarg);
  }
  if (letter == 'f') {
    return command_number(optarg, 1.0, 10000.0, &line->fade_ms)
             ? REM_EXIT_DONE
             : command_usage(
                 line->program, "--fade wants 1 to 10000 ms, not `%s`", optarg);
  }
  if (letter == 'z') {
    line->has_hz = true;
    return command_number(optarg, 0.1, 60.0, &line->hz)
             ? REM_EXIT_DONE
             : command_usage(
                 line->program, "--hz wants 0.1 to 60, not `%s`", optarg);
  }
  return command_number(optarg, 0.1, 3600.0, &line->timeout)
           ? REM_EXIT_DONE
           : command_usage(line->program,
                           "--timeout wants 0.1 to 3600 s, not `%s`",
                           optarg);
}

/// Take in one word; return the exit status
static int
take_word(OscLine* const line, const char* const word)
{
  if (line->n_words + 1U == OSC_WORDS) { // The last one stays NULL
    return command_usage(line->program, "what is `%s` for?", word);
  }
  line->words[line->n_words++] = word;
  return REM_EXIT_DONE;
}

/// Read options and words, in any order; return the exit status, or -1 if help
/// was wanted and given
static int
read_line(OscLine* const line, const int argc, char** const argv)
{
  int  status = REM_EXIT_DONE;
  bool plain  = false; // After "--" there are words only
  while (!status && optind < argc) {
    const int before = optind;
    const int letter = plain || is_negative(argv[optind])
                         ? -1
                         : command_option(argc, argv, "+h", options);
    if (letter == 'h') {
      fputs(help_commands, stdout);
      fputs(help_options, stdout);
      return -1;
    }
    if (letter == '?') {
      return command_bad_option(argv, options);
    }
    if (letter != -1) {
      status = take_option(line, letter);
    } else if (optind > before) {
      plain = true;
    } else {
      status = take_word(line, argv[optind++]);
    }
  }
  return status;
}

/// Say that there is no such command, and which one may have been meant
static void
unknown_verb(const OscLine* const line, const char* const word)
{
  const OscVerb* const near = cmd_osc_near_verb(word);
  if (near) {
    (void)command_usage(line->program,
                        "there is no command `%s`; did you mean `%s`?",
                        word,
                        near->word);
  } else {
    (void)command_usage(line->program, "there is no command `%s`", word);
  }
}

/// Complain about the words of a line that lacks its verb or its address;
/// return whether there was something to complain about
static bool
lacks_words(const OscLine* const line)
{
  if (!line->n_words) {
    (void)command_usage(line->program, "which address? - is localhost:9770");
  } else if (cmd_osc_verb(line->words[0])) {
    (void)command_usage(line->program,
                        "the address comes first, - for localhost:9770: "
                        "remanence osc - %s",
                        line->words[0]);
  } else if (line->n_words == 1U) {
    (void)command_usage(line->program, "which command?");
  } else {
    return false;
  }
  return true;
}

/// Find NAME and COMMAND in the words after ADDRESS.  Set `args` to what comes
/// after them and return the verb; NULL if there is none, which is said.
static const OscVerb*
read_command(OscLine* const line, const char* const** const args)
{
  const char* const* words = line->words + 1;
  if (lacks_words(line)) {
    return NULL;
  }
  if (!line->named && !cmd_osc_verb(*words)) {
    if (!words[1] || (!cmd_osc_verb(words[1]) && cmd_osc_near_verb(*words))) {
      unknown_verb(line, *words);
      return NULL;
    }
    if (set_name(line, *words++)) {
      return NULL;
    }
  }
  const OscVerb* const verb = cmd_osc_verb(*words);
  if (!verb) {
    unknown_verb(line, *words);
  }
  *args = words + 1;
  return verb;
}

/// Hold the arguments and options to what the verb takes; return the exit
/// status
static int
check_arguments(const OscLine* const     line,
                const OscVerb* const     verb,
                const char* const* const args)
{
  size_t n = 0U;
  while (args[n]) {
    ++n;
  }
  if (n < verb->least || n > verb->most) {
    return command_usage(line->program,
                         "%s wants %s, not %zu argument%s",
                         verb->word,
                         *verb->usage ? verb->usage : "nothing after it",
                         n,
                         n == 1U ? "" : "s");
  }
  if (line->fade_ms >= 0.0 && !verb->fades) {
    return command_usage(line->program, "%s does not fade", verb->word);
  }
  if (line->has_hz && verb->run != cmd_osc_watch) {
    return command_usage(line->program, "--hz is for watch");
  }
  return REM_EXIT_DONE;
}

int
cmd_osc(const int argc, char** const argv)
{
  OscLine  line  = {.program = argv[0], .timeout = 5.0, .fade_ms = -1.0};
  RemError error = {REM_SUCCESS, "", ""};
  const char* const* args   = line.words;
  int                status = read_line(&line, argc, argv);
  if (status) {
    return status < 0 ? REM_EXIT_DONE : status;
  }
  const OscVerb* const verb = read_command(&line, &args);
  if (!verb || check_arguments(&line, verb, args)) {
    return REM_EXIT_USAGE;
  }
  command_hold_interrupts();
  line.link = osc_open(line.words[0], line.timeout, &error);
  if (!line.link) {
    return command_failed(line.program, &error);
  }
  status = cmd_osc_run(&line, verb, args);
  osc_close(line.link);
  return status;
}
