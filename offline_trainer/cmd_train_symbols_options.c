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
    o->symbols.labels_given = true;
    return read_kind(&o->symbols.labels, name, text);
  case OPTION_TASK:
    o->symbols.task_given = true;
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
    o->symbols.tokens     = REM_SYMBOLS_MIDI;
    o->symbols.task       = REM_TASK_TRANSLATE;
    o->symbols.task_given = true;
    return train_read_path(o, text);
  default: // --text, --midi, --examples
    return train_read_path(o, text);
  }
}

int
train_check_symbols(const TrainOptions* const o)
{
  const TrainSymbols* const s = &o->symbols;
  if (o->mode == TRAIN_EXAMPLES && !s->task_given) {
    return command_usage(COMMAND,
                         "wants --task, too: tag, classify, translate,"
                         " complete or caption");
  }
  if (o->mode == TRAIN_EXAMPLES && s->n_paths > 1U) {
    return command_usage(COMMAND, "takes one file of examples");
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
