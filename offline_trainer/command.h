// SPDX-License-Identifier: ISC

/// The commands of `remanence`, and what they share.  Only these files print.

#ifndef REM_OFFLINE_TRAINER_COMMAND_H
#define REM_OFFLINE_TRAINER_COMMAND_H

#include "dsp/status.h"

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
cmd_bench(int argc, char** argv);

/// Print `remanence COMMAND: place: text` and return #REM_EXIT_FAILED
int
command_failed(const char* command, const RemError* error);

/// Print `remanence COMMAND: <format>` and where help is; return
/// #REM_EXIT_USAGE
int
command_usage(const char* command, const char* format, ...)
  __attribute__((format(printf, 2, 3)));

#endif // REM_OFFLINE_TRAINER_COMMAND_H
