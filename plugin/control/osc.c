// SPDX-License-Identifier: ISC

/// OSC for the control plugins: IMPSY's messages in and out, and what concerns
/// mappings, clients and takes.  All of it in the server's thread.

#include "plugin/control/osc.h"

#include "dsp/impsy.h"
#include "plugin/osc/internal.h"
#include "plugin/ticks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LOOK_SECONDS 0.002 ///< Between looks at what was played
#define MAX_BURST 64U      ///< Events sent between looks at what is due

static RemControlPlugin*
plugin_of(const RemInstance* const instance)
{
  return (RemControlPlugin*)instance->work_handle;
}

/// Turn a control, which is there
static void
turn(const RemCommand* const command, const char* const symbol, const float x)
{
  RemRemote* const remote = command->instance->remote;
  (void)rem_remote_turn(remote, (uint32_t)rem_remote_find(remote, symbol), x);
}

static RemStatus
touch(RemControlPlugin* const      self,
      const RemImpsyCommand* const impsy,
      RemError* const              error)
{
  RemTouch frame = {impsy->n, {0.0f}};
  memcpy(frame.x, impsy->x, impsy->n * sizeof(float));
  return rem_ring_push(&self->touches, &frame)
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_TOO_LARGE,
                      NULL,
                      "too many frames wait for the host to play");
}

static RemStatus
carry_out(const RemCommand* const      command,
          const RemImpsyCommand* const impsy,
          RemError* const              error)
{
  RemControlPlugin* const self = plugin_of(command->instance);
  switch (impsy->kind) {
  case REM_IMPSY_INTERFACE:
    return touch(self, impsy, error);
  case REM_IMPSY_SIGMATEMP:
    turn(command, "sigmatemp", impsy->value);
    break;
  case REM_IMPSY_PITEMP:
    turn(command, "pitemp", impsy->value);
    break;
  case REM_IMPSY_TIMESCALE:
    turn(command, "timescale", impsy->value);
    break;
  case REM_IMPSY_MODE:
    turn(command, "mode", (float)impsy->mode);
    break;
  case REM_IMPSY_PAUSE:
    turn(command, "pause", impsy->paused ? 1.0f : 0.0f);
    break;
  case REM_IMPSY_RESET:
    rem_button_press(&self->reset);
    break;
  }
  return REM_SUCCESS;
}

static RemStatus
hear(const RemCommand* const command, RemError* const error)
{
  char   address[REM_OSC_ADDRESS_SIZE + 1U];
  double numbers[REM_MAX_DIMS] = {0.0};
  (void)snprintf(address, sizeof(address), "/%s", command->verb);
  if (!rem_impsy_is_address(address)) {
    return REM_UNSUPPORTED;
  }
  for (int i = 0; i < command->argc && i < (int)REM_MAX_DIMS; ++i) {
    (void)rem_osc_number(command, i, &numbers[i]);
  }
  const RemImpsyArguments arguments = {
    command->types, numbers, rem_osc_string(command, 0)};
  const uint32_t  n_dims = atomic_load(&plugin_of(command->instance)->n_dims);
  RemImpsyCommand impsy;
  const RemStatus st =
    rem_impsy_read(address, &arguments, n_dims, &impsy, error);
  return st ? st : carry_out(command, &impsy, error);
}

static void
set_client(const RemCommand* const command)
{
  rem_client_obey(command, &plugin_of(command->instance)->shell);
}

static void
set_mapping(const RemCommand* const command)
{
  const char* const text = rem_osc_string(command, 0);
  if (command->argc && !text) {
    rem_osc_error(command, REM_OSC_BAD_ARGUMENTS, "expected s, a mapping");
  } else {
    rem_client_set_text(
      command, &plugin_of(command->instance)->shell, REM_TEXT_MAPPING, text);
  }
}

static void
reset(const RemCommand* const command)
{
  rem_osc_press(command, &plugin_of(command->instance)->reset);
}

/// Answer one of IMPSY's messages to this instance; a frame only if it is bad
static void
answer(const RemCommand* const command,
       const RemStatus         st,
       const RemError* const   error)
{
  if (st) {
    const int code =
      st == REM_UNSUPPORTED
        ? REM_OSC_NO_ADDRESS
        : (st == REM_TOO_LARGE ? REM_OSC_TOO_MUCH : REM_OSC_BAD_ARGUMENTS);
    rem_osc_error(command, code, error->text);
  } else if (strcmp(command->verb, "interface") != 0) {
    rem_osc_ok_when_heard(command, 0U, lo_message_new());
  }
}

/// `split`: begin another take
static void
split(const RemCommand* const command)
{
  rem_recorder_split(plugin_of(command->instance)->recorder);
  rem_osc_ok(command, NULL);
}

static bool
obey(const RemCommand* const command)
{
  static const struct {
    const char* verb;
    void (*carry_out)(const RemCommand* command);
  } verbs[] = {{"client", set_client},
               {"mapping", set_mapping},
               {"reset", reset},
               {"split", split}};
  for (size_t i = 0U; i < sizeof(verbs) / sizeof(*verbs); ++i) {
    if (!strcmp(command->verb, verbs[i].verb)) {
      verbs[i].carry_out(command);
      return true;
    }
  }
  if (strcmp(command->verb, "interface") != 0 &&
      strncmp(command->verb, "impsy/", 6U) != 0) {
    return false;
  }
  RemError error = {REM_SUCCESS, "", ""};
  answer(command, hear(command, &error), &error);
  return true;
}

/// Return a frame as a message, or NULL without memory
static lo_message
message_of(const RemDuetEvent* const event)
{
  const lo_message message = lo_message_new();
  for (uint32_t d = 0U; message && d < event->n; ++d) {
    (void)lo_message_add_float(message, event->x[d]);
  }
  return message;
}

static double
tend(RemServer* const server, RemInstance* const instance)
{
  RemControlPlugin* const self = plugin_of(instance);
  RemDuetEvent            event;
  rem_client_follow(&self->client, &self->shell);
  for (uint32_t n = 0U; n < MAX_BURST && rem_ring_pop(&self->played, &event);
       ++n) {
    rem_client_send(
      &self->client, server, &self->shell, REM_IMPSY_OUT, message_of(&event));
  }
  return self->client.address ? LOOK_SECONDS : HUGE_VAL;
}

static const RemFigure figures[] = {
  {"status/dsp_load", offsetof(RemRemote, load), true},
  {"status/non_finite", offsetof(RemRemote, n_non_finite), false},
  {"status/turn", offsetof(RemRemote, turn), false}};

const RemOscKind rem_osc_control_kind = {figures,
                                         sizeof(figures) / sizeof(*figures),
                                         obey,
                                         hear,
                                         tend};
