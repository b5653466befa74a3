// SPDX-License-Identifier: ISC

/// What cmd_eval.c, cmd_eval_check.c and cmd_eval_print.c share, and no one
/// else

#ifndef REM_OFFLINE_TRAINER_CMD_EVAL_H
#define REM_OFFLINE_TRAINER_CMD_EVAL_H

#include "offline_trainer/cmd_eval_baselines.h"
#include "offline_trainer/cmd_eval_control.h"
#include "offline_trainer/cmd_eval_listen.h"
#include "offline_trainer/cmd_eval_symbols.h"
#include "offline_trainer/evaluate.h"
#include "offline_trainer/play.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What is asked, and what is found
typedef struct {
  Player        player;
  const char*   input_path; ///< Or what was played already
  const char*   target_path;
  long          latency; ///< Samples by which the target lags
  bool          played;  ///< Nothing is left to play: there is no model
  bool          json;
  uint32_t      rate; ///< Hz
  size_t        n;    ///< Samples compared
  RemFigures    figures;
  EvalSymbols   symbols;
  EvalControl   control; ///< `folder` is NULL for sound
  EvalListen    listen;  ///< Likewise
  EvalBaselines baselines;
  float*        heard; ///< Input before it was played, for baselines; owned
} Evaluation;

/// Refuse options that mean nothing to what is asked; return the exit status
int
eval_check(const Evaluation* evaluation, const char* command);

/// Print what was found of sound as a table
void
eval_print_table(const Evaluation* evaluation);

/// Print it as one JSON object
RemStatus
eval_print_json(const Evaluation* evaluation, RemError* error);

#endif // REM_OFFLINE_TRAINER_CMD_EVAL_H
