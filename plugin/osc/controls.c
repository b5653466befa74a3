// SPDX-License-Identifier: ISC

/// Commands that concern controls and knobs

#include "plugin/osc/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static lo_message
number_message(const double x)
{
  const lo_message message = lo_message_new();
  (void)lo_message_add_float(message, (float)x);
  return message;
}

bool
rem_osc_control(const RemCommand* const command)
{
  RemRemote* const remote  = command->instance->remote;
  const int        control = rem_remote_find(remote, command->verb);
  double           x       = 0.0;
  if (control < 0) {
    return false;
  }
  if (!command->argc) {
    rem_osc_ok(command,
               number_message((double)atomic_load(&remote->value[control])));
  } else if (!rem_osc_number(command, 0, &x)) {
    rem_osc_error(
      command, REM_OSC_BAD_ARGUMENTS, "expected a number, or nothing");
  } else if (control == rem_remote_find(remote, "program") && x >= 1.0 &&
             x <= 128.0) {
    // The control follows; its model is loaded here, to be answered for
    atomic_store(&remote->program, (uint32_t)x);
    (void)rem_remote_turn(remote, (uint32_t)control, floorf((float)x));
    rem_osc_select(command, (uint32_t)x);
  } else {
    const float value = rem_remote_turn(remote, (uint32_t)control, (float)x);
    rem_osc_ok_when_heard(command, 0U, number_message((double)value));
  }
  return true;
}

/// Return a knob's value in the model's units
static double
in_units(const RemKnob* const knob, const float share)
{
  return (double)(knob->minimum + share * (knob->maximum - knob->minimum));
}

/// Copy the knobs of the model that plays, if the plugin has any; `first` is
/// the place of knob 1
static uint32_t
knobs_of(const RemInstance* const instance,
         RemKnob                  knobs[const REM_SLOT_KNOBS],
         uint32_t* const          first)
{
  const int i = rem_remote_find(instance->remote, "knob_1");
  *first      = (uint32_t)i;
  return i < 0 ? 0U : rem_loader_knobs(instance->loader, knobs, REM_SLOT_KNOBS);
}

void
rem_osc_knobs(const RemCommand* const command)
{
  const RemRemote* const remote = command->instance->remote;
  RemKnob                knobs[REM_SLOT_KNOBS];
  uint32_t               first = 0U;
  const uint32_t         n     = knobs_of(command->instance, knobs, &first);
  for (uint32_t k = 0U; k < n; ++k) {
    const RemKnob* const knob  = &knobs[k];
    const lo_message     entry = lo_message_new();
    const float          share = atomic_load(&remote->value[first + k]);
    (void)lo_message_add_int32(entry, (int32_t)k + 1);
    (void)lo_message_add_string(entry, knob->name);
    (void)lo_message_add_float(entry, knob->minimum);
    (void)lo_message_add_float(entry, knob->maximum);
    (void)lo_message_add_float(entry, knob->default_value);
    (void)lo_message_add_float(entry, (float)in_units(knob, share));
    rem_osc_send(
      command->server, command->from, command->address, "/entry", entry);
  }
  const lo_message count = lo_message_new();
  (void)lo_message_add_int32(count, (int32_t)n);
  rem_osc_ok(command, count);
}

/// Return a character of a knob's name as an address has it, without its case
static int
in_address(const int c)
{
  static const char forbidden[] = " #*,/?[]{}";
  if (memchr(forbidden, c, sizeof(forbidden) - 1U)) {
    return '_';
  }
  return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/// Return whether a part of an address means a knob of that name
static bool
is_called(const char* address, const char* name)
{
  while (*address && *name && in_address(*address) == in_address(*name)) {
    ++address;
    ++name;
  }
  return !*address && !*name;
}

void
rem_osc_knob(const RemCommand* const command)
{
  const char* const called = command->verb + strlen("knob/");
  RemKnob           knobs[REM_SLOT_KNOBS];
  double            x     = 0.0;
  uint32_t          k     = 0U;
  uint32_t          first = 0U;
  const uint32_t    n     = knobs_of(command->instance, knobs, &first);
  while (k < n && !is_called(called, knobs[k].name)) {
    ++k;
  }
  if (k == n) {
    rem_osc_error(command,
                  REM_OSC_NOTHING_THERE,
                  "the model has no such knob; NAME/knobs tells them");
  } else if (!rem_osc_number(command, 0, &x)) {
    rem_osc_error(command, REM_OSC_BAD_ARGUMENTS, "expected a number");
  } else {
    const RemKnob* const knob = &knobs[k];
    const float          share =
      ((float)x - knob->minimum) / (knob->maximum - knob->minimum);
    const float value =
      rem_remote_turn(command->instance->remote, first + k, share);
    rem_osc_ok_when_heard(command, 0U, number_message(in_units(knob, value)));
  }
}

void
rem_osc_press(const RemCommand* const command, RemButton* const button)
{
  double x = 1.0;
  if (command->argc && !rem_osc_number(command, 0, &x)) {
    rem_osc_error(command, REM_OSC_BAD_ARGUMENTS, "expected f, or nothing");
  } else if (x <= 0.0) {
    rem_osc_ok(command, NULL);
  } else {
    rem_button_press(button);
    rem_osc_ok_when_heard(command, 0U, lo_message_new());
  }
}
