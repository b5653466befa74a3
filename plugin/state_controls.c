// SPDX-License-Identifier: ISC

#include "plugin/state_controls.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MILLION 1e6
#define SETTLED "settled="

/// Return whether a control is a matter of the moment, which no session brings
/// back and none takes away: nobody wants a take to begin with a song's opening
static bool
is_momentary(const RemRemote* const remote, const uint32_t control)
{
  const char* const symbol = remote->controls.items[control].symbol;
  return !strcmp(symbol, "record") || !strcmp(symbol, "learn");
}

/// Return the value that a control has for others than the host's port: asked
/// for and not taken yet, or in effect; NaN if the port has it
static float
turned_value(const RemRemote* const remote, const uint32_t control)
{
  const float wanted = atomic_load(&remote->wanted[control]);
  if (isfinite(wanted)) {
    return wanted;
  }
  return isnan(wanted) && atomic_load(&remote->turned[control])
           ? atomic_load(&remote->value[control])
           : NAN;
}

/// Write the controls that others than the host have turned, each with what the
/// port says meanwhile, in millionths: "mix=500000/1000000 ...".  Whole numbers
/// are the same in every language.
static void
list_turned(const RemRemote* const remote, char text[const REM_CONTROLS_SIZE])
{
  size_t n = 0U;
  text[0]  = '\0';
  for (uint32_t i = 0U; i < remote->controls.n; ++i) {
    const float value = turned_value(remote, i);
    if (isfinite(value) && !is_momentary(remote, i) && n < REM_CONTROLS_SIZE) {
      const float port = atomic_load(&remote->port[i]);
      n += (size_t)snprintf(text + n,
                            REM_CONTROLS_SIZE - n,
                            "%s%s=%ld/%ld",
                            n ? " " : "",
                            remote->controls.items[i].symbol,
                            lround(MILLION * (double)value),
                            lround(MILLION * (double)port));
    }
  }
}

/// Append the program that stands with this model, so that a port which comes
/// to it later asks for nothing
static void
list_program(const RemRemote* const remote, char text[const REM_CONTROLS_SIZE])
{
  const size_t n       = strlen(text);
  const int    i       = rem_remote_find(remote, "program");
  const long   program = i < 0 ? 0 : lroundf(atomic_load(&remote->port[i]));
  if (program > 0) {
    (void)snprintf(text + n,
                   REM_CONTROLS_SIZE - n,
                   "%s" SETTLED "%ld",
                   n ? " " : "",
                   program);
  }
}

void
rem_controls_list(const RemRemote* const remote,
                  char                   text[const REM_CONTROLS_SIZE])
{
  list_turned(remote, text);
  list_program(remote, text);
}

/// What a session says of one control
typedef struct {
  float value; ///< #REM_FOLLOW_PORT if it says nothing
  float port;  ///< NaN if it says nothing
} Turned;

/// Read one word of list_turned()
static void
read_turned(const RemRemote* const remote,
            char* const            word,
            Turned                 turned[const REM_MAX_CONTROLS])
{
  char*       end    = NULL;
  char* const equals = strchr(word, '=');
  if (!equals) {
    return;
  }
  *equals         = '\0';
  const int  i    = rem_remote_find(remote, word);
  const long x    = strtol(equals + 1, &end, 10);
  const long port = *end == '/' ? strtol(end + 1, NULL, 10) : x;
  if (i >= 0 && end != equals + 1) {
    turned[i].value = (float)((double)x / MILLION);
    turned[i].port  = (float)((double)port / MILLION);
  }
}

void
rem_controls_restore(RemRemote* const remote, char* const text)
{
  char*  rest = NULL;
  Turned turned[REM_MAX_CONTROLS];
  for (uint32_t i = 0U; i < REM_MAX_CONTROLS; ++i) {
    turned[i] = (Turned){REM_FOLLOW_PORT, NAN};
  }
  for (char* word = strtok_r(text, " ", &rest); word;
       word       = strtok_r(NULL, " ", &rest)) {
    if (!strncmp(word, SETTLED, strlen(SETTLED))) {
      atomic_store(&remote->program,
                   (uint32_t)strtoul(word + strlen(SETTLED), NULL, 10));
    }
    read_turned(remote, word, turned);
  }
  for (uint32_t i = 0U; i < remote->controls.n; ++i) {
    if (is_momentary(remote, i)) {
      continue;
    }
    atomic_store(&remote->expected[i], turned[i].port);
    if (isfinite(turned[i].value)) {
      (void)rem_remote_turn(remote, i, turned[i].value);
    } else {
      atomic_store(&remote->wanted[i], REM_FOLLOW_PORT);
    }
  }
}
