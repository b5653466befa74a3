// SPDX-License-Identifier: ISC

/// From an address to what carries it out, at once or when it is time

#include "plugin/osc/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ROOT "/remanence/"
#define MAX_AHEAD 60.0 ///< Seconds that a time tag may lie ahead
#define AT_ONCE 0.0005 ///< Seconds ahead that are now

static void
list(const RemCommand* const command)
{
  int32_t n = 0;
  for (RemInstance* i = rem_instances_lock(); i; i = i->next) {
    RemReport        told;
    double           rate    = 0.0;
    const lo_message message = rem_osc_text(i->name);
    rem_loader_look(i->loader, &told, &rate);
    if (message) {
      (void)lo_message_add_string(message, i->plugin);
      (void)lo_message_add_string(message, told.path);
    }
    rem_osc_send(command->server, command->from, ROOT "instance", "", message);
    ++n;
  }
  rem_instances_unlock();
  const lo_message count = lo_message_new();
  (void)lo_message_add_int32(count, n);
  rem_osc_ok(command, count);
}

static void
rename_instance(const RemCommand* const command)
{
  RemError          error = {REM_SUCCESS, "", ""};
  const char* const name  = rem_osc_string(command, 0);
  if (!name || rem_instance_rename(command->instance, name, &error)) {
    rem_osc_error(
      command, REM_OSC_BAD_ARGUMENTS, name ? error.text : "expected s, a name");
  } else {
    rem_osc_ok(command, rem_osc_text(name));
  }
}

/// Every command for an instance; an ending `/` stands for more to follow
static const struct {
  const char* verb;
  void (*carry_out)(const RemCommand* command);
} verbs[] = {{"get", rem_osc_get},
             {"knob/", rem_osc_knob},
             {"knobs", rem_osc_knobs},
             {"load", rem_osc_load},
             {"model/", rem_osc_model},
             {"models", rem_osc_models},
             {"name", rename_instance},
             {"next", rem_osc_next},
             {"preload", rem_osc_preload},
             {"prev", rem_osc_prev},
             {"reset", rem_osc_reset},
             {"slot", rem_osc_slot},
             {"subscribe", rem_osc_subscribe}};

/// Return whether `text` is `verb`, or begins with it if more is to follow
static bool
is_verb(const char* const text, const char* const verb)
{
  const size_t n = strlen(verb);
  return verb[n - 1U] == '/' ? !strncmp(text, verb, n) : !strcmp(text, verb);
}

static void
obey_instance(const RemCommand* const command)
{
  const RemOscKind* const kind = command->instance->kind;
  if (kind->obey && kind->obey(command)) {
    return;
  }
  for (size_t i = 0U; i < sizeof(verbs) / sizeof(*verbs); ++i) {
    if (is_verb(command->verb, verbs[i].verb)) {
      verbs[i].carry_out(command);
      return;
    }
  }
  if (!rem_osc_control(command)) {
    rem_osc_error(command,
                  REM_OSC_NO_ADDRESS,
                  "no such command or control; docs/osc.md lists them");
  }
}

/// Return whether a message may itself be an answer.  Those are never answered,
/// or two servers could go on answering each other for ever.
static bool
is_answer(const char* const address)
{
  const char* const last = strrchr(address, '/');
  return !last || !strcmp(last, "/ok") || !strcmp(last, "/error");
}

/// Let every instance hear a message that names none; returns whether one knows
/// its address.  A stream of frames is answered only if nobody could take one.
static bool
tell_all(RemCommand* const command)
{
  RemError error  = {REM_SUCCESS, "", ""};
  bool     known  = false;
  bool     obeyed = false;
  bool     full   = false;
  command->verb   = command->address + 1;
  for (RemInstance* i = rem_instances_lock(); i; i = i->next) {
    command->instance = i;
    const RemStatus st =
      i->kind->hear ? i->kind->hear(command, &error) : REM_UNSUPPORTED;
    known  = known || st != REM_UNSUPPORTED;
    obeyed = obeyed || !st;
    full   = full || st == REM_TOO_LARGE;
  }
  rem_instances_unlock();
  command->instance = NULL;
  if (known && !obeyed) {
    rem_osc_error(
      command, full ? REM_OSC_TOO_MUCH : REM_OSC_BAD_ARGUMENTS, error.text);
  } else if (known && strcmp(command->verb, "interface") != 0) {
    rem_osc_ok(command, NULL);
  }
  return known;
}

void
rem_osc_obey(RemServer* const  server,
             const char* const address,
             const lo_message  message,
             const lo_address  from)
{
  char              name[REM_NAME_SIZE] = "";
  RemCommand        command             = {server,
                                           address,
                                           from,
                                           lo_message_get_types(message),
                                           lo_message_get_argv(message),
                                           lo_message_get_argc(message),
                                           NULL,
                                           ""};
  const size_t      n                   = strlen(ROOT);
  const bool        ours                = !strncmp(address, ROOT, n);
  const char* const slash = ours ? strchr(address + n, '/') : NULL;
  if (ours && !strcmp(address + n, "list")) {
    list(&command);
    return;
  }
  if (!ours && tell_all(&command)) {
    return;
  }
  if (!slash) {
    rem_osc_error(&command,
                  REM_OSC_NO_ADDRESS,
                  "no such address; expected /remanence/list or "
                  "/remanence/NAME/COMMAND");
    return;
  }

  (void)snprintf(name,
                 sizeof(name),
                 "%.*s",
                 (int)(slash - address - (ptrdiff_t)n),
                 address + n);
  command.instance = rem_instance_find(name);
  command.verb     = slash + 1;
  if (command.instance) {
    obey_instance(&command);
  } else {
    rem_osc_error(&command,
                  REM_OSC_NO_INSTANCE,
                  "no instance of that name; /remanence/list tells them");
  }
}

void
rem_osc_drop_timed(RemTimed* const timed)
{
  if (timed->message) {
    lo_message_free(timed->message);
  }
  if (timed->from) {
    lo_address_free(timed->from);
  }
  memset(timed, 0, sizeof(*timed));
}

/// Return how many seconds lie between now and a time tag
static double
seconds_until(const lo_timetag time)
{
  lo_timetag now;
  lo_timetag_now(&now);
  return lo_timetag_diff(time, now);
}

bool
rem_osc_postpone(RemServer* const  server,
                 const char* const address,
                 const lo_message  message,
                 const lo_address  from)
{
  const lo_timetag time = lo_message_get_timestamp(message);
  RemTimed*        to   = NULL;
  for (uint32_t i = 0U; i < REM_OSC_MAX_TIMED && !to; ++i) {
    to = server->timed[i].message ? NULL : &server->timed[i];
  }
  if (!to || seconds_until(time) > MAX_AHEAD) {
    return false;
  }
  lo_message_incref(message);
  (void)snprintf(to->address, sizeof(to->address), "%s", address);
  to->time    = time;
  to->message = message;
  to->from    = rem_osc_copy_address(from);
  return true;
}

/// Return the message that is next, or NULL: equal times keep their order
static RemTimed*
earliest(RemServer* const server)
{
  RemTimed* first = NULL;
  for (uint32_t i = 0U; i < REM_OSC_MAX_TIMED; ++i) {
    RemTimed* const t = &server->timed[i];
    if (t->message && (!first || lo_timetag_diff(t->time, first->time) < 0.0)) {
      first = t;
    }
  }
  return first;
}

double
rem_osc_tend_timed(RemServer* const server)
{
  for (RemTimed* t = earliest(server); t; t = earliest(server)) {
    const double wait = seconds_until(t->time);
    if (wait > AT_ONCE) {
      return wait;
    }
    RemTimed        now  = *t;
    RemTimed* const last = &server->timed[REM_OSC_MAX_TIMED - 1U];
    memmove(t, t + 1, (size_t)(last - t) * sizeof(*t)); // Keeps the order
    memset(last, 0, sizeof(*last));
    rem_osc_obey(server, now.address, now.message, now.from);
    rem_osc_drop_timed(&now);
  }
  return HUGE_VAL;
}

int
rem_osc_handle(const char* const address,
               const char* const types,
               lo_arg** const    argv,
               const int         argc,
               const lo_message  message,
               void* const       data)
{
  (void)types;
  (void)argv;
  (void)argc;

  RemServer* const server = (RemServer*)data;
  const lo_timetag time   = lo_message_get_timestamp(message);
  const lo_address from   = lo_message_get_source(message);
  const bool       later =
    (time.sec || time.frac > 1U) && seconds_until(time) > AT_ONCE;
  if (strlen(address) >= REM_OSC_ADDRESS_SIZE || is_answer(address)) {
    return 0;
  }
  if (!later) {
    rem_osc_obey(server, address, message, from);
  } else if (!rem_osc_postpone(server, address, message, from)) {
    const RemCommand command = {server, address, from, "", NULL, 0, NULL, ""};
    rem_osc_error(
      &command,
      REM_OSC_TOO_MUCH,
      "too many messages wait for their time, or its time is over a "
      "minute away");
  }
  return 0;
}
