// SPDX-License-Identifier: ISC

/// Predictions without memory, or without a bend, to stand beside a net

#ifndef REM_OFFLINE_TRAINER_BASELINE_RIVAL_H
#define REM_OFFLINE_TRAINER_BASELINE_RIVAL_H

#include "dsp/net.h"
#include "dsp/status.h"
#include "offline_trainer/baseline/frame_set.h"
#include "offline_trainer/train.h"

#include <stdbool.h>
#include <stdint.h>

/// What predicts
typedef enum {
  REM_RIVAL_LINEAR,  ///< Linear in the last frames: AR(p), by least squares
  REM_RIVAL_FORWARD, ///< A feed-forward net of the last frames
  REM_RIVAL_SYSTEM,  ///< h' = W x + U h + b, y = V h + d: all linear
} RemRivalKind;

/// What it is like
typedef struct {
  RemRivalKind kind;
  RemHead      head;       ///< Linear, softmax or sigmoid; of #REM_RIVAL_LINEAR
                           ///< linear
  uint32_t       n_back;   ///< Frames that it sees at once; a system sees one
  uint32_t       n_hidden; ///< Units, of a net or a system
  uint32_t       n_threads; ///< That train; the result does not depend on it
  RemTrainLimits limits;    ///< Of training
} RemRivalSpec;

/// What has learned
typedef struct {
  RemRivalSpec spec;
  RemNetSpec   net;     ///< Unless #REM_RIVAL_LINEAR
  float*       params;  ///< Likewise, [rem_net_n_params()]; owned
  double*      weights; ///< Else: [O, 1 + n_back I] constants first; owned
} RemRival;

/**
   Learn from `set`.

   #REM_RIVAL_LINEAR is least squares with a ridge of 1e-6 of the mean square
   of its inputs; of more than 200000 rows it looks at as many, evenly spread.
   The others train by rem_train(), the last tenth of the rows held out to
   choose weights by.

   Source: the system is Kalman 1960, doi:10.1115/1.3662552, fitted by its
   output error with backpropagation through time.

   @param set   Two rows or more; numbers of about 1.
   @param watch Who is told; may be NULL.  Where it stops, the best weights so
                far are taken.
   @param out   To be cleared with rem_rival_clear(), empty on failure.
   @return #REM_INTERRUPTED if stopped before there are weights,
   #REM_NOT_FINITE likewise, #REM_BAD_SHAPE, #REM_BAD_ARGUMENT, #REM_NO_MEMORY
   or #REM_SUCCESS.

   Thread: any but audio.
*/
RemStatus
rem_rival_learn(const RemRivalSpec*  spec,
                const RemFrameSet*   set,
                const RemTrainWatch* watch,
                RemRival*            out,
                RemError*            error);

/// Free what a rival owns and empty it
void
rem_rival_clear(RemRival* rival);

/// Set `y` [rows, O] to what it says of every row, each piece from rest; false
/// without memory
bool
rem_rival_play(const RemRival* rival, const RemFrameSet* set, float* y);

/// Return the mean of rem_window_loss() over the rows of `set`: half squared
/// errors, or nats; NaN without memory
double
rem_rival_loss(const RemRival* rival, const RemFrameSet* set);

#endif // REM_OFFLINE_TRAINER_BASELINE_RIVAL_H
