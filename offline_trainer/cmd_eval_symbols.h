// SPDX-License-Identifier: ISC

/// `remanence eval` of a model that reads symbols.  For cmd_eval*.c only.

#ifndef REM_OFFLINE_TRAINER_CMD_EVAL_SYMBOLS_H
#define REM_OFFLINE_TRAINER_CMD_EVAL_SYMBOLS_H

#include "offline_trainer/cmd_eval_baselines.h"

#include <stdbool.h>

/// What the command line says
typedef struct {
  const char*   model_path;
  const char*   text;     ///< Or songs, to test with, or NULL
  const char*   examples; ///< To test with, or NULL
  const char*   training; ///< What simple predictions learn from, or NULL
  bool          json;
  EvalBaselines baselines; ///< That train, with --text
} EvalSymbols;

/// Measure and print; return the exit status
int
eval_symbols(const char* command, const EvalSymbols* asked);

#endif // REM_OFFLINE_TRAINER_CMD_EVAL_SYMBOLS_H
