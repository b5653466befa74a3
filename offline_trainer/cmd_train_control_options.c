// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train_options.h"

#include <stdlib.h>
#include <string.h>

#define COMMAND "train" ///< As whose complaints these are

bool
train_is_of_control(const int letter)
{
  return letter >= OPTION_CONTROL && letter <= OPTION_WATCH &&
         letter != OPTION_VALIDATION;
}

/// Store `--head`: "mdn" or "linear"
static int
read_head(TrainOptions* const o, const char* const text)
{
  o->control.linear = !strcmp(text, "linear");
  if (!o->control.linear && strcmp(text, "mdn") != 0) {
    return command_usage(COMMAND, "--head is mdn or linear, not `%s`", text);
  }
  return REM_EXIT_DONE;
}

/// Store `--switch`, `--choice` or `--continuous`: "1,3", dimensions from 1
static int
read_dims(TrainOptions* const o,
          const RemKindWish   wish,
          const char* const   name,
          const char* const   text)
{
  for (const char* at = text;; ++at) {
    char*      end = NULL;
    const long d   = strtol(at, &end, 10);
    if (end == at || (*end && *end != ',') || d < 1L ||
        d > (long)REM_MAX_DIMS) {
      return command_usage(COMMAND,
                           "--%s wants dimensions from 1 to %u, like 1,3; not"
                           " `%s`",
                           name,
                           REM_MAX_DIMS,
                           text);
    }
    o->control.wishes[d - 1L] = wish;
    if (!*end) {
      return REM_EXIT_DONE;
    }
    at = end;
  }
}

int
train_read_control(TrainOptions* const o,
                   const int           letter,
                   const char* const   name,
                   const char* const   text)
{
  TrainControl* const c = &o->control;
  switch (letter) {
  case OPTION_HEAD:
    return read_head(o, text);
  case OPTION_RNN_ROWS:
    c->all_rows = true;
    break;
  case OPTION_SWITCH:
    return read_dims(o, REM_KIND_SWITCH, name, text);
  case OPTION_CHOICE:
    return read_dims(o, REM_KIND_CHOICE, name, text);
  case OPTION_CONTINUOUS:
    return read_dims(o, REM_KIND_CONTINUOUS, name, text);
  case OPTION_WATCH:
    c->watch = true;
    break;
  default:
    c->folder = text;
    break;
  }
  return REM_EXIT_DONE;
}
