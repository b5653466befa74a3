// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train_options.h"

#include <stdlib.h>
#include <string.h>

#define COMMAND "train" ///< As whose complaints these are

bool
train_is_of_symbols(const int letter)
{
  return letter >= OPTION_TEXT && letter <= OPTION_BESIDE;
}

int
train_read_path(TrainOptions* const o, const char* const path)
{
  TrainSymbols* const s     = &o->symbols;
  const char** const  paths = (const char**)realloc(
    (void*)s->paths, (s->n_paths + (size_t)1U) * sizeof(char*));
  if (!paths) {
    return command_usage(COMMAND, "no memory for so many files");
  }
  s->paths               = paths;
  s->paths[s->n_paths++] = path;
  return REM_EXIT_DONE;
}

/// Store how a text, or what comes out, becomes symbols
static int
read_kind(RemSymbolKind* const out,
          const char* const    name,
          const char* const    text)
{
  const bool known = rem_symbol_kind_find(text, out);
  if (!known || *out == REM_SYMBOLS_MIDI) {
    return command_usage(COMMAND,
                         "--%s is bytes, characters, words or names, not `%s`",
                         name,
                         text);
  }
  return REM_EXIT_DONE;
}

/// Store `--task`
static int
read_task(TrainOptions* const o, const char* const text)
{
  return rem_task_find(text, &o->symbols.task)
           ? REM_EXIT_DONE
           : command_usage(COMMAND,
                           "--task is tag, classify, translate, complete or"
                           " caption, not `%s`",
                           text);
}

int
train_read_symbols(TrainOptions* const o,
                   const int           letter,
                   const char* const   name,
                   const char* const   text)
{
  switch (letter) {
  case OPTION_TOKENS:
    return read_kind(&o->symbols.tokens, name, text);
  case OPTION_LABELS:
    return read_kind(&o->symbols.labels, name, text);
  case OPTION_TASK:
    return read_task(o, text);
  case OPTION_BOTH:
    o->symbols.both = true;
    return REM_EXIT_DONE;
  case OPTION_BESIDE:
    o->symbols.beside = true;
    return REM_EXIT_DONE;
  case OPTION_TRANSPOSE:
    o->symbols.transpose = true;
    return REM_EXIT_DONE;
  case OPTION_CALLS:
    o->symbols.tokens = REM_SYMBOLS_MIDI;
    o->symbols.task   = REM_TASK_TRANSLATE;
    return train_read_path(o, text);
  default: // --text, --midi, --examples
    return train_read_path(o, text);
  }
}

bool
train_is_given(const TrainSymbols* const s, const int letter)
{
  return s->given & 1U << (unsigned)(letter - OPTION_TEXT);
}

enum {
  TAG       = 1U << REM_TASK_TAG,
  CLASSIFY  = 1U << REM_TASK_CLASSIFY,
  TRANSLATE = 1U << REM_TASK_TRANSLATE,
  COMPLETE  = 1U << REM_TASK_COMPLETE,
  CAPTION   = 1U << REM_TASK_CAPTION,
};

/// Options that do not mean something to every task
static const struct {
  int         letter;
  unsigned    tasks;
  const char* words;
} of_tasks[] = {
  {OPTION_ENCODER, TRANSLATE, "--encoder is for --task translate"},
  {OPTION_ATTENTION, TRANSLATE, "--attention is for --task translate"},
  {OPTION_OWN,
   TRANSLATE | COMPLETE | CAPTION,
   "--own-outputs is for --task translate, complete or caption"},
  {OPTION_BESIDE, CAPTION, "--beside is for --task caption"},
  {OPTION_BOTH,
   TAG | CLASSIFY | TRANSLATE,
   "--both is for --task tag, classify or translate: what answers symbol by"
   " symbol cannot know what comes"},
  {OPTION_LABELS,
   TAG | CLASSIFY | TRANSLATE | CAPTION,
   "--task complete answers in the symbols that go in: --tokens says which"},
};

/// Options of songs, and those that songs decide
static const struct {
  int         letter;
  bool        songs;
  const char* words;
} of_songs[] = {
  {OPTION_PHRASE, true, "--phrase goes with --calls"},
  {OPTION_TRANSPOSE, true, "--transpose goes with --midi or --calls"},
  {OPTION_BOTH,
   false,
   "--calls is to answer as you play: it takes no --both, which waits for the"
   " end of a call"},
  {OPTION_TASK, false, "--calls is to translate: it takes no --task"},
  {OPTION_TOKENS, false, "--calls reads MIDI events: it takes no --tokens"},
  {OPTION_LABELS, false, "--calls reads MIDI events: it takes no --labels"},
  {OPTION_VOCABULARY,
   false,
   "--calls reads MIDI events: it takes no --vocabulary"},
};

/// Refuse options of examples that would mean nothing
static int
check_examples(const TrainSymbols* const s)
{
  const bool songs = train_is_given(s, OPTION_CALLS);
  for (size_t i = 0; i < sizeof(of_songs) / sizeof(*of_songs); ++i) {
    if (train_is_given(s, of_songs[i].letter) && of_songs[i].songs != songs) {
      return command_usage(COMMAND, "%s", of_songs[i].words);
    }
  }
  if (!songs && !train_is_given(s, OPTION_TASK)) {
    return command_usage(COMMAND,
                         "wants --task, too: tag, classify, translate,"
                         " complete or caption");
  }
  for (size_t i = 0; i < sizeof(of_tasks) / sizeof(*of_tasks); ++i) {
    if (train_is_given(s, of_tasks[i].letter) &&
        !(of_tasks[i].tasks & 1U << (unsigned)s->task)) {
      return command_usage(COMMAND, "%s", of_tasks[i].words);
    }
  }
  return s->n_paths > 1U ? command_usage(COMMAND, "takes one file of examples")
                         : REM_EXIT_DONE;
}

int
train_check_symbols(const TrainOptions* const o)
{
  const TrainSymbols* const s = &o->symbols;
  const int status = o->mode == TRAIN_EXAMPLES ? check_examples(s) : 0;
  if (status) {
    return status;
  }
  if (s->tokens == REM_SYMBOLS_NAMES) {
    return command_usage(COMMAND, "--tokens is bytes, characters or words");
  }
  if (o->validation && o->valid_fraction > 0.0) {
    return command_usage(
      COMMAND, "--valid-fraction and --validation exclude each other");
  }
  return REM_EXIT_DONE;
}
