// SPDX-License-Identifier: ISC

/// `remanence play`: what IMPSY's messages do

#include "offline_trainer/cmd_play.h"

#include "dsp/impsy.h"

#include <stdio.h>
#include <string.h>

/// Codes of docs/osc.md
enum { BAD_ARGUMENTS = 1, NO_ADDRESS = 2 };

#define MAX_ARGUMENTS 64U ///< More are not looked at; frames have fewer

/// Answer a message to `path`: by `ending` and, after an error, a code and
/// words
static void
answer(const LivePlay* const play,
       const lo_address      to,
       const char* const     path,
       const RemError* const error)
{
  char             whole[128];
  const lo_message message = lo_message_new();
  (void)snprintf(
    whole, sizeof(whole), "%.100s/%s", path, error->status ? "error" : "ok");
  if (message && error->status) {
    (void)lo_message_add_int32(
      message, error->status == REM_UNSUPPORTED ? NO_ADDRESS : BAD_ARGUMENTS);
    (void)lo_message_add_string(message, error->text);
  }
  if (message && to) {
    (void)lo_send_message_from(to, play->server, whole, message);
  }
  lo_message_free(message);
}

/// Return an argument as a number, 0 if it is none
static double
number_of(const char type, lo_arg* const argument)
{
  if (type == 'T') {
    return 1.0;
  }
  return lo_is_numerical_type((lo_type)type)
           ? (double)lo_hires_val((lo_type)type, argument)
           : 0.0;
}

/// Return the sample at which a message takes place, with all before it told
static uint64_t
come_to_now(LivePlay* const play)
{
  const uint64_t now = cmd_play_now(play);
  const uint64_t at  = now > play->told_to ? now : play->told_to;
  cmd_play_tell(play, at);
  return at;
}

/// Carry out a command that changes settings
static void
change(RemDuetSettings* const settings, const RemImpsyCommand* const command)
{
  switch (command->kind) {
  case REM_IMPSY_SIGMATEMP:
    settings->temper.sigmatemp = command->value;
    break;
  case REM_IMPSY_PITEMP:
    settings->temper.pitemp = command->value;
    break;
  case REM_IMPSY_TIMESCALE:
    settings->timescale = command->value;
    break;
  case REM_IMPSY_MODE:
    settings->mode = command->mode;
    break;
  case REM_IMPSY_PAUSE:
    settings->paused = command->paused;
    break;
  case REM_IMPSY_INTERFACE:
  case REM_IMPSY_RESET:
    break;
  }
}

/// Carry out a command
static void
obey(LivePlay* const play, const RemImpsyCommand* const command)
{
  const uint64_t  at       = come_to_now(play);
  RemDuetSettings settings = *rem_duet_get(play->duet);
  if (command->kind == REM_IMPSY_INTERFACE) {
    rem_duet_touch(play->duet, at, command->x, command->n);
  } else if (command->kind == REM_IMPSY_RESET) {
    rem_duet_reset(play->duet, at);
  } else {
    change(&settings, command);
    rem_duet_set(play->duet, at, &settings);
  }
}

/// Return whether a message is an answer: two that answered each other's
/// answers would never end
static bool
is_answer(const char* const path)
{
  const char* const last = strrchr(path, '/');
  return last && (!strcmp(last, "/ok") || !strcmp(last, "/error"));
}

int
cmd_play_hear(const char* const path,
              const char* const types,
              lo_arg** const    argv,
              const int         argc,
              const lo_message  body,
              void* const       data)
{
  LivePlay* const   play                        = (LivePlay*)data;
  double            numbers[MAX_ARGUMENTS]      = {0.0};
  char              letters[MAX_ARGUMENTS + 1U] = "";
  RemImpsyArguments arguments                   = {letters, numbers, NULL};
  RemImpsyCommand   command;
  RemError          error = {REM_SUCCESS, "", ""};
  for (size_t i = 0U; i < (size_t)argc && i < MAX_ARGUMENTS; ++i) {
    letters[i] = types[i];
    numbers[i] = number_of(types[i], argv[i]);
  }
  if (argc > 0 && (types[0] == 's' || types[0] == 'S')) {
    arguments.text = &argv[0]->s;
  }
  if (!rem_impsy_read(
        path, &arguments, play->model->frames->n_dims, &command, &error)) {
    obey(play, &command);
  }
  if (!is_answer(path) && (error.status || strcmp(path, "/interface"))) {
    answer(play, lo_message_get_source(body), path, &error);
  }
  return 0;
}
