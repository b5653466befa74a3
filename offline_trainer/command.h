// SPDX-License-Identifier: ISC

/// The commands of `remanence`, and what they share.  Only main.c, command.c,
/// progress.c and cmd_*.c print.

#ifndef REM_OFFLINE_TRAINER_COMMAND_H
#define REM_OFFLINE_TRAINER_COMMAND_H

#include "dsp/status.h"
#include "offline_trainer/data/pair.h"

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

/// Exit statuses of every command
enum { REM_EXIT_DONE = 0, REM_EXIT_FAILED = 1, REM_EXIT_USAGE = 2 };

/// Run one command; argv[0] is its name.  Returns the exit status.
int
cmd_train(int argc, char** argv);

int
cmd_eval(int argc, char** argv);

int
cmd_render(int argc, char** argv);

int
cmd_info(int argc, char** argv);

int
cmd_convert(int argc, char** argv);

int
cmd_generate(int argc, char** argv);

int
cmd_play(int argc, char** argv);

int
cmd_tag(int argc, char** argv);

int
cmd_osc(int argc, char** argv);

int
cmd_bench(int argc, char** argv);

int
cmd_recipe(int argc, char** argv);

/// Print `remanence COMMAND: place: text` and return #REM_EXIT_FAILED
int
command_failed(const char* command, const RemError* error);

/// Print `remanence COMMAND: <format>` and where help is; return
/// #REM_EXIT_USAGE.  `command` is NULL for the program itself.
int
command_usage(const char* command, const char* format, ...)
  __attribute__((format(printf, 2, 3)));

/// Print `remanence COMMAND: warning: <format>`
void
command_warn(const char* command, const char* format, ...)
  __attribute__((format(printf, 2, 3)));

/**
   Read the next option as getopt_long() does, but quietly.

   @param short_options As for getopt_long(): "ho:".
   @return As getopt_long(); '?' for an option that is unknown or lacks its
   value: return command_bad_option() then.
*/
int
command_option(int                  argc,
               char**               argv,
               const char*          short_options,
               const struct option* options);

/// Say what is wrong with the option that command_option() just stumbled over,
/// and which one may have been meant; return #REM_EXIT_USAGE
int
command_bad_option(char* const* argv, const struct option* options);

/// Set `out` to the number that `text` is, whole and within [low, high]; return
/// whether it is one
bool
command_number(const char* text, double low, double high, double* out);

/// As command_number() for whole numbers
bool
command_integer(const char* text, long low, long high, long* out);

/// Set `out` to the name and the number of "Name=0.3"; return whether it is so
bool
command_knob(const char* text, RemKnobSetting* out);

/// Return the one of `names` [n] that `word` is likely a slip for, or NULL
const char*
command_nearest(const char* word, const char* const* names, size_t n);

/**
   Keep SIGINT, SIGTERM and SIGHUP from ending this process and the threads it
   starts from now on; command_interrupted() sees them.

   A command that writes files calls this first, and polls.
*/
void
command_hold_interrupts(void);

/// Return whether the user asked to stop.  Any thread; a system call of 100 ns.
bool
command_interrupted(void);

/// Take note of that wish, so that another one ends the program at once.  For
/// the thread that called command_hold_interrupts().
void
command_release_interrupts(void);

#endif // REM_OFFLINE_TRAINER_COMMAND_H
