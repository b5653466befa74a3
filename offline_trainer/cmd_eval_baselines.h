// SPDX-License-Identifier: ISC

/// `remanence eval --baselines`: simple predictions that learn beside a net.
/// For cmd_eval*.c only.

#ifndef REM_OFFLINE_TRAINER_CMD_EVAL_BASELINES_H
#define REM_OFFLINE_TRAINER_CMD_EVAL_BASELINES_H

#include "dsp/status.h"
#include "offline_trainer/baseline/rival.h"
#include "offline_trainer/progress.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVAL_MAX_ROWS 6U

/// One line of a table
typedef struct {
  const char* key;      ///< In JSON
  char        name[40]; ///< In a table
  double      value;
} EvalRow;

/// What stands beside a net
typedef struct {
  bool     asked;   ///< --baselines
  double   seconds; ///< That each may learn
  uint32_t n;
  EvalRow  rows[EVAL_MAX_ROWS]; ///< [n]
} EvalBaselines;

/// Return what was asked for when nothing was
EvalBaselines
eval_baselines_default(void);

/// Append a line
void
eval_baselines_add(EvalBaselines* baselines,
                   const char*    key,
                   const char*    name,
                   double         value);

/// Print all lines
void
eval_baselines_print(const EvalBaselines* baselines);

/// Return all of them as an object, NULL without memory
json_t*
eval_baselines_json(const EvalBaselines* baselines);

/// What learns, from what, and what it is tried on
typedef struct {
  RemHead            head;
  uint32_t           n_hidden; ///< Units of a feed-forward net; 0 for 16
  uint32_t           n_back;   ///< Frames that a feed-forward net sees
  uint32_t           n_linear; ///< That a linear prediction sees; 0 for none
  const RemFrameSet* training;
  const RemFrameSet* tested;
  void*              handle; ///< For figure()
  /// Return the figure of a baseline; NaN without memory
  double (*figure)(void* handle, const RemRival* rival);
} EvalContest;

/// Let all learn and append a line for each, showing progress
RemStatus
eval_baselines_hold(EvalBaselines*     baselines,
                    const EvalContest* contest,
                    RemError*          error);

/// As eval_baselines_hold(), with the loss of the head as the figure, and
/// `handle` and `figure` not looked at
RemStatus
eval_baselines_hold_loss(EvalBaselines*     baselines,
                         const EvalContest* contest,
                         RemError*          error);

/**
   Learn from the first four fifths of a recording and append ESRs of the rest.

   @param input,target [n] aligned.
   @param tested       First sample of the rest.
   @param esr          Of the net.
*/
RemStatus
eval_baselines_sound(EvalBaselines* baselines,
                     const float*   input,
                     const float*   target,
                     size_t         n,
                     size_t         tested,
                     double         esr,
                     RemError*      error);

#endif // REM_OFFLINE_TRAINER_CMD_EVAL_BASELINES_H
