// SPDX-License-Identifier: ISC
// Options that mean nothing to what is evaluated.

#include "offline_trainer/cmd_eval.h"
#include "offline_trainer/command.h"

int
eval_check(const Evaluation* const e, const char* const command)
{
  const bool  symbols  = e->symbols.text || e->symbols.examples;
  const bool  listens  = e->listen.folder && !symbols;
  const bool  controls = e->control.folder && !symbols && !listens;
  const char* wrong    = NULL;
  if (e->listen.threshold > 0.0 && !listens) {
    wrong = "--threshold goes with --listen";
  } else if (e->control.all_rows && !controls) {
    wrong = "--rnn-rows goes with --control";
  } else if (e->control.training && !symbols && !listens && !controls) {
    wrong = "--training goes with --control, --listen, --text, --midi or"
            " --examples";
  } else if (e->control.training && listens && !e->baselines.asked) {
    wrong = "with --listen, --training goes with --baselines, which learn";
  }
  return wrong ? command_usage(command, "%s", wrong) : REM_EXIT_DONE;
}
