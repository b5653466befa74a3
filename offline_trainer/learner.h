// SPDX-License-Identifier: ISC

/// What learns, as far as training has to know it: parameters in, gradients of
/// groups of streams out.  One kind goes through a lesson by windows with
/// carried state, one by whole sequences.

#ifndef REM_OFFLINE_TRAINER_LEARNER_H
#define REM_OFFLINE_TRAINER_LEARNER_H

#include "dsp/random.h"
#include "offline_trainer/train.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A learner: numbers that training reads, and what it calls, always with
/// `handle`
typedef struct {
  void*    handle;
  size_t   n_params;
  size_t   n_packed; ///< Of a gradient as run() leaves it
  uint32_t n_groups; ///< Tasks of every update; results depend on them alone
  size_t   n_states; ///< Of what streams remember between windows, 0 or more
  float*   states;   ///< [n_states]; the learner's own

  /// Free `handle`
  void (*free)(void* handle);

  /// Set `params` [n_params] to begin with; `random` is advanced
  void (*initialise)(void* handle, RemRandom* random, float* params);

  /// Take `params` as they are for what runs next.  No group may run.
  void (*set)(void* handle, const float* params);

  /// Copy a packed gradient to `grad` [n_params]
  void (*unpack)(const void* handle, const float* packed, float* grad);

  /// Run group `group` through window `window` of the lesson's epoch, in one of
  /// its threads: set `packed` to the group's gradient, and return its share of
  /// the batch's loss
  double (*run)(void*    handle,
                uint32_t group,
                uint32_t thread,
                uint32_t window,
                float*   packed);

  /// From the next update on, add to `squares` of every update the mean over
  /// group 0's streams of |dL/dh|^2, by the distance from the loss, as
  /// rem_window_probe(); NULL to stop.  NULL of a learner that cannot.
  void (*probe)(void* handle, double* squares);
} RemLearner;

/// Free what a learner owns and empty it; an empty one is allowed
void
rem_learner_clear(RemLearner* learner);

/// Return a number that follows from `params` [n]: what an update drops out is
/// then the same after a resumption
uint64_t
rem_learner_digest(const float* params, size_t n);

/**
   Make a learner of windows: what only reads forward, and for long.

   @param spec   Checked; copied.
   @param lesson Must outlive the learner.
   @param out    To clear with rem_learner_clear(); empty on failure.
   @return false without memory.
*/
bool
rem_window_learner_open(const RemTrainSpec* spec,
                        const RemLesson*    lesson,
                        RemLearner*         out);

/// As rem_window_learner_open(), of a lesson of whole sequences
bool
rem_sequence_learner_open(const RemTrainSpec* spec,
                          const RemLesson*    lesson,
                          RemLearner*         out);

#endif // REM_OFFLINE_TRAINER_LEARNER_H
