// SPDX-License-Identifier: ISC

/// Commands that concern models

#include "plugin/model_roots.h"
#include "plugin/osc/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN_FADE 0.001 ///< Seconds
#define MAX_FADE 10.0

/// Say how a model is to come in; argument `i` may tell the length of its fade
/// in milliseconds.  False after having said that it is no number.
static bool
cue_of(const RemCommand* const command, const int i, RemCue* const cue)
{
  double ms     = 0.0;
  *cue          = rem_cue(false);
  cue->confined = true;
  if (i >= command->argc) {
    return true;
  }
  if (!rem_osc_number(command, i, &ms)) {
    rem_osc_error(command,
                  REM_OSC_BAD_ARGUMENTS,
                  "expected f, the length of the fade in milliseconds");
    return false;
  }
  cue->fade_seconds = fmin(fmax(0.001 * ms, MIN_FADE), MAX_FADE);
  return true;
}

/// Read argument 0, if there is one, as what a button sends: true if it was
/// pressed, false if it was let go or is no number, after having said so
static bool
is_pressed(const RemCommand* const command, double* const x)
{
  *x = 1.0;
  if (command->argc && !rem_osc_number(command, 0, x)) {
    rem_osc_error(command, REM_OSC_BAD_ARGUMENTS, "expected f, or nothing");
    return false;
  }
  if (*x <= 0.0) {
    rem_osc_ok(command, NULL);
    return false;
  }
  return true;
}

/// Answer a command that was to bring in a model
static void
answer(const RemCommand* const command,
       const RemStatus         st,
       const RemCue* const     cue,
       const RemError* const   error,
       const lo_message        brings)
{
  if (st) {
    rem_osc_fail(command, error);
    lo_message_free(brings);
  } else {
    (void)lo_message_add_string(brings, cue->path);
    rem_osc_ok_when_heard(command, cue->number, brings);
  }
}

/// Return the file that a command may reach, from malloc(), or NULL after
/// having said why not
static char*
file_of(const RemCommand* const command, const char* const path)
{
  RemError error = {REM_SUCCESS, "", ""};
  char*    real  = NULL;
  if (rem_model_roots_resolve(
        command->instance->loader->bundle, path, &real, &error)) {
    rem_osc_fail(command, &error);
  }
  return real;
}

void
rem_osc_load(const RemCommand* const command)
{
  RemError          error = {REM_SUCCESS, "", ""};
  RemCue            cue;
  const char* const path = rem_osc_string(command, 0);
  if (!path) {
    rem_osc_error(command, REM_OSC_BAD_ARGUMENTS, "expected s, a path");
    return;
  }
  if (!cue_of(command, 1, &cue)) {
    return;
  }
  char* const real = file_of(command, path);
  if (real) {
    const RemStatus st =
      rem_loader_load(command->instance->loader, real, &cue, &error);
    answer(command, st, &cue, &error, lo_message_new());
    free(real);
  }
}

/// Read argument 0 as the number of a slot; false after having said why not
static bool
slot_of(const RemCommand* const command, uint32_t* const slot)
{
  double x = -1.0;
  if (!rem_osc_number(command, 0, &x) || x < 0.0 || x >= REM_READY_SLOTS ||
      x != floor(x)) {
    rem_osc_error(
      command, REM_OSC_BAD_ARGUMENTS, "expected i, a slot from 0 to 63");
    return false;
  }
  *slot = (uint32_t)x;
  return true;
}

static lo_message
slot_message(const uint32_t slot)
{
  const lo_message message = lo_message_new();
  (void)lo_message_add_int32(message, (int32_t)slot);
  return message;
}

void
rem_osc_preload(const RemCommand* const command)
{
  RemError          error = {REM_SUCCESS, "", ""};
  uint32_t          slot  = 0U;
  const char* const path  = rem_osc_string(command, 1);
  if (!slot_of(command, &slot)) {
    return;
  }
  if (!path) {
    rem_osc_error(
      command, REM_OSC_BAD_ARGUMENTS, "expected i and s, a slot and a path");
    return;
  }
  char* const real = file_of(command, path);
  if (real &&
      rem_loader_preload(command->instance->loader, slot, real, &error)) {
    rem_osc_fail(command, &error);
  } else if (real) {
    const lo_message brings = slot_message(slot);
    (void)lo_message_add_string(brings, real);
    rem_osc_ok(command, brings);
  }
  free(real);
}

void
rem_osc_slot(const RemCommand* const command)
{
  RemError error = {REM_SUCCESS, "", ""};
  RemCue   cue;
  uint32_t slot = 0U;
  if (slot_of(command, &slot) && cue_of(command, 1, &cue)) {
    const RemStatus st =
      rem_loader_play_ready(command->instance->loader, slot, &cue, &error);
    answer(command, st, &cue, &error, slot_message(slot));
  }
}

/// Go on in the folder.  A button sends 1 when it is pressed, which is no
/// length of a fade.
static void
step(const RemCommand* const command, const int by)
{
  RemError error = {REM_SUCCESS, "", ""};
  double   x     = 0.0;
  RemCue   cue;
  if (is_pressed(command, &x) &&
      cue_of(command, x > 1.0 ? 0 : command->argc, &cue)) {
    const RemStatus st =
      rem_loader_step(command->instance->loader, by, &cue, &error);
    answer(command, st, &cue, &error, lo_message_new());
  }
}

void
rem_osc_next(const RemCommand* const command)
{
  step(command, 1);
}

void
rem_osc_prev(const RemCommand* const command)
{
  step(command, -1);
}

void
rem_osc_models(const RemCommand* const command)
{
  RemError error = {REM_SUCCESS, "", ""};
  RemBank  bank  = {NULL, NULL, 0U, 0U};
  if (rem_loader_bank(command->instance->loader, &bank, &error)) {
    rem_osc_fail(command, &error);
    return;
  }
  for (size_t i = 0U; i < bank.n; ++i) {
    const lo_message entry = slot_message((uint32_t)i + 1U);
    (void)lo_message_add_string(entry, bank.names[i]);
    rem_osc_send(
      command->server, command->from, command->address, "/entry", entry);
  }
  rem_osc_ok(command, slot_message((uint32_t)bank.n));
  rem_bank_clear(&bank);
}

void
rem_osc_select(const RemCommand* const command, const uint32_t n)
{
  RemError error = {REM_SUCCESS, "", ""};
  RemCue   cue   = rem_cue(false);
  cue.confined   = true;
  const RemStatus st =
    rem_loader_select(command->instance->loader, n - 1U, &cue, &error);
  answer(command, st, &cue, &error, lo_message_new());
}

void
rem_osc_model(const RemCommand* const command)
{
  const char* const number = command->verb + strlen("model/");
  double            x      = 0.0;
  char*             end    = NULL;
  const long        n      = strtol(number, &end, 10);
  if (end == number || *end || n < 1 || n > (long)REM_BANK_MAX) {
    rem_osc_error(
      command, REM_OSC_NOTHING_THERE, "expected model/1, model/2 and so on");
  } else if (is_pressed(command, &x)) {
    rem_osc_select(command, (uint32_t)n);
  }
}

void
rem_osc_reset(const RemCommand* const command)
{
  RemError error = {REM_SUCCESS, "", ""};
  RemCue   cue   = rem_cue(true);
  double   x     = 0.0;
  if (!is_pressed(command, &x)) {
    return;
  }
  if (rem_loader_rest(command->instance->loader, &cue, &error)) {
    rem_osc_fail(command, &error);
  } else if (cue.number) {
    rem_osc_ok_when_heard(command, cue.number, lo_message_new());
  } else {
    rem_osc_ok(command, NULL); // Nothing remembers anything
  }
}
