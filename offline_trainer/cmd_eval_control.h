// SPDX-License-Identifier: ISC

/// `remanence eval` of a model for control frames.  For cmd_eval*.c only.

#ifndef REM_OFFLINE_TRAINER_CMD_EVAL_CONTROL_H
#define REM_OFFLINE_TRAINER_CMD_EVAL_CONTROL_H

#include "offline_trainer/cmd_eval_baselines.h"

#include <stdbool.h>

/// What the command line says
typedef struct {
  const char* model_path;
  const char* folder;   ///< Of performances to test with
  const char* training; ///< Folder of those that baselines learn from, or NULL
  bool        all_rows; ///< What a net played, too
  bool        json;
  EvalBaselines baselines; ///< That train, too
} EvalControl;

/// Measure and print; return the exit status
int
eval_control(const char* command, const EvalControl* asked);

#endif // REM_OFFLINE_TRAINER_CMD_EVAL_CONTROL_H
