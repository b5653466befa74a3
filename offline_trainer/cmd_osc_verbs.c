// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_osc.h"

#include "offline_trainer/command.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST "/remanence/list"

void
cmd_osc_address(const OscLine* const line,
                const char* const    item,
                OscCommand* const    command)
{
  const size_t size = sizeof(command->address);
  (void)snprintf(command->address, size, "/remanence/%s/%s", line->name, item);
  for (char* c = command->address; *c; ++c) {
    if (*c <= ' ' || strchr("#*,?[]{}\x7F", *c)) {
      *c = '_';
    }
  }
}

int
cmd_osc_ask(const OscLine* const line, const OscCommand* const command)
{
  RemError error = {REM_SUCCESS, "", ""};
  return osc_ask(line->link, command, &error)
           ? REM_EXIT_DONE
           : command_failed(line->program, &error);
}

/// Ask a command for a model and say which one sounds
static int
ask_model(const OscLine* const line, OscCommand* const command, const size_t n)
{
  if (line->fade_ms >= 0.0) {
    command->arguments[n] = (OscArgument){'f', line->fade_ms, NULL};
  }
  const int status = cmd_osc_ask(line, command);
  if (!status) {
    printf("%s plays %s\n",
           line->name,
           osc_answer(line->link, command->n_answer - 1U));
  }
  return status;
}

int
cmd_osc_ask_entries(const OscLine* const line, const OscCommand* const command)
{
  const int status = cmd_osc_ask(line, command);
  if (!status) {
    osc_rows_print(osc_entries(line->link), stdout);
  }
  return status;
}

static int
do_list(OscLine* const line, const char* const* const args)
{
  const OscCommand command = {.address  = LIST,
                              .n_answer = 1U,
                              .entries  = "/remanence/instance",
                              .again    = true};
  (void)args;
  const int status = cmd_osc_ask_entries(line, &command);
  if (!status && !osc_entries(line->link)->n) {
    puts("No instance of the plugin runs there.");
  }
  return status;
}

/// Return the path to send, to be freed: absolute if there is such a file
/// here; NULL without memory
static char*
path_to_send(const char* const path)
{
  char* const absolute = realpath(path, NULL);
  return absolute ? absolute : strdup(path);
}

static int
do_load(OscLine* const line, const char* const* const args)
{
  OscCommand  command = {.n_answer = 1U};
  char* const path    = path_to_send(args[0]);
  cmd_osc_address(line, "load", &command);
  command.arguments[0] = (OscArgument){'s', 0.0, path ? path : args[0]};
  const int status     = ask_model(line, &command, 1U);
  free(path);
  return status;
}

/// Read a slot's number; return the exit status
static int
read_slot(const OscLine* const line, const char* const text, OscArgument* out)
{
  long slot = 0;
  if (!command_integer(text, 0, 63, &slot)) {
    return command_usage(
      line->program, "slots are numbered 0 to 63, not `%s`", text);
  }
  *out = (OscArgument){'i', (double)slot, NULL};
  return REM_EXIT_DONE;
}

static int
do_preload(OscLine* const line, const char* const* const args)
{
  OscCommand command = {.n_answer = 2U};
  if (read_slot(line, args[0], command.arguments)) {
    return REM_EXIT_USAGE;
  }
  char* const path = path_to_send(args[1]);
  cmd_osc_address(line, "preload", &command);
  command.arguments[1] = (OscArgument){'s', 0.0, path ? path : args[1]};
  const int status     = cmd_osc_ask(line, &command);
  if (!status) {
    printf("%s has %s ready in slot %s\n",
           line->name,
           osc_answer(line->link, 1U),
           osc_answer(line->link, 0U));
  }
  free(path);
  return status;
}

static int
do_slot(OscLine* const line, const char* const* const args)
{
  OscCommand command = {.n_answer = 2U};
  cmd_osc_address(line, "slot", &command);
  return read_slot(line, args[0], command.arguments)
           ? REM_EXIT_USAGE
           : ask_model(line, &command, 1U);
}

static int
do_next(OscLine* const line, const char* const* const args)
{
  OscCommand command = {.n_answer = 1U};
  (void)args;
  cmd_osc_address(line, "next", &command);
  return ask_model(line, &command, 0U);
}

static int
do_prev(OscLine* const line, const char* const* const args)
{
  OscCommand command = {.n_answer = 1U};
  (void)args;
  cmd_osc_address(line, "prev", &command);
  return ask_model(line, &command, 0U);
}

static int
do_models(OscLine* const line, const char* const* const args)
{
  OscCommand command = {.n_answer = 1U, .again = true};
  OscCommand entry   = {.n_answer = 0U};
  (void)args;
  cmd_osc_address(line, "models", &command);
  cmd_osc_address(line, "models/entry", &entry);
  command.entries  = entry.address;
  const int status = cmd_osc_ask_entries(line, &command);
  if (!status && !osc_entries(line->link)->n) {
    puts("There is no model in that folder, or none plays.");
  }
  return status;
}

static int
do_model(OscLine* const line, const char* const* const args)
{
  OscCommand command  = {.n_answer = 1U};
  char       item[32] = "";
  long       number   = 0;
  if (!command_integer(args[0], 1, INT_MAX, &number)) {
    return command_usage(line->program,
                         "models are numbered from 1 as `models` lists them, "
                         "not `%s`",
                         args[0]);
  }
  (void)snprintf(item, sizeof(item), "model/%ld", number);
  cmd_osc_address(line, item, &command);
  return ask_model(line, &command, 0U);
}

static int
do_reset(OscLine* const line, const char* const* const args)
{
  OscCommand command = {.again = true};
  (void)args;
  cmd_osc_address(line, "reset", &command);
  const int status = cmd_osc_ask(line, &command);
  if (!status) {
    printf("%s is at rest\n", line->name);
  }
  return status;
}

static int
do_rename(OscLine* const line, const char* const* const args)
{
  OscCommand command = {.n_answer = 1U};
  cmd_osc_address(line, "name", &command);
  command.arguments[0] = (OscArgument){'s', 0.0, args[0]};
  const int status     = cmd_osc_ask(line, &command);
  if (!status) {
    printf("%s is now %s\n", line->name, osc_answer(line->link, 0U));
  }
  return status;
}

static const OscVerb verbs[] = {
  {"list", "", 0U, 0U, false, do_list},
  {"load", "PATH", 1U, 1U, true, do_load},
  {"preload", "SLOT PATH", 2U, 2U, false, do_preload},
  {"slot", "SLOT", 1U, 1U, true, do_slot},
  {"next", "", 0U, 0U, true, do_next},
  {"prev", "", 0U, 0U, true, do_prev},
  {"models", "", 0U, 0U, false, do_models},
  {"model", "N", 1U, 1U, false, do_model},
  {"reset", "", 0U, 0U, false, do_reset},
  {"knobs", "", 0U, 0U, false, cmd_osc_knobs},
  {"get", "[CONTROL]", 0U, 1U, false, cmd_osc_get},
  {"set", "CONTROL VALUE", 2U, 2U, false, cmd_osc_set},
  {"knob", "KNOB VALUE", 2U, 2U, false, cmd_osc_knob},
  {"rename", "NEW", 1U, 1U, false, do_rename},
  {"client", "[HOST:PORT]", 0U, 1U, false, cmd_osc_client},
  {"mapping", "[MAPPING], in quotes", 0U, 1U, false, cmd_osc_mapping},
  {"split", "", 0U, 0U, false, cmd_osc_split},
  {"watch", "", 0U, 0U, false, cmd_osc_watch},
};

enum { N_VERBS = sizeof(verbs) / sizeof(*verbs) };

const OscVerb*
cmd_osc_verb(const char* const word)
{
  for (size_t i = 0; i < N_VERBS; ++i) {
    if (!strcmp(verbs[i].word, word)) {
      return verbs + i;
    }
  }
  return NULL;
}

const OscVerb*
cmd_osc_near_verb(const char* const word)
{
  const char* words[N_VERBS];
  for (size_t i = 0; i < N_VERBS; ++i) {
    words[i] = verbs[i].word;
  }
  const char* const near = command_nearest(word, words, N_VERBS);
  return near ? cmd_osc_verb(near) : NULL;
}

/// Say that there is not one instance alone, and which ones there are
static int
fail_choice(const OscLine* const line, const OscVerb* const verb)
{
  const OscRows* const rows       = osc_entries(line->link);
  char                 names[400] = "";
  for (size_t i = 0; i < rows->n; ++i) {
    const size_t used = strlen(names);
    (void)snprintf(names + used,
                   sizeof(names) - used,
                   "%s%s",
                   i ? ", " : "",
                   rows->rows[i].cells[0]);
  }
  RemError error = {REM_SUCCESS, "", ""};
  if (rows->n) {
    (void)rem_fail(&error,
                   REM_BAD_ARGUMENT,
                   NULL,
                   "%s whom? Say a name before it: %s",
                   verb->word,
                   names);
  } else {
    (void)rem_fail(&error,
                   REM_BAD_ARGUMENT,
                   NULL,
                   "No instance of the plugin runs there; put it on a track");
  }
  return command_failed(line->program, &error);
}

/// Find the only instance, if the line names none; return the exit status
static int
choose(OscLine* const line, const OscVerb* const verb)
{
  const OscCommand command = {.address  = LIST,
                              .n_answer = 1U,
                              .entries  = "/remanence/instance",
                              .again    = true};
  if (*line->name || verb->run == do_list) {
    return REM_EXIT_DONE;
  }
  const int status = cmd_osc_ask(line, &command);
  if (status || osc_entries(line->link)->n != 1U) {
    return status ? status : fail_choice(line, verb);
  }
  (void)snprintf(line->name,
                 sizeof(line->name),
                 "%s",
                 osc_entries(line->link)->rows[0].cells[0]);
  return REM_EXIT_DONE;
}

int
cmd_osc_run(OscLine* const           line,
            const OscVerb* const     verb,
            const char* const* const args)
{
  const int status = choose(line, verb);
  return status ? status : verb->run(line, args);
}
