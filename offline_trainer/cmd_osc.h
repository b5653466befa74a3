// SPDX-License-Identifier: ISC

/// What the files of `remanence osc` share; nothing for others

#ifndef REM_OFFLINE_TRAINER_CMD_OSC_H
#define REM_OFFLINE_TRAINER_CMD_OSC_H

#include "dsp/status.h"
#include "offline_trainer/osc/link.h"

#include <stdbool.h>
#include <stddef.h>

enum {
  OSC_WORDS      = 8, ///< Most words of a command line; it refuses more
  OSC_NAME_BYTES = 33 ///< An instance's name, with its zero
};

/// A command line
typedef struct {
  const char* program; ///< "osc"
  const char* words[OSC_WORDS];
  size_t      n_words;
  double      timeout; ///< Seconds
  double      fade_ms; ///< Negative is not given
  double      hz;      ///< Of `watch`
  bool        has_hz;
  bool        named;                ///< `name` comes from --name
  char        name[OSC_NAME_BYTES]; ///< Instance, or ""
  OscLink*    link;
} OscLine;

/// What a word of the command line does
typedef struct {
  const char* word;
  const char* usage; ///< Arguments, as in the help
  size_t      least; ///< Arguments
  size_t      most;
  bool        fades; ///< Takes --fade
  /// Check `args`, speak and print; return the exit status
  int (*run)(OscLine* line, const char* const* args);
} OscVerb;

/// Return the verb called `word`, or NULL
const OscVerb*
cmd_osc_verb(const char* word);

/// Return the verb called `word` or one that it is likely a slip for, or NULL
const OscVerb*
cmd_osc_near_verb(const char* word);

/// Carry out a verb whose arguments are as many as it takes; return the exit
/// status
int
cmd_osc_run(OscLine* line, const OscVerb* verb, const char* const* args);

/// The verb `watch`
int
cmd_osc_watch(OscLine* line, const char* const* args);

/// Ask, and print on stderr what went wrong; return the exit status
int
cmd_osc_ask(const OscLine* line, const OscCommand* command);

/// Ask, and print the entries that come; return the exit status
int
cmd_osc_ask_entries(const OscLine* line, const OscCommand* command);

/// The verbs that have to do with controls and knobs
int
cmd_osc_get(OscLine* line, const char* const* args);

int
cmd_osc_set(OscLine* line, const char* const* args);

int
cmd_osc_knob(OscLine* line, const char* const* args);

int
cmd_osc_knobs(OscLine* line, const char* const* args);

/// The verbs that only control plugins know
int
cmd_osc_client(OscLine* line, const char* const* args);

int
cmd_osc_mapping(OscLine* line, const char* const* args);

int
cmd_osc_split(OscLine* line, const char* const* args);

/// Fill in the address of `item` of the line's instance; characters that
/// addresses cannot have become '_'
void
cmd_osc_address(const OscLine* line, const char* item, OscCommand* command);

#endif // REM_OFFLINE_TRAINER_CMD_OSC_H
