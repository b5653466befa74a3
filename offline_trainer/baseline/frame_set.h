// SPDX-License-Identifier: ISC

/// Frames, and what should be said of each: what baselines learn from

#ifndef REM_OFFLINE_TRAINER_BASELINE_FRAME_SET_H
#define REM_OFFLINE_TRAINER_BASELINE_FRAME_SET_H

#include <stddef.h>
#include <stdint.h>

/// Pieces, one after another
typedef struct {
  uint32_t      n_in;      ///< I
  uint32_t      n_out;     ///< O
  uint32_t      n_targets; ///< Numbers of a target: O, or 1 of a softmax head
  size_t        n_pieces;
  const size_t* begins;  ///< [n_pieces + 1] first row of each; rising
  const float*  x;       ///< [rows, I] finite
  const float*  targets; ///< [rows, n_targets] numbers, or chances, or which
                         ///< of O
} RemFrameSet;

/// Set `row` [n_back * I] to the frame `t` and those before it, newest first,
/// zeros before the piece's `begin`
void
rem_frame_set_look_back(const RemFrameSet* set,
                        uint32_t           n_back,
                        size_t             begin,
                        size_t             t,
                        float*             row);

/// Return the number of rows of all pieces, which are those from begins[0] on
size_t
rem_frame_set_n(const RemFrameSet* set);

/// Free the arrays of a set that owns them, and empty it
void
rem_frame_set_clear(RemFrameSet* set);

#endif // REM_OFFLINE_TRAINER_BASELINE_FRAME_SET_H
