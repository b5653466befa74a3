// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_osc.h"

#include "dsp/duet.h"
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

/// Return the value of a control in words, if it has words for them
static const char*
value_said(const char* const item, const char* const value)
{
  long mode = 0;
  return !strcmp(item, "mode") &&
             command_integer(value, 0, REM_DUET_N_MODES - 1, &mode)
           ? rem_duet_mode_name((RemDuetMode)mode)
           : value;
}

/// Ask for a control or knob, and turn it if `value` has a type
static int
ask_control(OscLine* const    line,
            const char* const item,
            const char* const what,
            const OscArgument value)
{
  OscCommand command = {.arguments = {value}, .n_answer = 1U, .again = true};
  cmd_osc_address(line, item, &command);
  const int status = cmd_osc_ask(line, &command);
  if (!status) {
    printf("%s %s = %s\n",
           line->name,
           what,
           value_said(item, osc_answer(line->link, 0U)));
  }
  return status;
}

/// Read a number; return the exit status
static int
read_number(const OscLine* const line,
            const char* const    text,
            OscArgument* const   out)
{
  out->type = 'f';
  return command_number(text, -1e9, 1e9, &out->number)
           ? REM_EXIT_DONE
           : command_usage(line->program, "`%s` is no number", text);
}

/// Read what a control is to be: a number, `on`, `off`, or the word of a mode.
/// Return the exit status.
static int
read_value(const OscLine* const line,
           const char* const    control,
           const char* const    text,
           OscArgument* const   out)
{
  const bool  on   = !strcmp(text, "on");
  RemDuetMode mode = REM_DUET_CALLRESPONSE;
  if (on || !strcmp(text, "off")) {
    *out = (OscArgument){'f', on ? 1.0 : 0.0, NULL};
    return REM_EXIT_DONE;
  }
  if (strcmp(control, "mode") != 0 ||
      command_number(text, 0, 3, &out->number)) {
    return read_number(line, text, out);
  }
  *out = (OscArgument){'f', 0.0, NULL};
  if (!rem_duet_mode_of(text, &mode)) {
    return command_usage(line->program,
                         "`%s` is no mode: they are callresponse, polyphony, "
                         "battle and useronly",
                         text);
  }
  out->number = (double)mode;
  return REM_EXIT_DONE;
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
                       "`%s` is no control: `get` lists them, such as in_gain, "
                       "mix or mode",
                       word);
}

int
cmd_osc_get(OscLine* const line, const char* const* const args)
{
  OscCommand command = {.status = true, .again = true};
  if (args[0]) {
    return is_control(args[0])
             ? ask_control(line, args[0], args[0], (OscArgument){0})
             : bad_control(line, args[0]);
  }
  cmd_osc_address(line, "get", &command);
  osc_follow(line->link, line->name);
  return cmd_osc_ask_entries(line, &command);
}

int
cmd_osc_set(OscLine* const line, const char* const* const args)
{
  OscArgument value = {0};
  if (!is_control(args[0])) {
    return bad_control(line, args[0]);
  }
  return read_value(line, args[0], args[1], &value)
           ? REM_EXIT_USAGE
           : ask_control(line, args[0], args[0], value);
}

int
cmd_osc_knob(OscLine* const line, const char* const* const args)
{
  char        item[128] = "";
  OscArgument value     = {0};
  if (!*args[0] || strlen(args[0]) > 100U || strchr(args[0], '/')) {
    return command_usage(line->program, "`%s` is no name of a knob", args[0]);
  }
  (void)snprintf(item, sizeof(item), "knob/%s", args[0]);
  return read_number(line, args[1], &value)
           ? REM_EXIT_USAGE
           : ask_control(line, item, args[0], value);
}
