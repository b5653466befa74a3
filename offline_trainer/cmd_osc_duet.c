// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_osc.h"

#include <stdio.h>

/// Set a text of the instance if `value` is not NULL, and show what it is now
static int
ask_text(OscLine* const    line,
         const char* const item,
         const char* const value,
         const char* const none)
{
  OscCommand command = {.n_answer = 1U, .again = true};
  cmd_osc_address(line, item, &command);
  if (value) {
    command.arguments[0] = (OscArgument){'s', 0.0, value};
  }
  const int status = cmd_osc_ask(line, &command);
  if (!status) {
    const char* const text = osc_answer(line->link, 0U);
    printf("%s %s = %s\n", line->name, item, *text ? text : none);
  }
  return status;
}

int
cmd_osc_client(OscLine* const line, const char* const* const args)
{
  return ask_text(line, "client", args[0], "none");
}

int
cmd_osc_mapping(OscLine* const line, const char* const* const args)
{
  return ask_text(line, "mapping", args[0], "none");
}

int
cmd_osc_split(OscLine* const line, const char* const* const args)
{
  OscCommand command = {.n_answer = 0U};
  (void)args;
  cmd_osc_address(line, "split", &command);
  const int status = cmd_osc_ask(line, &command);
  if (!status) {
    printf("%s records the next touch to another file\n", line->name);
  }
  return status;
}
