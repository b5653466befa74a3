// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_osc.h"

#include "offline_trainer/command.h"

#include <stdio.h>
#include <string.h>

int
cmd_osc_knobs(OscLine* const line, const char* const* const args)
{
  OscCommand        command = {.n_answer = 1U, .again = true};
  OscCommand        entry   = {.n_answer = 0U};
  static const char title[] = "(number, name, least, most, default, now)";
  (void)args;
  cmd_osc_address(line, "knobs", &command);
  cmd_osc_address(line, "knobs/entry", &entry);
  command.entries  = entry.address;
  const int status = cmd_osc_ask_entries(line, &command);
  if (!status) {
    puts(osc_entries(line->link)->n ? title : "This model has no knobs.");
  }
  return status;
}

/// Ask for a control or knob, and turn it if `value` is not NULL
static int
ask_control(OscLine* const    line,
            const char* const item,
            const char* const what,
            const char* const value)
{
  OscCommand command = {.n_answer = 1U, .again = true};
  if (value &&
      !command_number(value, -1e9, 1e9, &command.arguments[0].number)) {
    return command_usage(line->program, "`%s` is no number", value);
  }
  command.arguments[0].type = value ? 'f' : 0;
  cmd_osc_address(line, item, &command);
  const int status = cmd_osc_ask(line, &command);
  if (!status) {
    printf("%s %s = %s\n", line->name, what, osc_answer(line->link, 0U));
  }
  return status;
}

/// Return whether `word` may be a port's symbol, and is no command
static bool
is_control(const char* const word)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
  return *word && !word[strspn(word, letters)] && strlen(word) < 64U &&
         !cmd_osc_verb(word) && strcmp(word, "subscribe") != 0 &&
         strcmp(word, "name") != 0;
}

static int
bad_control(const OscLine* const line, const char* const word)
{
  return command_usage(line->program,
                       "`%s` is no control: they are called in_gain, mix, "
                       "knob_1... as `get` lists them",
                       word);
}

int
cmd_osc_get(OscLine* const line, const char* const* const args)
{
  OscCommand command = {.status = true, .again = true};
  if (args[0]) {
    return is_control(args[0]) ? ask_control(line, args[0], args[0], NULL)
                               : bad_control(line, args[0]);
  }
  cmd_osc_address(line, "get", &command);
  osc_follow(line->link, line->name);
  return cmd_osc_ask_entries(line, &command);
}

int
cmd_osc_set(OscLine* const line, const char* const* const args)
{
  return is_control(args[0]) ? ask_control(line, args[0], args[0], args[1])
                             : bad_control(line, args[0]);
}

int
cmd_osc_knob(OscLine* const line, const char* const* const args)
{
  char item[128] = "";
  if (!*args[0] || strlen(args[0]) > 100U || strchr(args[0], '/')) {
    return command_usage(line->program, "`%s` is no name of a knob", args[0]);
  }
  (void)snprintf(item, sizeof(item), "knob/%s", args[0]);
  return ask_control(line, item, args[0], args[1]);
}
