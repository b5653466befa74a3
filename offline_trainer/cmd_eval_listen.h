// SPDX-License-Identifier: ISC

/// `remanence eval` of a model that listens.  For cmd_eval*.c only.

#ifndef REM_OFFLINE_TRAINER_CMD_EVAL_LISTEN_H
#define REM_OFFLINE_TRAINER_CMD_EVAL_LISTEN_H

#include "offline_trainer/cmd_eval_baselines.h"

#include <stdbool.h>

/// What the command line says
typedef struct {
  const char*   model_path;
  const char*   folder;    ///< Of recordings with labels
  double        threshold; ///< 0 for the usual one
  const char*   training;  ///< What baselines learn from; NULL: `folder`
  bool          json;
  EvalBaselines baselines;
} EvalListen;

/// Measure and print; return the exit status
int
eval_listen(const char* command, const EvalListen* asked);

#endif // REM_OFFLINE_TRAINER_CMD_EVAL_LISTEN_H
